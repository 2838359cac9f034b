"""What is stated of a node, as a Cypher predicate: a unit, a limit, a place, the equipment it belongs to, work on it, an attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from graph_schema.compiler.classes import LABELS
from graph_schema.compiler.statement import Names

_WHOLES = "[:HAS_PART*0..10]"


class Facts:
    """Writes predicates that hold where something is stated of a node, or of what it is a point of."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def stated(self, node: str, fact: str) -> str:
        """A name that is none of the facts is an attribute."""
        known = _FACTS.get(fact)
        return known(self, node) if known else f"{self._names.parameter(fact)} IN keys({node})"

    def unit(self, node: str) -> str:
        return f"{node}.unit IS NOT NULL"

    def limit(self, node: str) -> str:
        return f"({node}.low IS NOT NULL OR {node}.high IS NOT NULL)"

    def place(self, node: str) -> str:
        """In a place, or part of one; a point is where its owner is, which may be the place itself."""
        owner = self._names.variable("o")
        of_owner = f"({self._is_place(owner)} OR {self._is_placed(owner)})"
        return f"({self._is_placed(node)} OR EXISTS {{ MATCH ({node})<-[:HAS_POINT]-({owner}) WHERE {of_owner} }})"

    def equipment(self, node: str) -> str:
        return f"EXISTS {{ MATCH ({node})<-[:HAS_POINT|HAS_PART]-({self._names.variable('o')}:Asset) }}"

    def source(self, node: str) -> str:
        return f"{node}.source IS NOT NULL"

    def reference(self, node: str) -> str:
        return f"({node}.source IS NOT NULL OR {node}.addresses IS NOT NULL)"

    def value(self, node: str) -> str:
        return f"{node}.at IS NOT NULL"

    def work_order(self, node: str) -> str:
        return f"EXISTS {{ MATCH ({node})<-[:ABOUT]-({self._names.variable('o')}:WorkOrder) }}"

    def open_work_order(self, node: str) -> str:
        """One that waits or is worked on."""
        order = self._names.variable("o")
        return f"EXISTS {{ MATCH ({node})<-[:ABOUT]-({order}:WorkOrder) WHERE {order}.open = true }}"

    def _is_placed(self, node: str) -> str:
        whole, place = self._names.variable("w"), self._names.variable("s")
        return (
            f"(EXISTS {{ MATCH ({node})<-{_WHOLES}-({whole})-[:LOCATED_IN]->({place}) }} "
            f"OR EXISTS {{ MATCH ({node})<-[:HAS_PART*1..10]-({place}) WHERE {self._is_place(place)} }})"
        )

    def _is_place(self, node: str) -> str:
        return f"({' OR '.join(f'{node}:{label}' for label in LABELS['place'].split('|'))})"


_FACTS: Mapping[str, Callable[[Facts, str], str]] = {
    "unit": Facts.unit, "limit": Facts.limit, "place": Facts.place, "equipment": Facts.equipment, "source": Facts.source,
    "reference": Facts.reference, "value": Facts.value, "work_order": Facts.work_order, "open_work_order": Facts.open_work_order,
}  # fmt: skip
