"""Checking the maintenance system, and showing what is kept the same with it."""

from __future__ import annotations

import json
from dataclasses import asdict
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from graph_schema.errors import InvalidInput
from interfaces.app.cmms import Maintenance, access_of, maintenance_of
from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.embedded.home import Home
from interfaces.local.operation import Desk, operation
from tools.cmms.check import Finding
from tools.cmms.check import check as checked
from tools.cmms.matching import AssetBook

_MARKS = {"good": "[green]✓[/]", "wrong": "[red]✗[/]", "note": "[yellow]•[/]"}
_NONE = "No maintenance system is set: PLANTROOM_CMMS and PLANTROOM_CMMS_URL name one."
_LONGEST = 100


def maintained(desk: Desk) -> Maintenance:
    """Raises ``InvalidInput`` where no maintenance system is set."""
    found = maintenance_of(desk.app)
    if found is None:
        raise InvalidInput(_NONE)
    return found


@operation()
async def check(desk: Desk, write: bool, as_json: bool) -> None:
    access = access_of(desk.settings, desk.app.clock)
    if access is None:
        raise InvalidInput(_NONE)
    book = AssetBook(desk.app.graph, desk.settings.cmms_assets, desk.app.clock)
    trial = Home(desk.settings.home).identity() if write else None
    secret = desk.settings.cmms_webhook_secret is not None
    found = list[Finding]()
    async for one in checked(access, book, secret=secret, trial=trial):
        found.append(one)
        if not as_json:
            desk.out.print(f"{_MARKS[one.state]} {escape(plain(one.sentence))}", soft_wrap=True)
    if as_json:
        desk.write(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    if any(one.state == "wrong" for one in found):
        raise InvalidInput("Something needs attention: see above.")


@operation()
async def status(desk: Desk, as_json: bool) -> None:
    maintenance = maintained(desk)
    record = maintenance.record
    counts, (position, polled_at, problem) = await record.counts(), await record.position()
    troubled, lines = await record.troubled(), await record.troubled_lines()
    conflicts, hooks, left = len(await record.conflicts()), await record.waiting_hooks(), await record.left_out()
    if as_json:
        whole = {
            "vendor": record.vendor, "counts": counts, "position": position, "polled_at": polled_at, "problem": problem,
            "troubled": troubled, "lines": [asdict(one) for one in lines], "conflicts": conflicts, "webhooks": hooks,
            "left_out": len(left),
        }  # fmt: skip
        desk.write(json.dumps(whole, ensure_ascii=False, default=str))
        return
    zone = await _zone(desk)
    desk.out.print(f"{maintenance.vendor.title} at {escape(maintenance.access.url)}")
    read = f"{polled_at.astimezone(zone):%Y-%m-%d %H:%M}" if polled_at else "never"
    desk.out.print(f"changes there were read: {read}{f'; {escape(plain(problem))}' if problem else ''}", soft_wrap=True)
    for row in counts:
        behind = f", {row['behind']:,} with changes that wait" if row["behind"] else ""
        desk.out.print(f"{row['state']}: {counted(row['links'], 'order')}{behind}")
    if hooks:
        desk.out.print(f"webhooks that wait: {hooks:,}")
    if conflicts:
        desk.out.print(f"conflicts: {conflicts:,} (plantroom cmms conflicts)")
    if left:
        desk.out.print(f"orders there without an asset of ours: {len(left):,} (plantroom cmms match)")
    for row in troubled:
        desk.out.print(
            f"[bold]{row['number']}[/] {row['state']}: {escape(plain(row['problem'] or ''))}", soft_wrap=True
        )
    for one in lines:
        desk.out.print(
            f"[bold]{one.number}[/] {one.line} {escape(plain(one.said))}: {escape(plain(one.problem or ''))}",
            soft_wrap=True,
        )


@operation()
async def match(desk: Desk, every: bool, as_json: bool) -> None:
    maintenance = maintained(desk)
    async with maintenance.opened() as sync:
        found = await maintenance.book.matches(sync.sides.cmms, anew=True)
    left = await maintenance.record.left_out()
    if as_json:
        whole = {
            "matches": [asdict(one) for one in found.matches],
            "unmatched": [{**asdict(one), "why": why} for one, why in found.unmatched],
            "ours_unmatched": list(found.ours_unmatched),
            "left_out": [asdict(one) for one in left],
        }
        desk.write(json.dumps(whole, ensure_ascii=False, default=str))
        return
    title = maintenance.vendor.title
    desk.out.print(
        f"{counted(len(found.matches), 'asset')} matched, {len(found.unmatched):,} of {title} and {len(found.ours_unmatched):,} of ours not."
    )
    if every:
        table = Table("asset", f"in {title}", "its name", "by", box=None, pad_edge=False)
        for one in found.matches:
            table.add_row(escape(one.asset), escape(plain(one.theirs.id)), escape(plain(one.theirs.name)), one.how)
        desk.out.print(table)
    for one, why in found.unmatched:
        desk.out.print(
            f"[bold]{escape(plain(one.id))}[/] “{escape(plain(one.name[:_LONGEST]))}” of {title}: {escape(plain(why))}",
            soft_wrap=True,
        )
    for asset in found.ours_unmatched:
        desk.out.print(f"[bold]{escape(asset)}[/] has no asset in {title}", soft_wrap=True)
    for one in left:
        about = f"{one.vendor_number} “{one.title[:_LONGEST]}”"
        asset = f"the asset {one.asset}" if one.asset else "no asset"
        desk.out.print(
            f"order {escape(plain(about))} is of {escape(plain(asset))} since {one.seen_at:%Y-%m-%d}: it comes in once that matches",
            soft_wrap=True,
        )
    if found.unmatched or found.ours_unmatched:
        desk.out.print(
            "A CSV with the columns asset and vendor_asset, named in PLANTROOM_CMMS_ASSETS, joins what names do not."
        )


@operation()
async def conflicts(desk: Desk, every: bool, as_json: bool) -> None:
    found = await maintained(desk).record.conflicts(every=every)
    if as_json:
        desk.write(json.dumps([{**asdict(one), "name": one.name} for one in found], ensure_ascii=False, default=str))
        return
    if not found:
        desk.out.print("Nothing changed on both sides.")
        return
    table = Table("conflict", "order", "field", "before", "ours", "theirs", "settled", box=None, pad_edge=False)
    for one in found:
        values = (escape(plain((text or "–")[:_LONGEST])) for text in (one.before, one.ours, one.theirs))
        table.add_row(
            one.name, one.number, one.field, *values, escape(f"{one.kept} by {one.settled_by}" if one.kept else "")
        )
    desk.out.print(table)
    if any(one.kept is None for one in found):
        desk.out.print("Settle one: plantroom cmms settle C-3 --keep ours, or --keep theirs.")


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


async def _zone(desk: Desk) -> ZoneInfo:
    return await SiteClock(desk.app.graph, desk.settings.timezone).zone()
