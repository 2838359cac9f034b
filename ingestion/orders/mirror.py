"""Work orders in the graph: a ``WorkOrder`` node at its asset for each, so that questions about assets can ask for them. The record is PostgreSQL's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any

from graph_schema.errors import PlantroomError
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.changes import follow
from ingestion.history.history import History
from ingestion.orders.order import WorkOrder
from ingestion.orders.work_orders import WorkOrders

KINDS = ("order.opened", "order.changed", "order.closed", "order.reopened", "orders.imported", "plant.changed")

_CYPHER = statements("ingestion.orders", "mirror.cypher")
_BATCH = 500
_AGAIN_S = 5.0

log = logging.getLogger(__name__)


async def mirror(graph: GraphStore, orders: Sequence[WorkOrder]) -> None:
    """Put them into the graph. One whose asset is not there waits for it by itself. Raises ``Unavailable``."""
    for start in range(0, len(orders), _BATCH):
        rows = [_properties(one) for one in orders[start : start + _BATCH]]
        await graph.write_all([(_CYPHER[name], {"rows": rows}) for name in ("put", "part", "join")])


async def mirror_missing(graph: GraphStore, history: History) -> int:
    """Bring the graph up to date with the record; how many orders it lacked or knew otherwise."""
    record = WorkOrders(history)
    known = {row["number"]: row for row in await graph.read(_CYPHER["known"])}
    behind = [
        number
        for number, changed_at in (await record.changed()).items()
        if number not in known
        or known[number]["changed_at"] != _milliseconds(changed_at)
        or not known[number]["joined"]
    ]
    for start in range(0, len(behind), _BATCH):
        await mirror(graph, await record.some(behind[start : start + _BATCH]))
    return len(behind)


async def keep_mirrored(graph: GraphStore, history: History) -> None:
    """What changes reaches the graph, until cancelled. What was missed while nobody listened, or the graph was away, comes first."""
    while True:
        try:
            await _follow(graph, history)
        except PlantroomError as error:
            log.warning("Work orders cannot be put into the graph, and are tried again: %s", error)
        await asyncio.sleep(_AGAIN_S)


async def _follow(graph: GraphStore, history: History) -> None:
    record = WorkOrders(history)
    async with aclosing(follow(history, kinds=KINDS)) as batches:
        async for batch in batches:
            numbers = {one.subject for one in batch.changes if one.kind.startswith("order.")}
            if not batch.changes or any(not one.kind.startswith("order.") for one in batch.changes):
                await mirror_missing(graph, history)
            await mirror(graph, await record.some(sorted(numbers)))


def _properties(order: WorkOrder) -> dict[str, Any]:
    moments = ("opened_at", "due_at", "closed_at", "changed_at")
    return {
        **{name: getattr(order, name) for name in ("number", "asset", "kind", "priority", "status", "text", "code", "assignee")},
        **{name: _milliseconds(getattr(order, name)) for name in moments},
        "open": not order.is_over,
    }  # fmt: skip


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
