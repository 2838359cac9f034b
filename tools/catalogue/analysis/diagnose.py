"""The tool that looks for what a symptom comes from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from forecasting.outlook import Outlook, read_outlooks_of
from forecasting.outlook import statement as outlook_statement
from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from graph_schema.statements import statements
from ingestion.alarms.alarms import Alarm, Alarms
from ingestion.orders.work_orders import WorkOrder, WorkOrders
from tools.analysis.causes import Cause, Siblings, Situation, Supplier, Symptom, causes, modes_of, stopped_of
from tools.analysis.point_states import STATEMENT, PointState, read_states
from tools.analysis.symptoms import meant_by, shares, side_in, symptom_of, worst
from tools.context import EVERYBODY, ToolContext
from tools.query.names import resolve
from tools.registry.tool import Tool
from tools.results.analysis.diagnosis import (
    Diagnosis,
    KnownMode,
    LikelyCause,
    PointEvidence,
    RecentChange,
    SupplierNow,
    SymptomNow,
)
from tools.results.assets import EntityRef
from tools.results.result import Evidence, Scene
from tools.topology.snapshot import Topologies, topology_evidence
from tools.topology.topology import Reached, Topology

_CYPHER = statements("tools.catalogue.analysis", "diagnose.cypher")
_AROUND = 200  # assets of a place, or parts of an asset, that are looked at
_SUPPLIERS = 40
_PARTS = 20  # more are no part of one machine
_JUDGED = 8  # suppliers of which it is asked whether they are the only ones: each costs a walk through what is upstream
_SIBLINGS = 50
_LISTED = 12
_CHANGES = 20
_ALARMS = 200
_ORDERS = 50
_LOOK_BACK = timedelta(days=7)  # before the onset
_WITHOUT_ONSET = timedelta(days=1)

_States = Mapping[str, Sequence[PointState]]


@dataclass(frozen=True, slots=True)
class _Around:
    """Who has to do with the subject: itself with its parts, what is upstream (nearest first, each with its parts) and who is like it."""

    own: list[str]
    upstream: list[Reached]
    upstream_total: int
    parts: Mapping[str, list[str]]
    siblings: list[str]

    @property
    def ids(self) -> list[str]:
        supplying = (part for one in self.upstream for part in (one.id, *self.parts[one.id]))
        return list(dict.fromkeys([*self.own, *supplying]))


@dataclass(frozen=True, slots=True)
class _Past:
    window: Window
    alarms: Sequence[Alarm]
    orders: Sequence[WorkOrder]


def diagnosing(topologies: Topologies) -> Callable[..., Awaitable[Diagnosis]]:
    """The tool, over these topologies."""

    async def diagnose(
        context: ToolContext,
        asset: Annotated[str, Field(description="id or exact name of an asset, a place or a point")],
        symptom: Annotated[
            str | None,
            Field(
                max_length=200,
                description="a quantity, with too high or too low where that is meant: zone_air_temperature too high; what is worst when left out",
            ),
        ] = None,
    ) -> Diagnosis:
        """Why is something wrong: looks at the symptom and its sensor, at siblings, at what is upstream (alarms, stopped, flagged), at failure modes, at recent changes and work orders, and ranks causes, each with its evidence, how sure it is and what to check next."""
        now = context.clock()
        topology = await topologies.current(context.graph, context.ontology)
        id_ = await resolve(context.graph, asset)
        point, owner = await _subject(context, topology, id_)
        found = await _symptom(context, topology, owner, point, symptom)
        return await _diagnosed(context, topology, owner, found, now)

    return diagnose


async def _subject(context: ToolContext, topology: Topology, id_: str) -> tuple[str | None, str]:
    """The point that was named, if any, and the asset that it is of."""
    if id_ in topology.nodes:
        return None, id_
    rows = await context.graph.read(_CYPHER["owners"], id=id_)
    owner = next((row["id"] for row in rows if row["id"] in topology.nodes), None)
    if owner is None:
        raise InvalidInput("That is no point of an asset or a place: name an asset, a place or one of their points.")
    return id_, owner


async def _symptom(
    context: ToolContext, topology: Topology, owner: str, named: str | None, said: str | None
) -> Symptom | None:
    """The named point, else the one that the words mean, else the one in the worst condition."""
    states = await read_states(context.graph, _looked_at(topology, owner))
    points = [point for some in states.values() for point in some if point.quantity != "unknown" or point.id == named]
    if named is not None:
        chosen = next(point for point in points if point.id == named)
    elif said:
        meant = meant_by(said, points, context.ontology)
        if not meant:
            quantities = sorted({point.quantity for point in points})[:_LISTED]
            has = f" It has {', '.join(quantities)}." if quantities else " It has no points."
            raise InvalidInput(f"No point of {topology.nodes[owner].name} measures “{said[:60]}”.{has}")
        chosen = worst(meant) or meant[0]
    elif (chosen := worst(points)) is None:
        return None
    alarms = [one for one in await Alarms(context.history).open() if one.point == chosen.id]
    return symptom_of(chosen, states[chosen.asset], side_in(said or ""), alarms[0].raised_at if alarms else None)


def _looked_at(topology: Topology, owner: str) -> list[str]:
    """The asset with its parts; of a place also what is in it, and what feeds it directly, which has its sensors."""
    own = sorted(topology.inside(owner) - {owner})
    if not topology.nodes[owner].is_place:
        return [owner, *own][:_AROUND]
    contents = [one for place in (owner, *own) for one in topology.contents.get(place, ())]
    feeders = [feed.start for place in (owner, *own) for feed in topology.fed_by.get(place, ())]
    return list(dict.fromkeys([owner, *own, *feeders, *contents]))[:_AROUND]


async def _diagnosed(
    context: ToolContext, topology: Topology, asked: str, symptom: Symptom | None, now: datetime
) -> Diagnosis:
    subject = symptom.point.asset if symptom else asked
    around = _around(context.ontology, topology, subject)
    states = await read_states(context.graph, [*around.ids, *around.siblings])
    outlooks = {one.asset: one for one in await read_outlooks_of(context.graph, around.ids) if one.state == "flagged"}
    past = await _past(context, around, symptom, now)
    suppliers = _suppliers(topology, subject, around, states, outlooks, now)
    alike, told = _siblings(symptom, around, states)
    situation = Situation(
        now=now,
        symptom=symptom,
        own=[point for one in around.own for point in states[one]],
        suppliers=suppliers,
        twins={
            one: twin
            for one in around.ids
            if (class_ := topology.nodes[one].class_) and (twin := context.ontology.twin(class_))
        },
        outlooks=[outlooks[one] for one in around.own if one in outlooks],
        alarms=past.alarms,
        orders=past.orders,
        siblings=told,
        beside=[point for one in around.siblings for point in states[one]],
        covers=context.ontology.covers,
    )
    return await _told(context, topology, asked, situation, around, states, past, alike)


def _around(ontology: Ontology, topology: Topology, subject: str) -> _Around:
    own = [subject, *sorted(topology.inside(subject) - {subject})][:_AROUND]
    upstream = topology.upstream(subject)
    near = upstream[:_SUPPLIERS]
    parts = {one.id: _parts(topology, one.id) for one in near}
    return _Around(own, near, len(upstream), parts, _like(ontology, topology, subject))


def _parts(topology: Topology, id_: str) -> list[str]:
    """Of a supplier that is no place: a loop's or a building's parts are suppliers or consumers of their own."""
    parts = sorted(topology.inside(id_) - {id_})
    return [] if topology.nodes[id_].is_place or len(parts) > _PARTS else parts


def _like(ontology: Ontology, topology: Topology, subject: str) -> list[str]:
    """Of its class or a kind of it, and part of, fed by or placed in the same: the nearest relation first."""
    near = [
        *(other for whole in topology.wholes.get(subject, ()) for other in topology.parts.get(whole, ())),
        *(feed.end for supply in topology.fed_by.get(subject, ()) for feed in topology.feeds.get(supply.start, ())),
        *(other for place in topology.places.get(subject, ()) for other in topology.contents.get(place, ())),
    ]
    alike = [one for one in dict.fromkeys(near) if one != subject and _same_kind(ontology, topology, one, subject)]
    return alike[:_SIBLINGS]


def _same_kind(ontology: Ontology, topology: Topology, one: str, other: str) -> bool:
    class_, wanted = topology.nodes[one].class_, topology.nodes[other].class_
    if class_ is None or wanted is None:
        return False
    return class_ == wanted or class_ in ontology.descendants(wanted) or wanted in ontology.descendants(class_)


def _suppliers(
    topology: Topology, subject: str, around: _Around, states: _States, outlooks: Mapping[str, Outlook], now: datetime
) -> list[Supplier]:
    """Of the nearest with which something is amiss it is asked whether the subject has another supply."""
    judged = 0
    found: list[Supplier] = []
    for one in around.upstream:
        points = [point for part in (one.id, *around.parts[one.id]) for point in states[part]]
        amiss = one.id in outlooks or stopped_of(one.id, points, now) or any(p.status == "alarm" for p in points)
        sole = False
        if amiss and judged < _JUDGED:
            judged += 1
            sole = topology.depends_on(subject, one.id)
        found.append(Supplier(one.id, one.hops, points, sole, outlooks.get(one.id)))
    return found


def _siblings(
    symptom: Symptom | None, around: _Around, states: _States
) -> tuple[list[tuple[PointState, bool]], Siblings]:
    """The same quantity of each sibling and whether it shows the same."""
    if symptom is None:
        return [], "no siblings"
    found = [
        (point, shares(symptom, point, states[one]))
        for one in around.siblings
        for point in states[one]
        if point.quantity == symptom.point.quantity and point.at is not None
    ]
    alike = sum(shared for _, shared in found)
    if not found:
        return [], "no siblings"
    return found, "alone" if not alike else "all" if alike == len(found) else "some"


async def _past(context: ToolContext, around: _Around, symptom: Symptom | None, now: datetime) -> _Past:
    onset = symptom.since if symptom else None
    window = Window(start=(onset - _LOOK_BACK if onset else now - _WITHOUT_ONSET), end=now)
    alarms = await Alarms(context.history).between(window.start, window.end, around.ids, _ALARMS)
    orders = await WorkOrders(context.history).list(around.ids, _ORDERS)
    return _Past(window, alarms, orders)


# -- the result --------------------------------------------------------------------------------------------------------


async def _told(
    context: ToolContext,
    topology: Topology,
    asked: str,
    situation: Situation,
    around: _Around,
    states: _States,
    past: _Past,
    alike: Sequence[tuple[PointState, bool]],
) -> Diagnosis:
    refs = await context.reader.refs(list(dict.fromkeys([asked, *around.ids, *around.siblings])))
    found = causes(situation)
    shown = found[:_LISTED]
    alarms = [_reading(point, refs) for point in situation.own if point.status in ("alarm", "warning")]
    changes = sorted(_changes(situation, states, around.ids, past, refs), key=lambda one: one.at, reverse=True)
    symptom = situation.symptom
    about = list(dict.fromkeys([asked, *(one.asset for one in shown)]))
    return Diagnosis(
        asset=refs[asked],
        symptom=_symptom_now(symptom, refs) if symptom else None,
        siblings=situation.siblings,
        siblings_alike=sum(shared for _, shared in alike),
        siblings_total=len(alike),
        sibling_readings=[_reading(point, refs) for point, _ in sorted(alike, key=lambda pair: not pair[1])[:_LISTED]],
        causes=[_cause(one, refs) for one in shown],
        causes_total=len(found),
        library=[]
        if found
        else [KnownMode(asset=refs[id_], mode=mode.name, advice=mode.advice) for id_, mode in modes_of(situation)],
        alarms=alarms[:_LISTED],
        suppliers=[_supplier(one, refs, situation.now) for one in situation.suppliers[:_LISTED]],
        suppliers_total=around.upstream_total,
        changes=changes[:_CHANGES],
        changes_total=len(changes),
        window=past.window,
        evidence=_evidence(refs, states, past, situation),
        scene=Scene(highlight=about, focus=about[0]),
        notes=_notes(topology, asked, symptom, len(found), len(alarms)),
    )


def _reading(point: PointState, refs: Mapping[str, EntityRef]) -> PointEvidence:
    return PointEvidence(
        point=point.id, asset=refs[point.asset], quantity=point.quantity, value=point.value, text=point.text, unit=point.unit,
        at=point.at, status=point.status, since=point.since, low=point.low, high=point.high,
        doubts=" ".join(sentence for kind, sentence in point.doubts if kind != "silent") or None,
    )  # fmt: skip


def _symptom_now(symptom: Symptom, refs: Mapping[str, EntityRef]) -> SymptomNow:
    return SymptomNow(
        reading=_reading(symptom.point, refs),
        side=symptom.side,
        limit=symptom.limit,
        set_point=symptom.set_point,
        since=symptom.since,
        so=_is_so(symptom),
    )


def _is_so(symptom: Symptom) -> bool | None:
    """None where there is nothing to compare it with."""
    if symptom.point.value is None or (symptom.limit is None and symptom.set_point is None):
        return None
    return symptom.away or symptom.point.status in ("alarm", "warning")


def _cause(one: Cause, refs: Mapping[str, EntityRef]) -> LikelyCause:
    return LikelyCause(
        kind=one.kind,
        asset=refs[one.asset],
        certainty=one.certainty,
        moment=one.moment,
        mode=one.mode,
        text=one.text,
        check=one.check,
        steps_upstream=one.hops,
        readings=[_reading(point, refs) for point in one.points],
    )


def _supplier(one: Supplier, refs: Mapping[str, EntityRef], now: datetime) -> SupplierNow:
    known = any(point.runs is not None and point.is_current(now) for point in one.points)
    return SupplierNow(
        entity=refs[one.id],
        steps=one.hops,
        running=None if not known else "stopped" if stopped_of(one.id, one.points, now) else "running",
        outlook=one.outlook.state if one.outlook else None,
        sole=True if one.sole else None,
    )


def _changes(
    situation: Situation, states: _States, ids: Sequence[str], past: _Past, refs: Mapping[str, EntityRef]
) -> Iterable[RecentChange]:
    points = {point.id: point for id_ in ids for point in states[id_]}
    newest = {alarm.point: alarm for alarm in reversed(past.alarms)}  # of a point that comes and goes the last time
    for alarm in newest.values():
        point = points.get(alarm.point)
        if point is not None:
            yield from _of_alarm(alarm, point, refs[point.asset], past.window)
    told = {alarm.point for alarm in past.alarms}
    for point in points.values():
        if point.id not in told and point.since and past.window.start <= point.since < past.window.end:
            yield RecentChange(
                kind="status changed", asset=refs[point.asset], at=point.since, quantity=point.quantity, state=point.status, point=point.id
            )  # fmt: skip
    for order in past.orders:
        yield from _of_order(order, refs[order.asset], past.window)


def _of_alarm(alarm: Alarm, point: PointState, asset: EntityRef, window: Window) -> Iterable[RecentChange]:
    raised = RecentChange(
        kind="alarm raised", asset=asset, at=alarm.raised_at, quantity=point.quantity, state=alarm.worst_level, value=alarm.value,
        unit=point.unit, point=point.id,
    )  # fmt: skip
    if alarm.raised_at >= window.start:
        yield raised
    if alarm.cleared_at is not None:
        yield raised.model_copy(update={"kind": "alarm cleared", "at": alarm.cleared_at, "value": alarm.cleared_value})


def _of_order(order: WorkOrder, asset: EntityRef, window: Window) -> Iterable[RecentChange]:
    text = ": ".join(one for one in (order.number, order.code, order.text) if one)
    if order.opened_at and window.start <= order.opened_at < window.end:
        yield RecentChange(kind="work order opened", asset=asset, at=order.opened_at, text=text)
    if order.closed_at and window.start <= order.closed_at < window.end:
        yield RecentChange(kind="work order closed", asset=asset, at=order.closed_at, text=text)


def _evidence(refs: Mapping[str, EntityRef], states: _States, past: _Past, situation: Situation) -> list[Evidence]:
    points = [point for some in states.values() for point in some]
    newest = max((point.at for point in points if point.at), default=None)
    now = Evidence(
        store="graph",
        statement=STATEMENT,
        entities=list(refs),
        points=[point.id for point in situation.own],
        as_of=newest,
    )
    alarms = Evidence(
        store="history",
        statement="alarms that were open in the window, and work orders of these assets",
        window=past.window,
        points=sorted({alarm.point for alarm in past.alarms}),
    )
    outlook = Evidence(store="graph", statement=outlook_statement(), entities=[one.asset for one in situation.outlooks])
    return [topology_evidence(*refs), now, alarms, outlook]


def _notes(topology: Topology, asked: str, symptom: Symptom | None, total: int, alarms: int) -> list[str]:
    name = topology.nodes[asked].name
    notes: list[str] = []
    if symptom is None:
        notes.append(f"No point of {name} is in alarm, in warning, silent or doubted.")
    elif (
        symptom.point.status not in ("alarm", "warning", "stale")
        and symptom.limit is None
        and symptom.set_point is None
    ):
        notes.append(
            f"The {symptom.point.quantity.replace('_', ' ')} of {name} has neither a limit nor a set point to be compared with."
        )
    if total > _LISTED:
        notes.append(f"{total} causes are possible; the {_LISTED} likeliest are listed.")
    if alarms > _LISTED:
        notes.append(f"{alarms} points are beyond their limits; {_LISTED} are listed.")
    return notes


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        diagnosing(topologies),
        effect="read",
        roles=EVERYBODY,
        group="faults",
        brief="Why something is wrong: causes ranked, with evidence and what to check.",
        hints={
            "symptom": "“zone_air_temperature too high”; left out: the worst",
        },
    )
