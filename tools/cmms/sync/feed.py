"""From the stream of changes to what is due: orders of ours that the maintenance system is to learn of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import aclosing

from ingestion.changes import Change, deliver
from ingestion.history.history import History
from ingestion.orders.order import Source
from tools.cmms.port import key_of
from tools.cmms.sync.record import SyncRecord

KINDS = ("order.opened", "order.changed", "order.closed", "order.reopened")
OURS: frozenset[Source] = frozenset({"person", "forecast", "alarm", "plan"})
"""Where an order comes from that is to be made there; what was imported or came from there is not."""


async def feed(
    history: History, record: SyncRecord, title: str, plant: str, hurry: Callable[[], Awaitable[None]]
) -> None:
    """Mark what changed as due, over restarts, until cancelled; ``hurry`` is told where something became due."""
    async with aclosing(deliver(history, f"cmms {record.vendor}", kinds=KINDS)) as batches:
        async for batch in batches:
            numbers = {one.subject for one in batch.changes if await _concerns(record, one, title)}
            for number in sorted(numbers):
                await record.wish(number, key_of(plant, number))
            if numbers:
                await hurry()


async def _concerns(record: SyncRecord, change: Change, title: str) -> bool:
    """What we took over from there ourselves need not go back."""
    if change.data.get("who") == title:
        return False
    return change.data.get("source") in OURS or await record.of_number(change.subject) is not None
