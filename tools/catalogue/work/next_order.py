"""The tool that says which work order usually comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from graph_schema.question import AssetQuery
from ingestion.orders.order import Kind
from tools.context import EVERYBODY, ToolContext
from tools.query.names import resolve
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Evidence
from tools.results.work.statistics import ORDER, Candidate, NextOrder, called, percent
from tools.work.occurrences import Happened, code_names, listed, scope_of
from tools.work.sequences import ENOUGH, Steps, quantile, ranked, steps_after, trial, wilson

_EARLY, _LATE = 0.1, 0.9


@dataclass(frozen=True, slots=True)
class _Ground:
    basis: Literal["own", "alike", "overall"]
    steps: Steps


async def next_order(
    context: ToolContext,
    asset: Annotated[str, Field(max_length=200, description="id or exact name of an asset")],
    kind: Annotated[Kind | None, Field(description="only orders of this kind count")] = None,
    limit: Annotated[int, Field(ge=1, le=20)] = 5,
) -> NextOrder:
    """Which work order usually comes next at an asset: what followed the code of its newest order so far, there or at assets of its class, with counts, 95% bounds and days until it came; and how often this way of telling was right before."""
    id_ = await resolve(context.graph, asset)
    ref = (await context.reader.refs([id_]))[id_]
    own = await _orders(context, [id_], kind)
    if not own:
        return NextOrder(asset=ref, kind=kind, evidence=[_evidence(ref)])
    names, last = await code_names(context.history), own[-1]
    ground = await _ground(context, ref, own, kind)
    tried = trial([one.code for one in own])
    median = quantile(ground.steps.days, 0.5)
    return NextOrder(
        asset=ref,
        last_number=last.number,
        last_code=last.code,
        last_called=called(last.code, names),
        last_at=last.at,
        basis=ground.basis if ground.steps.times else "nothing",
        candidates=_candidates(ground.steps.times, names, limit),
        median_days=median,
        early_days=quantile(ground.steps.days, _EARLY),
        late_days=quantile(ground.steps.days, _LATE),
        expected_at=None if median is None else last.at + timedelta(days=median),
        right=tried.right,
        tried=tried.tried,
        usual=tried.usual,
        kind=kind,
        evidence=[_evidence(ref)],
    )


async def _ground(context: ToolContext, ref: EntityRef, own: Sequence[Happened], kind: Kind | None) -> _Ground:
    """What followed the newest code at the asset; where that is too little, at all of its class; where that is too little as well, all that followed anything at the asset."""
    code = own[-1].code
    steps = steps_after(code, own)
    if steps.times.total() >= ENOUGH or ref.class_ is None:
        return _Ground("own", steps)
    alike = await context.reader.select(AssetQuery.model_validate({"class": ref.class_}))
    theirs = steps_after(code, await _orders(context, [one.id for one in alike.entities], kind))
    if theirs.times.total() >= ENOUGH:
        return _Ground("alike", theirs)
    days = [(b.at - a.at) / timedelta(days=1) for a, b in pairwise(own)]
    return _Ground("overall", Steps(Counter(one.code for one in own[1:]), days))


async def _orders(context: ToolContext, ids: list[str], kind: Kind | None) -> Sequence[Happened]:
    scope = await scope_of(context, None, None)
    return await listed(context.history, scope.given(group=ORDER, kind=kind) | {"assets": ids})


def _candidates(times: Counter[str], names: Mapping[str, str], limit: int) -> list[Candidate]:
    of = times.total()
    return [
        Candidate(
            code=code, called=called(code, names), count=count, of=of, share=percent(count, of), low=wilson(count, of)[0], high=wilson(count, of)[1]
        )
        for code, count in ranked(times)[:limit]
    ]  # fmt: skip


def _evidence(ref: EntityRef) -> Evidence:
    statement = "which code followed the newest order's code, in the order of the record; bounds after Wilson with 95%; each earlier order told from those before it"
    return Evidence(store="history", statement=statement, entities=[ref.id])


TOOL = Tool.of(
    next_order,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="Most likely next work order of an asset: counts, bounds, days, how often right before.",
    hints={},
)
