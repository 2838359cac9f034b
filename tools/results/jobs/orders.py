"""Work orders as the record has them."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from ingestion.orders.order import Kind, Priority, Status
from tools.results.assets import EntityRef
from tools.results.table import NAME, Column, Table, TableRow

_STATES: dict[Status, str] = {
    "open": "open", "in_progress": "in progress", "on_hold": "on hold", "done": "closed", "cancelled": "cancelled",
}  # fmt: skip


class OrderTold(Value):
    """A work order; open while there is no ``closed_at``. ``code``, ``cause``, ``text`` and ``remark`` are what somebody wrote."""

    number: str
    asset: EntityRef
    kind: Kind = "corrective"
    planned: bool = Field(default=False, description="all work but the repair of what had failed")
    priority: Priority = "medium"
    status: Status = "open"
    opened_at: AwareDatetime | None = None
    failed_at: AwareDatetime | None = Field(default=None, description="when the asset broke down, where it did")
    closed_at: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    started_at: AwareDatetime | None = None
    assignee: str | None = None
    code: str | None = None
    cause: str | None = None
    text: str | None = None
    remark: str | None = None


def orders_table(orders: Sequence[OrderTold], total: int | None = None, window: Window | None = None) -> Table:
    """A row an order. The column of its state is not called ``state``: an order that is open says nothing of an open valve."""
    columns = (
        NAME, Column("order", "name"), Column("order_state", "state"), Column("opened", "time"), Column("failed", "time"),
        Column("closed", "time"), Column("kind", "state"), Column("code", "name"), Column("text", "text"),
        Column("priority", "state"), Column("due", "time"), Column("assignee", "text"),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            (one.asset.id,),
            (
                one.asset.name, one.number, _STATES[one.status], one.opened_at, one.failed_at, one.closed_at,
                "planned" if one.planned else "unplanned", one.code, one.text, one.priority, one.due_at, one.assignee,
            ),
        )
        for one in orders
    )  # fmt: skip
    return Table("work_orders", columns, rows, (), total, window=window)
