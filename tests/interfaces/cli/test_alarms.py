"""Alarms on the terminal: times as people write them, and the table."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from graph_schema.errors import InvalidInput
from graph_schema.question import Window
from interfaces.cli.work.alarms import ahead, moment, print_alarms, print_incidents, print_kpis, print_states
from tools.alarms.kpis import kpis
from tools.catalogue.alarm_history import AlarmHistory, AlarmSpell, PointAlarms
from tools.results.assets import EntityRef
from tools.results.work.alarm_states import AlarmStanding, AlarmStates, ResponseTold
from tools.results.work.incidents import Incidents, IncidentTold

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


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("8h", NOW + timedelta(hours=8)),
        ("06:00", datetime(2026, 3, 3, 5, tzinfo=UTC)),
        ("6:00", datetime(2026, 3, 3, 5, tzinfo=UTC)),
        ("23:30", datetime(2026, 3, 2, 22, 30, tzinfo=UTC)),
        ("2026-03-04T07:00", datetime(2026, 3, 4, 6, tzinfo=UTC)),
    ],
)
def test_a_time_ahead_is_a_length_a_clock_or_a_moment(text: str, at: datetime):
    assert ahead(text, NOW, BERLIN) == at


@pytest.mark.parametrize("text", ["soon", "25:00", "", "later today"])
def test_what_is_no_time_ahead_is_told(text: str):
    with pytest.raises(InvalidInput, match="is no time"):
        ahead(text, NOW, BERLIN)


def test_a_shelved_alarm_is_shown_with_its_end_and_what_to_do():
    response = ResponseTold(
        at_stake="damage", minutes=60, cause="Bearing wear.", consequence="It fails.", action="Change over."
    )
    one = AlarmStanding(
        point="p", name="Pump 1 vibration", state="shelved", active=True, priority="high", rule="damage at stake",
        held_by="ann", until=NOW, response=response,
    )  # fmt: skip
    text = io.StringIO()
    print_states(
        Console(file=text, width=140), AlarmStates(alarms=[one], total=3, waiting=0, held=1), BERLIN, advice=True
    )
    for part in (
        "high",
        "shelved",
        "Pump 1 vibration",
        "2026-03-02 11:00",
        "ann",
        "2 more",
        "damage at stake",
        "Within 60 min: Change over.",
    ):
        assert part in text.getvalue()


def test_an_incident_is_shown_under_its_cause():
    one = IncidentTold(
        id="I-3", cause=EntityRef(id="ahu", name="AHU-2", kind="Asset"), because="upstream", opened_at=NOW, last_at=NOW, alarms=1200,
        active=4, waiting=7, points=["p"],
    )  # fmt: skip
    text = io.StringIO()
    print_incidents(Console(file=text, width=140), Incidents(incidents=[one], total=1, alarms=1200), BERLIN)
    for part in ("I-3", "AHU-2", "upstream", "2026-03-02 11:00", "1,200", "4", "7"):
        assert part in text.getvalue()


def test_figures_are_shown_beside_what_is_good():
    text = io.StringIO()
    print_kpis(Console(file=text, width=140), kpis([], NOW - timedelta(days=1), NOW), {})
    for part in ("alarms an hour for each operator", "0.0", "at most 6", "time in floods", "less than 1%"):
        assert part in text.getvalue()
