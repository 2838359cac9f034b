"""What stands within a list, read for all of the list at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader
from strawberry.fastapi import BaseContext

from graph_schema.statements import statements
from ingestion.orders.order import WorkOrder, order_of
from interfaces.http.api.resources import reads
from interfaces.http.api.resources.models import Alarm, Asset, Point, Reading
from interfaces.http.graphql.cost import MOST_FIRST
from tools.context import ToolContext

_CYPHER = statements("interfaces.http.graphql", "nested.cypher")
_SQL = statements("interfaces.http.graphql", "nested.sql")


class Loaders(BaseContext):
    """Of one request."""

    def __init__(self, context: ToolContext) -> None:
        super().__init__()
        self.context = context
        self.assets: DataLoader[str, Asset | None] = DataLoader(self._assets)
        self.points: DataLoader[str, Point | None] = DataLoader(self._points)
        self.related = {name: DataLoader(self._related(name)) for name in ("parts", "feeds", "fed_by", "points")}
        self.alarms: DataLoader[str, list[Alarm]] = DataLoader(self._alarms)
        self.orders: DataLoader[str, list[WorkOrder]] = DataLoader(self._orders)
        self.readings: DataLoader[tuple[str, str, str | None], list[Reading]] = DataLoader(self._readings)

    async def _assets(self, ids: list[str]) -> Sequence[Asset | None]:
        found = {one.id: one for one in await reads.assets_of(self.context, ids)}
        return [found.get(id_) for id_ in ids]

    async def _points(self, ids: list[str]) -> Sequence[Point | None]:
        found = {one.id: one for one in await reads.points_of(self.context, ids)}
        return [found.get(id_) for id_ in ids]

    def _related(self, name: str) -> Callable[[list[str]], Awaitable[Sequence[list[str]]]]:
        async def load(ids: list[str]) -> Sequence[list[str]]:
            rows = await self.context.graph.read(_CYPHER[name], ids=ids)
            found = {row["id"]: sorted(row["found"]) for row in rows}
            return [found.get(id_, []) for id_ in ids]

        return load

    async def _alarms(self, ids: list[str]) -> Sequence[list[Alarm]]:
        rows = await self.context.history.fetch(_SQL["alarms"], {"ids": ids})
        return _by(ids, [(owner, Alarm.model_validate(row)) for row in rows for owner in row["assets"]])

    async def _orders(self, ids: list[str]) -> Sequence[list[WorkOrder]]:
        rows = await self.context.history.fetch(_SQL["orders"], {"ids": ids})
        return _by(ids, [(row["asset"], order_of(row)) for row in rows])

    async def _readings(self, keys: list[tuple[str, str, str | None]]) -> Sequence[list[Reading]]:
        """The newest first, by point, source and unit."""
        given = {"sources": [source for _, source, _ in keys], "until": self.context.clock(), "limit": MOST_FIRST}
        rows = await self.context.history.fetch(_SQL["readings"], given)
        by_source: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            by_source[row.pop("source")].append(row)
        return [[Reading(point=point, unit=unit, **row) for row in by_source[source]] for point, source, unit in keys]


Found = TypeVar("Found")


def _by(ids: Sequence[str], rows: Sequence[tuple[str, Found]]) -> list[list[Found]]:
    found: defaultdict[str, list[Found]] = defaultdict(list)
    for owner, one in rows:
        found[owner].append(one)
    return [found[id_] for id_ in ids]
