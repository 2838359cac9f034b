"""The tool that follows the supply through the plant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated

from pydantic import Field

from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from tools.context import EVERYBODY, ToolContext
from tools.query.names import natural, resolve_all
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.connections import Connected, Connections, Direction
from tools.results.result import Scene
from tools.topology.snapshot import Topologies, topology_evidence
from tools.topology.topology import Reached, Topology

_LISTED = 500  # the nearest; more than anybody reads, and a language model pays for each
_ALTERNATIVES = 12

_Found = tuple[Reached, tuple[str, ...]]


def tracing(topologies: Topologies) -> Callable[..., Awaitable[Connections]]:
    """The tool, over these topologies."""

    async def trace_connections(
        context: ToolContext,
        asset: Annotated[str, Field(description="id or exact name of the asset to start from")],
        direction: Annotated[
            Direction,
            Field(
                description="upstream: what supplies it; downstream: what it supplies; loses_service: what is left without "
                "supply when it stops, and what is backed up; path: how it is connected with another asset (to)"
            ),
        ],
        to: Annotated[str | None, Field(description="for path: id or exact name of the other end")] = None,
        of_class: Annotated[
            str | None, Field(description="list only assets of this Brick class, subclasses included")
        ] = None,
    ) -> Connections:
        """Follow supply (air, water, power ...) from an asset over any number of steps: what it feeds, what feeds it, what loses service when it stops, or the path to another asset. Rooms of fed zones and parts count."""
        if (direction == "path") != (to is not None):
            raise InvalidInput("“to” is the other end of a path: it is needed for direction path and only there.")
        topology = await topologies.current(context.graph, context.ontology)
        start, *end = await resolve_all(context.graph, [asset, to] if to is not None else [asset])
        classes = _classes(context.ontology, of_class)
        if start not in topology.nodes or any(one not in topology.nodes for one in end):
            raise InvalidInput("Only equipment and places are connected by supply, not points or devices.")
        if direction == "path":
            found, backed = _path(topology, start, end[0]), list[_Found]()
        else:
            found, backed = _follow(topology, start, direction)
        notes = _notes(topology, start, direction, found)
        found, backed = _of(topology, found, classes), _of(topology, backed, classes)
        return await _result(context, topology, start, direction, found, backed, notes)

    return trace_connections


def _classes(ontology: Ontology, of_class: str | None) -> frozenset[str] | None:
    if of_class is None:
        return None
    classes = ontology.descendants(of_class)
    if not classes:
        raise InvalidInput(f"There is no class “{of_class[:60]}”. Classes are Brick's, such as VAV, Pump or HVAC_Zone.")
    return classes


def _follow(topology: Topology, start: str, direction: Direction) -> tuple[list[_Found], list[_Found]]:
    if direction == "loses_service":
        loss = topology.loss(start)
        return [(reached, ()) for reached in loss.lost], list(loss.backed_up)
    reached = topology.upstream(start) if direction == "upstream" else topology.downstream(start)
    return [(one, ()) for one in reached], []


def _path(topology: Topology, start: str, end: str) -> list[_Found]:
    chain = topology.path(start, end)
    return [(Reached(one, hops, chain[hops - 1]), ()) for hops, one in enumerate(chain) if hops]


def _of(topology: Topology, found: Sequence[_Found], classes: frozenset[str] | None) -> list[_Found]:
    kept = [one for one in found if classes is None or topology.nodes[one[0].id].class_ in classes]
    return sorted(kept, key=lambda one: (one[0].hops, natural(topology.nodes[one[0].id].name), one[0].id))


def _notes(topology: Topology, start: str, direction: Direction, found: Sequence[_Found]) -> list[str]:
    """What a reader of an empty answer has to know."""
    name = topology.nodes[start].name
    if direction == "path":
        return [] if found else [f"The model has no connection between {name} and the other asset."]
    if direction == "upstream" or found or topology.downstream(start):
        return []
    wholes = [topology.nodes[one] for one in topology.around(start) - {start}]
    feeding = [one for one in wholes if not one.is_place and topology.dependents(one.id)]
    return [
        f"{name} feeds nothing itself in the model; it is part of {one.name}, which feeds {topology.dependents(one.id)} assets."
        for one in sorted(feeding, key=lambda one: natural(one.name))
    ]


async def _result(
    context: ToolContext,
    topology: Topology,
    start: str,
    direction: Direction,
    found: Sequence[_Found],
    backed: Sequence[_Found],
    notes: list[str],
) -> Connections:
    shown, shown_backed = found[:_LISTED], backed[:_LISTED]
    wanted = [start, *(reached.id for reached, _ in (*shown, *shown_backed))]
    alternatives = [one for _, others in shown_backed for one in others[:_ALTERNATIVES]]
    refs = await context.reader.refs(list(dict.fromkeys([*wanted, *alternatives])))
    if len(found) > _LISTED or len(backed) > _LISTED:
        notes = [*notes, f"{len(found) + len(backed)} assets are affected; the nearest {_LISTED} are listed."]
    return Connections(
        asset=refs[start],
        direction=direction,
        total=len(found),
        connected=connected_refs(topology, shown, refs),
        backed_up=connected_refs(topology, shown_backed, refs),
        by_class=dict(Counter(topology.nodes[reached.id].class_ or "unknown" for reached, _ in found).most_common()),
        evidence=[topology_evidence(*refs)],
        scene=Scene(highlight=[start, *(reached.id for reached, _ in shown)], focus=start),
        notes=notes,
    )


def connected_refs(topology: Topology, found: Sequence[_Found], refs: Mapping[str, EntityRef]) -> list[Connected]:
    """What was found, with how it is reached and what still supplies it."""
    return [
        Connected(
            entity=refs[reached.id],
            hops=reached.hops,
            via=topology.nodes[reached.via].name,
            alternatives=[refs[one] for one in others[:_ALTERNATIVES] if one in refs],
        )
        for reached, others in found
        if reached.id in refs
    ]


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        tracing(topologies),
        effect="read",
        roles=EVERYBODY,
        past="Relations are those of now.",
        group="plant",
        brief="Follow supply (air, water, power): who supplies it, whom it supplies, what loses service when it stops, the path to another.",
        hints={
            "of_class": "list only these",
        },
    )
