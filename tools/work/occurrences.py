"""Work orders and events in their order: which are asked about, and what of them stands in the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graph_schema.question import Window
from graph_schema.statements import statements
from ingestion.history.history import History
from tools.context import ToolContext
from tools.query.contents import contents
from tools.results.assets import EntityRef
from tools.work.orders import asset_id

_SQL = statements("tools.work", "occurrences.sql")
_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scope:
    """``ids`` are the asset's own with all that is in it; none for the whole plant. Nothing after the present counts."""

    asset: EntityRef | None
    ids: list[str] | None
    start: datetime
    end: datetime

    def given(self, **more: object) -> dict[str, Any]:
        return {"assets": self.ids, "start": self.start, "end": self.end, **more}


@dataclass(frozen=True, slots=True)
class Happened:
    """An order, which has a number, or an event."""

    asset: str
    number: str | None
    at: datetime
    code: str


async def scope_of(context: ToolContext, asset: str | None, window: Window | None) -> Scope:
    """Raises ``NotFound`` for an asset that the plant does not have."""
    now = context.clock()
    start, end = (window.start, min(window.end, now)) if window else (_BEGINNING, now)
    if asset is None:
        return Scope(None, None, start, end)
    id_ = await asset_id(context, asset)
    return Scope((await context.reader.refs([id_]))[id_], await contents(context.graph, id_), start, end)


async def counted(history: History, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return await history.fetch(_SQL["counted"], given)


async def event_groups(history: History) -> list[str]:
    return [row["event_group"] for row in await history.fetch(_SQL["groups"])]


async def code_names(history: History) -> Mapping[str, str]:
    return {row["code"]: row["name"] for row in await history.fetch(_SQL["names"])}


async def listed(history: History, given: Mapping[str, Any]) -> Sequence[Happened]:
    """By asset, then in their order."""
    rows = await history.fetch(_SQL["listed"], {"kind": None, "code": None, **given})
    return [Happened(row["asset"], row["number"], row["at"], row["code"] or "–") for row in rows]


async def followed(history: History, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return await history.fetch(_SQL["followed"], given)
