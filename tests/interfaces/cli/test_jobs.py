"""What people are told of jobs."""

from datetime import UTC, datetime, timedelta

import pytest

from interfaces.cli.work.jobs import span_of, words_of
from interfaces.jobs.records import JobRecord

NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)


def record(**changes: object) -> JobRecord:
    given = {
        "id": 1, "name": "night", "title": "Forecasts", "state": "done", "at": NOW, "took": timedelta(seconds=90),
        "sentence": None, "share": None, "failures": 0, "error": None,
    }  # fmt: skip
    return JobRecord(**{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Forecasts"),
        ({"state": "runs", "sentence": "Forecasting every point", "share": 0.256}, "Forecasting every point (26%)"),
        ({"state": "runs", "sentence": "Scoring", "error": "of the attempt before"}, "Scoring"),
        ({"state": "waits", "failures": 1, "error": "The graph is away."}, "The graph is away."),
        ({"state": "failed", "failures": 5, "error": "The graph is away."}, "failed 5 times: The graph is away."),
    ],
)
def test_a_job_is_told_by_how_far_it_is_or_why_it_failed(changes: dict[str, object], words: str):
    assert words_of(record(**changes)) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.5, "0.5 s"), (90, "2 min"), (5400, "90 min"), (9000, "2.5 h"), (None, "–")]
)
def test_how_long_it_took(seconds: float | None, words: str):
    assert span_of(None if seconds is None else timedelta(seconds=seconds)) == words


def test_json_is_plain():
    assert record().as_json() == {
        "id": 1, "name": "night", "title": "Forecasts", "state": "done", "at": "2026-06-01T02:00:00+00:00", "took": 90.0,
        "sentence": None, "share": None, "failures": 0, "error": None,
    }  # fmt: skip
