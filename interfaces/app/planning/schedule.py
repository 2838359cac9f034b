"""The maintenance schedule of a plant: its files, its jobs, and the solver beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from interfaces.app.composition import App
from interfaces.settings import Settings
from tools.context import Caller
from tools.maintenance.calendar import calendar_of, moment
from tools.maintenance.costs import CostBook, read_costs
from tools.maintenance.crews import CrewBook, read_crews
from tools.maintenance.explain import LeftOut, Reason, left_out, reasons
from tools.maintenance.gather import Gathered, gather
from tools.maintenance.model import Placement, Schedule
from tools.maintenance.solve import Search, solve
from tools.topology.snapshot import Topologies

_CREWS, _COSTS = "crews.yaml", "costs.yaml"


def crews_file(settings: Settings) -> Path:
    return settings.crews or settings.home / _CREWS


def costs_file(settings: Settings) -> Path:
    return settings.costs or settings.home / _COSTS


def books(settings: Settings) -> tuple[CrewBook, CostBook]:
    """Raises ``InvalidInput`` with what is wrong with either file."""
    return read_crews(crews_file(settings)), read_costs(costs_file(settings))


@dataclass(frozen=True, slots=True)
class Planned:
    """A schedule with what it was made of."""

    gathered: Gathered
    schedule: Schedule
    currency: str
    zone: ZoneInfo

    def begins(self, one: Placement) -> datetime:
        return moment(self.gathered.problem.start, one.day, one.start, self.zone)

    def ends(self, one: Placement) -> datetime:
        return moment(self.gathered.problem.start, one.day, one.end, self.zone)

    def reasons(self) -> Mapping[str, Reason]:
        return {one.job: one for one in reasons(self.gathered.problem, self.schedule, self.currency)}

    def left_out(self) -> list[LeftOut]:
        return left_out(self.gathered.problem, self.schedule, self.currency)

    def calendar(self, crew: str, now: datetime) -> bytes:
        return calendar_of(self.gathered.problem, self.schedule, crew, self.gathered.names, self.zone, now)


async def planned(app: App, days: int, seconds: float) -> Planned:
    """For so many days from today. Searched for so many seconds at most."""
    crews, costs = books(app.settings)
    context = await app.context(Caller("schedule"))
    found = await gather(context, Topologies(), crews, costs, days)
    schedule = await asyncio.to_thread(solve, found.problem, Search(seconds))
    return Planned(found, schedule, costs.currency, ZoneInfo(context.plant_timezone))


def wishes(plan: Planned) -> list[tuple[str, Mapping[str, Any]]]:
    """What would put the plan into force, as calls that a person approves: an order that is there gets its crew and its time, other work an order."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for one in plan.schedule.placements:
        job = plan.gathered.problem.job_of[one.job]
        hours = round((one.end - one.start) / 60, 2)
        if plan.gathered.problem.in_force.get(job.id) == one.slot:
            continue
        if job.order is not None:
            begins = plan.begins(one).isoformat()
            found.append(("update_work_order", {"number": job.order, "assignee": one.crew, "planned_at": begins, "planned_h": hours}))  # fmt: skip
            continue
        because = {"because": "plan", "reference": job.plan} if job.plan is not None else {"kind": "predictive"}
        due = plan.ends(one).isoformat()
        found.append(("create_work_order", {"asset": job.asset, "text": job.text, "assignee": one.crew, "due": due, "planned_h": hours, **because}))  # fmt: skip
    return found
