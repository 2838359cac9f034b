"""What is read of the plant once and kept until an import, a limit or a new device changes the plant."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore

_CYPHER = statements("tools.topology", "topology.cypher")

Key = tuple[object, ...]
T = TypeVar("T")


class Kept(Generic[T]):
    """Of one graph the newest of it. ``key`` tells when it has changed: the plant's version where nothing else is said."""

    def __init__(self, key: Callable[[GraphStore], Awaitable[Key]] | None = None) -> None:
        self._key = key or plant_key
        self._reading = asyncio.Lock()
        self._held: tuple[Key, T] | None = None

    async def current(self, graph: GraphStore, read: Callable[[], Awaitable[T]]) -> T:
        """Costs the key alone while nothing has changed; of several that ask at once only the first reads."""
        key = await self._key(graph)
        if self._held is not None and self._held[0] == key:
            return self._held[1]
        async with self._reading:
            if self._held is None or self._held[0] != key:
                self._held = key, await read()
            return self._held[1]


async def plant_key(graph: GraphStore) -> Key:
    """The number that each change of the plant raises, and how many assets there are."""
    versions, sizes = await asyncio.gather(graph.read(_CYPHER["version"]), graph.read(_CYPHER["size"]))
    return versions[0]["version"] if versions else None, sizes[0]["size"]
