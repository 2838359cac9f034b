from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from ingestion.simulator.physics.occupancy import calendar

ZONE = "America/Los_Angeles"


def at(*moments: tuple[int, ...]) -> np.ndarray:
    return np.array([int(datetime(*m, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000) for m in moments], dtype=np.int64)


def test_offices_are_full_at_ten_on_a_monday_and_nearly_empty_on_sunday():
    days = calendar(ZONE, at((2026, 3, 2, 10), (2026, 3, 1, 10), (2026, 3, 2, 3)))
    assert days.office[0] > 0.9
    assert days.office[1] < 0.1
    assert days.office[2] == 0
    assert days.open.tolist() == [1, 0, 0]


def test_laboratories_never_stand_empty():
    assert calendar(ZONE, at((2026, 3, 1, 3))).laboratory[0] > 0.1


def test_local_time_follows_daylight_saving():
    days = calendar(ZONE, at((2026, 3, 7, 9), (2026, 3, 9, 9)))
    assert days.hour.tolist() == [9, 9]
    assert days.week[1] == days.week[0] + 1
