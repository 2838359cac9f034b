"""The tool that says which spare parts there are, and which will be needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from forecasting.failure_forecast import Failing, read_failing
from graph_schema.ontology.ontology import Ontology
from ingestion.orders.plans import MaintenancePlans, Plan, SparePart
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Evidence
from tools.results.work.due import DueTask, PartDemand, SpareParts
from tools.work.due import Ran, occurrences, tasks_due


async def spare_parts(
    context: ToolContext,
    words: Annotated[str | None, Field(max_length=200, description="in the number or name; all when left out")] = None,
    days: Annotated[int, Field(ge=1, le=730, description="how far ahead demand is expected")] = 90,
    limit: Annotated[int, Field(ge=1, le=200)] = 20,
) -> SpareParts:
    """Spare parts with stock and lead time, and what will be needed of each within the days: by maintenance plans that come due, and by the probability that assets fail. What is to be ordered now comes first."""
    record = MaintenancePlans(context.history)
    known, plans = await record.parts(), await record.plans()
    due = await tasks_due(context, None, days)
    failing = await read_failing(context.graph)
    refs = await context.reader.refs([one.asset for one in failing])
    demand = _Demand(context.ontology, {one.id: one for one in plans}, due.tasks, failing, refs, context)
    wanted = [one for one in known if words is None or words.casefold() in f"{one.number} {one.name}".casefold()]
    found = sorted((demand.of(part, days) for part in wanted), key=lambda one: (-one.to_order, one.number))
    return SpareParts(
        parts=found[:limit],
        total=len(found),
        short=sum(one.to_order > 0 for one in found),
        days=days,
        evidence=[
            Evidence(
                store="history",
                statement="the parts master, maintenance plans and failure forecasts",
                entities=list(refs),
            )
        ],
        notes=[*([f"{len(found)} parts; the first {limit} are listed."] if len(found) > limit else []), *due.left_out],
    )


class _Demand:
    """What will be needed, from what comes due and what may fail."""

    def __init__(
        self,
        ontology: Ontology,
        plans: Mapping[str, Plan],
        tasks: Sequence[DueTask],
        failing: Sequence[Failing],
        refs: Mapping[str, EntityRef],
        context: ToolContext,
    ) -> None:
        self._ontology, self._plans, self._tasks = ontology, plans, tasks
        self._failing, self._refs, self._now = failing, refs, context.clock()

    def of(self, part: SparePart, days: int) -> PartDemand:
        plans, failures = self._of_plans(part.number, days), self._of_failures(part, days)
        lead = self._of_plans(part.number, part.lead_days) + self._of_failures(part, part.lead_days)
        return PartDemand(
            **part.model_dump(exclude={"fits"}),
            expected=round(plans + failures, 2),
            of_plans=round(plans, 2),
            of_failures=round(failures, 2),
            in_lead_time=round(lead, 2),
            to_order=round(max(0.0, lead + part.minimum - part.stock), 2),
        )

    def _of_plans(self, number: str, days: float) -> float:
        until = self._now + timedelta(days=days)
        total = 0.0
        for task in self._tasks:
            plan = self._plans[task.plan]
            quantity = sum(one.quantity for one in plan.parts if one.part == number)
            first = self._now if task.state in ("overdue", "due") else task.due_at
            total += quantity * occurrences(plan, first, Ran(a_day=task.hours_a_day), until) if quantity else 0.0
        return total

    def _of_failures(self, part: SparePart, days: float) -> float:
        """The probability of each asset that the part fits, in proportion to the time: a failure is as likely on each day of its horizon."""
        total = 0.0
        for fit in part.fits:
            covered = self._ontology.descendants(self._ontology.canonical(fit.class_) or fit.class_)
            for one in self._failing:
                ref = self._refs.get(one.asset)
                if one.probability is not None and ref is not None and ref.class_ in covered:
                    share = 1.0 if fit.mode is None else self._share(ref.class_, fit.mode)
                    total += fit.quantity * share * min(1.0, one.probability * days / one.horizon_days)
        return total

    def _share(self, class_: str, mode: str) -> float:
        """Of a class' failures, those of a mode: all modes of the library alike, since it says nothing of how often each comes."""
        twin = self._ontology.twin(class_)
        modes = [one.code for one in twin.failure_modes] if twin else []
        return modes.count(mode) / len(modes) if modes else 0.0


TOOL = Tool.of(
    spare_parts,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="Spare parts: stock, lead time, expected demand, what to order.",
    hints={},
)
