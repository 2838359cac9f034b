"""A window in pieces: it is covered once, by the longest rollups that fit, and no longer ones than the edges allow."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.history.segments import pieces, widest

SECONDS = {"1d": 86_400, "1h": 3_600, "15m": 900, "1m": 60}
DAY = datetime(2026, 3, 2, tzinfo=UTC)
moments = st.datetimes(datetime(1980, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    since=moments,
    length=st.timedeltas(timedelta(0), timedelta(days=60)),
    longest=st.sampled_from([0, 60, 900, 3_600, 86_400]),
)
def test_a_window_is_covered_once(since: datetime, length: timedelta, longest: int) -> None:
    found = pieces(since, since + length, longest)
    ends = [since, *(piece.until for piece in found)]
    assert [piece.since for piece in found] == ends[:-1]
    assert ends[-1] == since + length
    assert all(piece.since < piece.until for piece in found)
    assert len(found) <= 9
    for piece in found:
        if piece.width != "raw":
            width = SECONDS[piece.width]
            assert width <= longest
            assert piece.since.timestamp() % width == piece.until.timestamp() % width == 0


def test_a_week_from_now_is_days_with_finer_pieces_at_its_ends() -> None:
    start = DAY + timedelta(hours=10, minutes=20, seconds=30)
    found = pieces(start, start + timedelta(days=7))
    assert [piece.width for piece in found] == ["raw", "1m", "15m", "1h", "1d", "1h", "15m", "1m", "raw"]
    assert found[4].until - found[4].since == timedelta(days=6)


@pytest.mark.parametrize(
    ("zone", "longest"),
    [
        ("UTC", "1d"),
        ("America/Los_Angeles", "1h"),
        ("Asia/Kolkata", "15m"),
        ("Asia/Kathmandu", "15m"),
        ("Australia/Adelaide", "15m"),
    ],
)
def test_days_of_a_place_are_made_of_what_its_clock_does_not_divide(zone: str, longest: str) -> None:
    days = [datetime(2026, 3, day, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in range(1, 31)]
    assert widest(days) == SECONDS[longest]


def test_edges_that_no_rollup_fits_are_read_reading_by_reading() -> None:
    assert widest([DAY + timedelta(seconds=10)]) == 0
    assert widest([]) == SECONDS["1d"]
    assert [piece.width for piece in pieces(DAY, DAY + timedelta(days=2), 0)] == ["raw"]
