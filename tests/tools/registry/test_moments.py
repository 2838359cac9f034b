"""Times as models write them: in the plant's time, windows in words of ISO 8601."""

from datetime import UTC, datetime
from typing import Any

import pytest

from graph_schema.errors import InvalidInput
from tools.catalogue.plant import plant_tools
from tools.registry.moments import with_times

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ALARMS = plant_tools()["alarm_history"].parameters
FIND = plant_tools()["find_assets"].parameters
COMPARE = plant_tools()["compare"].parameters


def read(arguments: dict[str, Any], parameters: Any = ALARMS) -> dict[str, Any]:
    return with_times(arguments, parameters, lambda: NOW, "America/Los_Angeles")


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ("2026-03-01T06:00/2026-03-01T18:00", "2026-03-01T06:00:00-08:00", "2026-03-01T18:00:00-08:00"),
        ("2026-03-01T06:00Z/2026-03-01T18:00Z", "2026-03-01T06:00:00+00:00", "2026-03-01T18:00:00+00:00"),
        ("2026-03-01", "2026-03-01T00:00:00-08:00", "2026-03-02T00:00:00-08:00"),
        ("2026-03-08", "2026-03-08T00:00:00-08:00", "2026-03-09T00:00:00-07:00"),
        ("2026-02-01/2026-03-01", "2026-02-01T00:00:00-08:00", "2026-03-01T00:00:00-08:00"),
        ("2026-03-01/2026-03-01", "2026-03-01T00:00:00-08:00", "2026-03-02T00:00:00-08:00"),
        ("PT24H", "2026-03-01T10:00:00-08:00", "2026-03-02T10:00:00-08:00"),
        ("P1W", "2026-02-23T10:00:00-08:00", "2026-03-02T10:00:00-08:00"),
        ("2026-03-01T06:00/PT90M", "2026-03-01T06:00:00-08:00", "2026-03-01T07:30:00-08:00"),
        ("P1D/2026-03-01T06:00", "2026-02-28T06:00:00-08:00", "2026-03-01T06:00:00-08:00"),
        ("2026-03-02T06:00", "2026-03-02T06:00:00-08:00", "2026-03-02T18:00:00+00:00"),
    ],
)
def test_a_window_is_text(window: str, start: str, end: str) -> None:
    assert read({"window": window}) == {"window": {"start": start, "end": end}}


@pytest.mark.parametrize("window", ["yesterday", "", "P", "PT", "2026-03-01/", "/", "2026-13-01", "soon/later"])
def test_what_is_no_window_is_refused_with_what_is_one(window: str) -> None:
    with pytest.raises(InvalidInput, match="is no time: a window is start/end, such as"):
        read({"window": window})


def test_a_window_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(InvalidInput, match="beyond what there are dates for"):
        read({"window": "9999-12-31"})


def test_windows_within_a_list_and_within_a_question_are_read_as_well() -> None:
    day = {"start": "2026-03-01T00:00:00-08:00", "end": "2026-03-02T00:00:00-08:00"}
    assert read({"windows": ["2026-03-01"]}, COMPARE) == {"windows": [day]}
    asked = {"where": [{"quantity": "electric_power", "comparison": ">", "value": 3, "window": "2026-03-01"}]}
    found = read({"query": {"fed_by": asked, "class": "VAV"}}, FIND)
    assert found["query"]["fed_by"]["where"][0]["window"] == day
    assert found["query"]["class"] == "VAV"


def test_a_moment_without_an_offset_is_the_plants() -> None:
    reading = plant_tools()["query_telemetry"].parameters
    assert read({"at": "2026-03-01T06:00"}, reading) == {"at": "2026-03-01T06:00:00-08:00"}
    assert read({"at": "2026-03-01T06:00Z"}, reading) == {"at": "2026-03-01T06:00Z"}
    assert read({"at": "this morning", "asset": "2026-03-01"}, reading) == {
        "at": "this morning",
        "asset": "2026-03-01",
    }


def test_hours_pass_and_days_are_of_the_calendar_where_clocks_change() -> None:
    """In Los Angeles the 8th of March 2026 has 23 hours."""
    assert read({"window": "2026-03-08T00:00/PT6H"})["window"] == {
        "start": "2026-03-08T00:00:00-08:00",
        "end": "2026-03-08T07:00:00-07:00",
    }
    assert read({"window": "2026-03-08T00:00/P1D"})["window"]["end"] == "2026-03-09T00:00:00-07:00"
