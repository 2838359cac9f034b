"""From an ``AssetQuery`` to one Cypher statement.

A query that begins at known things (ids, the points of a quantity, or a relation to something that does) is evaluated from there: its
ids become a list in a sub-query of its own, and what follows walks on from that. Everything else is a predicate on the things of a class. So “which air
handler supplies room C300” costs a few steps in a plant of any size.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from graph_schema.compiler.classes import LABELS, NAMED, SIDES, THINGS, ClassTest, Side, class_test, is_side
from graph_schema.compiler.conditions import Conditions
from graph_schema.compiler.facts import Facts
from graph_schema.compiler.names import longest_piece, name_patterns
from graph_schema.compiler.relations import RELATION_FIELDS, RelationField, Relations
from graph_schema.compiler.statement import Names, Statement
from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery, Condition, Related

_WORD = re.compile(r"(?<!\$)\bids\d+\b")

IdsWhere = Mapping[Condition, Collection[str]]
"""The things for which a condition over a window holds, as history has settled it."""

# For each relation of a count, the field whose walk finds what is counted, and what counts where no class is given.
_RELATED: Mapping[str, tuple[RelationField | None, frozenset[Side]]] = {
    "feeds": ("fed_by", THINGS),
    "fed_by": ("feeds", THINGS),
    "parts": ("part_of", THINGS),
    "points": (None, frozenset(("point",))),
    "contains": ("within", frozenset(("asset",))),
}

_COLUMNS = (
    "collect({n}.id) AS ids, collect(coalesce({n}.name, {n}.id)) AS names, "
    "collect(head([label IN labels({n}) WHERE label <> 'Entity'])) AS kinds, "
    "collect(coalesce({n}.class, '')) AS classes, collect(coalesce({n}.status, '')) AS statuses"
)


def compile_query(query: AssetQuery, ontology: Ontology, *, ids_where: IdsWhere | None = None) -> Statement:
    """One row with the lists ``ids``, ``names``, ``kinds``, ``classes`` and ``statuses`` ('' for none), in no particular order.

    Raises ``InvalidInput`` for an unknown class and for a condition over a window that ``ids_where`` does not settle.
    """
    return _Compiler(ontology, ids_where or {}).statement(query)


def compile_related(
    related: Related, ids: Sequence[str], ontology: Ontology, *, ids_where: IdsWhere | None = None
) -> Statement:
    """One row with the lists ``ids`` and ``counts``: for each of these things, how many stand in the relation to it."""
    return _Compiler(ontology, ids_where or {}).related(related, ids)


def is_settled_by_history(condition: Condition) -> bool:
    """Whether the condition is about the past, which the graph does not know."""
    return condition.aggregate != "latest" and condition.window is not None


@dataclass(slots=True)
class _Block:
    """A sub-query that leaves a list of ids in ``name``; ``uses`` are the lists it needs."""

    name: str
    text: str
    uses: list[str]


class _Compiler:
    def __init__(self, ontology: Ontology, ids_where: IdsWhere) -> None:
        self._ontology = ontology
        self._ids_where = ids_where
        self._names = Names()
        self._conditions = Conditions(ontology, self._names)
        self._relations = Relations(ontology, self._names)
        self._facts = Facts(self._names)
        self._blocks: list[_Block] = []
        self._known: dict[str, str] = {}

    def related(self, related: Related, ids: Sequence[str]) -> Statement:
        """How many things stand in the relation to each of these."""
        item, start, node = (self._names.variable(stem) for stem in ("i", "m", "n"))
        field, default = _RELATED[related.relation]
        sides = self._sides(related.query) if related.query.class_ else default
        if field is None:
            walk = f"MATCH ({start})-[:HAS_POINT|REPORTS]->({node})"
        else:
            walk = self._relations.reached(field, start, node, sides, related.direct)
        tests = " AND ".join([f"{node} <> {start}", *self._tests(related.query, node, default)])
        imports = ", ".join([start, *self._used_in(tests)])
        body = f"{walk}\nWITH * WHERE {tests}\nRETURN count(DISTINCT {node}) AS number"
        text = [
            *self._prelude(),
            f"UNWIND {self._names.parameter(list(ids))} AS {item}\nMATCH ({start}:Entity {{id: {item}}})",
            f"CALL ({imports}) {{\n{body}\n}}",
            f"RETURN collect({item}) AS ids, collect(number) AS counts",
        ]
        return Statement("\n".join(text), self._names.parameters)

    def _prelude(self) -> list[str]:
        return [f"CALL ({', '.join(block.uses)}) {{\n{block.text}\n}}" for block in self._blocks]

    def statement(self, query: AssetQuery) -> Statement:
        node = self._names.variable("n")
        body = self._rows(query, node, self._default_sides(query))
        imports = ", ".join(self._used_in(body))
        text = [
            *self._prelude(),
            f"CALL ({imports}) {{\n{body}\nRETURN DISTINCT {node}\n}}",
            f"RETURN {_COLUMNS.format(n=node)}",
        ]
        return Statement("\n".join(text), self._names.parameters)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def _rows(self, query: AssetQuery, node: str, default: frozenset[Side]) -> str:
        """Clauses that bind ``node`` to each match, perhaps several times."""
        test = self._class(query)
        if (start := self._start(query, node, default)) is not None:
            source, rest, where = start
            tests = [*where, *self._tests(rest, node, default)]
        else:
            source, rest = self._all_of(test, node, default), query.model_copy(update={"class_": None})
            tests = self._tests(rest, node, test.sides if test else default)
            if test and test.without:
                tests.insert(0, test.predicate(node, self._names))
        return f"{source}\nWITH * WHERE {' AND '.join(tests)}" if tests else source

    def _start(
        self, query: AssetQuery, node: str, default: frozenset[Side]
    ) -> tuple[str, AssetQuery, list[str]] | None:
        """Where to begin, the rest of the query, and tests that come with the beginning."""
        if (ids := self._listed(query)) is not None:
            kept, rest = ids
            item = self._names.variable("i")
            return f"UNWIND {kept} AS {item}\nMATCH ({node}:Entity {{id: {item}}})", rest, []
        for field in RELATION_FIELDS:
            inner: AssetQuery | None = getattr(query, field)
            if inner is not None and self._is_anchored(inner):
                source, where = self._walk(query, field, self._ids(inner), node)
                return source, query.model_copy(update={field: None}), where
        if query.any_of and all(self._is_anchored(one) for one in query.any_of):
            lists = " + ".join(self._ids(one) for one in query.any_of)
            item = self._names.variable("i")
            source = f"UNWIND {lists} AS {item}\nMATCH ({node}:Entity {{id: {item}}})"
            return source, query.model_copy(update={"any_of": []}), []
        if "point" not in (self._sides(query) if query.class_ else default):
            source = self._owners(query, node)
            return (source, query, []) if source else None
        return None

    def _owners(self, query: AssetQuery, node: str) -> str | None:
        """The owners of the points that a condition may hold for: far fewer than there are things; their tests come after."""
        point = self._names.variable("p")
        for condition in query.where:
            return self._conditions.owners(node, point, condition.quantity, condition)
        if query.has_point and query.class_ is None:
            return self._conditions.owners(node, point, query.has_point[0])
        return None

    def _listed(self, query: AssetQuery) -> tuple[str, AssetQuery] | None:
        """The ids that are given, or the few for which a condition over a window holds."""
        if query.ids is not None:
            ids = self._names.parameter(list(dict.fromkeys(query.ids)))
            return ids, query.model_copy(update={"ids": None})
        for condition in query.where:
            if is_settled_by_history(condition):
                ids = self._names.parameter(self._settled(condition))
                return ids, query.model_copy(update={"where": [c for c in query.where if c != condition]})
        return None

    def _walk(self, query: AssetQuery, field: RelationField, ids: str, node: str) -> tuple[str, list[str]]:
        item, start = self._names.variable("i"), self._names.variable("m")
        sides = self._sides(query)
        walk = self._relations.reached(field, start, node, sides, query.direct)
        where = [f"{node} <> {start}"] if field in ("fed_by", "feeds", "within") else []
        return f"UNWIND {ids} AS {item}\nMATCH ({start}:Entity {{id: {item}}})\n{walk}", where

    def _all_of(self, test: ClassTest | None, node: str, default: frozenset[Side]) -> str:
        if test and test.names:
            item, class_ = self._names.variable("k"), self._names.variable("c")
            names = self._names.parameter(list(test.names))
            return (
                f"UNWIND {names} AS {item}\nMATCH ({class_}:Class {{id: {item}}})\nMATCH ({class_})<-[:IS_A]-({node})"
            )
        labels = "|".join(LABELS[side] for side in sorted(test.sides if test else default))
        return f"MATCH ({node}:{labels})"

    # -- lists of ids --------------------------------------------------------------------------------------------------

    def _is_anchored(self, query: AssetQuery) -> bool:
        if query.ids is not None or any(is_settled_by_history(c) for c in query.where):
            return True
        if query.where and query.class_ is not None and "point" not in self._sides(query):
            return True  # at the points of the condition
        inner: list[AssetQuery | None] = [getattr(query, field) for field in RELATION_FIELDS]
        if any(one is not None and self._is_anchored(one) for one in inner):
            return True
        return bool(query.any_of) and all(self._is_anchored(one) for one in query.any_of)

    def _ids(self, query: AssetQuery) -> str:
        """The list of the ids that match an anchored query: a parameter, or what a block leaves."""
        if query.ids is not None and query == AssetQuery(ids=query.ids):
            return self._names.parameter(list(dict.fromkeys(query.ids)))
        key = query.model_dump_json()
        if key not in self._known:
            node = self._names.variable("n")
            self._known[key] = self._block(self._rows(query, node, SIDES), node)
        return self._known[key]

    def _related_ids(self, query: AssetQuery, field: RelationField, inner: AssetQuery) -> str:
        key = f"{field} {query.direct} {query.class_} {inner.model_dump_json()}"
        if key not in self._known:
            node = self._names.variable("n")
            source, where = self._walk(query, field, self._ids(inner), node)
            rows = f"{source}\nWITH * WHERE {' AND '.join(where)}" if where else source
            self._known[key] = self._block(rows, node)
        return self._known[key]

    def _block(self, rows: str, node: str) -> str:
        name = f"ids{len(self._blocks) + 1}"
        text = f"{rows}\nRETURN collect(DISTINCT {node}.id) AS {name}"
        self._blocks.append(_Block(name, text, self._used_in(text)))
        return name

    def _used_in(self, text: str) -> list[str]:
        words = set(_WORD.findall(text))
        return [block.name for block in self._blocks if block.name in words]

    # -- predicates ----------------------------------------------------------------------------------------------------

    def _matches(self, query: AssetQuery, node: str) -> str:
        """The query as one predicate."""
        if query.ids is None and self._is_anchored(query):
            return f"{node}.id IN {self._ids(query)}"
        return f"({' AND '.join(self._tests(query, node, SIDES)) or 'true'})"

    def _tests(self, query: AssetQuery, node: str, default: frozenset[Side]) -> list[str]:
        names, test = self._names, self._class(query)
        sides = test.sides if test else default
        tests: list[str] = []
        if query.ids is not None:
            tests.append(f"{node}.id IN {names.parameter(list(dict.fromkeys(query.ids)))}")
        if test:
            tests.append(test.predicate(node, names))
        elif default != SIDES:
            tests.append(is_side(node, default))
        if query.status:
            tests.append(f"coalesce({node}.status, 'unknown') IN {names.parameter(sorted(set(query.status)))}")
        tests += self._name_tests(query.name, node)
        tests += [self._conditions.has_point(node, sides, quantity) for quantity in query.has_point]
        if query.lacks_point:
            tests.append(self._conditions.lacks_points(node, sides, query.lacks_point))
        tests += [self._facts.stated(node, fact) for fact in query.has]
        tests += [f"NOT {self._facts.stated(node, fact)}" for fact in query.lacks]
        tests += [self._condition(node, sides, condition) for condition in query.where]
        tests += [self._relation(query, field, node, sides) for field in RELATION_FIELDS if getattr(query, field)]
        if query.any_of:
            tests.append(f"({' OR '.join(self._matches(one, node) for one in query.any_of)})")
        if query.excluding is not None:
            tests.append(f"NOT coalesce({self._matches(query.excluding, node)}, false)")
        return tests

    def _name_tests(self, name: str | None, node: str) -> list[str]:
        if name is None:
            return []
        text = f"coalesce({node}.search_text, toLower({node}.name))"
        patterns = name_patterns(name)
        if not patterns:
            return ["false"]
        contains = f"{text} CONTAINS {self._names.parameter(longest_piece(name))}"
        return [contains, *(f"{text} =~ {self._names.parameter(pattern)}" for pattern in patterns)]

    def _condition(self, node: str, sides: frozenset[Side], condition: Condition) -> str:
        if is_settled_by_history(condition):
            return f"{node}.id IN {self._names.parameter(self._settled(condition))}"
        return self._conditions.holds(node, sides, condition)

    def _settled(self, condition: Condition) -> list[str]:
        if condition not in self._ids_where:
            raise InvalidInput("A condition over a window must be settled by history before the graph can be asked.")
        return sorted(self._ids_where[condition])

    def _relation(self, query: AssetQuery, field: RelationField, node: str, sides: frozenset[Side]) -> str:
        inner: AssetQuery = getattr(query, field)
        if self._is_anchored(inner):
            return f"{node}.id IN {self._related_ids(query, field, inner)}"
        return self._relations.stands(field, node, sides, query.direct, lambda other: self._matches(inner, other))

    def _class(self, query: AssetQuery) -> ClassTest | None:
        return class_test(self._ontology, query.class_) if query.class_ is not None else None

    def _sides(self, query: AssetQuery) -> frozenset[Side]:
        test = self._class(query)
        return test.sides if test else SIDES

    def _default_sides(self, query: AssetQuery) -> frozenset[Side]:
        """What a query without a class is about: assets, places where a relation, a name or a point asks for either, and the sides of the classes
        that are alternatives."""
        if query.ids is not None:
            return SIDES
        if any(one.ids is not None for one in query.any_of):
            return NAMED  # what is named may be a device
        wide = (query.name, query.fed_by, query.feeds, query.part_of, query.has_part)
        if any(one is not None for one in wide) or query.has_point or query.where or query.any_of:
            return THINGS.union(*(self._sides(one) for one in query.any_of if one.class_))
        return frozenset(("asset",))
