"""Settling what waits for a person, and doing at once what the jobs do by themselves."""

from __future__ import annotations

import json
import re
from typing import Literal

from rich.markup import escape

from graph_schema.errors import PlantroomError
from ingestion.orders.work_orders import OrderFilter
from interfaces.app.cmms import Maintenance, poll, push
from interfaces.cli.payloads import plain
from interfaces.cli.work.cmms.showing import counted, maintained
from interfaces.local.operation import Desk, WrongArguments, operation
from tools.cmms.port import key_of
from tools.cmms.sync.feed import OURS
from tools.cmms.sync.record import Link
from tools.cmms.sync.settlement import conflict_id, line_was, was_made, was_not_made
from tools.cmms.sync.settlement import settle as settle_conflict
from tools.cmms.sync.sync import Sync

_CONFLICT = re.compile(r"C-\d+", re.IGNORECASE)


@operation()
async def settle(
    desk: Desk,
    which: str,
    keep: Literal["ours", "theirs"] | None,
    found: str | None,
    not_made: bool,
    line: str | None,
    there: bool,
    by: str,
) -> None:
    maintenance = maintained(desk)
    async with maintenance.opened() as sync:
        if _CONFLICT.fullmatch(which):
            if keep is None:
                raise WrongArguments("Which side holds? Say --keep ours or --keep theirs.")
            conflict = await settle_conflict(sync, conflict_id(which), keep, by)
            desk.out.print(f"{conflict.name} is settled: {conflict.field} of {conflict.number} is {keep}.")
        elif line is not None:
            if there == not_made:
                raise WrongArguments("Is the line there? Say --there or --not-made.")
            await line_was(sync, await _number(maintenance, which), line, made=there)
            desk.out.print(f"The line {escape(plain(line))} is {'there' if there else 'sent again'}.")
        else:
            await _tell_order(desk, maintenance, sync, which, found, not_made=not_made)


async def _tell_order(
    desk: Desk, maintenance: Maintenance, sync: Sync, which: str, found: str | None, *, not_made: bool
) -> None:
    if (found is None) != not_made:
        raise WrongArguments("Was the order made? Say --found with its id there, or --not-made.")
    number = await _number(maintenance, which)
    link = await (was_not_made(sync, number) if found is None else was_made(sync, number, found))
    _tell(desk, maintenance, link)


@operation()
async def sync(desk: Desk, order: str | None, everything: bool, as_json: bool) -> None:
    maintenance = maintained(desk)
    async with maintenance.opened() as opened:
        if order is not None:
            number = await _number(maintenance, order)
            await maintenance.record.wish(number, key_of(maintenance.plant, number))
            await opened.push_one(await maintenance.record.hurry(number))
            _tell(desk, maintenance, await maintenance.record.of_number(number))
            return
        if everything:
            await _wish_open(maintenance)
        there = await push(opened, maintenance.since)
        here = await poll(opened, maintenance.since)
    if as_json:
        desk.write(json.dumps({"to": there.orders, "from": here.orders, "troubled": there.troubled}))
        return
    title = maintenance.vendor.title
    desk.out.print(f"{counted(there.orders, 'order')} to {title}, {counted(here.orders, 'order')} from it.")
    if there.troubled:
        desk.out.print(f"Something is in the way of {there.troubled:,} of them: plantroom cmms status.")


async def _wish_open(maintenance: Maintenance) -> None:
    """Those that were open before the maintenance system was set."""
    found, _ = await maintenance.orders.find(OrderFilter(statuses=("open", "in_progress", "on_hold")))
    for one in found:
        if one.source in OURS and await maintenance.record.of_number(one.number) is None:
            await maintenance.record.wish(one.number, key_of(maintenance.plant, one.number))


async def _number(maintenance: Maintenance, which: str) -> str:
    return (await maintenance.orders.get(which)).number


def _tell(desk: Desk, maintenance: Maintenance, link: Link | None) -> None:
    if link is None:
        raise PlantroomError("The order is gone meanwhile.")
    where = f" as {link.vendor_id}" if link.vendor_id else ""
    why = f": {link.problem}" if link.problem else ""
    again = f" (again at {link.again_at:%H:%M} UTC)" if link.again_at else ""
    desk.out.print(
        escape(plain(f"{link.number} is {link.state} in {maintenance.vendor.title}{where}{again}{why}")), soft_wrap=True
    )
