"""The audit log on a terminal."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Column, Table

from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.cli.work.alarms import moment
from interfaces.local.operation import Desk, operation
from tools.approvals.proposal import id_of, name_of
from tools.audit.log import Choice, Entry

_SHORT = 12


@operation()
async def audit(
    desk: Desk,
    who: str | None,
    since: str | None,
    until: str | None,
    what: str | None,
    tool: str | None,
    proposal: str | None,
    limit: int,
    as_json: bool,
) -> None:
    app = desk.app
    zone, now = await SiteClock(app.graph, desk.settings.timezone).zone(), app.clock()
    await app.audit.write()
    choice = Choice(
        who,
        what,
        tool,
        id_of(proposal) if proposal else None,
        moment(since, now, zone) if since else None,
        moment(until, now, zone) if until else None,
    )
    found = await app.audit.newest(choice, limit)
    if as_json:
        desk.write(json.dumps([asdict(one) for one in found], default=datetime.isoformat, ensure_ascii=False))
    elif not found:
        desk.out.print("There is no such entry.")
    else:
        _print(desk, found, zone)


def _print(desk: Desk, found: Sequence[Entry], zone: ZoneInfo) -> None:
    words = [Column(name, no_wrap=True) for name in ("when", "who", "what")]
    table = Table(*words, Column("of", overflow="fold"), "by way of", "after", "came of it", box=None, pad_edge=False)
    for one in found:
        cells = (one.who, one.what, _of(one), one.model or one.address or "", " ".join(one.evidence), one.outcome or "")
        table.add_row(f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}", *(escape(plain(cell)) for cell in cells))
    desk.out.print(table)


def _of(one: Entry) -> str:
    """The proposal, the tool with the first characters of its digest, or whose account or key."""
    call = f"{one.tool} {(one.digest or '')[:_SHORT]}" if one.tool else one.subject or ""
    return f"{name_of(one.proposal)} {call}" if one.proposal else call
