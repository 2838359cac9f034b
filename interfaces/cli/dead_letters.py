"""``plantroom dead-letters``: what could not be read or stored, why, and what to do about it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph_schema.errors import InvalidInput
from interfaces.cli.payloads import plain, readable
from interfaces.progress import Report

if TYPE_CHECKING:
    from ingestion.pipeline.dead_letters import Choice, DeadLetter, DeadLetters, Group
    from interfaces.app.composition import App

dead_letters = typer.Typer(help="See to messages that could not be read or stored.", no_args_is_help=True)
out = Console(highlight=False)

Ids = Annotated[list[int] | None, typer.Argument(help="Numbers of letters, as list shows them.")]
Id = Annotated[int, typer.Argument(help="Number of a letter, as list shows it.")]
Topic = Annotated[str | None, typer.Option(help="Only of this topic; an MQTT filter with + and #.")]
KindOf = Annotated[str | None, typer.Option("--kind", help="Only of this kind, as list shows it.")]
Everything = Annotated[bool, typer.Option("--all", help="All there are.")]
Map = Annotated[Path | None, typer.Option(help="The corrected map; by default the one in the settings.", exists=True)]

_SPAN = re.compile(r"(\d+(?:\.\d+)?)(d|h|m(?:in)?|s)", re.IGNORECASE)
_SECONDS = {"d": 86_400, "h": 3600, "m": 60, "s": 1}


@dead_letters.command("list")
def list_(
    topic: Topic = None,
    kind: KindOf = None,
    each: Annotated[
        bool, typer.Option(help="Every letter on a line, instead of the reasons with their numbers.")
    ] = False,
    limit: Annotated[int, typer.Option(help="How many lines.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Show the reasons, the most frequent first, or with --each the letters, the newest first."""

    async def work(app: App, letters: DeadLetters, report: Report) -> None:
        from ingestion.pipeline.dead_letters import Choice

        choice = Choice(topic=topic, kind=kind)
        groups: Sequence[Group] = () if each else (await letters.groups(choice))[:limit]
        found: Sequence[DeadLetter] = await letters.list(limit, choice) if each else ()
        if as_json:
            rows = [asdict(one) for one in (*groups, *found)]
            print(json.dumps(rows, ensure_ascii=False, default=str))
        elif not (groups or found):
            out.print("There are no dead letters of that sort." if topic or kind else "There are no dead letters.")
        elif each:
            _show_letters(found)
        else:
            _show_groups(groups)

    _with_letters(work, quiet=as_json)


@dead_letters.command()
def show(
    id: Id, file: Annotated[Path | None, typer.Option(help="Write the payload to this file, byte by byte.")] = None
) -> None:
    """Show one with its payload."""

    async def work(app: App, letters: DeadLetters, report: Report) -> None:
        letter = await letters.show(id)
        if file:
            file.write_bytes(letter.payload or b"")
            out.print(f"{letter.size:,} bytes are in {file}.", markup=False)
            return
        out.print(f"[bold]{letter.id}[/]  {escape(plain(letter.topic))}", soft_wrap=True)
        out.print(f"{letter.kind}: {plain(letter.reason)}", markup=False, soft_wrap=True)
        again = f", {letter.times:,} times until {letter.last_at:%Y-%m-%d %H:%M:%S}" if letter.times > 1 else ""
        out.print(f"received {letter.received_at:%Y-%m-%d %H:%M:%S} UTC{again}, {letter.size:,} bytes")
        out.print(readable(letter.payload or b""), markup=False, soft_wrap=True)

    _with_letters(work)


@dead_letters.command()
def retry(
    ids: Ids = None,
    everything: Everything = False,
    topic: Topic = None,
    kind: KindOf = None,
    map: Map = None,
    shift: Annotated[
        str | None, typer.Option(help="Add to the times, for a clock that was wrong: -1d, 2h30m, 20514d10h.")
    ] = None,
    as_received: Annotated[
        bool, typer.Option("--as-received", help="Take the moments of reception instead of the messages' own times.")
    ] = False,
) -> None:
    """Read letters again, once the map, the plant or the clock is right; those without further problems are gone then."""
    move = parse_span(shift) if shift else timedelta()

    async def work(app: App, letters: DeadLetters, report: Report) -> None:
        choice = _choice(ids, everything, topic, kind)
        outcome = await letters.retry(choice, app.ingestion.pipeline, shift=move, as_received=as_received)
        await app.ingestion.projection.tick()
        out.print(f"{outcome.read:,} letters are read; {outcome.readings:,} readings are in history.")
        for reason, times in outcome.remaining.most_common(10):
            out.print(f"[yellow]•[/] {times:,} remain: {escape(plain(reason))}", soft_wrap=True)

    _with_letters(work, map=map)


