"""The tool that says which orders follow what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from graph_schema.question import Window
from ingestion.orders.order import Kind
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.result import Evidence
from tools.results.work.statistics import ORDER, Counted, Following, OrderSequences, called, percent
from tools.work.occurrences import Scope, code_names, followed, listed, scope_of
from tools.work.sequences import chance, quantile, ranked

_THEN = 5
_Rows = Sequence[Mapping[str, Any]]
_Orders = Mapping[str, Sequence[datetime]]


async def order_sequences(
    context: ToolContext,
    asset: Annotated[
        str | None,
        Field(max_length=200, description="id or exact name of an asset or a place; what is in it counts as well"),
    ] = None,
    after: Annotated[str, Field(max_length=40, description="order, or a group of events: alert, anomaly")] = ORDER,
    code: Annotated[str | None, Field(max_length=200, description="of what comes first")] = None,
    then_code: Annotated[str | None, Field(max_length=200, description="of the order that follows")] = None,
    kind: Annotated[Kind | None, Field(description="of the order that follows")] = None,
    days: Annotated[int, Field(ge=1, le=366, description="how soon it has to follow")] = 14,
    window: Annotated[Window | None, Field(description="when the first happened")] = None,
    limit: Annotated[int, Field(ge=1, le=200)] = 12,
) -> OrderSequences:
    """What follows what: how many alerts, anomalies or orders were followed within days by a work order of the same asset, by their codes, which order it was and after how long; beside it, how often an order follows any moment as soon, which tells a sequence from mere chance."""
    scope = await scope_of(context, asset, window)
    given = scope.given(group=after, code=code, then_code=then_code, kind=kind, days=days, now=context.clock())
    rows = await followed(context.history, given)
    orders = await _orders(context, scope, kind, then_code)
    names = await code_names(context.history)
    reached = [row for row in rows if row["then_at"] is not None]
    told = _by_code(rows, orders, days, names)
    return OrderSequences(
        after=after,
        within_days=days,
        first=len(rows),
        followed=len(reached),
        share=percent(len(reached), len(rows)) if rows else None,
        chance=chance([(row["asset"], row["at"]) for row in rows], orders, days),
        median_days=_median(reached),
        rows=told[:limit],
        then=_then(reached, names),
        distinct=len(told),
        kind=kind,
        asset=scope.asset,
        window=window,
        evidence=[_evidence(scope, window)],
    )


async def _orders(context: ToolContext, scope: Scope, kind: Kind | None, code: str | None) -> _Orders:
    """When the orders were that could have followed, before the window's end and after."""
    everything = scope.given(group=ORDER, kind=kind, code=code) | {"end": context.clock()}
    found: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in await listed(context.history, everything):
        found[one.asset].append(one.at)
    return found


def _by_code(rows: _Rows, orders: _Orders, days: int, names: Mapping[str, str]) -> list[Following]:
    of: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        of[row["code"]].append(row)
    told = [_following(code, some, orders, days, names) for code, some in of.items()]
    return sorted(told, key=lambda one: (-one.first, one.code))


def _following(code: str, rows: _Rows, orders: _Orders, days: int, names: Mapping[str, str]) -> Following:
    reached = [row for row in rows if row["then_at"] is not None]
    return Following(
        code=code,
        called=called(code, names),
        first=len(rows),
        followed=len(reached),
        share=percent(len(reached), len(rows)),
        chance=chance([(row["asset"], row["at"]) for row in rows], orders, days),
        median_days=_median(reached),
        then=_then(reached, names),
    )


def _then(reached: _Rows, names: Mapping[str, str]) -> list[Counted]:
    times = ranked(Counter(row["then_code"] for row in reached))
    return [
        Counted(key=code, called=called(code, names), count=count, share=percent(count, len(reached)))
        for code, count in times[:_THEN]
    ]


def _median(reached: _Rows) -> float | None:
    return quantile([(row["then_at"] - row["at"]) / timedelta(days=1) for row in reached], 0.5)


def _evidence(scope: Scope, window: Window | None) -> Evidence:
    statement = "the first work order of the same asset after each, within the days; chance is the share of the time between the first and the last of them that an order follows as soon"
    return Evidence(store="history", statement=statement, entities=scope.ids or [], window=window)


TOOL = Tool.of(
    order_sequences,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="What follows what: orders within days after alerts, anomalies or orders, by code, against chance.",
    hints={"after": "order, alert, anomaly", "code": "of the first"},
)
