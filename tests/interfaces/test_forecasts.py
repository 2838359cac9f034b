"""When the next night is, on the days that have no ordinary night as well."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from interfaces.forecasts import seconds_until

BERLIN = ZoneInfo("Europe/Berlin")


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
