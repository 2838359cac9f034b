"""Hours by the clock of a place."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema.errors import InvalidInput
from interfaces.notifications.hours import EVERY_DAY, Hours, clock_of, days_of, hours_of, span_of

BERLIN = ZoneInfo("Europe/Berlin")
WORK = Hours(time(7), time(17), frozenset(range(5)), frozenset({date(2026, 12, 25)}))
NIGHT = Hours(time(22), time(6))


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "holds"),
    [("2026-11-30T06:59", False), ("2026-11-30T07:00", True), ("2026-11-30T17:00", False), ("2026-12-05T12:00", False)],
)
def test_working_hours(moment: str, holds: bool) -> None:
    assert WORK.holds(berlin(moment), BERLIN) is holds


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-12-04T18:00", "2026-12-07T07:00"),
        ("2026-12-24T18:00", "2026-12-28T07:00"),
        ("2026-12-01T08:30", "2026-12-01T08:30"),
        ("2027-03-26T18:00", "2027-03-29T07:00"),
    ],
)
def test_the_next_opening_is_by_the_clock_over_weekends_holidays_and_a_change_of_clocks(
    moment: str, opens: str
) -> None:
    assert WORK.next(berlin(moment), BERLIN) == berlin(opens)


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    friday = Hours(time(22), time(6), frozenset({4}))
    assert friday.holds(berlin("2026-12-05T05:59"), BERLIN)
    assert not friday.holds(berlin("2026-12-04T05:59"), BERLIN)
    assert NIGHT.end_of(berlin("2026-12-04T23:00"), BERLIN) == berlin("2026-12-05T06:00")
    assert NIGHT.end_of(berlin("2026-12-04T12:00"), BERLIN) == berlin("2026-12-04T12:00")


def test_a_night_in_which_clocks_change_ends_by_the_clock() -> None:
    assert NIGHT.end_of(berlin("2027-03-27T23:00"), BERLIN) == berlin("2027-03-28T06:00")
    assert NIGHT.end_of(berlin("2026-10-24T23:00"), BERLIN) - berlin("2026-10-24T23:00") == timedelta(hours=8)


def test_hours_that_never_begin_are_told() -> None:
    with pytest.raises(InvalidInput, match="no day within a year"):
        Hours(time(7), time(17), frozenset()).next(berlin("2026-12-04T12:00"), BERLIN)


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.times(),
    st.times(),
    st.frozensets(st.integers(0, 6), min_size=1),
)
def test_the_next_opening_is_open_and_none_is_passed_over(
    moment: datetime, begin: time, end: time, days: frozenset[int]
) -> None:
    hours = Hours(begin.replace(microsecond=0), end.replace(microsecond=0), days)
    opens = hours.next(moment, BERLIN)
    assert opens >= moment
    if opens > moment:
        assert not hours.holds(moment, BERLIN)
        step = (opens - moment) / 7
        assert not any(hours.holds(moment + step * part, BERLIN) for part in range(7))


def test_what_people_write() -> None:
    assert hours_of("22:00-06:00") == hours_of("22:00 – 6:00") == (time(22), time(6))
    assert clock_of("24:00") == time(0)
    assert days_of("mon-fri") == frozenset(range(5))
    assert days_of("fri-mon, wed") == {4, 5, 6, 0, 2}
    assert days_of("mon-sun") == EVERY_DAY
    assert [span_of(text) for text in ("15 min", "4h", "1 d", "2 w")] == [
        timedelta(minutes=15), timedelta(hours=4), timedelta(days=1), timedelta(weeks=2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (hours_of, "always"),
        (clock_of, "25:00"),
        (clock_of, "7"),
        (days_of, "monday"),
        (span_of, "0 h"),
        (span_of, "soon"),
    ],
)
def test_what_cannot_be_read_is_told_with_an_example(read: object, text: str) -> None:
    with pytest.raises(ValueError, match=f"“{text}”"):
        read(text)  # type: ignore[operator]
