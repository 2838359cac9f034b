"""What finished work orders say of the forecasts behind them, and how right each version of a model has been by that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from forecasting.failures.labels import NOTHING_FOUND, ClosedOrder, Verdict, verdict
from graph_schema.statements import statements
from ingestion.history.history import History, Row
from ingestion.orders.order import Kind

Found = Literal["came", "mended", "false alarm"]

_SQL = statements("forecasting.verification", "found.sql")


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Of one version of a model: ``findings`` are what it flagged. ``came``: it failed; ``mended``: a failure was found and mended before; ``false_alarms``: nothing
    was wrong; ``stayed_away``: nobody looked, and nothing came. ``missed`` failed without having been flagged. ``lead_days`` is the median from the first statement to the
    order, over those that came or were mended."""

    model: str
    findings: int
    open: int
    came: int
    mended: int
    false_alarms: int
    stayed_away: int
    not_known: int
    missed: int
    lead_days: float | None

    @property
    def precision(self) -> float | None:
        """The share that was right of what is known of; None where nothing is."""
        right = self.came + self.mended
        known = right + self.false_alarms + self.stayed_away
        return right / known if known else None


async def settle_by_orders(history: History, number: str | None = None) -> dict[str, tuple[Found, int]]:
    """Let finished orders, or this one, settle what was told of their assets; how many statements each of them settled, and as what.

    What an order said that is open again, or was cancelled, no longer counts.
    """
    await history.fetch(_SQL["unsettled"], {"number": number})
    settled: dict[str, tuple[Found, int]] = {}
    for row in await history.fetch(_SQL["finished"], {"number": number}):
        order = ClosedOrder(row["asset"], row["closed_at"], row["kind"] != "corrective", row["code"], row["failed_at"])
        found = what_was_found(row["kind"], order)
        if found is not None and (rows := await history.fetch(_SQL["settle"], _given(row, found))):
            settled[row["number"]] = found, len(rows)
    return settled


def what_was_found(kind: Kind, order: ClosedOrder) -> Found | None:
    """None where the order does not tell: unplanned work whose code nobody knows."""
    if (order.code or "").upper() == NOTHING_FOUND:
        return "false alarm"
    what, _ = verdict(ClosedOrder(order.asset, order.closed_at, planned=False, code=order.code))
    if kind != "corrective":
        return "mended"
    if what is Verdict.FAILURE:
        return "came"
    return "mended" if what is Verdict.WORK else None


async def accuracy(history: History, since: datetime | None = None) -> list[Accuracy]:
    """Of each version of a model that flagged something, the busiest first."""
    return [Accuracy(**row) for row in await history.fetch(_SQL["by_model"], {"since": since})]


def _given(row: Row, found: Found) -> Row:
    since = row["failed_at"] or row["opened_at"] or row["closed_at"]
    return {**row, "came": found, "since": since, "failed": found == "came"}
