"""``plantroom work-orders``: what the maintenance system knows of repairs, which failure models learn from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from interfaces.cli.payloads import plain
from interfaces.progress import Report

if TYPE_CHECKING:
    from ingestion.orders.order_file import OrderTable
    from ingestion.orders.work_orders import WorkOrder

work_orders = typer.Typer(help="Import and show work orders, which failure models learn from.", no_args_is_help=True)
out = Console(highlight=False)

_SHOWN = 20


@work_orders.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file; its columns are said in the documentation.", exists=True)],
    column: Annotated[
        list[str] | None, typer.Option(help="The file's own name of a column: closed_at=actual_finish.")
    ] = None,
    dates: Annotated[
        str | None, typer.Option(help="How the file writes times, such as %d.%m.%Y %H:%M; else ISO 8601.")
    ] = None,
) -> None:
    """Bring work orders in, and say which rows could not be used and why. Known numbers are replaced."""
    from interfaces.cli.main import run, settings_with

    columns = _columns(column or [])
    settings = settings_with()

    async def work(report: Report) -> None:
        from ingestion.orders.order_file import Reading, read_orders
        from ingestion.orders.work_orders import WorkOrders, read_names
        from interfaces.app.composition import open_app
        from interfaces.app.site_clock import SiteClock

        async with open_app(settings, report) as app:
            report(f"Reading {file.name}")
            zone = ZoneInfo(await SiteClock(app.graph, settings.timezone).timezone())
            how = Reading(await read_names(app.graph), zone, app.clock(), columns, dates)
            table = read_orders(file, how)
            stored = await WorkOrders(app.history).put(table.orders)
        known = len(table.orders) - stored.new - stored.changed
        out.print(f"{stored.new:,} work orders are new, {stored.changed:,} changed, {known:,} were known.")
        _print_counts(table.orders)
        _print_rejected(table)

    run(work)


@work_orders.command("list")
def list_(
    asset: Annotated[str | None, typer.Argument(help="Only of this thing: its id, name or alias.")] = None,
    limit: Annotated[int, typer.Option(help="How many lines.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show work orders, the newest first, with what each of them counts as."""
    from interfaces.cli.main import run, settings_with

    settings = settings_with()

    async def work(report: Report) -> None:
        from ingestion.orders.work_orders import WorkOrders, read_names
        from interfaces.app.composition import open_app

        async with open_app(settings, report) as app:
            ids = None if asset is None else [(await read_names(app.graph)).id_of(asset)]
            found = await WorkOrders(app.history).list(ids, limit)
        if as_json:
            rows = [{**asdict(one), "counts_as": counts_as(one)} for one in found]
            print(json.dumps(rows, ensure_ascii=False, default=str))
        elif found:
            _show(found)
        else:
            out.print("There are no work orders: `plantroom work-orders import FILE` brings them in.")

    run(work, quiet=as_json)


def counts_as(order: WorkOrder) -> str:
    """What an order tells a failure model, in words."""
    from forecasting.failures.labels import RENEWED, verdict
    from forecasting.jobs.failure_records import closed

    done = closed(order)
    if done is None:
        return "open"
    what, mode = verdict(done)
    renewed = f", {RENEWED}" if done.renews and mode is None else ""
    return f"{what} {mode}" if mode else f"{what}{renewed}"


def _columns(told: Sequence[str]) -> dict[str, str]:
    from ingestion.orders.order_file import COLUMNS

    pairs = [one.partition("=") for one in told]
    for name, equals, theirs in pairs:
        if name not in COLUMNS or not equals or not theirs.strip():
            raise typer.BadParameter(f"OURS=THEIRS, ours being one of {', '.join(COLUMNS)}", param_hint="--column")
    return {name: theirs for name, _, theirs in pairs}


def _print_counts(orders: Sequence[WorkOrder]) -> None:
    counts = Counter(counts_as(one) for one in orders)
    if counts:
        out.print("They count as: " + ", ".join(f"{times:,} {what}" for what, times in counts.most_common()) + ".")


def _print_rejected(table: OrderTable) -> None:
    if not table.rejected:
        return
    out.print(f"[bold]Left out:[/] {len(table.rejected):,} rows")
    for one in table.rejected[:_SHOWN]:
        out.print(f"  line {one.line}: {escape(plain(one.why))}", soft_wrap=True)
    if len(table.rejected) > _SHOWN:
        out.print(f"  … and {len(table.rejected) - _SHOWN:,} more")


def _show(found: Sequence[WorkOrder]) -> None:
    table = Table("number", "thing", "failed", "closed", "code", "counts as", "text", box=None, pad_edge=False)
    for one in found:
        failed, closed = (f"{at:%Y-%m-%d %H:%M}" if at else "–" for at in (one.failed_at, one.closed_at))
        table.add_row(
            escape(plain(one.number)), escape(one.asset), failed, closed, escape(plain(one.code or "–")),
            counts_as(one), escape(plain((one.text or "")[:100])),
        )  # fmt: skip
    out.print(table)
