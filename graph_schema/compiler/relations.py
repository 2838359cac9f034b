"""The relations of the question language in the graph's terms, in two forms.

``reached`` starts at given things and walks to everything that stands in the relation to one of them: right for a few. ``stands``
is a test on one thing that walks the other way: right for many. Both walk FEEDS only in sub-queries that begin at one node and
return DISTINCT nodes, which both servers answer without following each path.

- supplies: FEEDS over any number of hops; what is fed is fed with its parts, and an asset is fed when one of its parts is.
- within: part of it, or located in it or in a part of it, with its own parts and points. A terminal unit that has no location is where
  the places are that it feeds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from graph_schema.compiler.classes import Side
from graph_schema.compiler.statement import Names
from graph_schema.ontology.ontology import Ontology

RelationField = Literal["fed_by", "feeds", "part_of", "has_part", "within"]
RELATION_FIELDS: tuple[RelationField, ...] = ("fed_by", "feeds", "part_of", "has_part", "within")

_FED = "[:FEEDS*1..30]"
_PARTS = "[:HAS_PART*1..10]"
_SELF_OR_PARTS = "[:HAS_PART*0..10]"

Test = Callable[[str], str]
"""The predicate that a query is, on a node's variable."""


class Relations:
    def __init__(self, ontology: Ontology, names: Names) -> None:
        self._names = names
        self._terminal = sorted(ontology.descendants("Terminal_Unit"))

    # -- from given things ---------------------------------------------------------------------------------------------

    def reached(self, field: RelationField, start: str, node: str, sides: frozenset[Side], direct: bool) -> str:
        """Clauses that bind ``node`` to what stands in the relation to the node ``start``; one thing may come up twice."""
        match field:
            case "fed_by" | "feeds" if direct:
                arrow = ("-[:FEEDS]->", "<-[:FEEDS]-")[field == "feeds"]
                return f"MATCH ({start}){arrow}({node})"
            case "fed_by":
                return self._supplied(start, node, sides)
            case "feeds":
                return self._supplying(start, node)
            case "part_of":
                return f"MATCH ({start})-{_PARTS}->({node})"
            case "has_part":
                return f"MATCH ({start})<-{_PARTS}-({node})"
            case "within":
                return self._inside(start, node, sides)

    def _supplied(self, start: str, node: str, sides: frozenset[Side]) -> str:
        fed = self._names.variable("z")
        walk = f"CALL ({start}) {{ MATCH ({start})-{_FED}->({fed}) RETURN DISTINCT {fed} }}"
        with_parts = f"{walk} MATCH ({fed})-{_SELF_OR_PARTS}->({node}) RETURN {node}"
        wholes = f" UNION {walk} MATCH ({fed})<-{_PARTS}-({node}:Asset) RETURN {node}" if "asset" in sides else ""
        return f"CALL ({start}) {{ {with_parts}{wholes} }}"

    def _supplying(self, start: str, node: str) -> str:
        fed = self._names.variable("z")
        return (
            f"CALL ({start}) {{ RETURN {start} AS {fed} UNION MATCH ({start})<-{_PARTS}-({fed}) RETURN {fed} "
            f"UNION MATCH ({start})-{_PARTS}->({fed}:Asset) RETURN {fed} }}\n"
            f"CALL ({fed}) {{ MATCH ({fed})<-{_FED}-({node}) RETURN DISTINCT {node} }}"
        )

    def _inside(self, start: str, node: str, sides: frozenset[Side]) -> str:
        pointed = "point" in sides
        inner = self._names.variable("o") if pointed else node
        parts = [f"MATCH ({start})-{_PARTS}->({inner}) RETURN {inner}"]
        if pointed:
            parts.append(f"RETURN {start} AS {inner}")
        if sides & {"asset", "point"}:
            parts += [self._located_below(start, inner), self._served_below(start, inner)]
        text = f"CALL ({start}) {{ {' UNION '.join(parts)} }}"
        if pointed:
            itself = f"RETURN {inner} AS {node} UNION " if sides - {"point"} else ""
            text += f"\nCALL ({inner}) {{ {itself}MATCH ({inner})-[:HAS_POINT]->({node}) RETURN {node} }}"
        return text

    def _located_below(self, start: str, inner: str) -> str:
        place, whole = self._names.variable("s"), self._names.variable("w")
        return (
            f"MATCH ({start})-{_SELF_OR_PARTS}->({place}) MATCH ({place})<-[:LOCATED_IN]-({whole}) "
            f"MATCH ({whole})-{_SELF_OR_PARTS}->({inner}) RETURN {inner}"
        )

    def _served_below(self, start: str, inner: str) -> str:
        place, whole = self._names.variable("s"), self._names.variable("w")
        return (
            f"MATCH ({start})-{_SELF_OR_PARTS}->({place}) MATCH ({place})<-[:FEEDS]-({whole}) "
            f"WHERE {self._is_terminal(whole)} AND NOT {place}:Asset "
            f"MATCH ({whole})-{_SELF_OR_PARTS}->({inner}) WHERE NOT {self._is_located(inner)} RETURN {inner}"
        )

    def _is_terminal(self, node: str) -> str:
        return f"{node}.class IN {self._names.parameter(self._terminal)}"

    def _is_located(self, node: str) -> str:
        whole, place = self._names.variable("w"), self._names.variable("s")
        return f"EXISTS {{ MATCH ({node})<-{_SELF_OR_PARTS}-({whole})-[:LOCATED_IN]->({place}) }}"

    # -- a test on one thing -------------------------------------------------------------------------------------------

    def stands(self, field: RelationField, node: str, sides: frozenset[Side], direct: bool, test: Test) -> str:
        """The predicate that ``node`` stands in the relation to another thing that passes the test."""
        match field:
            case "fed_by" | "feeds" if direct:
                other = self._names.variable("m")
                arrow = ("<-[:FEEDS]-", "-[:FEEDS]->")[field == "feeds"]
                return f"EXISTS {{ MATCH ({node}){arrow}({other}) WHERE {other} <> {node} AND {test(other)} }}"
            case "fed_by":
                return self._is_supplied(node, sides, test)
            case "feeds":
                return self._is_supplying(node, test)
            case "part_of" | "has_part":
                other = self._names.variable("m")
                pattern = f"<-{_PARTS}-" if field == "part_of" else f"-{_PARTS}->"
                return f"EXISTS {{ MATCH ({node}){pattern}({other}) WHERE {test(other)} }}"
            case "within":
                return self._is_inside(node, sides, test)

    def _is_supplied(self, node: str, sides: frozenset[Side], test: Test) -> str:
        whole = self._names.variable("z")
        tests = [
            self._is_fed(node, node, test),
            f"EXISTS {{ MATCH ({node})<-{_PARTS}-({whole}) WHERE {self._is_fed(whole, node, test)} }}",
        ]
        if "asset" in sides:
            part = self._names.variable("z")
            tests.append(f"EXISTS {{ MATCH ({node})-{_PARTS}->({part}:Asset) WHERE {self._is_fed(part, node, test)} }}")
        return f"({' OR '.join(tests)})"

    def _is_fed(self, fed: str, node: str, test: Test) -> str:
        other = self._names.variable("m")
        where = f"{other} <> {node} AND {test(other)}"
        return f"size(COLLECT {{ MATCH ({fed})<-{_FED}-({other}) WHERE {where} RETURN DISTINCT {other}.id }}) > 0"

    def _is_supplying(self, node: str, test: Test) -> str:
        fed, part, whole = (self._names.variable(stem) for stem in ("z", "m", "m"))
        reached = (
            f"({fed} <> {node} AND {test(fed)}) "
            f"OR EXISTS {{ MATCH ({fed})-{_PARTS}->({part}) WHERE {part} <> {node} AND {test(part)} }} "
            f"OR EXISTS {{ MATCH ({fed})<-{_PARTS}-({whole}:Asset) WHERE {whole} <> {node} AND {test(whole)} }}"
        )
        return f"size(COLLECT {{ MATCH ({node})-{_FED}->({fed}) WHERE {reached} RETURN DISTINCT {fed}.id }}) > 0"

    def _is_inside(self, node: str, sides: frozenset[Side], test: Test) -> str:
        tests: list[str] = []
        if sides - {"point"}:
            tests.append(self._is_thing_inside(node, sides, test))
        if "point" in sides:
            owner = self._names.variable("o")
            inside = self._is_thing_inside(owner, frozenset(("asset", "place")), test)
            tests.append(f"EXISTS {{ MATCH ({node})<-[:HAS_POINT]-({owner}) WHERE {test(owner)} OR {inside} }}")
        return f"({' OR '.join(tests)})"

    def _is_thing_inside(self, node: str, sides: frozenset[Side], test: Test) -> str:
        other = self._names.variable("m")
        tests = [f"EXISTS {{ MATCH ({node})<-{_PARTS}-({other}) WHERE {test(other)} }}"]
        if "asset" in sides:
            tests += [self._is_where_it_stands(node, test), self._is_where_it_serves(node, test)]
        return f"({' OR '.join(tests)})"

    def _is_where_it_stands(self, node: str, test: Test) -> str:
        whole, place, other = (self._names.variable(stem) for stem in ("w", "s", "m"))
        path = f"({node})<-{_SELF_OR_PARTS}-({whole})-[:LOCATED_IN]->({place})<-{_SELF_OR_PARTS}-({other})"
        return f"EXISTS {{ MATCH {path} WHERE {test(other)} }}"

    def _is_where_it_serves(self, node: str, test: Test) -> str:
        whole, place, other = (self._names.variable(stem) for stem in ("w", "s", "m"))
        path = f"({node})<-{_SELF_OR_PARTS}-({whole})-[:FEEDS]->({place})<-{_SELF_OR_PARTS}-({other})"
        where = f"{self._is_terminal(whole)} AND NOT {place}:Asset AND {test(other)}"
        return f"(NOT {self._is_located(node)} AND EXISTS {{ MATCH {path} WHERE {where} }})"
