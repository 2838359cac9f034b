"""A condition on latest values as a Cypher predicate."""

from __future__ import annotations

from collections.abc import Callable

from graph_schema.compiler.classes import Side
from graph_schema.compiler.quantities import Quantities
from graph_schema.compiler.statement import Names
from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Condition
from graph_schema.units import UNITS, alike, convert, convert_difference, unit_name

_OPERATORS = {"<": "<", "<=": "<=", ">": ">", ">=": ">=", "=": "=", "!=": "<>"}
_SWITCHED = {"on": 1.0, "true": 1.0, "off": 0.0, "false": 0.0}


class Conditions:
    """Writes predicates on the points of a node."""

    def __init__(self, ontology: Ontology, names: Names) -> None:
        self._ontology = ontology
        self._names = names

    def has_point(self, node: str, sides: frozenset[Side], quantity: str) -> str:
        wanted = self._names.parameter(list(Quantities.of(self._ontology, quantity).all))
        return self._of_own_point(node, sides, lambda point: f"{point}.quantity IN {wanted}")

    def lacks_points(self, node: str, sides: frozenset[Side], quantities: list[str]) -> str:
        every = sorted({name for q in quantities for name in Quantities.of(self._ontology, q).all})
        wanted = self._names.parameter(every)
        return (
            f"NOT ({self._of_own_point(node, sides, lambda point: f'coalesce({point}.quantity IN {wanted}, false)')})"
        )

    def holds(self, node: str, sides: frozenset[Side], condition: Condition) -> str:
        """The condition on the newest value of one of the node's own points."""
        quantities = Quantities.of(self._ontology, condition.quantity)

        def test(point: str) -> str:
            wanted = self._is_meant(point, node, quantities)
            compared = (
                self._compared(point, condition) if condition.than is None else self._than(point, node, condition)
            )
            return f"{wanted} AND {compared}"

        return self._of_own_point(node, sides, test)

    def owners(self, node: str, point: str, quantity: str, condition: Condition | None = None) -> str:
        """Clauses that bind ``node`` to the owners of the points of a quantity whose newest value may fulfil the condition."""
        item = self._names.variable("k")
        wanted = self._names.parameter(list(Quantities.of(self._ontology, quantity).all))
        plain = condition is not None and condition.than is None
        where = f" WHERE {self._compared(point, condition)}" if condition is not None and plain else ""
        return (
            f"UNWIND {wanted} AS {item}\nMATCH ({point}:Point {{quantity: {item}}}){where}\n"
            f"MATCH ({node})-[:HAS_POINT|REPORTS]->({point})"
        )

    def _of_own_point(self, node: str, sides: frozenset[Side], test: _PointTest) -> str:
        """A point is its own point."""
        tests: list[str] = []
        if sides - {"point"}:
            point = self._names.variable("p")
            tests.append(f"EXISTS {{ MATCH ({node})-[:HAS_POINT|REPORTS]->({point}) WHERE {test(point)} }}")
        if "point" in sides:
            label = "" if not sides - {"point"} else f"{node}:Point AND "
            tests.append(f"({label}{test(node)})")
        return f"({' OR '.join(tests)})"

    def _is_meant(self, point: str, node: str, quantities: Quantities, owner: str | None = None) -> str:
        """Points of the very quantity stand before those of quantities below it."""
        every = f"{point}.quantity IN {self._names.parameter(list(quantities.all))}"
        if set(quantities.exact) >= set(quantities.all) or point == node:
            return every
        exact = self._names.parameter(list(quantities.exact))
        other = self._names.variable("p")
        better = (
            f"EXISTS {{ MATCH ({owner or node})-[:HAS_POINT|REPORTS]->({other}) WHERE {other}.quantity IN {exact} }}"
        )
        return f"{every} AND ({point}.quantity IN {exact} OR NOT {better})"

    # -- a value -------------------------------------------------------------------------------------------------------

    def _compared(self, point: str, condition: Condition) -> str:
        operator = _OPERATORS[condition.comparison]
        if isinstance(condition.value, str):
            return self._compared_text(point, condition.value, operator)
        assert condition.value is not None
        return f"{point}.value {operator} {self._in_unit_of(point, float(condition.value), condition.unit, convert)}"

    def _compared_text(self, point: str, text: str, operator: str) -> str:
        """A state's text, without regard to case; a switch that sends numbers is on at 1 and off at 0."""
        if operator not in ("=", "<>"):
            raise InvalidInput(f"A text such as “{text}” can be compared with = and != only.")
        wanted = text.strip().lower()
        tests = [f"toLower({point}.text) {operator} {self._names.parameter(wanted)}"]
        if wanted in _SWITCHED:
            tests.append(
                f"({point}.text IS NULL AND {point}.value {operator} {self._names.parameter(_SWITCHED[wanted])})"
            )
        return f"({' OR '.join(tests)})"

    def _in_unit_of(self, point: str, value: float, unit: str | None, turn: _Conversion) -> str:
        """The number in the point's unit; without a unit on either side the number as it is."""
        plain = self._names.parameter(value)
        if unit is None:
            return plain
        unit = unit_name(unit)
        cases = [f"WHEN {point}.unit IS NULL OR {point}.unit = {self._names.parameter(unit)} THEN {plain}"]
        for other in sorted(alike(unit)):
            if other != unit and (turned := turn(value, unit, other)) is not None:
                cases.append(f"WHEN {point}.unit = {self._names.parameter(other)} THEN {self._names.parameter(turned)}")
        return f"CASE {' '.join(cases)} END"

    # -- another quantity ----------------------------------------------------------------------------------------------

    def _than(self, point: str, node: str, condition: Condition) -> str:
        """Compared with another quantity of the same thing: of the point's owner where the thing is a point."""
        assert condition.than is not None
        quantities = Quantities.of(self._ontology, condition.than)
        other = self._names.variable("p")
        owner = self._names.variable("o") if point == node else node
        path = (
            f"({node})<-[:HAS_POINT]-({owner})-[:HAS_POINT|REPORTS]->({other})"
            if point == node
            else f"({node})-[:HAS_POINT|REPORTS]->({other})"
        )
        wanted = self._is_meant(other, node, quantities, owner)
        offset = self._in_unit_of(point, condition.offset, condition.unit, convert_difference)
        value = f"{self._turned(other, point)} + {offset}" if condition.offset else self._turned(other, point)
        compared = f"{point}.value {_OPERATORS[condition.comparison]} {value}"
        return f"EXISTS {{ MATCH {path} WHERE {wanted} AND {compared} }}"

    def _turned(self, given: str, wanted: str) -> str:
        """The value of one point in the unit of another."""
        table = {name: {"d": unit.dimension, "s": unit.scale, "o": unit.offset} for name, unit in UNITS.items()}
        units = self._names.parameter(table)
        a, b = f"{units}[{given}.unit]", f"{units}[{wanted}.unit]"
        return (
            f"CASE WHEN {given}.unit IS NULL OR {wanted}.unit IS NULL OR {given}.unit = {wanted}.unit THEN {given}.value "
            f"WHEN {a}.d = {b}.d THEN ({given}.value * {a}.s + {a}.o - {b}.o) / {b}.s END"
        )


_PointTest = Callable[[str], str]
_Conversion = Callable[[float, str, str], "float | None"]
