"""Showing the notes of an asset, and adding one as the person at the terminal."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from rich.markup import escape

from ingestion.notes.notes import Notes
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation
from tools.catalogue.reference.notes import notes
from tools.context import Caller
from tools.query.names import resolve


@operation()
async def show(desk: Desk, asset: str, limit: int, as_json: bool) -> None:
    context = await desk.app.context(Caller("cli"))
    found = await notes(context, asset, limit)
    if as_json:
        desk.write(found.model_dump_json(by_alias=True, exclude={"evidence", "scene"}, indent=2))
        return
    if not found.written:
        desk.out.print(f"Nobody has left a note at {escape(found.asset.name)}.", soft_wrap=True)
    zone = ZoneInfo(context.timezone)
    for one in found.written:
        of = "" if one.asset.id == found.asset.id else f", {one.asset.name}"
        heading = f"{one.written_at.astimezone(zone):%Y-%m-%d %H:%M}  {one.author}{of}"
        desk.out.print(f"[bold]{escape(plain(heading))}[/]", soft_wrap=True)
        for line in one.text.splitlines():
            desk.out.print(f"  {escape(plain(line))}", soft_wrap=True)
    if found.total > len(found.written):
        desk.out.print(f"… and {found.total - len(found.written):,} older ones")


@operation()
async def add(desk: Desk, asset: str, text: str, by: str) -> None:
    """``by`` is who writes."""
    app = desk.app
    id_ = await resolve(app.graph, asset)
    await Notes(app.history).add(id_, by, app.clock(), text)
    desk.out.print("The note is left.")
