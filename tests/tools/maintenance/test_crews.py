"""Crews from their file: shifts by the week, days away, what work needs; mistakes are told with their place."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from graph_schema.errors import InvalidInput
from tests.tools.maintenance.problems import job, problem
from tools.maintenance.calendar import calendar_of
from tools.maintenance.crews import crew_of, crews_of
from tools.maintenance.model import Placement, Shift
from tools.maintenance.plan_cost import schedule_of
from tools.maintenance.redundant import redundancy
from tools.topology.topology import Feed, Node, Topology

FRIDAY = date(2026, 1, 2)
NORTH: dict[str, Any] = {"name": "North", "skills": "mechanical", "shifts": [{"days": "mon-fri", "hours": "07:00-15:00"}]}  # fmt: skip


def test_a_crew_works_its_shifts_but_the_days_it_is_away():
    book = crews_of({"crews": [{**NORTH, "away": [{"from": "2026-01-05", "to": "2026-01-06"}]}]}, "crews.yaml")
    crew = crew_of(book.crews[0], FRIDAY, 7, None, 100)
    works = {day: crew.shift_on(day) for day in range(7)}
    shift = Shift(420, 900)
    assert works == {0: shift, 1: None, 2: None, 3: None, 4: None, 5: shift, 6: shift}


def test_what_work_needs_goes_by_class_and_kind():
    rules = [{"class": "Chiller", "skill": "refrigeration"}, {"kind": "inspection", "skill": "controls"}]
    book = crews_of({"crews": [NORTH], "skills": rules}, "crews.yaml")
    assert book.needed(["Chiller", "Equipment"], "inspection") == {"refrigeration", "controls"}
    assert book.needed(["Pump"], "corrective") == set()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"crews": []}, "crews"),
        ({"crews": [NORTH, NORTH]}, "North stands twice"),
        ({"crews": [{**NORTH, "shifts": [{"hours": "15:00-07:00"}]}]}, "does not end after it begins"),
        ({"crews": [{**NORTH, "shifts": [{"hours": "late"}]}]}, "no span of hours"),
        ({"crews": [{**NORTH, "shifts": [{"days": "fri-mon", "hours": "07:00-08:00"}]}]}, "forward through the week"),
        ({"crews": [{**NORTH, "away": [{"from": "2026-01-06", "to": "2026-01-05"}]}]}, "ends before it begins"),
        ({"crews": [{**NORTH, "skils": []}]}, "crews.0.skils"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(wrong: dict[str, Any], said: str):
    with pytest.raises(InvalidInput, match=said):
        crews_of(wrong, "crews.yaml")


def test_assets_of_a_class_that_supply_the_same_stand_in_for_each_other():
    nodes = [Node(id_, id_, "Asset", class_) for id_, class_ in (("c1", "Chiller"), ("c2", "Chiller"), ("p", "Pump"), ("h", "Header"))]  # fmt: skip
    feeds = [Feed("c1", "h", "chilled water"), Feed("c2", "h", "chilled water"), Feed("p", "h", "chilled water")]
    (group,) = redundancy(Topology.of(nodes, feeds))
    assert (group.members, group.keep, group.spare) == ({"c1", "c2"}, 1, 1)


def test_a_crew_reads_its_plan_in_its_own_calendar_at_the_clock_of_the_place():
    given = problem(job("WO-1", asset="c1", text="Oil", order="WO-1"), job("WO-2"))
    plan = schedule_of(given, [Placement("WO-1", "crew", 1, 495, 555)])
    zone, now = ZoneInfo("Europe/Berlin"), datetime(2026, 1, 5, tzinfo=UTC)
    read = Calendar.from_ical(calendar_of(given, plan, "crew", {"c1": "Chiller 1"}, zone, now))
    (event,) = read.walk("VEVENT")
    assert event["summary"] == "Chiller 1: Oil"
    assert event["dtstart"].dt == datetime(2026, 1, 6, 7, 15, tzinfo=UTC)
    assert b"VEVENT" not in calendar_of(given, plan, "other", {}, zone, now)
