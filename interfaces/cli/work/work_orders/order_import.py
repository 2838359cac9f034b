"""``plantroom work-orders import``: the order book of another system, how it is read and what would be learnt from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import typer
from rich.markup import escape

from forecasting.failures.labels import Verdict, verdict
from forecasting.jobs.failure_records import closed
from graph_schema.errors import InvalidInput
from ingestion.orders.mirror import mirror_missing
from ingestion.orders.order import WorkOrder
from ingestion.orders.order_file import COLUMNS, MORE, OrderTable, Reading, Rejected, read_orders
from ingestion.orders.work_orders import Names, WorkOrders, read_names
from ingestion.records.record_map import RecordMap, read_record_map
from interfaces.app.composition import App, open_app
from interfaces.app.site_clock import SiteClock
from interfaces.cli.payloads import plain
from interfaces.cli.running import out, run, settings_with
from interfaces.cli.work.work_orders.record import counts_as
from interfaces.progress import Report

_SHOWN = 20
_PREVIEW = 5


def import_(file: Path, map_: Path | None, told: Sequence[str], dates: str | None, dry_run: bool) -> None:
    """``told`` are columns by the file's own names; they go before those of the map."""
    columns = _columns(told)
    settings = settings_with()

    async def work(report: Report) -> None:
        async with open_app(settings, report) as app:
            report(f"Reading {file.name}")
            how = reading(await _blank(app), map_, columns, dates)
            table = read_orders(file, how)
            if dry_run:
                for line in preview(table):
                    out.print(line, soft_wrap=True)
                return
            await store(app, table)

    run(work)


async def store(app: App, table: OrderTable) -> None:
    """Into the record, and say what it came to."""
    stored = await WorkOrders(app.history).put(table.orders, table.told)
    await mirror_missing(app.graph, app.history)
    known = len(table.orders) - stored.new - stored.changed
    out.print(f"{stored.new:,} work orders are new, {stored.changed:,} changed, {known:,} were known.")
    for line in learnt(table):
        out.print(line, soft_wrap=True)


async def _blank(app: App) -> Reading:
    zone = await SiteClock(app.graph, app.settings.timezone).zone()
    names: Names = await read_names(app.graph)
    return Reading(names, zone, app.clock())


def reading(blank: Reading, map_: Path | None, columns: dict[str, str], dates: str | None) -> Reading:
    """As the map and the command line say. Raises ``InvalidInput`` for the map of something else."""
    wanted = RecordMap(kind="work_orders") if map_ is None else read_record_map(map_)
    if wanted.kind != "work_orders":
        raise InvalidInput(f"{map_} is a map of {wanted.kind}, and not of work_orders.")
    return replace(
        blank, columns={**wanted.columns, **columns}, dates=dates or wanted.dates, values=wanted.values, given=wanted.given, skip=wanted.skip
    )  # fmt: skip


def learnt(table: OrderTable) -> list[str]:
    """What failure models learn of a table, what they do not, and which rows were left out, in lines for people."""
    return [*_counts(table.orders), *_unknown_codes(table.orders), *_doubts(table), *_rejected(table.rejected)]


def preview(table: OrderTable) -> list[str]:
    """How a table is read and what failure models would learn, in lines for people."""
    read = ", ".join(f"{ours} from {escape(plain(theirs))}" for ours, theirs in table.columns.items())
    lines = [f"{len(table.orders):,} work orders would be read, and nothing is changed.", f"Columns: {read}."]
    if table.times.form:
        lines.append(f"Times are read as {escape(table.times.form)}.")
    lines += [*_doubts(table), *_counts(table.orders), *_unknown_codes(table.orders)]
    lines += [f"  {_shown(one)}" for one in table.orders[:_PREVIEW]]
    return [*lines, *_rejected(table.rejected)]


def _shown(order: WorkOrder) -> str:
    at = order.closed_at or order.failed_at or order.opened_at
    what = f"{order.kind}, {order.status.replace('_', ' ')}" + (f", code {order.code}" if order.code else "")
    when = f"{at:%Y-%m-%d %H:%M}Z" if at else "no time"
    return f"{escape(plain(order.number))}  {escape(order.asset)}  {when}  {escape(plain(what))} → {counts_as(order)}"


def _counts(orders: Sequence[WorkOrder]) -> list[str]:
    counts = Counter(counts_as(one) for one in orders)
    said = ", ".join(f"{times:,} {what}" for what, times in counts.most_common())
    return [f"They count as: {said}."] if counts else []


def _unknown_codes(orders: Sequence[WorkOrder]) -> list[str]:
    """Codes of repairs that say no failure to anybody: they are kept, and nothing is learnt from them."""
    found = Counter(one.code for one in orders if one.code and _is_unclear(one))
    if not found:
        return []
    listed = ", ".join(f"{escape(plain(code))} ({times:,})" for code, times in found.most_common(_SHOWN))
    first = escape(plain(next(iter(found))))
    return [
        f"Codes that are not known, and teach nothing: {listed}. Say in a map which failure mode of ISO 14224 each is, as "
        f"values: {{code: {{{first}: BRD}}}}, and read the file with --map."
    ]


def _is_unclear(order: WorkOrder) -> bool:
    done = closed(order)
    return done is not None and verdict(done)[0] is Verdict.UNCLEAR


def _doubts(table: OrderTable) -> list[str]:
    return [escape(table.times.unsure)] if table.times.unsure else []


def _rejected(rejected: Sequence[Rejected]) -> list[str]:
    if not rejected:
        return []
    lines = [f"[bold]Left out:[/] {len(rejected):,} rows"]
    lines += [f"  line {one.line}: {escape(plain(one.why))}" for one in rejected[:_SHOWN]]
    return [*lines, f"  … and {len(rejected) - _SHOWN:,} more"] if len(rejected) > _SHOWN else lines


def _columns(told: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in told]
    for name, equals, theirs in pairs:
        if name not in (*COLUMNS, *MORE) or not equals or not theirs.strip():
            raise typer.BadParameter(
                f"OURS=THEIRS, ours being one of {', '.join((*COLUMNS, *MORE))}", param_hint="--column"
            )
    return {name: theirs for name, _, theirs in pairs}
