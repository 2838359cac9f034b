"""Asking for a change of a work order, and keeping its files."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from graph_schema.errors import PlantroomError
from ingestion.orders.files import OrderFiles
from ingestion.orders.work_orders import WorkOrders
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from tools.approvals.proposal import id_of
from tools.context import Caller, Role, up_to
from tools.results.proposals import Proposed


class NotDone(PlantroomError):
    """The change was approved and did not work."""


@operation()
async def change(desk: Desk, tool: str, arguments: Mapping[str, Any], propose: bool, by: str, role: Role) -> None:
    """Propose it, and approve it in the same name unless it is to wait. Raises ``NotAllowed`` where the role may not."""
    caller = Caller(by, up_to(role))
    proposed = await desk.app.registry.call(tool, arguments, await desk.app.context(caller))
    assert isinstance(proposed, Proposed)
    told = proposed.proposal
    if propose:
        desk.out.print(escape(plain(f"{told.id} waits for approval: {told.what}")), soft_wrap=True)
        desk.out.print(f"`plantroom approvals approve {told.id}` does it.", soft_wrap=True)
        return
    settled = await desk.app.settlement.approve(id_of(told.id), caller)
    if settled.state != "done":
        raise NotDone(f"{settled.name} is {settled.state}: {settled.outcome}")
    desk.out.print(escape(plain(f"{settled.outcome} ({settled.name})")), soft_wrap=True)


@operation()
async def attach(desk: Desk, number: str, name: str, content: str, by: str) -> None:
    """``content`` in base 64."""
    app = desk.app
    kept = await OrderFiles(app.history).add(number, name, base64.b64decode(content), by, app.clock())
    desk.out.print(
        escape(plain(f"{kept.name} is kept with the order ({kept.type}, {kept.size:,} bytes).")), soft_wrap=True
    )


@operation()
async def fetch(desk: Desk, number: str, file: str, to: str) -> None:
    order = await WorkOrders(desk.app.history).get(number)
    _, _, content = await OrderFiles(desk.app.history).read(order.number, file)
    await desk.person.keep(to, content)
    desk.out.print(escape(plain(f"{to} is written, {len(content):,} bytes.")), soft_wrap=True)
