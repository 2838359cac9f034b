"""Figures of ISA-18.2 and EEMUA 191, each computed by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from ingestion.alarms.alarms import Alarm
from tools.alarms.kpis import kpis

START = datetime(2026, 3, 2, tzinfo=UTC)
END = START + timedelta(hours=24)
MINUTE = timedelta(minutes=1)


def alarm(point: str, at: float, lasted: float | None = 5, level: str = "alarm", *, seen: bool = False) -> Alarm:
    """Raised so many minutes into the window."""
    raised = START + at * MINUTE
    cleared = None if lasted is None else raised + lasted * MINUTE
    return Alarm(
        0, point, point, [point], "alarm", "warning" if level == "warning" else "alarm", raised, raised, None, None, None, None, None,
        cleared, None, None, None, raised if seen else None,
    )  # fmt: skip


def test_a_day_by_hand():
    flood = [alarm(f"f{n}", 60 + n / 2) for n in range(11)]  # 60.0 to 65.0: 11 in the spell that begins at minute 60
    chatter = [alarm("c", 300 + n / 4, 0.1, "warning") for n in range(3)]  # three within 30 seconds
    slow = [alarm("s", 600 + 2 * n, 1) for n in range(10)]  # 600 to 618: five in each of two spells
    old = [alarm("o1", -120, None), alarm("o2", -1, None, seen=True), alarm("o3", 1, None)]
    found = kpis([*flood, *chatter, *slow, *old], START, END)
    assert found.raised == 25  # 11 + 3 + 10 + 1
    assert found.per_hour == pytest.approx(25 / 24)
    assert found.most_in_10_min == 11
    assert found.flood_share == pytest.approx(1 / 144)
    assert found.chattering == ["c"]
    assert (found.standing, found.stale, found.unacknowledged) == (3, 2, 2)  # o3 has stood 23 h 59 min
    assert found.top[:3] == [("s", 10), ("c", 3), ("f0", 1)]
    assert found.top_share == pytest.approx(21 / 25)  # 10 + 3 + 8 points with one each
    assert found.levels == {"alarm": 22, "warning": 3}


def test_two_operators_share_what_comes():
    found = kpis([alarm(f"f{n}", n / 2) for n in range(11)], START, END, operators=2)
    assert (found.per_hour, found.flood_share) == (pytest.approx(11 / 48), 0)


def test_what_was_cleared_as_the_window_ends_stands_until_then():
    assert kpis([alarm("a", 1430, 10)], START, END).standing == 1
    assert kpis([alarm("a", 1430, 9)], START, END).standing == 0


def test_a_quiet_time_has_no_figures_that_divide_by_nothing():
    found = kpis([], START, END)
    assert (found.per_hour, found.top_share, found.flood_share, found.most_in_10_min) == (0, 0, 0, 0)
