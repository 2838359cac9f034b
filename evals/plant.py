"""What the stores of a world say: the entities in it, the golds of its cases, and whether anything changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

import psycopg
from neo4j.exceptions import Neo4jError

from evals.cases import Case, Expectation, ExpectedEntities, ExpectedNumber
from evals.graders import Gold
from evals.names import Named, Names
from graph_schema.errors import InvalidInput
from graph_schema.model import Kind
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

_CYPHER = statements("evals", "evals.cypher")
_REMOVED_AT_ONCE = 2_000


class Stores(Protocol):
    """The part of the app that is needed here."""

    @property
    def graph(self) -> GraphStore: ...
    @property
    def history(self) -> History: ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of the stores as far as an answer could change it."""

    entities: frozenset[Named]
    relations: int
    readings: int

    def names(self) -> Names:
        return Names(self.entities)

    def changes_to(self, later: "Snapshot") -> list[str]:
        """What is different later, in words."""
        changed = sorted({entity.id for entity in self.entities ^ later.entities})
        counts = (("relations", self.relations, later.relations), ("readings", self.readings, later.readings))
        return [
            *(f"{id} is not as before" for id in changed),
            *(f"{later} {name} instead of {before}" for name, before, later in counts if before != later),
        ]


async def snapshot(stores: Stores) -> Snapshot:
    entities = frozenset(_named(row) for row in await stores.graph.read(_CYPHER["entities"]))
    relations = (await stores.graph.read(_CYPHER["relations"]))[0]["relations"]
    readings = (await stores.history.fetch("select count(*) as readings from reading"))[0]["readings"]
    return Snapshot(entities, int(relations), int(readings))


def _named(row: Mapping[str, Any]) -> Named:
    kind = next((label for label in row["labels"] if label != "Entity"), "Asset")
    names = dict.fromkeys(str(name) for name in (row["name"], *(row["aliases"] or ())) if name)
    return Named(str(row["id"]), cast(Kind, kind), tuple(names))


async def golds_of(case: Case, names: Names, stores: Stores) -> list[Gold]:
    """What is right, by turn. Raises ``InvalidInput`` for a statement that a store refuses."""
    return [await _gold(turn.expect, names, stores) for turn in case.turns]


async def _gold(expected: Expectation, names: Names, stores: Stores) -> Gold:
    values = [await _number(wanted, stores) for wanted in expected.numbers]
    entities = None if expected.entities is None else await _entities(expected.entities, names, stores)
    return Gold(values, entities, names)


async def _number(wanted: ExpectedNumber, stores: Stores) -> float | None:
    if wanted.value is not None:
        return wanted.value
    found = await _first_column(wanted, stores)
    value = found[0] if found else None
    if value is None or hasattr(value, "__float__"):
        return None if value is None else float(value)
    raise InvalidInput(f"The gold {wanted.sql or wanted.cypher} is {value!r}, which is no number.")


async def _entities(wanted: ExpectedEntities, names: Names, stores: Stores) -> frozenset[str]:
    found = wanted.ids if wanted.ids is not None else await _first_column(wanted, stores)
    return frozenset(_id(value, names) for value in found if value is not None)


def _id(value: Any, names: Names) -> str:
    """A node, an id, or a name that only one entity has."""
    if isinstance(value, Mapping):
        return str(cast(Mapping[str, Any], value).get("id"))
    called = names.called(str(value))
    return next(iter(called)) if len(called) == 1 else str(value)


async def _first_column(wanted: ExpectedNumber | ExpectedEntities, stores: Stores) -> list[Any]:
    statement = wanted.sql or wanted.cypher or ""
    rows = await (_sql(stores.history, statement) if wanted.sql else _cypher(stores.graph, statement))
    return [next(iter(row.values()), None) for row in rows]


async def _sql(history: History, statement: str) -> Sequence[Mapping[str, Any]]:
    try:
        return await history.fetch(statement)
    except psycopg.Error as error:
        raise InvalidInput(f"The history refuses {statement}: {error}") from error


async def _cypher(graph: GraphStore, statement: str) -> Sequence[Mapping[str, Any]]:
    try:
        return await graph.read(statement)
    except Neo4jError as error:
        raise InvalidInput(f"The graph refuses {statement}: {error}") from error


async def remove_plant(graph: GraphStore) -> None:
    """Take everything out of the graph but the classes."""
    while (await graph.write(_CYPHER["remove_some"], most=_REMOVED_AT_ONCE))[0]["removed"]:
        pass
    await graph.write(_CYPHER["raise_version"])
