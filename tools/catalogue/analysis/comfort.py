"""The tool that says how comfortable zones were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Annotated, Any

from pydantic import Field

from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.units import convert, convert_difference
from tools.analysis.comfort_band import DEADBAND_K, Band, Comfort, Hours, judged, set_point_band
from tools.analysis.scope import within, zones_of
from tools.context import EVERYBODY, ToolContext
from tools.query.buckets import edges
from tools.query.history_aggregates import Asked
from tools.query.names import natural, resolve
from tools.query.point_past import Known, known
from tools.query.points import Point
from tools.query.selection import graph_evidence, history_evidence
from tools.registry.tool import Tool
from tools.results.analysis.comfort import AirQuality, ComfortReport, ZoneComfort
from tools.results.assets import EntityRef
from tools.results.result import Scene
from tools.topology.kept import Kept
from tools.topology.snapshot import Topologies
from tools.topology.topology import Topology

_CYPHER = statements("tools.catalogue.analysis", "comfort.cypher")
_DAY = timedelta(hours=24)
_LONGEST = timedelta(days=31)
_TEMPERATURE, _SET_POINT = "zone_air_temperature", "zone_air_temperature_setpoint"
_AIR = ("zone_co2_level", "co2_level", "co2", "zone_air_humidity", "relative_humidity")
_USUAL_ZONE = "VAV"  # the class by which the library knows a zone's range


@dataclass(frozen=True, slots=True)
class _Sensor:
    """A point with its limits, of the asset ``point.asset``."""

    point: Point
    low: float | None
    high: float | None
    deadband: float | None


@dataclass(frozen=True, slots=True)
class _Read:
    """What a sensor read, by the number of its hour."""

    sensor: _Sensor
    means: Hours


def comforting(topologies: Topologies) -> Callable[..., Awaitable[ComfortReport]]:
    """The tool, over these topologies. What zones are measured by is kept as well: it is a third of a plant's points."""
    measured = Kept[Sequence[Sequence[Any]]]()

    async def comfort(
        context: ToolContext,
        asset: Annotated[
            str | None,
            Field(
                description="id or exact name of a place, or of equipment that supplies zones; all zones when left out"
            ),
        ] = None,
        window: Annotated[Window | None, Field(description="the last 24 hours when left out")] = None,
        limit: Annotated[int, Field(ge=1, le=100, description="how many zones to list")] = 20,
    ) -> ComfortReport:
        """How comfortable zones were: for each zone the share of hours within its set point band (else its limits, else the usual comfort range), the worst zones with how far and when, CO2 and humidity where measured."""
        now = context.clock()
        window = window or Window(start=now - _DAY, end=now)
        if window.end - window.start > _LONGEST:
            raise InvalidInput("The window is longer than 31 days. Narrow it down.")
        topology = await topologies.current(context.graph, context.ontology)
        id_ = await resolve(context.graph, asset) if asset else None
        if id_ is not None and id_ not in topology.nodes:
            raise InvalidInput("Name a place or an asset, not a point or a device.")
        rows = await measured.current(context.graph, lambda: _rows(context.graph))
        sensors = list(_in_scope(topology, _scope(topology, id_), rows))
        return await _reported(context, topology, id_, window, sensors, limit, now)

    return comfort


def _scope(topology: Topology, id_: str | None) -> set[str] | None:
    """A place with what is in it; equipment with what it supplies."""
    if id_ is None:
        return None
    supplied = set[str]() if topology.nodes[id_].is_place else {one.id for one in topology.downstream(id_)}
    return within(topology, id_) | supplied


async def _rows(graph: GraphStore) -> Sequence[Sequence[Any]]:
    (row,) = await graph.read(_CYPHER["points"], quantities=[_TEMPERATURE, _SET_POINT, *_AIR])
    return row["rows"]


def _in_scope(topology: Topology, scope: Collection[str] | None, rows: Iterable[Sequence[Any]]) -> Iterable[_Sensor]:
    """A sensor counts where its owner or a zone that the owner feeds is asked about."""
    for owners, id_, name, quantity, unit, source, low, high, deadband, stale in rows:
        owner = next((one for one in sorted(owners) if one in topology.nodes), None)
        if owner is None:
            continue
        if scope is None or owner in scope or any(zone in scope for zone in zones_of(topology, owner)):
            point = Point(owner, id_, name or id_, quantity, unit, source, stale_after_s=stale)
            yield _Sensor(point, low, high, deadband)


