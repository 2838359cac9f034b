"""What a class asks of a node: its label, and its class among those that the ontology puts below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graph_schema.compiler.statement import Names
from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology

Side = Literal["asset", "place", "point", "device"]
SIDES: frozenset[Side] = frozenset(("asset", "place", "point", "device"))
THINGS: frozenset[Side] = frozenset(("asset", "place"))
NAMED: frozenset[Side] = frozenset(("asset", "place", "device"))
LABELS: dict[Side, str] = {
    "asset": "Asset",
    "place": "Site|Building|Floor|Space",
    "point": "Point",
    "device": "Device",
}


@dataclass(frozen=True, slots=True)
class ClassTest:
    """Things of these sides; with ``names`` of one of these classes, and never of one of ``without``."""

    sides: frozenset[Side]
    names: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    def predicate(self, node: str, names: Names) -> str:
        if self.names:
            return f"{node}.class IN {names.parameter(list(self.names))}"
        tests = [is_side(node, self.sides)]
        if self.without:
            tests.append(f"NOT coalesce({node}.class, '') IN {names.parameter(list(self.without))}")
        return " AND ".join(tests)


def is_side(node: str, sides: frozenset[Side]) -> str:
    """The test for the labels of some sides."""
    labels = [label for side in sorted(sides) for label in LABELS[side].split("|")]
    tests = " OR ".join(f"{node}:{label}" for label in labels)
    return f"({tests})" if len(labels) > 1 else tests


def class_test(ontology: Ontology, name: str) -> ClassTest:
    """``Equipment``, ``Location``, ``Point`` and ``Device`` are all of their side, whatever their class.

    Raises ``InvalidInput`` for a name that no class has.
    """
    if name == "Device":
        return ClassTest(frozenset(("device",)))
    canonical = ontology.canonical(name)
    kind = ontology.kind_of(canonical) if canonical else None
    if canonical is None or kind is None:
        raise InvalidInput(f"There is no class “{name}”. Classes are Brick's: AHU, Pump, Room, Temperature_Sensor.")
    match canonical:
        case "Equipment":
            groups = ontology.descendants("Collection") - ontology.descendants("Equipment")
            return ClassTest(frozenset(("asset",)), without=tuple(sorted(groups)))
        case "Location":
            return ClassTest(frozenset(("place",)))
        case "Point":
            return ClassTest(frozenset(("point",)))
        case _:
            side: Side = "asset" if kind == "Asset" else "point" if kind == "Point" else "place"
            return ClassTest(frozenset((side,)), names=tuple(sorted(ontology.descendants(canonical))))
