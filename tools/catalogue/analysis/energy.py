"""The tool that says what was used, by whom, and against what was expected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from graph_schema.compiler.quantities import Quantities
from graph_schema.errors import InvalidInput
from graph_schema.question import Window
from graph_schema.units import convert
from tools.analysis.baseline import Day, baseline
from tools.analysis.meters import Counted, counted
from tools.analysis.outside import outside_points
from tools.context import EVERYBODY, ToolContext
from tools.query.buckets import edges
from tools.query.history_aggregates import Asked
from tools.query.names import natural, resolve
from tools.query.past.notes import notes_of
from tools.query.point_past import Known, PointPast, known
from tools.query.points import Point, read_points
from tools.query.selection import graph_evidence, history_evidence
from tools.registry.tool import Tool
from tools.results.analysis.energy import EnergyUse, ExpectedUse, PeakPower, UsedBy, UsedDay
from tools.results.assets import EntityRef
from tools.results.result import Chart, ChartLine, Evidence, Scene
from tools.topology.snapshot import Topologies

_DAYS = 7
_BEFORE = timedelta(weeks=8)
_LONGEST = timedelta(days=366)
_HOURLY = timedelta(days=62)
_ENOUGH_H = 21.6  # of a day's hours: nine in ten, from which on a day counts as known
_METERS = 50
_ENERGY = Quantities(("electric_energy",), ("electric_energy",))
_POWER = Quantities(("active_power",), ("active_power", "electric_power"))


@dataclass(frozen=True, slots=True)
class _Metering:
    """By asset the point that counts its use: its energy where there is one, else its power. ``powers`` are those that measure power, ``metered``
    the assets with an energy."""

    points: Mapping[str, Point]
    powers: Mapping[str, Point]
    statements: Sequence[str]
    metered: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Daily:
    """Days from the weeks before to the end of the window, with their use in kWh and their outside temperature."""

    begun: Sequence[datetime]
    use: Sequence[float | None]
    outside: Sequence[float | None]
    end: datetime

    def ends(self, index: int) -> datetime:
        return self.begun[index + 1] if index + 1 < len(self.begun) else self.end


def metering(topologies: Topologies) -> Callable[..., Awaitable[EnergyUse]]:
    """The tool, over these topologies."""

    async def energy(
        context: ToolContext,
        asset: Annotated[
            str | None, Field(description="id or exact name of a place or an asset; the whole plant when left out")
        ] = None,
        window: Annotated[Window | None, Field(description="the last seven full days when left out")] = None,
        tariff: Annotated[float | None, Field(ge=0, le=1000, description="price of a kWh, for the cost")] = None,
        limit: Annotated[int, Field(ge=1, le=50, description="how many consumers to list")] = 10,
    ) -> EnergyUse:
        """How much electricity a place, an asset or the plant used: by its meters (never a sub-meter twice) or the integral of power, top consumers, peak power, cost, and the difference in percent to what the weeks before let expect by weekday and outside temperature."""
        now = context.clock()
        window = _window(window, now, context.timezone)
        topology = await topologies.current(context.graph, context.ontology)
        id_ = await resolve(context.graph, asset) if asset else None
        if id_ is not None and id_ not in topology.nodes:
            raise InvalidInput("Name a place or an asset, not a point or a device.")
        found = await _metering(context, [one.id for one in topology.nodes.values() if one.kind == "Asset"])
        chosen = counted(topology, found.points.keys(), id_, found.metered)
        return await _used(context, id_, window, found, chosen, tariff, limit, now)

    return energy


def _window(window: Window | None, now: datetime, timezone: str) -> Window:
    if window is None:
        today = now.astimezone(ZoneInfo(timezone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        begin = (today.replace(tzinfo=None) - timedelta(days=_DAYS)).replace(tzinfo=today.tzinfo)
        return Window(start=begin.astimezone(UTC), end=today.astimezone(UTC))
    if window.start >= now:
        raise InvalidInput("The window lies ahead: what was used is known of the past only.")
    if window.end - window.start > _LONGEST:
        raise InvalidInput("The window is longer than a year. Narrow it down.")
    return window


async def _metering(context: ToolContext, assets: Sequence[str]) -> _Metering:
    energies, first = await read_points(context.graph, assets, _ENERGY)
    powers, second = await read_points(context.graph, assets, _POWER)
    counting = {one: point for one, points in {**powers, **energies}.items() if (point := _with_source(points))}
    metered = frozenset(one for one, points in energies.items() if _with_source(points))
    return _Metering(
        counting, {one: p for one, some in powers.items() if (p := _with_source(some))}, (first, second), metered
    )


def _with_source(points: Iterable[Point]) -> Point | None:
    return next((point for point in points if point.source), None)


async def _used(
    context: ToolContext,
    id_: str | None,
    window: Window,
    found: _Metering,
    chosen: Counted,
    tariff: float | None,
    limit: int,
    now: datetime,
) -> EnergyUse:
    wanted = [found.points[one] for one in dict.fromkeys([*chosen.top, *chosen.ends])]
    top = [found.points[one] for one in chosen.top]
    asked = Asked("use", window, [window.start], now)
    past = await known(context.history, context.ontology, wanted, asked)
    refs = await context.reader.refs(list(dict.fromkeys([*([id_] if id_ else []), *(point.asset for point in wanted)])))
    used = {point.asset: one for point in wanted if (one := _by(point, past, refs))}
    total = sum(used[one].kwh for one in chosen.top if one in used) if any(one in used for one in chosen.top) else None
    daily = await _daily(context, top, window, now) if total is not None else _Daily([], [], [], window.end)
    expected, days = _expected(daily, window, now, ZoneInfo(context.timezone))
    consumers = sorted(
        (used[one] for one in chosen.ends if one in used), key=lambda one: (-one.kwh, natural(one.entity.name))
    )
    meters = sorted(
        (used[one] for one in chosen.top if one in used), key=lambda one: (-one.kwh, natural(one.entity.name))
    )
    above = expected.used_kwh - expected.expected_kwh if expected else None
    return EnergyUse(
        asset=refs[id_] if id_ else None,
        window=window,
        total_kwh=total,
        meters=[_shared(one, total) for one in meters[:_METERS]],
        not_added=chosen.covered,
        consumers=[_shared(one, total) for one in consumers[:limit]],
        consumers_total=len(consumers),
        peak=await _peak(context, top, found, window, now) if total is not None else None,
        expected=expected,
        tariff=tariff,
        cost=total * tariff if total is not None and tariff is not None else None,
        cost_difference=above * tariff if above is not None and tariff is not None else None,
        days=days,
        evidence=_evidence(found, past, wanted, window),
        scene=Scene(highlight=[one.entity.id for one in consumers[:limit]], focus=id_) if consumers or id_ else None,
        charts=[_chart(days)] if days else [],
        notes=[
            *_notes(context, wanted, top, past, asked, meters, expected, total),
            *_of_aside([used[one] for one in chosen.aside if one in used]),
        ],
    )


def _by(point: Point, past: Known, refs: Mapping[str, EntityRef]) -> UsedBy | None:
    """None where history has nothing of the point in the window."""
    one = past.of.get(point.source or "")
    values = [kwh for cell in one.cells if (kwh := _kwh(cell.value, one)) is not None] if one else []
    if one is None or not values or point.asset not in refs:
        return None
    hours = [cell.known_h for cell in one.cells if cell.known_h is not None]
    return UsedBy(
        entity=refs[point.asset],
        point=point.id,
        kwh=sum(values),
        counted_by="integral of power" if one.rule == "integral" else "meter",
        known_h=sum(hours) if hours else None,
    )


def _kwh(value: float | None, past: PointPast) -> float | None:
    """Energy in kWh; one without a unit is taken to be in kWh."""
    return None if value is None else convert(value, past.unit or "kWh", "kWh")


def _shared(one: UsedBy, total: float | None) -> UsedBy:
    return one.model_copy(update={"share_percent": 100 * one.kwh / total if total else None})


# -- days, and what they let expect ------------------------------------------------------------------------------------


async def _daily(context: ToolContext, top: Sequence[Point], window: Window, now: datetime) -> _Daily:
    """From the weeks before to the end of the window; nothing is known of a day that one of the meters does not know."""
    span = Window(start=window.start - _BEFORE, end=window.end)
    begun = edges(span, "day", context.timezone)
    use = await known(context.history, context.ontology, top, Asked("use", span, begun, now))
    return _Daily(
        begun,
        _totals(use, top, len(begun)),
        await _outside(context, span, begun, now),
        window.end,
    )


def _totals(past: Known, points: Sequence[Point], buckets: int) -> list[float | None]:
    """Of each bucket the sum over all points; None where one of them does not know it."""
    totals, counted_by = [0.0] * buckets, [0] * buckets
    for point in points:
        one = past.of[point.source or ""]
        for cell in one.cells:
            kwh = _kwh(cell.value, one)
            if kwh is not None and (cell.known_h is None or cell.known_h >= _ENOUGH_H):
                totals[cell.bucket - 1] += kwh
                counted_by[cell.bucket - 1] += 1
    return [total if count == len(points) else None for total, count in zip(totals, counted_by, strict=True)]


async def _outside(context: ToolContext, span: Window, begun: Sequence[datetime], now: datetime) -> list[float | None]:
    """The mean of each day, of the first point that measures it and has readings."""
    points = await outside_points(context)
    past = await known(context.history, context.ontology, points, Asked("mean", span, begun, now))
    for point in points:
        cells = past.of[point.source or ""].cells
        means = {cell.bucket: cell.value for cell in cells}
        if means:
            celsius = {
                number: convert(value, point.unit or "°C", "°C") for number, value in means.items() if value is not None
            }
            return [celsius.get(number) for number in range(1, len(begun) + 1)]
    return [None] * len(begun)


def _expected(daily: _Daily, window: Window, now: datetime, zone: ZoneInfo) -> tuple[ExpectedUse | None, list[UsedDay]]:
    """The full days of the window against the days before it."""
    rows = [
        (begin, daily.ends(number), use, outside)
        for number, (begin, use, outside) in enumerate(zip(daily.begun, daily.use, daily.outside, strict=True))
    ]
    before = [
        Day(begin.astimezone(zone).weekday(), use, outside)
        for begin, end, use, outside in rows[1:]
        if end <= window.start and use is not None
    ]
    asked = [row for row in rows if row[0] >= window.start and row[1] <= min(window.end, now) and row[2] is not None]
    found = baseline(before, [(begin.astimezone(zone).weekday(), outside) for begin, _, _, outside in asked])
    expected = dict(zip((begin for begin, *_ in asked), found.expected, strict=True)) if found else {}
    days = [
        UsedDay(start=begin, kwh=use, expected_kwh=expected.get(begin))
        for begin, _, use, _ in rows
        if begin >= window.start
    ]
    if found is None or not asked:
        return None, days
    used, wanted = sum(use or 0.0 for _, _, use, _ in asked), sum(found.expected)
    return ExpectedUse(
        rule=found.rule,
        window=Window(start=asked[0][0], end=asked[-1][1]),
        used_kwh=used,
        expected_kwh=wanted,
        difference_percent=100 * (used - wanted) / wanted if wanted > 0 else None,
        fitted_days=found.days,
        r2=found.r2,
        error_percent=found.error_percent,
        kwh_per_kelvin=found.per_kelvin,
    ), days


async def _peak(
    context: ToolContext, top: Sequence[Point], found: _Metering, window: Window, now: datetime
) -> PeakPower | None:
    """Of one meter with a power its highest reading; of several, or without a power, the hour in which most was used together."""
    power = found.powers.get(top[0].asset) if len(top) == 1 else None
    if power is not None:
        past = await known(context.history, context.ontology, [power], Asked("max", window, [window.start], now))
        cell = next(iter(past.of[power.source or ""].cells), None)
        kw = convert(cell.value, power.unit or "kW", "kW") if cell and cell.value is not None else None
        if cell and cell.at and kw is not None:
            return PeakPower(kw=kw, at=cell.at, by="highest reading")
    if window.end - window.start > _HOURLY:
        return None
    begun = edges(window, "hour", context.timezone)
    past = await known(context.history, context.ontology, top, Asked("use", window, begun, now))
    hours: dict[int, float] = {}
    for point in top:
        one = past.of[point.source or ""]
        for cell in one.cells:
            hours[cell.bucket] = hours.get(cell.bucket, 0.0) + (_kwh(cell.value, one) or 0.0)
    if not hours:
        return None
    highest = max(hours, key=lambda number: (hours[number], -number))
    return PeakPower(kw=hours[highest], at=begun[highest - 1], by="highest hour")


# -- what stands behind it ---------------------------------------------------------------------------------------------


def _evidence(found: _Metering, past: Known, points: Sequence[Point], window: Window) -> list[Evidence]:
    ids = [point.id for point in points]
    graph = graph_evidence("\n".join(dict.fromkeys(found.statements)), [point.asset for point in points], ids)
    return [graph, *(history_evidence(text, ids, window, past.as_of) for text in past.statements)]


def _chart(days: Sequence[UsedDay]) -> Chart:
    used = [(day.start, day.kwh) for day in days if day.kwh is not None]
    expected = [(day.start, day.expected_kwh) for day in days if day.expected_kwh is not None]
    lines = [("used", used), ("expected", expected)]
    return Chart(
        title="Electricity a day",
        unit="kWh",
        lines=[
            ChartLine(name=name, at=[at for at, _ in some], values=[value for _, value in some])
            for name, some in lines
            if some
        ],
    )


def _notes(
    context: ToolContext,
    wanted: Sequence[Point],
    top: Sequence[Point],
    past: Known,
    asked: Asked,
    meters: Sequence[UsedBy],
    expected: ExpectedUse | None,
    total: float | None,
) -> list[str]:
    if not wanted:
        return ["Nothing measures the electricity that is used there: neither a meter nor a power."]
    if total is None:
        return ["No meter has readings in this time."]
    integrated = [one.entity.name for one in meters if one.counted_by != "meter"]
    without = len(top) - len(meters)
    return [
        *([f"No meter counts {_listed(integrated)}: computed from the power."] if integrated else []),
        *(
            [f"{without} of {len(top)} meters have no readings in this time and are not in the total."]
            if without
            else []
        ),
        *([] if expected else ["The weeks before have too few full days to say what was to be expected."]),
        *notes_of(top, past.of, asked, context.timezone),
    ]


def _of_aside(some: Sequence[UsedBy]) -> list[str]:
    if not some:
        return []
    told = _listed([f"{one.entity.name} ({one.kwh:,.0f} kWh by its power)" for one in some])
    return [
        f"{told} {'stands' if len(some) == 1 else 'stand'} behind no meter in the model and {'is' if len(some) == 1 else 'are'} not added: most of what uses "
        "electricity here stands behind the meters."
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        metering(topologies),
        effect="read",
        roles=EVERYBODY,
        past="Names and relations are those of now.",
        group="plant",
        brief="Electricity used, by meters or power: top consumers, peak, cost, percent off what weekday and weather let expect.",
        hints={
            "tariff": "price of a kWh",
        },
    )
