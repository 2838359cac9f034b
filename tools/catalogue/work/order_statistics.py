"""The tool that counts work orders and events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from graph_schema.question import Window
from ingestion.orders.order import Kind
from tools.context import EVERYBODY, ToolContext
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Evidence
from tools.results.work.statistics import ORDER, Bundle, By, Counted, OrderStatistics, called, percent
from tools.work.occurrences import Happened, Scope, code_names, counted, event_groups, listed, scope_of
from tools.work.sequences import bundles

_ALWAYS = ("corrective", "preventive")
"""Kinds of orders that are told where there are none as well."""
_IN_TIME = ("day", "week", "month", "year")
_COUNTS_WHEN = "An order counts when it was opened; one whose beginning nobody told, when it failed or was closed."


async def order_statistics(
    context: ToolContext,
    asset: Annotated[
        str | None,
        Field(max_length=200, description="id or exact name of an asset or a place; what is in it counts as well"),
    ] = None,
    window: Window | None = None,
    by: Annotated[By, Field(description="bundle: orders of an asset within days of each other")] = "code",
    groups: Annotated[
        list[str] | None,
        Field(
            max_length=10, description="order, or groups of events such as alert; orders when left out, all by group"
        ),
    ] = None,
    kind: Kind | None = None,
    code: Annotated[str | None, Field(max_length=200)] = None,
    days: Annotated[int, Field(ge=1, le=366, description="of a bundle")] = 14,
    limit: Annotated[int, Field(ge=1, le=400)] = 40,
) -> OrderStatistics:
    """How many work orders or events (alerts, anomalies) there were: by failure code, kind (corrective, preventive), asset, group of events, or day, week, month and year, each with its share; or bundles of orders that lie within so many days of each other and could be one visit."""
    scope = await scope_of(context, asset, window)
    wanted = [ORDER] if by == "bundle" else await _groups(context, by, groups)
    if by == "bundle":
        given = scope.given(group=ORDER, kind=kind, code=code)
        return await _bundled(context, scope, await listed(context.history, given), window, days, limit)
    given = scope.given(by=by, zone=context.timezone, groups=wanted, kind=kind, code=code)
    rows = await counted(context.history, given)
    names = await code_names(context.history)
    refs = await _refs(context, [row["key"] for row in rows] if by == "asset" else [])
    total = sum(row["times"] for row in rows)
    always = _ALWAYS if by == "kind" and kind is None and wanted == [ORDER] and rows else ()
    told = _told(rows, by, total, names, refs, wanted, always)
    return OrderStatistics(
        by=by,
        total=total,
        distinct=len(told) if by != "group" else len([one for one in told if one.count]),
        rows=told[:limit],
        groups={group: sum(row["times"] for row in rows if row["event_group"] == group) for group in wanted},
        kinds=_kinds(rows),
        code=code,
        asset=scope.asset,
        window=window,
        evidence=[_evidence(scope, window)],
        notes=_notes(len(told), limit),
    )


async def _groups(context: ToolContext, by: By, groups: Sequence[str] | None) -> list[str]:
    if groups:
        return list(dict.fromkeys(groups))
    return [ORDER, *await event_groups(context.history)] if by == "group" else [ORDER]


def _told(
    rows: Sequence[Mapping[str, Any]], by: By, total: int, names: Mapping[str, str], refs: Mapping[str, EntityRef], wanted: Sequence[str],
    always: Sequence[str],
) -> list[Counted]:  # fmt: skip
    """In time the earliest first, else the most frequent; groups and the usual kinds without any are told as well."""
    of: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        of[row["key"]][row["event_group"]] += row["times"]
    if by == "group":
        for group in wanted:
            of[group].update({group: 0})
    for one in always:
        of[one].update({ORDER: 0})
    told = [
        Counted(
            key=key,
            called=refs[key].name if key in refs else called(key, names) if by == "code" else None,
            asset=refs.get(key),
            count=groups.total(),
            share=percent(groups.total(), total),
            groups=dict(groups) if len(wanted) > 1 else {},
        )
        for key, groups in of.items()
    ]
    return (
        sorted(told, key=lambda one: one.key) if by in _IN_TIME else sorted(told, key=lambda one: (-one.count, one.key))
    )


def _kinds(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in rows:
        if row["kind"]:
            found[row["kind"]] += row["times"]
    return dict(found.most_common())


async def _bundled(
    context: ToolContext, scope: Scope, orders: Sequence[Happened], window: Window | None, days: int, limit: int
) -> OrderStatistics:
    found = sorted(bundles(orders, days), key=lambda one: (one[0].at, one[0].asset))
    refs = await _refs(context, [one[0].asset for one in found])
    told = [
        Bundle(
            asset=refs[one[0].asset],
            first=one[0].at,
            last=one[-1].at,
            numbers=[order.number or "–" for order in one],
            codes=[order.code for order in one],
        )
        for one in found
    ]
    return OrderStatistics(
        by="bundle",
        total=len(orders),
        distinct=len(told),
        bundles=told[:limit],
        bundled=sum(one.count for one in told),
        within_days=days,
        asset=scope.asset,
        window=window,
        evidence=[_evidence(scope, window)],
        notes=_notes(len(told), limit),
    )


async def _refs(context: ToolContext, ids: Sequence[str]) -> Mapping[str, EntityRef]:
    """Assets that the plant has no more go by their ids."""
    found = await context.reader.refs(list(dict.fromkeys(ids)))
    return {id_: found.get(id_) or EntityRef(id=id_, name=id_, kind="Asset") for id_ in ids}


def _evidence(scope: Scope, window: Window | None) -> Evidence:
    statement = f"counts over the record of work orders and events. {_COUNTS_WHEN}"
    return Evidence(store="history", statement=statement, entities=scope.ids or [], window=window)


def _notes(rows: int, limit: int) -> list[str]:
    return [f"{rows} rows; {limit} of them are listed."] if rows > limit else []


TOOL = Tool.of(
    order_statistics,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="Counts of work orders or events (alerts, anomalies) by code, kind, asset, group, day to year; bundles of orders within days.",
    hints={"groups": "order, alert, …", "days": "of a bundle"},
)