@dead_letters.command()
def edit(
    id: Id,
    file: Annotated[
        Path | None, typer.Option(help="The corrected payload; without it, your editor opens.", exists=True)
    ] = None,
    map: Map = None,
) -> None:
    """Correct a payload and store its readings. One that is still not right changes nothing."""

    async def work(app: App, letters: DeadLetters, report: Report) -> None:
        payload = file.read_bytes() if file else _edited(await letters.show(id))
        if problems := await letters.correct(id, payload, app.ingestion.pipeline):
            raise InvalidInput(f"The letter stays as it was: {' '.join(problems)}")
        await app.ingestion.projection.tick()
        out.print("Its readings are in history.")

    _with_letters(work, map=map)


@dead_letters.command()
def drop(
    ids: Ids = None,
    everything: Everything = False,
    topic: Topic = None,
    kind: KindOf = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give letters up for good, after asking."""

    async def work(app: App, letters: DeadLetters, report: Report) -> None:
        found = await letters.chosen(_choice(ids, everything, topic, kind))
        if not found:
            out.print("There are no dead letters of that sort.")
        elif yes or typer.confirm(f"Give up {len(found):,} messages for good?", err=True):
            out.print(f"{await letters.drop(found):,} are gone.")
        else:
            out.print("They stay.")

    _with_letters(work)


def parse_span(text: str) -> timedelta:
    """``-1d`` or ``2h30m``: a number and d, h, m or s each. Raises ``typer.BadParameter``."""
    sign = -1 if text.strip().startswith("-") else 1
    rest = text.strip().removeprefix("-").removeprefix("+")
    parts = _SPAN.findall(rest)
    if not parts or _SPAN.sub("", rest).strip():
        raise typer.BadParameter("a time span, as -1d or 2h30m", param_hint="--shift")
    return sign * timedelta(seconds=sum(float(number) * _SECONDS[unit[0].lower()] for number, unit in parts))


def _choice(ids: list[int] | None, everything: bool, topic: str | None, kind: str | None) -> Choice:
    """What the command line names; naming nothing must not mean everything."""
    from ingestion.pipeline.dead_letters import Choice

    if not (ids or everything or topic or kind):
        raise InvalidInput("Say which: numbers, --topic, --kind or --all.")
    return Choice(tuple(ids) if ids else None, topic, kind)


def _edited(letter: DeadLetter) -> bytes:
    payload = letter.payload or b""
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"The payload is not text. Write it to a file (plantroom dead-letters show {letter.id} --file F), "
            "correct that, and pass it with --file."
        ) from error
    changed = click.edit(text, extension=".json", require_save=True)
    if changed is None or changed == text:
        raise InvalidInput("Nothing was changed.")
    return changed.encode()


def _with_letters(
    act: Callable[[App, DeadLetters, Report], Awaitable[None]], *, quiet: bool = False, **changes: Any
) -> None:
    from interfaces.cli.main import run, settings_with

    settings = settings_with(**changes)

    async def work(report: Report) -> None:
        from interfaces.app.composition import open_app

        async with open_app(settings, report) as app:
            await app.ingestion.validation.refresh(app.graph)
            await act(app, app.ingestion.dead_letters, report)

    run(work, quiet=quiet)


def _show_groups(found: Sequence[Group]) -> None:
    table = Table("kind", "messages", "since", "newest", "e.g.", "reason", box=None, pad_edge=False)
    for one in found:
        messages = f"{one.messages:,}" + (f" ({one.times:,} times)" if one.times > one.messages else "")
        topics = f" (and {one.topics - 1:,} more topics)" if one.topics > 1 else ""
        table.add_row(
            one.kind, messages, f"{one.since:%m-%d %H:%M}", f"{one.last_at:%m-%d %H:%M}", str(one.id),
            f"{escape(plain(one.reason[:300]))}\n[dim]{escape(plain(one.topic[:100]))}{topics}[/]",
        )  # fmt: skip
    out.print(table)
    out.print("plantroom dead-letters show NUMBER shows one; retry, edit and drop see to them.", style="dim")


def _show_letters(found: Sequence[DeadLetter]) -> None:
    table = Table("", "kind", "newest", "times", "topic", "reason", box=None, pad_edge=False)
    for one in found:
        table.add_row(
            str(one.id), one.kind, f"{one.last_at:%m-%d %H:%M:%S}", f"{one.times:,}", escape(plain(one.topic[:100])), escape(plain(one.reason[:300]))
        )  # fmt: skip
    out.print(table)
