"""The tool that draws signals over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, Field

from forecasting.plant_points import measured_points, read_series
from forecasting.series import Series
from graph_schema.compiler.quantities import Quantities
from graph_schema.errors import InvalidInput
from graph_schema.question import Aggregate, AssetQuery, Window
from graph_schema.units import alike, convert
from tools.activity.trend import trends
from tools.context import EVERYBODY, ToolContext
from tools.query.assets import named_or_queried
from tools.query.history_aggregates import Asked
from tools.query.point_past import known
from tools.query.points import Point, read_points, sources_of
from tools.query.selection import history_evidence
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.charts import line
from tools.results.jobs.asset_status import Trend
from tools.results.plot import Plot, PlottedLine
from tools.results.result import Chart, ChartLine, Evidence, Scene
from tools.sentences.notation import words

_LINES = 8
_QUANTITIES = 4
_STEPS = 200  # values of a line: more than a chart shows
_STEPS_S = (60, 300, 900, 3600, 21_600, 86_400)
_DAY = timedelta(days=1)
_LONGEST = timedelta(days=400)
_NAMED = 100
_AGGREGATES: Mapping[str, Aggregate] = {"lowest": "min", "highest": "max", "mean": "mean"}


async def plot(
    context: ToolContext,
    quantity: Annotated[
        str | list[str], Field(description="what is measured, in snake case, or up to 4: supply_air_temperature")
    ],
    asset: Annotated[str | list[str] | None, Field(description="id or exact name of the asset, or several")] = None,
    assets: Annotated[AssetQuery | None, Field(description="the assets, instead of asset")] = None,
    start: Annotated[
        AwareDatetime | None, Field(description="the window's start, with an offset; left out: a day before its end")
    ] = None,
    end: Annotated[AwareDatetime | None, Field(description="the window's end; left out: now")] = None,
) -> Plot:
    """Draw signals over time as charts, at most 8 lines: one or several quantities of one or several assets, signals of one unit in one chart. Use it where a picture is asked for (plot, chart, trend, graph, compare two signals)."""
    quantities = list(dict.fromkeys([quantity] if isinstance(quantity, str) else quantity))
    if not 1 <= len(quantities) <= _QUANTITIES:
        raise InvalidInput(f"A plot takes 1 to {_QUANTITIES} quantities, and not {len(quantities)}.")
    now = context.clock()
    window = _window(start, end, now)
    selection = await context.reader.select(await named_or_queried(context.graph, asset, assets))
    found: list[Point] = []
    texts: list[str] = []
    for one in quantities:
        points, text = await read_points(context.graph, selection.ids, Quantities.of(context.ontology, one))
        found += [point for id_ in selection.ids for point in points.get(id_, ())]
        texts.append(text)
    drawn = list({point.id: point for point in found}.values())[:_LINES]
    refs = {entity.id: entity for entity in selection.entities}
    step_s = _step(window)
    read = await read_series(context.history, sources_of(drawn), window.start, min(window.end, now), step_s)
    shown = [point for point in drawn if point.source in read]
    values = await _values(context, shown, window, now)
    told, said = await trends(context.history, context.ontology, shown, window, now)
    lines = [_line(refs[point.asset], point, values.get(point.id, {}), told.get(point.id)) for point in shown]
    having = {point.asset for point in found}
    silent = {point.asset for point in drawn} - {point.asset for point in shown}
    ids = list(dict.fromkeys(point.asset for point in shown))
    return Plot(
        quantities=quantities,
        window=window,
        step_s=step_s,
        plotted=lines,
        total=len({point.id for point in found}) - len(drawn) + len(shown),
        no_readings=[refs[id_] for id_ in selection.ids if id_ in silent][:_NAMED],
        missing=[refs[id_] for id_ in selection.ids if id_ not in having][:_NAMED],
        charts=await _charts(context, shown, refs, read),
        scene=Scene(highlight=ids, focus=ids[0] if len(ids) == 1 else None) if ids else None,
        evidence=[
            *selection.evidence,
            Evidence(store="graph", statement="\n".join(texts), entities=ids, points=[point.id for point in shown]),
            history_evidence("the means of the readings in each step", [point.id for point in shown], window, None),
            *(history_evidence(text, [point.id for point in shown], window, None) for text in said),
        ],
        notes=_notes(selection.notes, len({point.id for point in found})),
    )


def _window(start: datetime | None, end: datetime | None, now: datetime) -> Window:
    until = end or now
    begin = start or until - _DAY
    if begin >= until:
        raise InvalidInput("The window's start must lie before its end.")
    if begin >= now:
        raise InvalidInput("A plot shows what was read: its window must begin before now.")
    if until - begin > _LONGEST:
        raise InvalidInput(f"A plot reaches over at most {_LONGEST.days} days.")
    return Window(start=begin, end=until)


def _step(window: Window) -> int:
    length = (window.end - window.start).total_seconds()
    return next((step for step in _STEPS_S if length / step <= _STEPS), _STEPS_S[-1])


async def _values(
    context: ToolContext, points: Sequence[Point], window: Window, now: datetime
) -> Mapping[str, Mapping[str, float]]:
    """By point the lowest, highest and mean value over the window, in the point's unit."""
    found: dict[str, dict[str, float]] = {}
    for name, aggregate in _AGGREGATES.items() if points else ():
        past = await known(context.history, context.ontology, points, Asked(aggregate, window, [window.start], now))
        for point in points:
            one = past.of.get(point.source or "")
            if one and one.cells and (value := one.cells[0].value) is not None and one.unit == point.unit:
                found.setdefault(point.id, {})[name] = value
    return found