async def _reported(
    context: ToolContext,
    topology: Topology,
    id_: str | None,
    window: Window,
    sensors: Sequence[_Sensor],
    limit: int,
    now: datetime,
) -> ComfortReport:
    begun = edges(window, "hour", context.timezone)
    asked = Asked("mean", window, begun, now)
    past = await known(context.history, context.ontology, [one.point for one in sensors], asked)
    read = [_Read(one, _means(past, one.point)) for one in sensors]
    set_points = {one.sensor.point.asset: one for one in read if one.sensor.point.quantity == _SET_POINT}
    zones = [one for one in read if one.sensor.point.quantity == _TEMPERATURE]
    judgements = [
        (one, band, found)
        for one in zones
        for band in [_band(context.ontology, topology, one, set_points, len(begun))]
        if (found := judged(one.means, band))
    ]
    judgements.sort(key=lambda one: (one[2].percent, -one[2].worst, natural(_zone_name(topology, one[0]))))
    air = sorted(
        (one for one in read if one.sensor.point.quantity in _AIR and one.means),
        key=lambda one: (one.sensor.point.quantity, -max(one.means.values())),
    )
    silent = [one for one in zones if not one.means]
    shown = [*(one for one, _, _ in judgements[:limit]), *air[:limit], *silent[:limit]]
    refs = await context.reader.refs(
        list(
            dict.fromkeys(
                [*([id_] if id_ else []), *(x for one in shown for x in (_zone(topology, one), one.sensor.point.asset))]
            )
        )
    )
    hours = sum(found.hours for _, _, found in judgements)
    ids = [one.point.id for one in sensors]
    return ComfortReport(
        asset=refs[id_] if id_ else None,
        window=window,
        percent=100 * sum(found.within for _, _, found in judgements) / hours if hours else None,
        total=len(judgements),
        comfortable=sum(found.within == found.hours for _, _, found in judgements),
        bands=dict(Counter(band.kind for _, band, _ in judgements)),
        zones=[_zone_comfort(topology, *one, refs, begun) for one in judgements[:limit]],
        air=[_air(topology, one, refs, begun) for one in air[:limit]],
        air_total=len(air),
        without_readings=[refs[_zone(topology, one)] for one in silent[:limit]],
        evidence=[
            graph_evidence(_CYPHER["points"], [one.point.asset for one in sensors], ids),
            *(history_evidence(text, ids, window, past.as_of) for text in past.statements),
        ],
        scene=Scene(
            highlight=[_zone(topology, one) for one, _, found in judgements[:limit] if found.within < found.hours],
            focus=id_,
        ),
        notes=_notes(zones, len(silent), limit),
    )


def _means(past: Known, point: Point) -> Hours:
    one = past.of.get(point.source or "")
    return {cell.bucket: cell.value for cell in one.cells if cell.value is not None} if one else {}


def _band(ontology: Ontology, topology: Topology, one: _Read, set_points: Mapping[str, _Read], hours: int) -> Band:
    unit = one.sensor.point.unit or "°C"
    wanted = set_points.get(one.sensor.point.asset)
    if wanted is not None:
        width = one.sensor.deadband or wanted.sensor.deadband or convert_difference(DEADBAND_K, "K", unit) or DEADBAND_K
        given = wanted.sensor.point.unit or unit
        means = {
            hour: told for hour, value in wanted.means.items() if (told := convert(value, given, unit)) is not None
        }
        band = set_point_band(means, range(1, hours + 1), width)
        if band is not None:
            return band
    if one.sensor.low is not None or one.sensor.high is not None:
        return Band("limits", one.sensor.low, one.sensor.high)
    low, high = comfort_range(ontology, topology.nodes[one.sensor.point.asset].class_)
    return Band("comfort range", convert(low, "°C", unit), convert(high, "°C", unit))


def comfort_range(ontology: Ontology, class_: str | None) -> tuple[float, float]:
    """The library's range of zone air temperature for a class, else that of a usual zone, in °C."""
    for name in (class_, _USUAL_ZONE):
        twin = ontology.twin(name) if name else None
        typical = twin.quantities.get(_TEMPERATURE) if twin else None
        if typical and typical.low is not None and typical.high is not None:
            return typical.low, typical.high
    raise InvalidInput("The twin library has no comfort range: give VAV a zone_air_temperature with low and high.")


def _zone(topology: Topology, one: _Read) -> str:
    """The one place that a sensor tells about, else its owner."""
    zones = zones_of(topology, one.sensor.point.asset)
    return zones[0] if len(zones) == 1 else one.sensor.point.asset


def _zone_name(topology: Topology, one: _Read) -> str:
    return topology.nodes[_zone(topology, one)].name


def _zone_comfort(
    topology: Topology, one: _Read, band: Band, found: Comfort, refs: Mapping[str, EntityRef], begun: Sequence[datetime]
) -> ZoneComfort:
    return ZoneComfort(
        zone=refs[_zone(topology, one)],
        sensor_of=refs[one.sensor.point.asset],
        point=one.sensor.point.id,
        percent=found.percent,
        hours=found.hours,
        band=band.kind,
        low=band.low,
        high=band.high,
        unit=one.sensor.point.unit,
        mean=fmean(one.means.values()),
        worst_away=found.worst or None,
        worst_value=found.worst_value,
        worst_at=begun[found.worst_hour - 1] if found.worst_hour else None,
        side=found.side,
    )


def _air(topology: Topology, one: _Read, refs: Mapping[str, EntityRef], begun: Sequence[datetime]) -> AirQuality:
    sensor = one.sensor
    highest = max(one.means, key=lambda hour: (one.means[hour], -hour))
    limited = sensor.low is not None or sensor.high is not None
    found = judged(one.means, Band("limits", sensor.low, sensor.high)) if limited else None
    return AirQuality(
        zone=refs[_zone(topology, one)],
        point=sensor.point.id,
        quantity=sensor.point.quantity,
        mean=fmean(one.means.values()),
        highest=one.means[highest],
        highest_at=begun[highest - 1],
        percent=found.percent if found else None,
        low=sensor.low,
        high=sensor.high,
        unit=sensor.point.unit,
    )


def _notes(zones: Sequence[_Read], silent: int, limit: int) -> list[str]:
    if not zones:
        return ["No zone there has an air temperature that is measured."]
    return [
        *([f"{silent} of {len(zones)} zones have no readings in this time."] if silent else []),
        *([f"The {limit} worst of {len(zones) - silent} zones are listed."] if len(zones) - silent > limit else []),
    ]


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        comforting(topologies),
        effect="read",
        roles=EVERYBODY,
        past="Set points and limits that are not measured are those of now.",
        group="plant",
        brief="Share of hours in which zones kept their band (set point, limits or usual range), the worst zones, CO2, humidity.",
        hints={
            "asset": "place, or what supplies zones",
        },
    )
