"""Alarms on the terminal: times as people write them, and the table."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from graph_schema.errors import InvalidInput
from graph_schema.question import Window
from interfaces.cli.work.alarms import moment, print_alarms
from tools.catalogue.alarm_history import AlarmHistory, AlarmSpell, PointAlarms

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("24h", NOW - timedelta(hours=24)),
        ("1.5d", NOW - timedelta(hours=36)),
        ("2026-03-02T07:00", datetime(2026, 3, 2, 6, tzinfo=UTC)),
        ("2026-03-02T07:00+00:00", datetime(2026, 3, 2, 7, tzinfo=UTC)),
    ],
)
def test_a_time_is_an_age_or_the_plants_own_clock(text: str, at: datetime):
    assert moment(text, NOW, BERLIN) == at


def test_what_is_no_time_is_told():
    with pytest.raises(InvalidInput, match="“soon” is no time"):
        moment("soon", NOW, BERLIN)


def printed(*spells: AlarmSpell, history: bool) -> str:
    window = Window(start=NOW - timedelta(days=1), end=NOW)
    points = [PointAlarms(point="p", name="Pump 1 flow", count=len(spells), minutes=90)] if spells else []
    found = AlarmHistory(window=window, total=len(spells), active=0, points=points, spells=list(spells))
    text = io.StringIO()
    print_alarms(Console(file=text, width=140), found, BERLIN, history=history)
    return text.getvalue()


def test_an_active_alarm_is_shown_with_its_limit_in_the_plants_time():
    begun = NOW - timedelta(minutes=90)
    spell = AlarmSpell(
        point="p", name="Pump 1 flow", level="alarm", raised_at=begun, minutes=90, value=31.5, worst=33.0, limit=30.0,
        side="high", unit="L/s",
    )  # fmt: skip
    said = printed(spell, history=False)
    for part in ("alarm", "Pump 1 flow", "2026-03-02 09:30", "31.5 L/s", "33 L/s", "above 30 L/s"):
        assert part in said


def test_none_is_said():
    assert printed(history=False) == "No alarm is active.\n"
    assert "none in this time" in printed(history=True)
