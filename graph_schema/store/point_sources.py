"""Which readings nobody has described, which points have none, and the address that a person gives to a point."""

from collections.abc import Sequence
from dataclasses import dataclass

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore

_CYPHER = statements("graph_schema.store", "point_sources.cypher")


@dataclass(frozen=True, slots=True)
class UnknownSeries:
    """Readings of a device that no point of the plant has."""

    source: str
    unit: str | None = None
    value: float | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class UnfedPoint:
    """A point of the plant that never had a reading."""

    id: str
    name: str
    owner: str | None = None
    quantity: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A point with readings near to ``point``, which has none: at its asset, or where that is, what it supplies and what it is a part of."""

    point: str
    name: str
    source: str
    unit: str | None = None


async def unknown_series(graph: GraphStore) -> Sequence[UnknownSeries]:
    """By their addresses. Raises ``Unavailable``."""
    return [UnknownSeries(**row) for row in await graph.read(_CYPHER["unknown"])]


async def unfed_points(graph: GraphStore) -> Sequence[UnfedPoint]:
    """By their ids. Raises ``Unavailable``."""
    return [UnfedPoint(**row) for row in await graph.read(_CYPHER["unfed"])]


async def neighbours(graph: GraphStore) -> Sequence[Neighbour]:
    """Of all points that never had a reading. Raises ``Unavailable``."""
    return [Neighbour(**row) for name in ("siblings", "neighbours") for row in await graph.read(_CYPHER[name])]


async def give_source(graph: GraphStore, point: str, source: str) -> str:
    """Readings of this address are the point's from now on, over imports too; its name is returned.

    Raises ``NotFound`` for a point or an address that there is not, and ``InvalidInput`` for a point that has readings.
    """
    found = await graph.read(_CYPHER["point"], id=point)
    if not found:
        raise NotFound(f"There is no point {point}.")
    if found[0]["is_fed"]:
        raise InvalidInput(f"{found[0]['name']} has readings already, from {found[0]['source']}.")
    if source not in {one.source for one in await unknown_series(graph)}:
        raise NotFound(
            f"No readings that are nobody's come from {source}. `plantroom topics matches` lists those that do."
        )
    bump = statements("graph_schema.store", "loader.cypher")["bump_version"]
    await graph.write_all([(_CYPHER["give"], {"id": point, "source": source}), (bump, {})])
    return found[0]["name"]
