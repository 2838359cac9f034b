"""Who supplies whom: from the outlet of one to the inlet of another, through pipes, ducts, wires and junctions."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdflib import Graph, URIRef

from graph_schema.importers.brick.terms import local_name
from graph_schema.importers.s223.parts import S223, Named, objects, words

_Edge = tuple[URIRef, URIRef]
_BEHIND = ("cnx", "^cnx", "connectsThrough", "^connectsThrough", "connectsAt", "^connectsAt")


@dataclass(frozen=True, slots=True)
class Port:
    """A connection point of something, and which way it flows there."""

    node: URIRef
    owner: URIRef
    outward: bool | None


class Flows:
    """The connections of one model."""

    def __init__(self, graph: Graph, parts: Mapping[URIRef, Named]) -> None:
        self._graph = graph
        self._parts = parts
        self.ports = {port.node: port for port in self._read_ports()}
        self.undirected = 0
        """Connections whose ends say no direction."""

    def medium(self, node: URIRef) -> str | None:
        """What flows at a port or in a connection, in people's words."""
        stated = next(objects(self._graph, node, "hasMedium", "ofMedium"), None)
        return medium_of(local_name(stated)) if stated else None

    def supplies(self) -> dict[_Edge, str | None]:
        """Pairs in the direction of flow with what flows; junctions are passed through."""
        found: dict[_Edge, str | None] = {}
        for (start, end), medium in [*self._through_connections(), *self._direct()]:
            if start != end and found.get((start, end)) is None:
                found[start, end] = medium
        return self._without_junctions(found)

    def upstream(self, node: URIRef) -> URIRef | None:
        """What a port belongs to, or what flows into a connection."""
        if port := self.ports.get(node):
            return port.owner
        ports = self._ports_of(node)
        ends = [port for port in ports if port.outward] or ports
        return ends[0].owner if ends else next(objects(self._graph, node, "connectsFrom", "connectsTo"), None)

    def _read_ports(self) -> Iterator[Port]:
        for node, named in self._parts.items():
            if named.part != "connection point":
                continue
            near = objects(
                self._graph,
                node,
                "isConnectionPointOf",
                "^hasConnectionPoint",
                "^hasZoneConnectionPoint",
                "^cnx",
                "cnx",
            )
            owner = next((one for one in near if self._is_connectable(one)), None)
            if owner:
                yield Port(node, owner, _outward(named.classes, self._direction(node)))

    def _is_connectable(self, node: URIRef) -> bool:
        return node in self._parts and self._parts[node].part in (
            "equipment",
            "place",
            "junction",
            "sensor",
            "actuator",
        )

    def _direction(self, node: URIRef) -> str:
        return "".join(local_name(one) for one in objects(self._graph, node, "hasDirection"))

    def _through_connections(self) -> Iterator[tuple[_Edge, str | None]]:
        for node, named in self._parts.items():
            if named.part == "connection":
                ports = self._ports_of(node)
                medium = self.medium(node) or next((told for port in ports if (told := self.medium(port.node))), None)
                yield from ((edge, medium) for edge in self._edges(node, ports))

    def _ports_of(self, connection: URIRef) -> list[Port]:
        near = dict.fromkeys(objects(self._graph, connection, *_BEHIND))
        return [self.ports[one] for one in near if one in self.ports]

    def _edges(self, connection: URIRef, ports: list[Port]) -> Iterator[_Edge]:
        sources = [port for port in ports if port.outward is True]
        sinks = [port for port in ports if port.outward is False]
        both = [port for port in ports if port.outward is None]
        pairs = [*((a, b) for a in sources for b in (*sinks, *both)), *((a, b) for a in both for b in sinks)]
        for start, end in pairs:
            yield from self._with_wholes(start, end)
        froms, tos = (list(objects(self._graph, connection, name)) for name in ("connectsFrom", "connectsTo"))
        yield from ((a, b) for a in froms for b in tos)
        self.undirected += not pairs and not (froms and tos) and len(ports) > 1

    def _with_wholes(self, start: Port, end: Port) -> Iterator[_Edge]:
        """A port of a part may be that of the whole (``mapsTo``): the whole is then supplied, or supplies, as well."""
        for a in self._mapped(start):
            for b in self._mapped(end):
                if a != b and a not in self._wholes(b) and b not in self._wholes(a):
                    yield a, b

    def _mapped(self, port: Port) -> list[URIRef]:
        owners, seen, node = [port.owner], {port.node}, port.node
        while (outer := next(objects(self._graph, node, "mapsTo"), None)) and outer not in seen:
            seen.add(outer)
            node = outer
            owners += [self.ports[outer].owner] if outer in self.ports else []
        return owners

    def _wholes(self, node: URIRef) -> set[URIRef]:
        found: set[URIRef] = set()
        rest = [node]
        while rest:
            fresh = set(objects(self._graph, rest.pop(), "^contains")) - found
            found |= fresh
            rest.extend(fresh)
        return found

    def _direct(self) -> Iterator[tuple[_Edge, str | None]]:
        """Ports that meet without a pipe between them, and equipment that is said to be connected."""
        for port in self.ports.values():
            for other in objects(self._graph, port.node, "cnx", "^cnx"):
                if port.outward and other in self.ports and self.ports[other].outward is not True:
                    for edge in self._with_wholes(port, self.ports[other]):
                        yield edge, self.medium(port.node)
        for start, end in self._graph.subject_objects(S223.connectedTo):
            yield from self._stated(start, end)
        for end, start in self._graph.subject_objects(S223.connectedFrom):
            yield from self._stated(start, end)

    def _stated(self, start: object, end: object) -> Iterator[tuple[_Edge, str | None]]:
        if isinstance(start, URIRef) and isinstance(end, URIRef):
            yield (start, end), None

    def _without_junctions(self, edges: Mapping[_Edge, str | None]) -> dict[_Edge, str | None]:
        onward: dict[URIRef, dict[URIRef, str | None]] = defaultdict(dict)
        for (start, end), medium in edges.items():
            onward[start][end] = medium
        found: dict[_Edge, str | None] = {}
        for start in list(onward):
            if not self._is_junction(start):
                found.update(self._reached(start, onward))
        return found

    def _reached(
        self, start: URIRef, onward: Mapping[URIRef, Mapping[URIRef, str | None]]
    ) -> Iterator[tuple[_Edge, str | None]]:
        seen: set[URIRef] = set()
        rest = list(onward.get(start, {}).items())
        while rest:
            node, medium = rest.pop()
            if node in seen:
                continue
            seen.add(node)
            if self._is_junction(node):
                rest.extend((one, other or medium) for one, other in onward.get(node, {}).items())
            elif node != start:
                yield (start, node), medium

    def _is_junction(self, node: URIRef) -> bool:
        return node in self._parts and self._parts[node].part == "junction"


def _outward(classes: frozenset[str], direction: str) -> bool | None:
    told = " ".join(classes) + direction
    if "Bidirectional" in told:
        return None
    return True if "Outlet" in told else False if "Inlet" in told else None


def medium_of(name: str) -> str:
    """``Water-ChilledWater`` is chilled water, ``Fluid-Air`` air, and any voltage electricity."""
    if re.match(r"(?:Electric|Medium-Electric|AC-|DC|Electricity)", name) or "VL" in name:
        return "electricity"
    return " ".join(words(name.rsplit("-", 1)[-1]))
