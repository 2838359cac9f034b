"""What a Brick model states of equipment and places beside their relations: areas, rated powers, makers, numbers."""

from __future__ import annotations

from collections.abc import Mapping

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from graph_schema.importers.brick.terms import UNITS, local_name
from graph_schema.importers.names import plain_text
from graph_schema.importers.units import unit_symbol
from graph_schema.model import Property

_LONGEST = 200
_TEXTS: Mapping[str, str] = {
    "manufacturer": "manufacturer", "hasmanufacturer": "manufacturer", "manufacturername": "manufacturer",
    "model": "model", "modelnumber": "model", "hasmodel": "model", "modelname": "model",
    "serialnumber": "serial_number", "hasserialnumber": "serial_number", "serial": "serial_number",
}  # fmt: skip
_NUMBERS: Mapping[str, tuple[str, str]] = {
    "area": ("area", "m²"), "hasarea": ("area", "m²"), "floorarea": ("area", "m²"), "netarea": ("area", "m²"),
    "grossarea": ("area", "m²"), "volume": ("volume", "m³"), "hasvolume": ("volume", "m³"),
    "ratedpower": ("rated_power_kw", "kW"), "ratedpowerinput": ("rated_power_kw", "kW"), "nameplatepower": ("rated_power_kw", "kW"),
}  # fmt: skip
"""The attribute and the unit that it is kept in; a net area goes before a gross one by its name's place here."""
_FACTORS: Mapping[str, Mapping[str, float]] = {
    "m²": {"m²": 1.0, "ft²": 0.09290304}, "m³": {"m³": 1.0, "ft³": 0.028316847}, "kW": {"kW": 1.0, "W": 0.001, "MW": 1000.0, "hp": 0.745699872},
}  # fmt: skip
ATTRIBUTES = frozenset({*_TEXTS, *_NUMBERS})


def attributes(graph: Graph, node: Node) -> dict[str, Property]:
    """The known attributes of a node; a number in a unit that is another quantity's is left out."""
    found: dict[str, Property] = {}
    for predicate, value in sorted(graph.predicate_objects(node), key=str):
        name = local_name(predicate).lower()
        if (text := _TEXTS.get(name)) is not None and (said := _text(graph, value)):
            found.setdefault(text, said[:_LONGEST])
        if (known := _NUMBERS.get(name)) is not None and (number := _number(graph, value, known[1])) is not None:
            found.setdefault(known[0], number)
    return found


def _text(graph: Graph, value: Node) -> str:
    """Of a maker that is a node of its own, its label."""
    if isinstance(value, Literal):
        return plain_text(str(value))
    inner = _inside(graph, value)
    label = next((o for p, o in graph.predicate_objects(value) if local_name(p).lower() == "label"), None)
    named = inner or label or (value if isinstance(value, URIRef) else None)
    return plain_text(str(named) if isinstance(named, Literal) else local_name(named)) if named is not None else ""


def _number(graph: Graph, value: Node, unit: str) -> float | None:
    stated = value if isinstance(value, Literal) else _inside(graph, value)
    try:
        number = float(str(stated))
    except ValueError:
        return None
    given = next((o for p, o in graph.predicate_objects(value) if local_name(p).lower() in UNITS), None)
    if isinstance(value, Literal) or given is None or isinstance(given, BNode):
        return number
    symbol = unit_symbol(local_name(given) if isinstance(given, URIRef) else str(given))
    factor = _FACTORS[unit].get(symbol)
    return None if factor is None else number * factor


def _inside(graph: Graph, value: Node) -> Node | None:
    return next((o for p, o in graph.predicate_objects(value) if local_name(p).lower() == "value"), None)
