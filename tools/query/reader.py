"""Reads the plant: runs the question language against the graph and the history.

The graph knows what there is and how it hangs together, and the newest value of each point; history knows every reading. Nothing later
than the clock's present counts. Every result carries the statements that gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from graph_schema.compiler import compile_query, compile_related
from graph_schema.compiler.quantities import Quantities
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery, Condition, GroupBy, Measure, Order, Related
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from ingestion.history.history import History
from tools.query import groups as grouped_by
from tools.query import history_aggregates, window_conditions
from tools.query.history_aggregates import Asked, Cell
from tools.query.measures import Measuring
from tools.query.names import natural
from tools.query.past.question import in_the_past
from tools.query.point_past import Known, PointPast, known
from tools.query.points import Point, flat, read_points, sources_of
from tools.query.selection import Selection, graph_evidence, history_evidence, listed_refs, place_of
from tools.results.assets import EntityRef, Group, RelatedCount
from tools.results.result import Evidence
from tools.results.telemetry import Telemetry

_PLACED = 200
"""Assets of a selection up to this many are looked up with their place."""


class Reader:
    """``clock`` gives the present, aware. One of a ``past`` moment takes no value and no status from the graph, which keeps the newest alone."""

    def __init__(
        self,
        graph: GraphStore,
        history: History,
        ontology: Ontology,
        clock: Callable[[], datetime],
        past: bool = False,
    ) -> None:
        self._graph = graph
        self._history = history
        self._ontology = ontology
        self._clock = clock
        self._is_past = past

    def at(self, moment: datetime, *, past: bool) -> Reader:
        """The same plant with the clock at a moment; of a ``past`` one as history knows it until then."""
        return Reader(self._graph, self._history, self._ontology, lambda: moment, past=past)

    async def select(self, query: AssetQuery) -> Selection:
        """The assets that match. Raises ``InvalidInput`` for an unknown class, and for a status in the past."""
        if self._is_past:
            query = in_the_past(query, self._clock())
        ids_where, evidence = await self._settle(query)
        statement = compile_query(query, self._ontology, ids_where=ids_where)
        (row,) = await self._graph.read(statement.text, **statement.parameters)
        found = listed_refs(row)
        if len(found) <= _PLACED:
            refs = await self.refs([entity.id for entity in found])
            found = [refs.get(entity.id, entity) for entity in found]
        elif self._is_past:
            found = [entity.model_copy(update={"status": None}) for entity in found]
        evidence = [*evidence, graph_evidence(statement.text, [entity.id for entity in found])]
        return Selection(query, found, evidence, [])

    async def refs(self, ids: Sequence[str]) -> dict[str, EntityRef]:
        """Name, kind, class, place and status of those of these assets that exist, in the order of ``ids``."""
        rows = await self._graph.read(self._cypher("refs"), ids=list(dict.fromkeys(ids)))
        found = {row["id"]: _ref(row) for row in rows}
        if self._is_past:
            found = {id_: ref.model_copy(update={"status": None}) for id_, ref in found.items()}
        return {id_: found[id_] for id_ in ids if id_ in found}

    async def group(self, selection: Selection, group_by: GroupBy) -> tuple[list[Group], list[str]]:
        """How many of the assets are in each group, the largest first, and notes on those that are in none."""
        groups = await self.groups(selection.entities, group_by)
        return grouped_by.counted(selection.entities, groups, group_by)

    async def groups(self, entities: Sequence[EntityRef], group_by: GroupBy) -> grouped_by.Groups:
        """The groups that each asset is in."""
        ids = [entity.id for entity in entities]
        match group_by:
            case "class":
                return grouped_by.by_class(entities)
            case "floor":
                terminal = sorted(self._ontology.descendants("Terminal_Unit"))
                (row,) = await self._graph.read(self._cypher("floors"), ids=ids, terminal=terminal)
                pairs: list[tuple[str, str]] = [(asset, floor) for asset, floor in row["pairs"]]
            case "parent":
                (row,) = await self._graph.read(self._cypher("parents"), ids=ids)
                pairs = grouped_by.parents(row["rows"], self._ontology)
            case _:
                return grouped_by.Groups({}, {})
        return grouped_by.by_entity(pairs, await self.refs(list(dict.fromkeys(group for _, group in pairs))))

    async def related(
        self, selection: Selection, related: Related, order: Order | None = None
    ) -> tuple[list[RelatedCount], Evidence]:
        """For each asset how many stand in the relation to it; in name order, or ordered by the count."""
        if self._is_past:
            related = related.model_copy(update={"query": in_the_past(related.query, self._clock())})
        ids_where, _ = await self._settle(related.query)
        statement = compile_related(related, selection.ids, self._ontology, ids_where=ids_where)
        (row,) = await self._graph.read(statement.text, **statement.parameters)
        counts = dict(zip(row["ids"], row["counts"], strict=True))
        found = [RelatedCount(entity=entity, count=counts.get(entity.id, 0)) for entity in selection.entities]
        if order:
            sign = 1 if order == "asc" else -1
            found.sort(key=lambda one: (sign * one.count, natural(one.entity.name)))
        return found, graph_evidence(statement.text, selection.ids)

    async def measure(self, assets: Selection | AssetQuery, measure: Measure, timezone: str = "UTC") -> Telemetry:
        """What these assets measure. ``timezone`` (IANA) says when an hour and a day begin."""
        selection = assets if isinstance(assets, Selection) else await self.select(assets)
        if self._is_past and measure.aggregate == "latest":
            measure = measure.model_copy(update={"aggregate": "at", "at": self._clock()})
        measuring = Measuring(self._graph, self._history, self._ontology, self._clock())
        result = await measuring.of_each(selection, measure, timezone)
        groups = await self.groups(selection.entities, measure.group_by) if measure.group_by else None
        return measuring.told(result, measure, groups)

    # -- conditions over a window --------------------------------------------------------------------------------------

    async def _settle(self, query: AssetQuery) -> tuple[dict[Condition, set[str]], list[Evidence]]:
        """The assets and points for which each condition over a window holds, as history knows it."""
        found: dict[Condition, set[str]] = {}
        evidence: list[Evidence] = []
        for condition, candidates in window_conditions.conditions_of(query):
            statement = compile_query(candidates, self._ontology)
            (row,) = await self._graph.read(statement.text, **statement.parameters)
            holding, told = await self._holding(condition, row["ids"])
            found.setdefault(condition, set()).update(holding)
            evidence.append(told)
        return found, evidence

    async def _holding(self, condition: Condition, ids: Sequence[str]) -> tuple[set[str], Evidence]:
        assert condition.window
        points, _ = await self._points(ids, condition.quantity)
        others: Mapping[str, list[Point]] = {}
        if condition.than:
            others, _ = await self._points(ids, condition.than)
        past = await self._past(condition, [*flat(points), *flat(others)])
        holding: set[str] = set()
        for asset, own in points.items():
            held = window_conditions.holds(condition, _cells(own, past), _cells(others.get(asset, []), past))
            holding |= {id_ for point in held for id_ in (asset, point.id)}
        read = [point.id for point in flat(points)]
        return holding, history_evidence("\n".join(past.statements), read, condition.window, past.as_of)

    async def _past(self, condition: Condition, points: Sequence[Point]) -> Known:
        assert condition.window
        now = self._clock()
        if condition.aggregate == "at":
            sources = sources_of(points)
            found = await history_aggregates.at(self._history, sources, min(condition.window.end, now))
            units = {str(point.source): point.unit for point in points}
            return Known(
                {
                    str(source): PointPast("readings", units[str(source)], "gauge", False, cells, ())
                    for source, cells in found.cells.items()
                },
                [found.statement],
            )
        asked = Asked(condition.aggregate, condition.window, [condition.window.start], now)
        return await known(self._history, self._ontology, points, asked)

    async def _points(self, ids: Sequence[str], quantity: str) -> tuple[Mapping[str, list[Point]], str]:
        return await read_points(self._graph, ids, Quantities.of(self._ontology, quantity))

    @staticmethod
    def _cypher(name: str) -> str:
        return statements("tools.query", "reader.cypher")[name]


def _cells(points: Sequence[Point], past: Known) -> list[tuple[Point, Cell]]:
    found = [(point, past.of[point.source]) for point in points if point.source and point.source in past.of]
    return [(replace(point, unit=one.unit), cell) for point, one in found for cell in one.cells]


def _ref(row: Row) -> EntityRef:
    name = row["name"] or row["id"]
    return EntityRef.model_validate({**row, "name": name, "place": place_of(row)}, extra="ignore")
