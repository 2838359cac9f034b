"""Properties of 223P as points: whose they are, and their class from quantity, medium, aspect, role and where they are observed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rdflib import Graph, Literal, Namespace, URIRef

from graph_schema.importers.brick.references import bacnet_object
from graph_schema.importers.brick.terms import literals, local_name
from graph_schema.importers.haystack.classes import point_class
from graph_schema.importers.s223.flows import Flows
from graph_schema.importers.s223.parts import S223, Named, label, objects, words
from graph_schema.importers.units import unit_symbol
from graph_schema.ontology.ontology import Ontology

QUDT = Namespace("http://qudt.org/schema/qudt/")
_KINDS: Mapping[str, tuple[str, ...]] = {
    "Temperature": ("temp",), "ThermodynamicTemperature": ("temp",), "TemperatureDifference": ("temp", "delta"), "VolumeFlowRate": ("flow",), "MassFlowRate": ("flow",),
    "Pressure": ("pressure",), "GaugePressure": ("pressure",), "StaticPressure": ("pressure",), "DifferentialPressure": ("pressure", "delta"), "RelativeHumidity": ("humidity",),
    "Power": ("power",), "ActivePower": ("power", "active"), "ReactivePower": ("power", "reactive"), "ApparentPower": ("power", "apparent"), "ElectricPower": ("power", "elec"),
    "Energy": ("energy",), "ElectricEnergy": ("energy", "elec"), "ElectricCurrent": ("current",), "Voltage": ("volt",), "ElectricPotential": ("volt",), "Frequency": ("freq",),
    "Illuminance": ("illuminance",), "Speed": ("speed",), "RotationalVelocity": ("speed",), "AngularVelocity": ("speed",), "Velocity": ("velocity",),
    "SpecificEnthalpy": ("enthalpy",), "DewPointTemperature": ("dewPoint", "temp"), "PowerFactor": ("pf",), "ThermalPower": ("power", "thermal"), "HeatFlowRate": ("power", "thermal"),
}  # fmt: skip
"""Quantity kinds of QUDT, as tags (``haystack.classes``)."""
_WORDS = frozenset({
    "discharge", "supply", "return", "outside", "mixed", "exhaust", "zone", "entering", "leaving", "chilled", "hot", "condenser", "damper", "valve", "fan", "pump",
    "filter", "heating", "cooling", "occupied", "unoccupied", "humidity", "temperature", "flow", "pressure", "co2", "setpoint", "command", "enable", "alarm", "speed",
    "differential", "position", "delta", "air", "water", "static", "run", "status", "power", "energy", "level", "effective",
})  # fmt: skip
"""Words of labels and aspects that say which point it is."""
_TAGS: Mapping[str, str] = {
    "setpoint": "sp", "command": "cmd", "temperature": "temp", "deltasetpoint": "sp", "differential": "delta", "occupancy": "occupied", "oa": "outside", "sa": "supply",
    "ra": "return", "ma": "mixed", "da": "discharge", "hw": "hot", "chw": "chilled", "temp": "temp", "sp": "sp", "cmd": "cmd", "setpt": "sp", "stpt": "sp",
}  # fmt: skip
_SENSED: Mapping[str, str] = {
    "TemperatureSensor": "temp",
    "FlowSensor": "flow",
    "PressureSensor": "pressure",
    "HumiditySensor": "humidity",
    "OccupancySensor": "occupied",
    "LightSensor": "illuminance",
}


class Points:
    """The points of one model."""

    def __init__(self, graph: Graph, parts: Mapping[URIRef, Named], flows: Flows, ontology: Ontology) -> None:
        self._graph = graph
        self._parts = parts
        self._flows = flows
        self._ontology = ontology

    def is_point(self, node: URIRef) -> bool:
        """Whether a property changes: one that only has a value is a rating, and no point."""
        if any("Observable" in name or "Actuatable" in name for name in self._parts[node].classes):
            return True
        used = objects(
            self._graph, node, "^observes", "^actuatedByProperty", "^commandedByProperty", "hasExternalReference"
        )
        return next(used, None) is not None or (node, S223.hasValue, None) not in self._graph

    def owner(self, node: URIRef) -> URIRef | None:
        """Equipment or a place: what has the property, else what it is observed at or what it moves."""
        for where in self._wheres(node):
            named = self._parts.get(where)
            if named is None:
                continue
            if named.part in ("connection point", "connection"):
                where = self._flows.upstream(where) or where
            if (named := self._parts.get(where)) and named.part in ("equipment", "place"):
                return where
        return None

    def _wheres(self, node: URIRef) -> list[URIRef]:
        """The nearest first."""
        graph = self._graph
        sensors = [
            one for one in objects(graph, node, "^observes", "^hasProperty", "isPropertyOf") if self._is("sensor", one)
        ]
        movers = [
            one
            for one in objects(graph, node, "^actuatedByProperty", "^commandedByProperty", "^hasProperty")
            if self._is("actuator", one)
        ]
        return [
            *(one for one in objects(graph, node, "^hasProperty", "isPropertyOf") if not self._is("sensor", one)),
            *(place for one in sensors for place in self.observed(one)),
            *(moved for one in movers for moved in objects(graph, one, "actuates", "^contains")),
        ]  # fmt: skip

    def observed(self, sensor: URIRef) -> list[URIRef]:
        return list(
            objects(
                self._graph, sensor, "hasObservationLocation", "hasSensingLocation", "hasPhysicalLocation", "^contains"
            )
        )

    def _is(self, part: str, node: URIRef) -> bool:
        return node in self._parts and self._parts[node].part == part

    def class_of(self, node: URIRef) -> str:
        named = self._parts[node]
        tags = {
            tag for kind in self._graph.objects(node, QUDT.hasQuantityKind) for tag in _KINDS.get(local_name(kind), ())
        }
        tags |= self._aspects(node) | self._place_tags(node)
        for sensor in (node, *objects(self._graph, node, "^observes")):
            tags |= {
                tag
                for name, tag in _SENSED.items()
                if self._is("sensor", sensor) and name in self._parts[sensor].classes
            }
        if not tags & {"temp", "flow", "pressure", "humidity", "power", "energy", "co2"}:
            tags |= _said(f"{label(self._graph, node) or ''} {local_name(node)}")
        else:
            tags |= _said(f"{label(self._graph, node) or ''} {local_name(node)}") & (
                _ENDS | {"sp", "cmd", "zone", "delta"}
            )
        role = (
            "sp"
            if "sp" in tags
            else "cmd"
            if "cmd" in tags or any("Actuatable" in name for name in named.classes)
            else "sensor"
        )
        enumerated = any("Enumer" in name for name in named.classes)
        return point_class(
            (tags - {"sp", "cmd"}) | {role}, "Bool" if enumerated else "Number", self.unit(node), self._ontology
        )

    def _aspects(self, node: URIRef) -> set[str]:
        told = objects(
            self._graph, node, "hasAspect", "hasRole", "ofMedium", "ofSubstance", "ofConstituent", "hasEnumerationKind"
        )
        return {tag for one in told for tag in _said(local_name(one))} | {
            "co2" for one in objects(self._graph, node, "ofSubstance", "ofConstituent") if "CO2" in one
        }

    def _place_tags(self, node: URIRef) -> set[str]:
        """What the port says that has the property or where it is observed, and what the owner is."""
        tags: set[str] = set()
        for where in self._wheres(node):
            port = self._flows.ports.get(where)
            tags |= _said(self._flows.medium(where) or "")
            if port and port.outward is not None and "water" in tags:
                tags |= {"leaving" if port.outward else "entering"}
        owner = self.owner(node)
        if owner and self._parts[owner].part == "place":
            tags |= {"zone", "air"}
        elif owner and self._parts[owner].classes & {"Damper", "Valve", "TwoWayValve", "ThreeWayValve"}:
            tags |= {"damper" if "Damper" in self._parts[owner].classes else "valve"}
        return tags

    def unit(self, node: URIRef) -> str | None:
        found = next(iter(sorted(self._graph.objects(node, QUDT.hasUnit), key=str)), None)
        if found is None:
            return None
        return unit_symbol(str(found) if isinstance(found, Literal) else local_name(found)) or None

    def addresses(self, node: URIRef) -> tuple[str, ...]:
        """The object of BACnet with its device, or the id of a time series, that a reference to another system tells."""
        found: list[str] = []
        for reference in objects(self._graph, node, "hasExternalReference"):
            told = literals(self._graph, reference)
            device = re.sub(r"\D", "", next(iter(told.get("device-identifier", told.get("device-instance", []))), ""))
            found += [
                f"{device}/{bacnet_object(one)}" if device else bacnet_object(one)
                for one in told.get("object-identifier", [])
            ]
            found += [one for key in ("hastimeseriesid", "timeseriesid") for one in told.get(key, [])]
        return tuple(dict.fromkeys(found))


_ENDS = frozenset(
    {
        "discharge",
        "supply",
        "return",
        "outside",
        "mixed",
        "exhaust",
        "entering",
        "leaving",
        "chilled",
        "hot",
        "condenser",
    }
)


def _said(text: str) -> set[str]:
    return {_TAGS.get(word, word) for word in words(text) if word in _WORDS or word in _TAGS}
