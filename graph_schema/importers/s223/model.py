"""An ASHRAE 223P model as a Brick model: equipment with its contents, places, supplies with their medium, points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef

from graph_schema.errors import InvalidInput
from graph_schema.importers.brick.blank_nodes import name_blank_nodes
from graph_schema.importers.brick.terms import local_name
from graph_schema.importers.brick.translated import Translated, plant_of
from graph_schema.importers.findings import Account
from graph_schema.importers.s223.flows import Flows
from graph_schema.importers.s223.parts import NAME, Named, is_s223, label, objects, parts, words
from graph_schema.importers.s223.points import Points
from graph_schema.model import PLACE_KINDS, Plant
from graph_schema.ontology.ontology import Ontology

__all__ = ["is_s223", "read_s223"]

BRICK = Namespace("https://brickschema.org/schema/Brick#")
_CLASSES: Mapping[str, str] = {
    "SingleDuctTerminal": "VAV", "DualDuctTerminal": "VAV", "FanPoweredTerminal": "VAV", "HeatPump": "Packaged_Heat_Pump", "GroundSourceHeatPump": "Packaged_Heat_Pump",
    "AirToAirHeatPump": "Packaged_Heat_Pump", "WaterToAirHeatPump": "Packaged_Heat_Pump", "HydronicHeatExchanger": "Heat_Exchanger", "AirHeatExchanger": "Heat_Exchanger",
    "HeatWheel": "Heat_Wheel", "PhotovoltaicModule": "PV_Panel", "ElectricityMeter": "Electrical_Meter", "ElectricityBreaker": "Circuit_Breaker",
    "ElectricBreaker": "Circuit_Breaker", "ElectricTransformer": "Transformer", "ElectricEnergyTransformer": "Transformer", "Generator": "Emergency_Generator",
    "TwoWayValve": "Valve", "ThreeWayValve": "Valve", "RadiantHeater": "Radiator", "ThermalEnergyStorageUnit": "Energy_Storage", "ResistanceHeater": "Heating_Coil",
    "ElectricResistanceElement": "Heating_Coil", "VAVReheat": "VAV", "VAVWithReheat": "VAV", "Furnace": "Furnace", "Window": "Equipment", "Door": "Equipment",
}  # fmt: skip
"""Equipment that Brick calls otherwise; the rest is found by its own name."""
_DOMAINS: Mapping[str, str] = {
    "HVAC": "HVAC_Zone",
    "Lighting": "Lighting_Zone",
    "Fire": "Fire_Zone",
    "Occupancy": "Occupancy_Zone",
}
_ROLES = frozenset(
    {"heating", "cooling", "supply", "discharge", "return", "exhaust", "relief", "outside", "reheat", "preheat"}
)


def read_s223(path: Path, graph: Graph, ontology: Ontology) -> Plant:
    """Raises ``InvalidInput`` where nothing of a plant is described."""
    name_blank_nodes(graph, path.name)
    return plant_of(path, _Model(path, graph, ontology).translated(), ontology)


class _Model:
    """One model on its way to Brick's words."""

    def __init__(self, path: Path, graph: Graph, ontology: Ontology) -> None:
        self._path = path
        self._graph = graph
        self._ontology = ontology
        self._parts = parts(graph)
        self._flows = Flows(graph, self._parts)
        self._points = Points(graph, self._parts, self._flows, ontology)
        self._brick = Graph()
        self._account = Account()

    def translated(self) -> Translated:
        things = [one for one in self._parts.values() if one.part in ("equipment", "place")]
        if not things:
            raise InvalidInput(f"{self._path} is a model of {NAME} without equipment or places.")
        for one in things:
            self._describe(one.node, self._equipment(one) if one.part == "equipment" else self._place(one))
            self._contents(one)
        addresses = {str(node): self._points.addresses(node) for node in self._describe_points()}
        media = self._supply()
        self._tell_the_rest()
        return Translated(self._brick, self._account, addresses=addresses, media=media)

    def _describe(self, node: URIRef, class_: str) -> None:
        self._brick.add((node, RDF.type, BRICK[class_]))
        if name := label(self._graph, node):
            self._brick.add((node, RDFS.label, Literal(name)))
        for comment in self._graph.objects(node, RDFS.comment):
            self._brick.add((node, RDFS.comment, comment))

    def _equipment(self, one: Named) -> str:
        named = {self._ontology.canonical(_CLASSES.get(name) or "_".join(words(name))) for name in one.own}
        known = {name for name in named if name and self._ontology.kind_of(name) == "Asset"}
        if not known:
            known = {
                name
                for name in map(self._ontology.nearest, one.own)
                if name and self._ontology.kind_of(name) == "Asset"
            }
        if not known:
            return "Equipment"
        class_ = min(known, key=lambda name: (-len(self._ontology.ancestors(name)), name))
        roles = [
            word
            for role in objects(self._graph, one.node, "hasRole")
            for word in words(local_name(role))
            if word in _ROLES
        ]
        closer = self._ontology.nearest("_".join([*sorted(roles), class_.lower()])) if roles else None
        return closer if closer and closer in self._ontology.descendants(class_) else class_

    def _place(self, one: Named) -> str:
        if "PhysicalSpace" in one.classes:
            named = (self._ontology.canonical(word) for word in words(label(self._graph, one.node) or ""))
            return next((name for name in named if name and self._ontology.kind_of(name) in PLACE_KINDS), "Space")
        if "DomainSpace" in one.classes:
            return "Space"
        domains = [local_name(domain).rsplit("-", 1)[-1] for domain in objects(self._graph, one.node, "hasDomain")]
        return next((_DOMAINS[domain] for domain in domains if domain in _DOMAINS), "Zone")

    def _contents(self, one: Named) -> None:
        for inner in objects(
            self._graph, one.node, "contains", "encloses", "hasDomainSpace", "hasZone", "hasMember", "^isContainedIn"
        ):
            part = self._parts.get(inner)
            if part and part.part in ("equipment", "place") and inner != one.node:
                located = one.part == "place" and part.part == "equipment"
                relation = BRICK.hasLocation if located else BRICK.isPartOf
                self._brick.add((inner, relation, one.node))
        for place in objects(self._graph, one.node, "hasPhysicalLocation"):
            if place in self._parts and self._parts[place].part == "place":
                self._brick.add((one.node, BRICK.hasLocation, place))

    def _describe_points(self) -> list[URIRef]:
        properties = [
            one.node for one in self._parts.values() if one.part == "property" and self._points.is_point(one.node)
        ]
        lonely = [
            one.node
            for one in self._parts.values()
            if one.part == "sensor" and not list(objects(self._graph, one.node, "observes"))
        ]
        for node in (*properties, *lonely):
            self._describe(node, self._points.class_of(node))
            if unit := self._points.unit(node):
                self._brick.add((node, BRICK.hasUnit, Literal(unit)))
            places = self._points.observed(node) if node in lonely else []
            owner = next((one for place in places if (one := self._owner_at(place))), None) or self._points.owner(node)
            if owner:
                self._brick.add((node, BRICK.isPointOf, owner))
        return [*properties, *lonely]

    def _owner_at(self, place: URIRef) -> URIRef | None:
        """The equipment or place at a port, in a connection, or itself."""
        where = place if self._is_thing(place) else self._flows.upstream(place)
        return where if where and self._is_thing(where) else None

    def _is_thing(self, node: URIRef) -> bool:
        return node in self._parts and self._parts[node].part in ("equipment", "place")

    def _supply(self) -> dict[tuple[str, str], str]:
        """What supplies a room supplies the zone that the room is of."""
        media: dict[tuple[str, str], str] = {}
        for (start, end), medium in self._flows.supplies().items():
            zones = objects(self._graph, end, "^hasDomainSpace")
            for target in (end, *(zone for zone in zones if zone != start)):
                if self._is_thing(start) and self._is_thing(target):
                    self._brick.add((start, BRICK.feeds, target))
                    media.update({(str(start), str(target)): medium} if medium else {})
        return media

    def _tell_the_rest(self) -> None:
        counts = Counter(one.part for one in self._parts.values())
        ratings = sum(one.part == "property" and not self._points.is_point(one.node) for one in self._parts.values())
        if self._flows.undirected:
            self._account.skipped(
                f"{self._flows.undirected} connections", "Their ends say no direction of flow; they supply nobody."
            )
        if ratings:
            self._account.skipped(f"{ratings} properties", "They have one value for good and are no points.")
        if counts["system"]:
            self._account.skipped(
                f"{counts['system']} systems",
                "The graph has equipment and its parts; a system's members are there, the system is not.",
            )
