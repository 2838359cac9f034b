"""What points and assets are called, copied from the graph for who reads SQL."""

import json
from typing import Any, LiteralString, cast, get_args

from graph_schema.model import Kind
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

_CYPHER = statements("ingestion.export", "directory.cypher")
_SQL = statements("ingestion.export", "directory.sql")
_KINDS: tuple[Kind, ...] = get_args(Kind)


class PlantDirectory:
    """The copy, written anew whenever the plant is another than when it was written last."""

    def __init__(self, graph: GraphStore, history: History) -> None:
        self._graph = graph
        self._history = history
        self._version: int | None = None

    async def refresh(self) -> None:
        """Raises ``Unavailable``."""
        found = await self._graph.read(_CYPHER["version"])
        version = found[0]["version"] if found else None
        if version is None or version != self._version:
            await self.write()
            self._version = version

    async def write(self) -> None:
        """Whatever was written before. Raises ``Unavailable``."""
        points = await self._graph.read(_CYPHER["points"])
        assets = [_asset(row) for row in await self._graph.read(_CYPHER["assets"])]
        async with self._history.connection() as connection, connection.transaction():
            for name in ("lock", "clear_points", "clear_assets"):
                await connection.execute(_sql(name))
            for name, rows in (("add_assets", assets), ("add_points", points)):
                await connection.execute(_sql(name), {"rows": json.dumps(rows)})

    async def points(self) -> list[dict[str, Any]]:
        """``point``, ``name``, ``class``, ``asset``, ``asset_name``, ``asset_class``, ``unit`` and ``source`` of each, as written."""
        return await self._history.fetch(_SQL["points"])


def _sql(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])


def _asset(row: dict[str, Any]) -> dict[str, Any]:
    kind = next(kind for kind in _KINDS if kind in row["labels"])
    return {name: row[name] for name in ("id", "name", "class", "place", "part_of")} | {"kind": kind}
