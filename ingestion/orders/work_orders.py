"""Work orders as a maintenance system tells them: what was done to which asset, when, and what had failed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from graph_schema.errors import AmbiguousName, NotFound
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

_SQL = statements("ingestion.orders", "work_orders.sql")
_CYPHER = statements("ingestion.orders", "work_orders.cypher")
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """``number`` is the maintenance system's own, ``asset`` an id of the graph; open while there is no ``closed_at``.

    ``code`` is the site's own or a failure mode of ISO 14224; ``text`` is what somebody wrote, and is only ever shown.
    """

    number: str
    asset: str
    planned: bool
    opened_at: datetime | None = None
    failed_at: datetime | None = None
    closed_at: datetime | None = None
    code: str | None = None
    text: str | None = None

    def at(self, moment: datetime) -> WorkOrder | None:
        """As it stood then, as far as its own times tell: None before it was opened, open before it was closed."""
        begun = min((one for one in (self.opened_at, self.failed_at, self.closed_at) if one is not None), default=None)
        if begun is not None and begun > moment:
            return None
        return replace(self, closed_at=None) if self.closed_at is not None and self.closed_at > moment else self


@dataclass(frozen=True, slots=True)
class Stored:
    """How many orders were new, and how many known ones changed."""

    new: int
    changed: int


class WorkOrders:
    """The ``work_order`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def put(self, orders: Sequence[WorkOrder]) -> Stored:
        """Add them, or replace what was known by the same number. Numbers are given once."""
        found: list[bool] = []
        for start in range(0, len(orders), _BATCH):
            rows = json.dumps([asdict(one) for one in orders[start : start + _BATCH]], default=datetime.isoformat)
            found += [row["new"] for row in await self._history.fetch(_SQL["put"], {"orders": rows})]
        return Stored(sum(found), len(found) - sum(found))

    async def list(self, assets: Sequence[str] | None = None, limit: int | None = None) -> list[WorkOrder]:
        """Of these assets or of all, the newest first."""
        given = {"assets": None if assets is None else [*assets], "limit": limit}
        return [WorkOrder(**row) for row in await self._history.fetch(_SQL["all"], given)]

    async def between(
        self, start: datetime, end: datetime, assets: Sequence[str] | None = None, limit: int | None = None
    ) -> Sequence[WorkOrder]:
        """Those that were opened or closed in a window, the newest first."""
        given = {"start": start, "end": end, "assets": None if assets is None else [*assets], "limit": limit}
        return [WorkOrder(**row) for row in await self._history.fetch(_SQL["between"], given)]


class Names:
    """Which piece of equipment is meant: by id, else by name or alias in any case."""

    def __init__(self, called: Sequence[tuple[str, str | None, Sequence[str] | None]]) -> None:
        """``called`` holds id, name and aliases of each."""
        self._ids = {id_ for id_, _, _ in called}
        found: defaultdict[str, set[str]] = defaultdict(set)
        for id_, name, aliases in called:
            for one in (id_, name, *(aliases or ())):
                if one:
                    found[one.strip().casefold()].add(id_)
        self._named: Mapping[str, set[str]] = found

    def id_of(self, name: str) -> str:
        """Raises ``NotFound`` or ``AmbiguousName``."""
        if name in self._ids:
            return name
        found = sorted(self._named.get(name.strip().casefold(), ()))
        if not found:
            raise NotFound(f"there is no equipment with the id, name or alias “{name[:60]}”")
        if len(found) > 1:
            raise AmbiguousName(name, found)
        return found[0]


async def read_names(graph: GraphStore) -> Names:
    """Of all equipment in the graph."""
    (row,) = await graph.read(_CYPHER["names"])
    return Names([(id_, name, aliases) for id_, name, aliases in row["rows"]])
