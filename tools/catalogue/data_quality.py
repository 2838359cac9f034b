"""The tool that says how far readings can be trusted: which sensors are silent, stuck, drifting, spiky or have gaps."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, cast
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, Field

from graph_schema.errors import InvalidInput
from graph_schema.question import AssetQuery, Value, Window
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.quality.assessment import assess
from ingestion.quality.records import read_clocks, read_records, read_sensors
from ingestion.quality.series import Sensor, Verdict
from tools.context import EVERYBODY, ToolContext
from tools.query.names import natural, resolve_all
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Evidence, Scene, ToolResult
from tools.results.table import NAME, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary
from tools.topology.kept import Kept
from tools.topology.snapshot import Topologies
from tools.topology.topology import Topology

_CYPHER = statements("tools.catalogue", "data_quality.cypher")
_AT_ONCE = 600
"""Of more points than this, the verdicts are those that the graph keeps."""
_SIBLINGS = 20
_ALIKE_AT_MOST = 1500
_EVIDENCE_IDS = 200

Kind = Literal["silent", "gaps", "stuck", "spikes", "drift", "clock", "rejected"]


class QualityIssue(Value):
    kind: Kind
    sentence: str
    since: AwareDatetime | None = None


class PointQuality(Value):
    """``score`` is the share of the window whose data are there and look right; ``dependents`` is how many assets its own supplies."""

    point: EntityRef
    asset: EntityRef | None = None
    score: float | None = None
    issues: list[QualityIssue]
    dependents: int = 0


class DataQuality(ToolResult):
    """``points`` are those that need a look, those on which most depends first, at most the limit; ``amiss`` counts all of them."""

    judged: int
    amiss: int
    untold: int = Field(description="points with too few readings to tell")
    kinds: dict[str, int] = Field(description="how many points have an issue of each kind")
    percent: float | None = Field(
        default=None, description="of the judged points' data, how much is there and looks right"
    )
    points: list[PointQuality]
    hours: int

    def summary(self) -> Summary[Literal["judged"]]:
        return Summary("judged", {"amiss": self.amiss, "judged": Count(self.judged, "point")})

    def tables(self) -> Sequence[Table]:
        counts = {"judged": self.judged, "amiss": self.amiss, "too_few_readings": self.untold, **self.kinds}
        whole = record(
            "data_quality",
            *((Column(key, "count"), value) for key, value in counts.items()),
            (Column("there_and_right", "percent"), self.percent),
            (Column("hours", "hours", "h"), self.hours),
        )
        columns = (
            NAME,
            Column("of", "name"),
            Column("issues", "text"),
            Column("since", "time"),
            Column("dependents", "count"),
        )
        rows = tuple(
            TableRow(
                tuple(ref.id for ref in (one.asset, one.point) if ref),
                (
                    one.point.name, one.asset.name if one.asset else None, " ".join(issue.sentence for issue in one.issues) or None,
                    min((issue.since for issue in one.issues if issue.since), default=None), one.dependents,
                ),
            )
            for one in self.points
        )  # fmt: skip
        return [whole, *([Table("points", columns, rows, (), self.amiss)] if rows else [])]

    def subjects(self) -> list[str]:
        return [one.asset.id for one in self.points if one.asset]


_Verdicts = Mapping[str, tuple[float | None, Sequence[QualityIssue]]]


@dataclass(frozen=True, slots=True)
class _Found:
    verdicts: _Verdicts
    notes: Sequence[str]
    as_of: datetime
    statement: str
    store: Literal["graph", "history"]


def judging(topologies: Topologies) -> Callable[..., Awaitable[DataQuality]]:
    """The tool, over these topologies. All sensors are kept as long as the plant is the same, and the verdicts of a round until the next."""
    known = Kept[Sequence[Sensor]]()
    verdicts = Kept[_Verdicts](_last_judged)

    async def data_quality(
        context: ToolContext,
        assets: Annotated[
            AssetQuery | None, Field(description="whose sensors, parts included; the whole plant when left out")
        ] = None,
        points: Annotated[list[str] | None, Field(description="ids or exact names of single points instead")] = None,
        hours: Annotated[int, Field(ge=1, le=336, description="how far back to look")] = 24,
        limit: Annotated[int, Field(ge=1, le=100, description="how many to list")] = 10,
    ) -> DataQuality:
        """How far the readings can be trusted: sensors that are silent, stuck, drift from their like, jump, have gaps, wrong clocks or impossible values; those on which most depends first."""
        topology = await topologies.current(context.graph, context.ontology)
        sensors = await known.current(context.graph, lambda: read_sensors(context.graph))
        chosen = await _chosen(context, topology, sensors, assets, points)
        if len(chosen) <= _AT_ONCE:
            found = await _judged_now(context, sensors, chosen, hours)
        else:
            found = await _of_last_round(context, await verdicts.current(context.graph, lambda: _kept(context.graph)))
        return await _told(context, topology, chosen, found, hours, limit)

    return data_quality


async def _chosen(
    context: ToolContext,
    topology: Topology,
    sensors: Sequence[Sensor],
    assets: AssetQuery | None,
    points: Sequence[str] | None,
) -> list[Sensor]:
    if assets is not None and points is not None:
        raise InvalidInput("Name either assets or points, not both.")
    if points is not None:
        named = set(await resolve_all(context.graph, list(points)))
        return [sensor for sensor in sensors if sensor.id in named]
    if assets is None:
        return list(sensors)
    ids = (await context.reader.select(assets)).ids
    places = [id_ for id_ in ids if id_ in topology.nodes and topology.nodes[id_].is_place]
    placed = [row["id"] for row in await context.graph.read(_CYPHER["placed"], ids=places)] if places else []
    inside = {one for id_ in (*ids, *placed) for one in (topology.inside(id_) if id_ in topology.nodes else {id_})}
    return [sensor for sensor in sensors if sensor.owner in inside or sensor.id in inside]


async def _judged_now(context: ToolContext, sensors: Sequence[Sensor], chosen: Sequence[Sensor], hours: int) -> _Found:
    now, window = context.clock(), timedelta(hours=hours)
    beside = _beside(sensors, chosen)
    clocks = await read_clocks(context.graph)
    records = await read_records(context.history, [*chosen, *beside], now, window, clocks)
    zone = ZoneInfo(context.timezone)
    # Judging what is beside them as well costs little, and gives the like of each.
    assessment = await asyncio.to_thread(assess, records, now.timestamp(), window.total_seconds(), zone)
    outages = [
        f"Most points were silent from {datetime.fromtimestamp(begin, zone):%H:%M} to {datetime.fromtimestamp(end, zone):%H:%M}: "
        "that is no fault of a sensor."
        for begin, end in assessment.outages.tolist()
    ]
    verdicts = {verdict.sensor.id: (verdict.score, _issues(verdict)) for verdict in assessment.verdicts}
    return _Found(verdicts, outages, now, "ingestion.quality: readings and rollups of the last 28 days", "history")


def _beside(sensors: Iterable[Sensor], chosen: Collection[Sensor]) -> list[Sensor]:
    """Some of the like of each, to compare with."""
    wanted = {sensor.like for sensor in chosen if sensor.like}
    own = {sensor.id for sensor in chosen}
    found: defaultdict[tuple[str, ...], list[Sensor]] = defaultdict(list)
    for sensor in sensors:
        if sensor.like in wanted and sensor.id not in own and len(found[sensor.like]) < _SIBLINGS:
            found[sensor.like].append(sensor)
    return [sensor for group in found.values() for sensor in group][:_ALIKE_AT_MOST]


def _issues(verdict: Verdict) -> list[QualityIssue]:
    return [
        QualityIssue(kind=issue.kind, sentence=issue.sentence, since=datetime.fromtimestamp(round(issue.since), UTC))
        for issue in verdict.issues
    ]


async def _of_last_round(context: ToolContext, verdicts: _Verdicts) -> _Found:
    (at,) = await _last_judged(context.graph)
    if at is None:
        notes = ["The data of this many points are judged while plantroom serve runs; that has not been done yet."]
        return _Found(verdicts, notes, context.clock(), _CYPHER["kept"], "graph")
    notes = ["These are the verdicts of the last round over all points, for the last 24 hours."]
    return _Found(verdicts, notes, datetime.fromtimestamp(at / 1000, UTC), _CYPHER["kept"], "graph")


async def _last_judged(graph: GraphStore) -> tuple[int | None]:
    judged = await graph.read(_CYPHER["judged"])
    return (judged[0]["at"] if judged else None,)


async def _kept(graph: GraphStore) -> _Verdicts:
    (row,) = await graph.read(_CYPHER["kept"])
    verdicts: dict[str, tuple[float | None, Sequence[QualityIssue]]] = {}
    for id_, score, sentences, kinds, milliseconds in row["rows"]:
        since = datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
        pairs = zip(kinds or (), sentences or (), strict=True)
        issues = [QualityIssue(kind=cast(Kind, kind), sentence=sentence, since=since) for kind, sentence in pairs]
        verdicts[id_] = (score, issues)
    return verdicts


async def _told(
    context: ToolContext, topology: Topology, chosen: Sequence[Sensor], found: _Found, hours: int, limit: int
) -> DataQuality:
    known = {sensor.id: found.verdicts[sensor.id] for sensor in chosen if sensor.id in found.verdicts}
    amiss = [sensor for sensor in chosen if sensor.id in known and known[sensor.id][1]]
    owners = {sensor.owner for sensor in amiss if sensor.owner in topology.nodes}
    dependents = await asyncio.to_thread(lambda: {owner: topology.dependents(owner) for owner in owners if owner})
    amiss.sort(key=lambda s: (-dependents.get(s.owner or "", 0), known[s.id][0] or 0.0, natural(s.name), s.id))
    listed = amiss[:limit]
    refs = await context.reader.refs([*(s.id for s in listed), *(s.owner for s in listed if s.owner)])
    scores = [score for score, _ in known.values() if score is not None]
    marked = list(dict.fromkeys(s.owner for s in listed if s.owner in refs and s.owner))
    window = Window(start=found.as_of - timedelta(hours=hours), end=found.as_of)
    evidence = Evidence(
        store=found.store,
        statement=found.statement,
        points=[s.id for s in chosen][:_EVIDENCE_IDS],
        window=window,
        as_of=found.as_of,
    )
    return DataQuality(
        judged=len(scores),
        amiss=len(amiss),
        untold=len(chosen) - len(scores),
        kinds=dict(
            Counter(kind for s in amiss for kind in dict.fromkeys(issue.kind for issue in known[s.id][1])).most_common()
        ),
        percent=round(100 * sum(scores) / len(scores), 1) if scores else None,
        points=[
            PointQuality(
                point=refs[s.id],
                asset=refs.get(s.owner or ""),
                score=known[s.id][0],
                issues=list(known[s.id][1]),
                dependents=dependents.get(s.owner or "", 0),
            )
            for s in listed
            if s.id in refs
        ],
        hours=hours,
        evidence=[evidence],
        scene=Scene(highlight=marked, focus=marked[0] if marked else None) if marked else None,
        notes=list(found.notes),
    )


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        judging(topologies),
        effect="read",
        roles=EVERYBODY,
        group="faults",
        brief="Sensors not to be trusted: silent, stuck, drifting, spiky, gaps, wrong clocks, impossible values.",
        hints={
            "assets": "parts included",
            "hours": "back; left out: 24",
        },
    )
