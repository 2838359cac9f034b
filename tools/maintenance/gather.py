"""From the plant to a problem: open work orders, tasks of maintenance plans that come due, and what is likely to fail and has no order yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from forecasting.failure_forecast import Failing, read_failing
from ingestion.orders.order import OVER, Kind, Priority, WorkOrder
from ingestion.orders.work_orders import OrderFilter, WorkOrders
from tools.context import ToolContext
from tools.maintenance.costs import CostBook, cents, failure_by_day, late_by_day, together
from tools.maintenance.crews import USUAL_MINUTES, CrewBook, crew_of
from tools.maintenance.model import Bundle, Job, Place, Problem, Slot, Window
from tools.maintenance.redundant import redundancy
from tools.risk.outlooks import is_likely
from tools.topology.snapshot import Topologies
from tools.topology.topology import Topology
from tools.work.due import tasks_due

WAITING = ("open", "in_progress", "on_hold")
URGENCY: Mapping[Priority, float] = {"low": 10, "medium": 40, "high": 160, "urgent": 640}
"""A day late where the costs state nothing, in units of the currency: no cost, but the order of urgency."""
_RISK_TEXT = "Look into what its forecast says"
_FIRST: Sequence[Kind] = ("predictive", "corrective", "preventive", "improvement", "inspection", "other")
"""Which job of an asset takes its risk away."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Work that waits, from wherever it comes."""

    id: str
    asset: str
    text: str
    kind: Kind
    priority: Priority
    due: date | None
    minutes: int | None
    order: str | None = None
    plan: str | None = None
    begun: bool = False
    held: tuple[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """``notes`` say what is not known and what could not be planned; ``names`` are those of the assets."""

    problem: Problem
    names: Mapping[str, str]
    notes: tuple[str, ...]


async def gather(context: ToolContext, topologies: Topologies, crews: CrewBook, costs: CostBook, days: int) -> Gathered:
    """For so many days from today, in the plant's time."""
    topology = await topologies.current(context.graph, context.ontology)
    zone = ZoneInfo(context.plant_timezone)
    orders, _ = await WorkOrders(context.history).find(
        OrderFilter(statuses=[one for one in WAITING if one not in OVER])
    )
    due = await tasks_due(context, None, days)
    failing = {one.asset: one for one in await read_failing(context.graph)}
    wishes = [_of_order(one, zone) for one in orders]
    wishes += [
        Wish(f"{one.plan} {one.asset.id}", one.asset.id, one.task, "preventive", "medium", _day(one.due_at, zone), None, plan=one.plan)
        for one in due.tasks
        if one.order is None and one.state in ("overdue", "due", "soon")
    ]  # fmt: skip
    known = {one.asset for one in wishes}
    wishes += [
        Wish(f"risk {one.asset}", one.asset, _RISK_TEXT, "predictive", "medium", None, None)
        for one in failing.values()
        if is_likely(one) and one.asset not in known
    ]
    start = context.clock().astimezone(zone).date()
    found = _Plant(context, topology, crews, costs, start, days, zone).gathered(wishes, failing)
    return replace(found, notes=(*found.notes, *due.left_out))


def _of_order(order: WorkOrder, zone: ZoneInfo) -> Wish:
    minutes = None if order.planned_h is None else round(60 * order.planned_h)
    held = (order.assignee, order.planned_at) if order.assignee and order.planned_at else None
    due = _day(order.due_at or order.opened_at, zone)
    return Wish(
        order.number, order.asset, order.text or order.kind, order.kind, order.priority, due, minutes,
        order=order.number, begun=order.status == "in_progress", held=held,
    )  # fmt: skip


def _day(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else moment.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class _Plant:
    """What jobs are made of."""

    context: ToolContext
    topology: Topology
    crews: CrewBook
    costs: CostBook
    start: date
    days: int
    zone: ZoneInfo

    def gathered(self, wishes: Sequence[Wish], failing: Mapping[str, Failing]) -> Gathered:
        here = [one for one in wishes if one.asset in self.topology.nodes]
        gone = [one.id for one in wishes if one.asset not in self.topology.nodes]
        risky = self._risky(here)
        jobs = tuple(self._job(one, failing.get(one.asset) if risky[one.asset] == one.id else None) for one in here)
        shared = {one for one in (job.bundle for job in jobs) if one is not None}
        bundles = tuple(Bundle(one, self.crews.isolation, self._stopped(one)) for one in sorted(shared))
        rate = None if self.costs.labour_per_hour is None else self.costs.labour_per_hour
        crews = tuple(
            crew_of(one, self.start, self.days, one.starts_at, cents(_first(one.rate_per_hour, rate) or 0) // 60)
            for one in self.crews.crews
        )
        held = {one.id: slot for one in here if one.held and (slot := self._slot(*one.held)) is not None}
        problem = Problem(
            start=self.start, days=self.days, jobs=jobs, crews=crews,
            places=tuple(Place(one, self._cluster(one)) for one in sorted({job.place for job in jobs})),
            bundles=bundles, redundancy=redundancy(self.topology), in_force=held, churn=cents(self.costs.move),
            visit_min=self.crews.visit, cluster_min=self.crews.cluster,
        )  # fmt: skip
        names = {one.asset: self.topology.nodes[one.asset].name for one in here}
        return Gathered(problem, names, tuple(self._notes(here, jobs, gone)))

    def _job(self, wish: Wish, failing: Failing | None) -> Job:
        node = self.topology.nodes[wish.asset]
        classes = [node.class_, *sorted(self.context.ontology.ancestors(node.class_))] if node.class_ else []
        minutes = wish.minutes or self.crews.usual or USUAL_MINUTES
        late, unknown = self._late(wish), list[str]()
        failure: tuple[int, ...] = (0,) * (self.days + 1)
        if failing is not None and failing.probability is not None:
            stated = self.costs.failure_of(wish.asset, node.name, classes)
            unknown += ["what a failure costs"] if stated is None else []
            failure = failure_by_day(failing.probability, failing.horizon_days, cents(stated or 0), self.days)
        hour = self.costs.downtime_of(wish.asset, node.name, classes)
        lost = len(self.topology.loss(wish.asset).lost) * (self.costs.dependent_per_hour or 0)
        unknown += ["what its downtime costs"] if hour is None else []
        downtime = cents(((hour or 0) + lost) * minutes / 60)
        isolates = frozenset[str]() if wish.kind == "inspection" else self._stopped(wish.asset)
        slot = self._slot(*wish.held) if wish.begun and wish.held else None
        return Job(
            id=wish.id, place=self._place(wish.asset), skills=self.crews.needed(classes, wish.kind), minutes=minutes,
            failure=together(late, failure), downtime=(downtime,) * self.days, windows=self._windows(wish.asset),
            bundle=wish.asset if isolates else None, isolates=isolates, begun=slot, asset=wish.asset, text=wish.text,
            due=None if wish.due is None else (wish.due - self.start).days,
            order=wish.order, plan=wish.plan, unknown=tuple(unknown),
        )  # fmt: skip

    def _late(self, wish: Wish) -> tuple[int, ...]:
        due = 0 if wish.due is None else max(0, (wish.due - self.start).days)
        per_day = self.costs.late_per_day.get(wish.priority, URGENCY[wish.priority])
        return late_by_day(due, cents(per_day), self.days)

    def _risky(self, wishes: Iterable[Wish]) -> dict[str, str]:
        """Which job of each asset takes its risk away: one, so that the risk counts once."""
        found: dict[str, str] = {}
        for one in sorted(wishes, key=lambda one: (_FIRST.index(one.kind), one.id)):
            found.setdefault(one.asset, one.id)
        return found

    def _stopped(self, asset: str) -> frozenset[str]:
        return frozenset(self.topology.stopped_with(asset))

    def _place(self, asset: str) -> str:
        """Where it is, by the nearest asset around it that is somewhere; itself where nothing says so."""
        if self.topology.nodes[asset].is_place:
            return asset
        for one in (asset, *sorted(self.topology.around(asset))):
            if places := self.topology.places.get(one):
                return sorted(places)[0]
        return asset

    def _cluster(self, place: str) -> str:
        """The name of the building, else of the outermost place around it. What nothing is said of is where the first crew begins."""
        if not self.topology.nodes[place].is_place:
            return self.crews.crews[0].starts_at or ""
        around = sorted(self.topology.around(place), key=lambda one: (len(self.topology.around(one)), one))
        building = next((one for one in around if self.topology.nodes[one].kind == "Building"), around[0])
        return self.topology.nodes[building].name

    def _windows(self, asset: str) -> tuple[Window, ...] | None:
        """Of the first entry that is about the asset or a place that it is in; None where there is none."""
        own = {asset, *self.topology.around(asset)}
        own |= {
            outer for one in list(own) for p in self.topology.places.get(one, ()) for outer in self.topology.around(p)
        }
        names = {one.casefold() for id_ in own for one in (id_, self.topology.nodes[id_].name)}
        entry = next((one for one in self.crews.windows if one.at.casefold() in names), None)
        if entry is None:
            return None
        spans = [
            (day, span)
            for day in range(self.days)
            for hours in entry.open
            if (span := hours.on(self.start + timedelta(days=day))) is not None
        ]
        return tuple(Window(day, *span) for day, span in spans)

    def _slot(self, crew: str, moment: datetime) -> Slot | None:
        """Of the plan in force; None for somebody who is no crew, or for what is over."""
        day = (moment.astimezone(self.zone).date() - self.start).days
        known = {one.name for one in self.crews.crews}
        return Slot(crew, day) if crew in known and 0 <= day < self.days else None

    def _notes(self, wishes: Sequence[Wish], jobs: Sequence[Job], gone: Sequence[str]) -> Iterable[str]:
        for what in ("what a failure costs", "what its downtime costs"):
            if some := sorted({job.asset for job in jobs if what in job.unknown}):
                names = ", ".join(self.topology.nodes[one].name for one in some[:5])
                more = f" and {len(some) - 5} more" if len(some) > 5 else ""
                yield f"Nobody has stated {what} for {names}{more}: it counts as nothing."
        if self.costs.labour_per_hour is None and any(one.rate_per_hour is None for one in self.crews.crews):
            yield "Nobody has stated what labour costs: it counts as nothing."
        if missing := sorted({one.priority for one in wishes} - self.costs.late_per_day.keys()):
            yield f"Nobody has stated what a day late costs for {', '.join(missing)}: the order of urgency stands for it."
        if self.crews.usual is None and (guessed := sum(one.minutes is None for one in wishes)):
            yield f"{guessed} jobs say nothing of how long they take; {USUAL_MINUTES} minutes are planned for each."
        if gone:
            yield f"The plant has no asset for {', '.join(gone[:5])}."


def _first(*each: float | None) -> float | None:
    return next((one for one in each if one is not None), None)
