"""The tool that says what shutting an asset costs, and where it is shut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field

from graph_schema.errors import InvalidInput
from tools.analysis.isolators import Isolation, isolating_classes, isolations
from tools.analysis.point_states import STATEMENT, PointState, load_of, read_rated, read_states
from tools.catalogue.trace_connections import connected_refs
from tools.context import EVERYBODY, ToolContext
from tools.query.names import natural, resolve
from tools.registry.tool import Tool
from tools.results.analysis.isolation import Alternative, Enough, IsolatingDevice, IsolationPlan, WatchedPoint
from tools.results.assets import EntityRef
from tools.results.result import Evidence, Scene
from tools.topology.snapshot import Topologies, topology_evidence
from tools.topology.topology import Loss, Reached, Topology

_LISTED = 60
_ALTERNATIVES = 12
_WATCHED_ASSETS = 60
_WATCHED = 30
_TOGETHER = 8
_STATUS_ORDER = ("alarm", "warning", "stale", "normal", "unknown")

_States = Mapping[str, Sequence[PointState]]


def isolating(topologies: Topologies) -> Callable[..., Awaitable[IsolationPlan]]:
    """The tool, over these topologies."""

    async def isolate(
        context: ToolContext,
        asset: Annotated[str, Field(description="id or exact name of what to shut")],
        together: Annotated[list[str] | None, Field(max_length=_TOGETHER, description="shut with it")] = None,
    ) -> IsolationPlan:
        """What shutting (isolating) an asset costs and how it is done: what loses service, what is backed up and by what, whether the alternatives can take its load, which valves, dampers, breakers and switches isolate it, and which points to watch."""
        now = context.clock()
        topology = await topologies.current(context.graph, context.ontology)
        id_ = await resolve(context.graph, asset)
        ids = list(dict.fromkeys([id_, *[await resolve(context.graph, one) for one in together or ()]]))
        if any(one not in topology.nodes for one in ids):
            raise InvalidInput("Only equipment and places can be shut, not points or devices.")
        return await _planned(context, topology, ids, now)

    return isolate


async def _planned(context: ToolContext, topology: Topology, ids: Sequence[str], now: datetime) -> IsolationPlan:
    id_, *more = ids
    loss = topology.loss(*ids)
    lost, backed = _nearest(topology, loss)
    keeping = Counter(one for _, others in loss.backed_up for one in others)
    alternatives = sorted(keeping, key=lambda one: (-keeping[one], natural(topology.nodes[one].name), one))[
        :_ALTERNATIVES
    ]
    classes = isolating_classes(context.ontology)
    shut = list(dict.fromkeys(found for one in ids for found in isolations(topology, one, classes)))
    affected = [one.id for one in (*lost, *(reached for reached, _ in backed))]
    devices = [one for isolation in shut for one in (isolation.device, isolation.neighbour) if one]
    named = list(
        dict.fromkeys([*ids, *affected[: 2 * _LISTED], *alternatives, *devices, *(o for _, os in backed for o in os)])
    )
    refs = await context.reader.refs(named)
    states = await read_states(context.graph, [*ids, *alternatives, *devices, *affected[:_WATCHED_ASSETS]])
    rated = await read_rated(context.graph, [id_, *alternatives])
    others = [
        _alternative(topology, id_, one, keeping[one], refs[one], states, rated, now)
        for one in alternatives
        if one in refs
    ]
    loads = [load_of(states[one], now) for one in ids]
    load = None if any(one is None for one in loads) else sum(one or 0.0 for one in loads)
    spare, enough = _capacity(load, others)
    watch = _watched(affected[:_WATCHED_ASSETS], {one.id for one in lost}, states, refs)
    feeds = [_device(one, refs, states, now) for one in shut if one.neighbour in refs]
    return IsolationPlan(
        asset=refs[id_],
        together=[refs[one] for one in more],
        total=len(loss.lost),
        loses_service=connected_refs(topology, [(one, ()) for one in lost[:_LISTED]], refs),
        by_class=dict(Counter(topology.nodes[one.id].class_ or "unknown" for one in loss.lost).most_common()),
        backed_up_total=len(loss.backed_up),
        backed_up=connected_refs(topology, backed[:_LISTED], refs),
        load_kw=load,
        rated_kw=None if more else rated.get(id_),
        spare_kw=spare,
        capacity=enough,
        alternatives=others,
        isolating=[one for one in feeds if one.device],
        without_device=[one for one in feeds if not one.device],
        watch=watch[:_WATCHED],
        watch_total=len(watch),
        evidence=_evidence(refs, states, watch[:_WATCHED]),
        scene=Scene(highlight=[*ids, *(one.id for one in lost[:_LISTED])], focus=id_),
        notes=_notes(topology, ids, loss, len(affected), enough),
    )


def _nearest(topology: Topology, loss: Loss) -> tuple[list[Reached], list[tuple[Reached, tuple[str, ...]]]]:
    """What is lost and what is backed up, nearest first."""

    def rank(one: Reached) -> tuple[object, ...]:
        return (one.hops, natural(topology.nodes[one.id].name), one.id)

    return sorted(loss.lost, key=rank), sorted(loss.backed_up, key=lambda pair: rank(pair[0]))


def _alternative(
    topology: Topology,
    id_: str,
    other: str,
    backs_up: int,
    ref: EntityRef,
    states: _States,
    rated: Mapping[str, float],
    now: datetime,
) -> Alternative:
    runs = next((one.runs for one in states[other] if one.runs is not None and one.is_current(now)), None)
    load = load_of(states[other], now)
    built_for = rated.get(other)
    return Alternative(
        entity=ref,
        backs_up=backs_up,
        same_class=topology.nodes[other].class_ == topology.nodes[id_].class_,
        running=None if runs is None else "running" if runs else "stopped",
        rated_kw=built_for,
        load_kw=load,
        spare_kw=None if load is None or built_for is None else round(max(0.0, built_for - load), 3),
    )


def _capacity(load: float | None, others: Sequence[Alternative]) -> tuple[float | None, Enough]:
    """What the alternatives of the asset's class can take on together, and whether that covers its load.

    What is known to be spare may already cover it; that it does not is only known where all of them are.
    """
    alike = [one for one in others if one.same_class]
    known = [one.spare_kw for one in alike if one.spare_kw is not None]
    spare = round(sum(known), 3) if known and len(known) == len(alike) else None
    if load is None or not known:
        return spare, "unknown"
    if sum(known) >= load:
        return spare, "enough"
    return spare, "unknown" if spare is None else "too little"


def _device(one: Isolation, refs: Mapping[str, EntityRef], states: _States, now: datetime) -> IsolatingDevice:
    own = states.get(one.device, ()) if one.device else ()
    placed = next((p for p in own if "position" in p.quantity or p.quantity.endswith("status")), None)
    return IsolatingDevice(
        device=refs.get(one.device) if one.device else None,
        neighbour=refs[one.neighbour],
        side=one.side,
        medium=one.medium or None,
        position=placed.value if placed and placed.is_current(now) else None,
        unit=placed.unit if placed else None,
        state=placed.text if placed and placed.is_current(now) else None,
        at=placed.at if placed and placed.is_current(now) else None,
    )


def _watched(
    affected: Sequence[str], lost: set[str], states: _States, refs: Mapping[str, EntityRef]
) -> list[WatchedPoint]:
    """Points with limits of what is affected: what loses service first, in alarm before normal, near before far."""
    limited = [
        (id_ not in lost, _STATUS_ORDER.index(point.status), nearness, point)
        for nearness, id_ in enumerate(affected)
        if id_ in refs
        for point in states[id_]
        if point.low is not None or point.high is not None
    ]
    return [
        WatchedPoint(
            point=point.id, asset=refs[point.asset], quantity=point.quantity, value=point.value, text=point.text, unit=point.unit,
            at=point.at, status=point.status, low=point.low, high=point.high, loses_service=not kept,
        )
        for kept, _, _, point in sorted(limited, key=lambda one: (*one[:3], one[3].quantity))
    ]  # fmt: skip


def _evidence(refs: Mapping[str, EntityRef], states: _States, watch: Sequence[WatchedPoint]) -> list[Evidence]:
    points = list(dict.fromkeys([*(one.point for one in watch)]))
    newest = max((point.at for some in states.values() for point in some if point.at), default=None)
    return [
        topology_evidence(*refs),
        Evidence(store="graph", statement=STATEMENT, entities=list(refs), points=points, as_of=newest),
    ]


def _notes(topology: Topology, ids: Sequence[str], loss: Loss, affected: int, enough: Enough) -> list[str]:
    name = " and ".join(topology.nodes[one].name for one in ids)
    notes: list[str] = []
    if not loss.lost and not loss.backed_up:
        notes.append(f"The model has nothing that {name} supplies.")
    if affected > _LISTED:
        notes.append(f"{affected} assets are affected; the nearest {_LISTED} of each kind are listed.")
    if loss.backed_up and enough == "unknown":
        notes.append(
            f"Whether the alternatives can take the load of {name} is unknown: its load, their rated power or their load is not known."
        )
    return notes


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        isolating(topologies),
        effect="read",
        roles=EVERYBODY,
        group="faults",
        brief="What shutting an asset costs: loss of service, backup, valves and breakers to shut, points to watch.",
    )