def _line(entity: EntityRef, point: Point, values: Mapping[str, float], trend: Trend | None) -> PlottedLine:
    return PlottedLine(entity=entity, point=point.id, quantity=point.quantity, unit=point.unit, trend=trend, **values)


async def _charts(
    context: ToolContext, points: Sequence[Point], refs: Mapping[str, EntityRef], read: Mapping[str, Series]
) -> list[Chart]:
    """One for each dimension, in the unit of its first signal; the limits are told where it has one signal."""
    limits = (
        {one.id: one for one in await measured_points(context.graph, [point.id for point in points])} if points else {}
    )
    charts: list[Chart] = []
    for group in _by_unit(points):
        if len(group) == 1:
            (point,) = group
            own = limits.get(point.id)
            charts.append(
                Chart(
                    title=_name(point, refs),
                    unit=point.unit,
                    low=own.low if own else None,
                    high=own.high if own else None,
                    lines=[line("read", read[point.source or ""])],
                )
            )
            continue
        unit = group[0].unit
        title = ", ".join(dict.fromkeys(words(point.quantity) for point in group))
        charts.append(Chart(title=title, unit=unit, lines=[_in_unit(point, unit, refs, read) for point in group]))
    return charts


def _by_unit(points: Sequence[Point]) -> list[list[Point]]:
    """Points of units that convert into one another together."""
    groups: list[list[Point]] = []
    for point in points:
        for group in groups:
            own = group[0].unit
            if point.unit == own or (own and point.unit in alike(own)):
                group.append(point)
                break
        else:
            groups.append([point])
    return groups


def _in_unit(point: Point, unit: str | None, refs: Mapping[str, EntityRef], read: Mapping[str, Series]) -> ChartLine:
    drawn = line(_name(point, refs), read[point.source or ""])
    if point.unit == unit or not point.unit or not unit:
        return drawn
    turned = [convert(value, point.unit, unit) for value in drawn.values]
    return drawn.model_copy(update={"values": [float(f"{value:.5g}") for value in turned if value is not None]})


def _name(point: Point, refs: Mapping[str, EntityRef]) -> str:
    owner = refs[point.asset].name
    return point.name if point.id == point.asset else f"{owner} {words(point.quantity)}"


def _notes(notes: Sequence[str], signals: int) -> list[str]:
    if signals <= _LINES:
        return list(notes)
    return [*notes, f"{signals} signals fit: the first {_LINES} are drawn."]


TOOL = Tool.of(
    plot,
    effect="read",
    roles=EVERYBODY,
    past="Limits, names and relations are those of now.",
    group="time",
    brief="Draw a chart, 8 lines at most, where a picture is asked for (plot, trend).",
)
