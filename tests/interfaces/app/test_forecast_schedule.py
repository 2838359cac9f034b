"""When the next look is, on the days that have no ordinary night as well, and what is due then."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from interfaces.app.forecast_schedule import Due, due, seconds_until

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = datetime(2026, 6, 1, 2, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (datetime(2026, 6, 1, 1, tzinfo=BERLIN), 1),
        (datetime(2026, 6, 1, 2, tzinfo=BERLIN), 24),
        (datetime(2026, 6, 1, 14, 30, tzinfo=BERLIN), 11.5),
        (datetime(2026, 10, 24, 14, tzinfo=BERLIN), 12),  # two o'clock comes twice that night: the first counts
        (datetime(2026, 3, 28, 14, tzinfo=BERLIN), 12),  # and here not at all: an hour later by the clock
    ],
)
def test_the_next_night(now: datetime, hours: float):
    assert seconds_until(time(2), now) == hours * 3600


@pytest.mark.parametrize(
    ("night", "looked", "now", "expected"),
    [
        (None, None, 12, "night"),  # nothing has ever run
        (0, 18, 24, "night"),  # its hour has come
        (0, 18, 25, "night"),  # and again after a run that failed
        (0, 0, 6, "look"),
        (0, 6, 10, None),  # a start between two looks
        (0, 0, 29, "night"),  # its hour is not over yet
        (0, 0, 30, "look"),
        (0, 0, 31, "night"),  # missed, as the plant was not served
        (32, 32, 48, "night"),  # made up for at ten in the morning: the next is at its own hour
        (43, 43, 48, None),  # made up for late in the evening: that was it
    ],
)
def test_what_is_due(night: int | None, looked: int | None, now: int, expected: Due | None):
    """In hours since a night."""

    def at(hours: int | None) -> datetime | None:
        return None if hours is None else NIGHT + timedelta(hours=hours)

    assert due(at(night), at(looked), NIGHT + timedelta(hours=now)) == expected
