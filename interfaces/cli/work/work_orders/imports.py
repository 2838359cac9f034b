"""Bringing in records of other systems by a map."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from interfaces.app.composition import open_app
from interfaces.app.records import Imported, import_records
from interfaces.cli.payloads import plain
from interfaces.cli.running import out, run, settings_with
from interfaces.progress import Report

_SHOWN = 20


def import_(file: Path, map_: Path) -> None:
    async def work(report: Report) -> None:
        async with open_app(settings_with(), report) as app:
            _print(await import_records(app, file, map_, report))

    run(work)


def _print(found: Imported) -> None:
    known = found.read - found.stored.new - found.stored.changed
    what = found.kind.replace("_", " ")
    out.print(
        f"Of {found.read:,} {what} {found.stored.new:,} are new, {found.stored.changed:,} changed, {known:,} were known."
    )
    if found.rejected:
        out.print(f"[bold]Left out:[/] {len(found.rejected):,} rows")
    for one in found.rejected[:_SHOWN]:
        out.print(f"  line {one.line}: {escape(plain(one.why))}", soft_wrap=True)
    if len(found.rejected) > _SHOWN:
        out.print(f"  … and {len(found.rejected) - _SHOWN:,} more")
