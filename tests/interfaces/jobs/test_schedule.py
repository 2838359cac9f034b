"""When a job is due, on the days that have no ordinary night as well."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from interfaces.jobs.schedule import Daily, Every, Once, Past

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Daily((time(2),), late=timedelta(hours=12))
LOOKS = Daily((time(8), time(14), time(20)), late=timedelta(hours=3))
FIRST = datetime(2026, 6, 1, 2, tzinfo=BERLIN)


def berlin(*when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=BERLIN, fold=fold)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        (None, 1, 0),  # nothing has ever run: at once
        (0, 23.9, None),
        (0, 24, 24),  # its hour has come
        (0, 30, 24),  # missed, as the plant was not served: made up for at once
        (24, 30, None),  # which is once
        (24, 48, 48),  # and the next is at its own hour
        (0, 80, 72),  # of several missed ones one is made up for
        (0, 43, 48),  # made up for late in the evening, it counts for the night that comes
        (48, 48, None),
        (48, 72, 72),
    ],
)
def test_a_night_is_due_once_and_a_missed_one_at_once(last: float | None, now: float, expected: float | None):
    """In hours since a night."""

    def at(hours: float | None) -> datetime | None:
        return None if hours is None else FIRST.astimezone(UTC) + timedelta(hours=hours)

    moment = at(now)
    assert moment
    assert NIGHT.due(Past(at(last)), moment.astimezone(BERLIN)) == at(expected)


def test_looks_come_three_times_a_day_between_the_nights():
    past = Past(berlin(2026, 6, 1, 8))
    assert LOOKS.due(past, berlin(2026, 6, 1, 13, 59)) is None
    assert LOOKS.due(past, berlin(2026, 6, 1, 14)) == berlin(2026, 6, 1, 14)
    assert LOOKS.due(past, berlin(2026, 6, 1, 18)) == berlin(2026, 6, 1, 20), "made up for late, it is the next"
    assert LOOKS.due(past, berlin(2026, 6, 2, 1)) == berlin(2026, 6, 2, 8)


def periods(start: datetime, hours: float) -> list[datetime]:
    """What is queued when somebody looks every ten minutes, beginning with a night that is over."""
    past, found = Past(start.astimezone(UTC)), list[datetime]()
    for minute in range(10, int(hours * 60), 10):
        now = (start.astimezone(UTC) + timedelta(minutes=minute)).astimezone(BERLIN)
        if period := NIGHT.due(past, now):
            found.append(now)
            past = Past(period)
    return found


def test_the_day_that_lacks_an_hour_has_one_night_an_hour_later_by_the_clock():
    assert periods(berlin(2026, 3, 28, 2), 48) == [berlin(2026, 3, 29, 3), berlin(2026, 3, 30, 2)]


def test_the_day_that_has_an_hour_twice_has_one_night_in_the_first():
    (first, second) = periods(berlin(2026, 10, 24, 2), 50)
    assert (first, first.fold) == (berlin(2026, 10, 25, 2), 0)
    assert second == berlin(2026, 10, 26, 2)
    assert first.utcoffset() == timedelta(hours=2)


def test_a_job_that_waits_or_runs_is_not_queued_beside_itself():
    assert NIGHT.due(Past(FIRST, active=True), FIRST + timedelta(days=3)) is None
    assert Every(timedelta(minutes=5)).due(Past(FIRST, active=True), FIRST + timedelta(days=3)) is None


def test_what_comes_again_and_again_has_a_job_for_each_span():
    every, now = Every(timedelta(minutes=5)), datetime(2026, 6, 1, 10, 7, 30, tzinfo=UTC)
    assert every.due(Past(), now) == datetime(2026, 6, 1, 10, 5, tzinfo=UTC)
    assert every.due(Past(datetime(2026, 6, 1, 10, 5, tzinfo=UTC)), now) is None
    assert every.due(Past(datetime(2026, 6, 1, 9, 5, tzinfo=UTC)), now) == datetime(2026, 6, 1, 10, 5, tzinfo=UTC)


def test_what_takes_long_comes_less_often():
    every, began = Every(timedelta(minutes=5), share=0.02), datetime(2026, 6, 1, 10, tzinfo=UTC)
    past = Past(began, began_at=began, ended_at=began + timedelta(seconds=30))
    assert every.due(past, began + timedelta(minutes=24)) is None
    assert every.due(past, began + timedelta(minutes=25)) == began + timedelta(minutes=25)


def test_what_is_done_once_is_due_at_once_and_never_again():
    now = datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert Once().due(Past(), now) == now
    assert Once().due(Past(now, active=True), now + timedelta(hours=1)) is None
    assert Once().due(Past(now), now + timedelta(days=30)) is None
