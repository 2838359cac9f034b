"""The tool that says what points may read, and whether they do: limits, set points, how near a value is to them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from graph_schema.condition import Side
from graph_schema.question import AssetQuery, Measure, Window
from tools.analysis.point_states import STATEMENT, PointState, read_states
from tools.analysis.symptoms import BAND
from tools.context import EVERYBODY, ToolContext
from tools.query.assets import named_or_queried
from tools.query.selection import Selection, graph_evidence
from tools.registry.tool import Tool
from tools.results.analysis.limits import Limits, PointLimits, Rule
from tools.results.assets import EntityRef
from tools.results.result import Scene
from tools.results.telemetry import Telemetry, evidence_of

_SETTINGS = frozenset({"setpoint", "command", "limit", "parameter", "alarm", "status", "deadband", "mode"})
"""Last words of quantities that are set, not measured."""
_HIGHLIGHTED = 500
_Extremes = Mapping[str, tuple[float | None, float | None]]
"""The lowest and the highest value of a window by point."""


async def limits(
    context: ToolContext,
    quantity: Annotated[
        str | None, Field(description="what is measured, in snake case; all that has numbers when left out")
    ] = None,
    asset: Annotated[
        str | list[str] | None, Field(description="id or exact name of an asset, a place or a point, or several")
    ] = None,
    assets: Annotated[AssetQuery | None, Field(description="the assets, instead of asset; all when both are left out")] = None,
    side: Annotated[Side | None, Field(description="judge this side alone: high for too warm, low for too cold")] = None,
    window: Annotated[
        Window | None, Field(description="judge the lowest and highest values of this time, by quantity, not the newest")
    ] = None,
    lacking: Annotated[bool, Field(description="list only points that have no limits")] = False,
    limit: Annotated[int, Field(ge=1, le=500, description="how many to list, those beyond and nearest first")] = 50,
) -> Limits:  # fmt: skip
    """Limits and set points of points, how near their values are to them, and which are beyond: “what are the limits of …”, “is it too warm in …”, “which points have no limits”. A value is judged by the limits of its point, else by its set point ± its deadband."""
    everything = asset is None and assets is None
    query = AssetQuery() if everything else await named_or_queried(context.graph, asset, assets)
    selection = await context.reader.select(query)
    states = await read_states(context.graph, selection.ids)
    meant = [(one, some) for some in states.values() for one in some if _is_meant(context, one, quantity)]
    past, told = await _extremes(context, selection, quantity, window)
    rows = [_row(one, beside, selection, context.clock(), side, past) for one, beside in _once(meant)]
    listed = sorted((one for one in rows if not (lacking and one.limited)), key=_order)
    having = {one.asset for one, _ in meant}
    beyond = [one for one in rows if one.beyond is not None]
    marked = list(dict.fromkeys(one.asset.id for one in (beyond or listed)))[:_HIGHLIGHTED]
    return Limits(
        quantity=quantity,
        side=side,
        window=window,
        rows=listed[:limit],
        total=len(listed),
        measuring=len(rows),
        limited=sum(one.limited for one in rows),
        judged=sum(one.judged for one in rows),
        beyond=len(beyond),
        without=sum(not one.limited for one in rows),
        undecided=sum(not one.judged for one in rows),
        missing=[ref for ref in selection.entities if ref.id not in having] if quantity else [],
        evidence=[
            *selection.evidence,
            graph_evidence(STATEMENT, selection.ids, [one.point for one in listed]),
            *evidence_of(told),
        ],
        scene=Scene(highlight=marked, focus=marked[0] if len(marked) == 1 else None) if marked else None,
        notes=list(dict.fromkeys(note for one in told for note in one.notes)),
    )


def _is_meant(context: ToolContext, point: PointState, quantity: str | None) -> bool:
    if quantity is not None:
        return context.ontology.covers(quantity, point.quantity)
    words = point.quantity.split("_")
    return _SETTINGS.isdisjoint(words[-1:]) and (point.unit is not None or point.value is not None)


def _once(meant: Sequence[tuple[PointState, list[PointState]]]) -> Sequence[tuple[PointState, list[PointState]]]:
    """A point that was selected itself and as its asset's: as its asset's."""
    by_id: dict[str, tuple[PointState, list[PointState]]] = {}
    for one, beside in meant:
        if one.id not in by_id or by_id[one.id][0].asset == one.id:
            by_id[one.id] = (one, beside)
    return list(by_id.values())


async def _extremes(
    context: ToolContext, selection: Selection, quantity: str | None, window: Window | None
) -> tuple[_Extremes | None, Sequence[Telemetry]]:
    if window is None or quantity is None:
        return None, []
    asked = [Measure(quantity=quantity, aggregate="min", window=window), Measure(quantity=quantity, aggregate="max", window=window)]  # fmt: skip
    lowest, highest = await asyncio.gather(*(context.reader.measure(selection, one, context.timezone) for one in asked))
    low, high = ({row.point: row.value for row in one.rows if row.point} for one in (lowest, highest))
    return {id_: (low.get(id_), high.get(id_)) for id_ in {*low, *high}}, [lowest, highest]


def _row(
    point: PointState,
    beside: Sequence[PointState],
    selection: Selection,
    now: datetime,
    side: Side | None,
    past: _Extremes | None,
) -> PointLimits:
    refs: Mapping[str, EntityRef] = {one.id: one for one in selection.entities}
    wanted = next((one.value for one in beside if one.quantity == f"{point.quantity}_setpoint"), None)
    lowest, highest = (None, None) if past is None else past.get(point.id, (None, None))
    value = point.value if past is None else None
    rule, low, high = _bounds(point, wanted, side)
    beyond = _beyond(value if past is None else lowest, value if past is None else highest, low, high)
    return PointLimits(
        point=point.id,
        asset=refs[point.asset],
        quantity=point.quantity,
        value=value,
        text=point.text if past is None else None,
        unit=point.unit,
        at=point.at,
        status=point.status,
        low=point.low,
        high=point.high,
        stale=point.is_silent(now),
        set_point=wanted,
        deadband=point.deadband or BAND if rule == "set point" else point.deadband,
        rule=rule,
        beyond=beyond,
        margin=_margin(point, value),
        lowest=lowest,
        highest=highest,
    )


def _bounds(
    point: PointState, set_point: float | None, side: Side | None
) -> tuple[Rule | None, float | None, float | None]:
    """What a value is compared with, on the side that is asked about: limits, else the set point."""
    low = point.low if side != "high" else None
    high = point.high if side != "low" else None
    if low is not None or high is not None:
        return "limits", low, high
    if set_point is None:
        return None, None, None
    band = point.deadband or BAND
    return "set point", (set_point - band if side != "high" else None), (set_point + band if side != "low" else None)


def _beyond(lowest: float | None, highest: float | None, low: float | None, high: float | None) -> Side | None:
    if highest is not None and high is not None and highest > high:
        return "high"
    if lowest is not None and low is not None and lowest < low:
        return "low"
    return None


def _margin(point: PointState, value: float | None) -> float | None:
    if value is None:
        return None
    distances = [
        *([value - point.low] if point.low is not None else []),
        *([point.high - value] if point.high is not None else []),
    ]
    return min(distances, default=None)


def _order(one: PointLimits) -> tuple[bool, float, str, str]:
    """Those beyond first, then by how near they are as a share of what they may read."""
    if one.margin is None:
        return one.beyond is None, float("inf"), one.asset.name, one.point
    span = one.high - one.low if one.high is not None and one.low is not None else abs(one.high or one.low or 1.0)
    return one.beyond is None, one.margin / (span or 1.0), one.asset.name, one.point


TOOL = Tool.of(
    limits,
    effect="read",
    roles=EVERYBODY,
    group="faults",
    brief="Limits and set points, how near values are, which are beyond or have none: “is it too warm”.",
    hints={
        "window": "judge its lowest and highest values",
    },
)
