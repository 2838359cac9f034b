"""When the tasks of maintenance plans are due: by the calendar, by hours run, or by a reading; whichever comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph_schema.errors import AmbiguousName, InvalidInput, NotFound
from graph_schema.question import AssetQuery, Measure, Window
from ingestion.orders.plans import MaintenancePlans, Plan, Reading
from tools.activity.run_status import activities
from tools.activity.running import switched_points
from tools.context import ToolContext
from tools.query.names import resolve_all
from tools.results.assets import EntityRef
from tools.results.work.due import DueState, DueTask

_URGENCY: Sequence[DueState] = ("overdue", "due", "soon", "unknown", "later")
_USUAL = timedelta(days=30)
"""How far back it is looked at how much an asset usually runs."""


@dataclass(frozen=True, slots=True)
class Ran:
    """``hours`` since the task was last done, and ``a_day`` of late; None where nothing says so."""

    hours: float | None = None
    a_day: float | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """``tasks``, the most urgent first, of so many ``plans``; ``left_out`` are sentences on what plans name and the plant has no more."""

    tasks: Sequence[DueTask]
    plans: int
    left_out: Sequence[str]


async def tasks_due(context: ToolContext, within: Sequence[str] | None, days: int) -> Due:
    """All tasks of all plans, of these assets or of all."""
    record, now = MaintenancePlans(context.history), context.clock()
    plans = await record.plans()
    done, waiting = await record.last_done(), await record.waiting()
    found: list[DueTask] = []
    left_out: list[str] = []
    for plan in plans:
        assets, gone = await _assets_of(context, plan)
        left_out += gone
        refs = [ref for ref in assets if within is None or ref.id in within]
        since = {ref.id: last_of(plan, done.get((plan.id, ref.id))) for ref in refs}
        ran = await _ran(context, plan, refs, since, now)
        read = await _read(context, plan.when, refs)
        for ref in refs:
            number = waiting.get((plan.id, ref.id))
            found.append(_task(plan, ref, since[ref.id], ran.get(ref.id, Ran()), read.get(ref.id), number, now, days))
    latest = datetime.max.replace(tzinfo=now.tzinfo)
    tasks = sorted(found, key=lambda one: (_URGENCY.index(one.state), one.due_at or latest, one.asset.name))
    return Due(tasks, len(plans), left_out)


async def plan_of(context: ToolContext, id_: str | None, asset: str) -> Plan:
    """The plan of this id, or the one that the asset has. Raises ``InvalidInput`` where the asset has no such plan, or several."""
    plans = [one for one in await MaintenancePlans(context.history).plans() if id_ is None or one.id == id_]
    found = [one for one in plans if asset in [ref.id for ref in (await _assets_of(context, one))[0]]]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput(f"Say which plan (reference) of {asset} it is: {', '.join(one.id for one in found)}.")
    named = "no plan" if id_ is None else f"no plan “{id_[:60]}”"
    raise InvalidInput(f"{asset} has {named}; `plantroom plans list` shows which there are.")


def last_of(plan: Plan, done: datetime | None) -> datetime | None:
    """When it was last done, by its orders or by the file that told the plan."""
    return max((at for at in (plan.last_done, done) if at is not None), default=None)


def due_moment(plan: Plan, last: datetime | None, ran: Ran, now: datetime) -> datetime | None:
    """By the calendar and by the hours, whichever comes first; None where neither says. A task that was never done counts from when its plan was made."""
    begun = last or plan.since or now
    moments: list[datetime] = []
    if plan.every.days is not None:
        moments.append(begun + timedelta(days=plan.every.days))
    if plan.every.hours is not None and ran.hours is not None:
        left = plan.every.hours - ran.hours
        if left <= 0:
            moments.append(now)
        elif ran.a_day:
            moments.append(now + timedelta(days=left / ran.a_day))
    return min(moments, default=None)


def occurrences(plan: Plan, first: datetime | None, ran: Ran, until: datetime) -> float:
    """How often a task comes due until then."""
    if first is None or first > until:
        return 0.0
    steps = [plan.every.days] if plan.every.days is not None else []
    if plan.every.hours is not None and ran.a_day:
        steps.append(plan.every.hours / ran.a_day)
    return 1.0 if not steps else 1.0 + (until - first) / timedelta(days=min(steps)) // 1


def _task(
    plan: Plan, ref: EntityRef, last: datetime | None, ran: Ran, read: tuple[float, str] | None, order: str | None, now: datetime, days: int,
) -> DueTask:  # fmt: skip
    due_at = due_moment(plan, last, ran, now)
    return DueTask(
        plan=plan.id,
        task=plan.task,
        asset=ref,
        state=state_of(plan, due_at, read[0] if read else None, now, days),
        due_at=due_at,
        last_done_at=last,
        every_days=plan.every.days,
        every_hours=plan.every.hours,
        hours_run=None if ran.hours is None else round(ran.hours, 1),
        hours_a_day=ran.a_day,
        reading=read[1] if read else None,
        order=order,
    )


def state_of(plan: Plan, due_at: datetime | None, value: float | None, now: datetime, days: int) -> DueState:
    """A reading beyond its bound makes a task due at once."""
    when = plan.when
    if when is not None and value is not None and _is_beyond(when, value):
        return "due"
    if due_at is not None:
        if due_at < now - timedelta(days=1):
            return "overdue"
        return "due" if due_at <= now else "soon" if due_at <= now + timedelta(days=days) else "later"
    return "unknown" if when is None or value is None else "later"


def _is_beyond(when: Reading, value: float) -> bool:
    return (when.above is not None and value > when.above) or (when.below is not None and value < when.below)


async def _assets_of(context: ToolContext, plan: Plan) -> tuple[Sequence[EntityRef], list[str]]:
    """And a sentence for each name of the plan that is nobody's, or not one asset's: it keeps none of the others."""
    ids, left_out = list[str](), list[str]()
    try:
        if plan.class_ is not None:
            return (await context.reader.select(AssetQuery.model_validate({"class": plan.class_}))).entities, []
    except InvalidInput as error:
        return [], [f"Of the plan “{plan.id}”: {error}"]
    for name in plan.assets:
        try:
            ids += await resolve_all(context.graph, [name])
        except (NotFound, AmbiguousName) as error:
            left_out.append(f"Of the plan “{plan.id}”: {error}")
    return list((await context.reader.refs(ids)).values()), left_out


async def _ran(
    context: ToolContext, plan: Plan, refs: Sequence[EntityRef], since: Mapping[str, datetime | None], now: datetime
) -> Mapping[str, Ran]:
    """Hours run since each was last done: one look for all that were done at the same time."""
    if plan.every.hours is None or not refs:
        return {}
    usual = await _hours(context, refs, Window(start=now - _USUAL, end=now), now)
    found: dict[str, Ran] = {}
    for begun in {since[ref.id] or plan.since for ref in refs}:
        some = [ref for ref in refs if (since[ref.id] or plan.since) == begun]
        if begun is None or begun >= now:
            continue
        hours = await _hours(context, some, Window(start=begun, end=now), now)
        found |= {ref.id: Ran(hours.get(ref.id), _a_day(usual.get(ref.id))) for ref in some}
    return found


def _a_day(hours: float | None) -> float | None:
    return None if hours is None else hours / (_USUAL / timedelta(days=1))


async def _hours(context: ToolContext, refs: Sequence[EntityRef], window: Window, now: datetime) -> Mapping[str, float]:
    """By its own run status; of one without, that of the part that ran longest."""
    switched = await switched_points(context, refs, None)
    found = await activities(context.history, context.ontology, switched.points, window, now, context.timezone)
    hours = {id_: one.hours for id_, one in found.of.items() if one.hours is not None}
    by_parts = {
        id_: max(known)
        for id_, parts in switched.parts.items()
        if (known := [hours[one] for one in parts if one in hours])
    }
    return {**by_parts, **hours}


async def _read(
    context: ToolContext, when: Reading | None, refs: Sequence[EntityRef]
) -> Mapping[str, tuple[float, str]]:
    """The newest reading of the condition's quantity, as a number and in words."""
    if when is None or not refs:
        return {}
    measured = await context.reader.measure(AssetQuery(ids=[ref.id for ref in refs]), Measure(quantity=when.quantity))
    return {
        row.entity.id: (row.value, f"{when.quantity.replace('_', ' ')} {row.value:g} {row.unit or ''}".strip())
        for row in measured.rows
        if row.entity is not None and row.value is not None
    }
