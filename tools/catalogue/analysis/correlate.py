"""The tool that says how two quantities go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean
from typing import Annotated

from pydantic import Field

from graph_schema.compiler.quantities import Quantities
from graph_schema.errors import InvalidInput
from graph_schema.question import AssetQuery, Window
from tools.analysis.outside import outside_points
from tools.analysis.relation import LEAST_HOURS, relation
from tools.context import EVERYBODY, ToolContext
from tools.query.buckets import edges
from tools.query.history_aggregates import Asked
from tools.query.names import resolve
from tools.query.past.notes import notes_of
from tools.query.point_past import Known, known
from tools.query.points import Point, read_points
from tools.query.selection import graph_evidence, history_evidence
from tools.registry.tool import Tool
from tools.results.analysis.correlation import CorrelatedSeries, Correlation
from tools.results.assets import EntityRef
from tools.results.result import Chart, ChartLine, Scene

_WEEK = timedelta(days=7)
_LONGEST = timedelta(days=366)


async def correlate(
    context: ToolContext,
    quantity: Annotated[str, Field(max_length=100, description="what is compared, such as electric_power")],
    asset: Annotated[str, Field(description="id or exact name of the asset (or the point) that has it")],
    other_quantity: Annotated[
        str | None,
        Field(
            max_length=100, description="what it is compared with; the plant's outside air temperature when left out"
        ),
    ] = None,
    other_asset: Annotated[str | None, Field(description="whose; the same asset when left out")] = None,
    window: Annotated[Window | None, Field(description="the last seven days when left out")] = None,
) -> Correlation:
    """How two quantities go together over hourly means, or one with the outside temperature: Pearson, Spearman, the lag within 24 hours at which they go together most, and how many hours are common. A relation is no cause."""
    now = context.clock()
    window = window or Window(start=now - _WEEK, end=now)
    if window.end - window.start > _LONGEST:
        raise InvalidInput("The window is longer than a year. Narrow it down.")
    if other_asset is not None and other_quantity is None:
        raise InvalidInput("Say which quantity of the other asset is meant: other_quantity is missing.")
    id_ = await resolve(context.graph, asset)
    one = await _point(context, id_, quantity)
    if other_quantity is None:
        two = next(iter(await outside_points(context)), None)
        if two is None:
            raise InvalidInput("The plant measures no outside air temperature: name another quantity (other_quantity).")
    else:
        two = await _point(context, await resolve(context.graph, other_asset) if other_asset else id_, other_quantity)
    if one.id == two.id:
        raise InvalidInput("Both are the same point: name two.")
    return await _correlated(context, one, two, window, now)


async def _point(context: ToolContext, id_: str, quantity: str) -> Point:
    """The first point of the quantity, by name, that telemetry is addressed to; of an asset that has none itself that of the one part that has.
    Raises ``InvalidInput`` where there is none, or several parts have one."""
    own = await _points(context, [id_], quantity)
    if own:
        return own[0]
    parts = await context.reader.select(AssetQuery.model_validate({"part_of": {"ids": [id_]}}))
    found = {one.asset: one for one in reversed(await _points(context, parts.ids, quantity))}
    if len(found) == 1:
        return next(iter(found.values()))
    name = (await context.reader.refs([id_]))[id_].name
    if found:
        bearers = await context.reader.refs(sorted(found))
        names = ", ".join(one.name for one in bearers.values())
        raise InvalidInput(f"Several parts of {name} measure “{quantity[:60]}”: name one of {names}.")
    raise InvalidInput(f"{name} measures no “{quantity[:60]}”. Look at its points and name one of their quantities.")


async def _points(context: ToolContext, ids: Sequence[str], quantity: str) -> Sequence[Point]:
    points, _ = await read_points(context.graph, ids, Quantities.of(context.ontology, quantity))
    return [point for id_ in ids for point in points.get(id_, ()) if point.source]


async def _correlated(context: ToolContext, one: Point, two: Point, window: Window, now: datetime) -> Correlation:
    begun = edges(window, "hour", context.timezone)
    asked = Asked("mean", window, begun, now)
    past = await known(context.history, context.ontology, [one, two], asked)
    first, other = _means(past, one), _means(past, two)
    found = relation(first, other)
    common = len(first.keys() & other.keys())
    refs = await context.reader.refs([one.asset, two.asset])
    ids = [one.id, two.id]
    return Correlation(
        first=_series(one, first, refs),
        other=_series(two, other, refs),
        window=window,
        hours=common,
        pearson=found.pearson if found else None,
        spearman=found.spearman if found else None,
        lag_h=found.lag_h if found else None,
        at_lag=found.at_lag if found else None,
        lag_hours=found.lag_hours if found else None,
        evidence=[
            graph_evidence(f"the points {one.id} and {two.id}", [one.asset, two.asset], ids),
            *(history_evidence(text, ids, window, past.as_of) for text in past.statements),
        ],
        scene=Scene(highlight=list(dict.fromkeys([one.asset, two.asset])), focus=one.asset),
        charts=[_chart(point, means, begun) for point, means in ((one, first), (two, other)) if means],
        notes=_notes(common, found is not None and found.pearson is None, [one, two], past, asked, context.timezone),
    )


def _means(past: Known, point: Point) -> Mapping[int, float]:
    return {cell.bucket: cell.value for cell in past.of[point.source or ""].cells if cell.value is not None}


def _series(point: Point, means: Mapping[int, float], refs: Mapping[str, EntityRef]) -> CorrelatedSeries:
    return CorrelatedSeries(
        entity=refs[point.asset],
        point=point.id,
        quantity=point.quantity,
        unit=point.unit,
        hours=len(means),
        mean=fmean(means.values()) if means else None,
    )


def _chart(point: Point, means: Mapping[int, float], begun: Sequence[datetime]) -> Chart:
    hours = sorted(means)
    line = ChartLine(name="hourly mean", at=[begun[hour - 1] for hour in hours], values=[means[hour] for hour in hours])
    return Chart(title=point.name, unit=point.unit, lines=[line])


def _notes(common: int, steady: bool, points: Sequence[Point], past: Known, asked: Asked, timezone: str) -> list[str]:
    return [
        *([f"Only {common} hours are common to both; {LEAST_HOURS} are needed."] if common < LEAST_HOURS else []),
        *(["One of the two did not change in this time."] if steady else []),
        *notes_of(points, past.of, asked, timezone),
    ]


TOOL = Tool.of(
    correlate,
    effect="read",
    roles=EVERYBODY,
    past="Names and relations are those of now.",
    group="time",
    brief="How two quantities go together over hourly means, with lag: no proof of a cause.",
    hints={
        "other_quantity": "left out: outside air temperature",
    },
)
