"""``plantroom jobs``: what a served plant does by itself, how far it is, and another attempt."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from interfaces.cli.payloads import plain
from interfaces.progress import Report

if TYPE_CHECKING:
    from interfaces.jobs.records import JobRecord, JobRecords

jobs = typer.Typer(help="Show what the plant does by itself, such as forecasts at night, and run it again.")
out = Console(highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
_COLOURS = {"runs": "cyan", "done": "green", "failed": "red"}


@jobs.callback(invoke_without_command=True)
def list_(
    context: typer.Context,
    each: Annotated[int, typer.Option(help="How many of each job that have ended.", min=1)] = 3,
    as_json: AsJson = False,
) -> None:
    """Show what waits and runs, what failed lately, and the newest of each job."""
    if context.invoked_subcommand is not None:
        return

    async def work(records: JobRecords) -> None:
        found = await records.list(datetime.now(UTC), each)
        if as_json:
            print(json.dumps([one.as_json() for one in found], ensure_ascii=False))
        elif found:
            _show(found)
        else:
            out.print("There are no jobs yet: they begin a minute after `plantroom serve`.")

    _with_records(work, quiet=as_json)


@jobs.command()
def retry(id: Annotated[int, typer.Argument(help="The number of a job that failed.")]) -> None:
    """Try a job again that has failed, or that waits for another attempt."""

    async def work(records: JobRecords) -> None:
        name = await records.retry(id)
        out.print(f"Job {id} ({name}) is queued again. {await _who(records)}")

    _with_records(work)


@jobs.command()
def run(name: Annotated[str, typer.Argument(help="Its name, such as night; `plantroom jobs` shows them.")]) -> None:
    """Run a job now, whenever it is due."""

    async def work(records: JobRecords) -> None:
        id = await records.run(name)
        out.print(f"Job {id} ({name}) is queued. {await _who(records)}")

    _with_records(work)


async def _who(records: JobRecords) -> str:
    if await records.workers():
        return "`plantroom jobs` shows how far it is."
    return "No plant is served on this home at the moment: it runs once `plantroom serve` does."


def _with_records(act: Callable[[JobRecords], Awaitable[None]], *, quiet: bool = False) -> None:
    from interfaces.cli.main import run, settings_with

    settings = settings_with()

    async def work(report: Report) -> None:
        from interfaces.embedded.servers import open_postgres
        from interfaces.jobs.records import open_records
        from interfaces.jobs.schema import migrate_jobs

        async with open_postgres(settings, report) as dsn:
            await migrate_jobs(dsn)
            async with open_records(dsn) as records:
                await act(records)

    run(work, quiet=quiet)


def _show(found: Sequence[JobRecord]) -> None:
    table = Table("", "job", "state", "when", "took", "", box=None, pad_edge=False)
    for one in found:
        colour = _COLOURS.get(one.state)
        state = f"[{colour}]{one.state}[/]" if colour else one.state
        when = f"{one.at.astimezone():%m-%d %H:%M:%S}" if one.at else "–"
        table.add_row(str(one.id), escape(one.name), state, when, span_of(one.took), escape(plain(words_of(one))))
    out.print(table)
    if any(one.state == "failed" for one in found):
        out.print("plantroom jobs retry NUMBER tries one again.", style="dim")


def words_of(one: JobRecord) -> str:
    """What there is to say of it: how far it is, or why it failed."""
    if one.state == "runs" and one.sentence:
        return one.sentence + (f" ({one.share:.0%})" if one.share is not None else "")
    if one.error and one.state != "runs":
        again = f"failed {one.failures} times: " if one.failures > 1 else ""
        return f"{again}{one.error}"
    return one.title or ""


def span_of(took: timedelta | None) -> str:
    if took is None:
        return "–"
    seconds = took.total_seconds()
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
