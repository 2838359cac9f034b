"""``plantroom work-orders list``: what is on record, and what it tells a failure model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from forecasting.failures.labels import RENEWED, verdict
from forecasting.jobs.failure_records import closed
from ingestion.orders.order import Status, WorkOrder
from ingestion.orders.work_orders import OrderFilter, WorkOrders, read_names
from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation

_SHOWN = 20
Which = Literal["waiting", "overdue", "done"]


@operation()
async def list_(
    desk: Desk, asset: str | None, which: Which | None, person: str | None, limit: int, as_json: bool
) -> None:
    app = desk.app
    ids = None if asset is None else [(await read_names(app.graph)).id_of(asset)]
    record = WorkOrders(app.history)
    if which is None and person is None:
        found = await record.list(ids, limit)
    else:
        found, _ = await record.find(_filter(ids, which, person, app.clock()), limit)
    if as_json:
        rows = [{**asdict(one), "planned": one.planned, "counts_as": counts_as(one)} for one in found]
        desk.write(json.dumps(rows, ensure_ascii=False, default=str))
    elif found:
        _show(desk.out, found, await SiteClock(app.graph, desk.settings.timezone).zone())
    elif which or person:
        desk.out.print("There are no such work orders.")
    else:
        desk.out.print(
            "There are no work orders: `plantroom work-orders create` opens one, and `import FILE` brings them in."
        )


def _filter(ids: Sequence[str] | None, which: Which | None, person: str | None, now: datetime) -> OrderFilter:
    if which == "done":
        return OrderFilter(ids, statuses=["done"], assignee=person)
    statuses: Sequence[Status] | None = ("open", "in_progress", "on_hold") if which else None
    return OrderFilter(ids, statuses=statuses, assignee=person, due_before=now if which == "overdue" else None)


def counts_as(order: WorkOrder) -> str:
    """What an order tells a failure model, in words."""
    done = closed(order)
    if done is None:
        return order.status.replace("_", " ")
    what, mode = verdict(done)
    renewed = f", {RENEWED}" if done.renews and mode is None else ""
    return f"{what} {mode}" if mode else f"{what}{renewed}"


def _show(out: Console, found: Sequence[WorkOrder], zone: ZoneInfo) -> None:
    table = Table(
        "number", "asset", "priority", "due", "closed", "code", "counts as", "for", "text", box=None, pad_edge=False
    )
    for one in found:
        due, closed = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "–" for at in (one.due_at, one.closed_at))
        table.add_row(
            escape(plain(one.number)), escape(one.asset), one.priority, due, closed, escape(plain(one.code or "–")),
            counts_as(one), escape(plain(one.assignee or "–")), escape(plain((one.text or "")[:100])),
        )  # fmt: skip
    out.print(table)
