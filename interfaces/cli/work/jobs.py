"""``plantroom jobs``: what a served plant does by itself, how far it is, and another attempt."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from interfaces.cli.payloads import plain
from interfaces.embedded.servers import open_postgres
from interfaces.jobs.records import JobRecord, JobRecords, open_records
from interfaces.jobs.schema import migrate_jobs
from interfaces.local.operation import Desk, operation

_COLOURS = {"runs": "cyan", "done": "green", "failed": "red"}


@operation(needs_plant=False)
async def list_(desk: Desk, each: int, as_json: bool) -> None:
    async with _records(desk) as records:
        found = await records.list(datetime.now(UTC), each)
    if as_json:
        desk.write(json.dumps([one.as_json() for one in found], ensure_ascii=False))
    elif found:
        _show(desk.out, found)
    else:
        desk.out.print("There are no jobs yet: they begin a minute after `plantroom serve`.")


@operation(needs_plant=False)
async def retry(desk: Desk, id: int) -> None:
    async with _records(desk) as records:
        name = await records.retry(id)
        desk.out.print(f"Job {id} ({name}) is queued again. {await _who(records)}")


@operation(needs_plant=False)
async def run(desk: Desk, name: str) -> None:
    async with _records(desk) as records:
        id = await records.run(name)
        desk.out.print(f"Job {id} ({name}) is queued. {await _who(records)}")


@asynccontextmanager
async def _records(desk: Desk) -> AsyncGenerator[JobRecords]:
    """The database alone: nothing else has to be started for it."""
    async with open_postgres(desk.settings, desk.report) as dsn:
        await migrate_jobs(dsn)
        async with open_records(dsn) as records:
            yield records


async def _who(records: JobRecords) -> str:
    if await records.workers():
        return "`plantroom jobs` shows how far it is."
    return "No plant is served on this home at the moment: it runs once `plantroom serve` does."


def _show(out: Console, found: Sequence[JobRecord]) -> None:
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
