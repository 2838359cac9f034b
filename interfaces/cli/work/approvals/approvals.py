"""Listing proposals, showing one, and settling it."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from tools.approvals.proposal import Proposal, id_of, proposal_json
from tools.approvals.proposing import readable
from tools.approvals.record import OPEN
from tools.context import Caller, Role, up_to

_LONGEST = 120


@operation()
async def list_(desk: Desk, every: bool, limit: int, as_json: bool) -> None:
    found, total = await desk.app.settlement.listed(None if every else OPEN, limit)
    if as_json:
        desk.write(json.dumps({"proposals": [proposal_json(one) for one in found], "total": total}, ensure_ascii=False))
        return
    if not found:
        desk.out.print("Nothing waits for approval.")
        return
    zone = await _zone(desk)
    table = Table("proposal", "state", "asked by", "until", "would", box=None, pad_edge=False)
    for one in found:
        until = f"{one.wish.expires_at.astimezone(zone):%Y-%m-%d %H:%M}"
        told = escape(plain(readable(one.wish.sentence, _LONGEST)))
        table.add_row(one.name, one.state, escape(plain(one.wish.caller.name)), until, told)
    desk.out.print(table)
    if total > len(found):
        desk.out.print(f"… and {total - len(found):,} older ones")


@operation()
async def show(desk: Desk, proposal: str, as_json: bool) -> None:
    found = await desk.app.settlement.shown(id_of(proposal))
    if as_json:
        desk.write(json.dumps(proposal_json(found), ensure_ascii=False, indent=2))
        return
    for name, value in _told(found, await _zone(desk)):
        desk.out.print(f"[bold]{name}[/] {escape(plain(value))}", soft_wrap=True)


def _told(one: Proposal, zone: ZoneInfo) -> list[tuple[str, str]]:
    """All of it, arguments word for word: this is what is approved."""
    wish = one.wish
    rows = [
        (one.name, one.state),
        ("would", wish.sentence),
        ("call", f"{wish.tool} {json.dumps(wish.arguments, ensure_ascii=False)}"),
        ("touches", ", ".join(wish.assets) or "no asset"),
        ("asked by", f"{wish.caller.name}{f', by way of {wish.model}' if wish.model else ''}"),
        ("found before", "; ".join(f"{found.letter} {found.summary}" for found in wish.evidence)),
        ("may approve", f"{', '.join(sorted(wish.approvers))}{'' if wish.own else ', and not who asked'}"),
        ("until", f"{wish.expires_at.astimezone(zone):%Y-%m-%d %H:%M %Z}"),
        ("settled by", one.settled_by or ""),
        ("reason", one.reason or ""),
        ("outcome", one.outcome or ""),
    ]
    return [(name, value) for name, value in rows if value]


@operation()
async def approve(desk: Desk, proposal: str, by: str, role: Role) -> None:
    _tell(desk, await desk.app.settlement.approve(id_of(proposal), _caller(by, role)))


@operation()
async def reject(desk: Desk, proposal: str, by: str, role: Role, reason: str) -> None:
    _tell(desk, await desk.app.settlement.reject(id_of(proposal), _caller(by, role), reason))


@operation()
async def close(desk: Desk, proposal: str, by: str, role: Role, done: bool) -> None:
    _tell(desk, await desk.app.settlement.close(id_of(proposal), _caller(by, role), happened=done))


def _caller(by: str, role: Role) -> Caller:
    return Caller(by, up_to(role))


def _tell(desk: Desk, settled: Proposal) -> None:
    outcome = f": {settled.outcome}" if settled.outcome else ""
    desk.out.print(escape(plain(f"{settled.name} is {settled.state}{outcome}")), soft_wrap=True)


async def _zone(desk: Desk) -> ZoneInfo:
    return await SiteClock(desk.app.graph, desk.settings.timezone).zone()
