"""``plantroom dead-letters``: what could not be read or stored, why, and what to do about it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from graph_schema.errors import InvalidInput
from ingestion.pipeline.dead_letters import Choice, DeadLetter, DeadLetters, Group
from ingestion.pipeline.service import Ingestion, build
from interfaces.app.composition import App
from interfaces.cli.payloads import plain, readable
from interfaces.local.operation import Desk, operation


@operation()
async def list_(desk: Desk, topic: str | None, kind: str | None, each: bool, limit: int, as_json: bool) -> None:
    letters, choice = DeadLetters(desk.app.history), Choice(topic=topic, kind=kind)
    groups: Sequence[Group] = () if each else (await letters.groups(choice))[:limit]
    found: Sequence[DeadLetter] = await letters.list(limit, choice) if each else ()
    if as_json:
        desk.write(json.dumps([asdict(one) for one in (*groups, *found)], ensure_ascii=False, default=str))
    elif not (groups or found):
        desk.out.print("There are no dead letters of that sort." if topic or kind else "There are no dead letters.")
    elif each:
        _show_letters(desk.out, found)
    else:
        _show_groups(desk.out, groups)


@operation()
async def show(desk: Desk, id: int, file: str | None) -> None:
    letter = await DeadLetters(desk.app.history).show(id)
    if file:
        await desk.person.keep(file, letter.payload or b"")
        desk.out.print(f"{letter.size:,} bytes are in {file}.", markup=False)
    else:
        _show_letter(desk.out, letter)


@operation()
async def retry(
    desk: Desk,
    ids: list[int] | None,
    everything: bool,
    topic: str | None,
    kind: str | None,
    shift_s: float,
    as_received: bool,
) -> None:
    parts = await _parts(desk.app)
    outcome = await parts.dead_letters.retry(
        _choice(ids, everything, topic, kind), parts.pipeline, shift=timedelta(seconds=shift_s), as_received=as_received
    )
    await parts.projection.tick()
    desk.out.print(f"{outcome.read:,} letters are read; {outcome.readings:,} readings are in history.")
    for reason, times in outcome.remaining.most_common(10):
        desk.out.print(f"[yellow]•[/] {times:,} remain: {escape(plain(reason))}", soft_wrap=True)


@operation()
async def edit(desk: Desk, id: int, payload: str | None) -> None:
    """``payload`` is the corrected one in base64; without it the person's editor opens."""
    parts = await _parts(desk.app)
    corrected = await _edited(desk, await parts.dead_letters.show(id)) if payload is None else base64.b64decode(payload)
    if problems := await parts.dead_letters.correct(id, corrected, parts.pipeline):
        raise InvalidInput(f"The letter stays as it was: {' '.join(problems)}")
    await parts.projection.tick()
    desk.out.print("Its readings are in history.")


@operation()
async def drop(
    desk: Desk, ids: list[int] | None, everything: bool, topic: str | None, kind: str | None, yes: bool
) -> None:
    letters = DeadLetters(desk.app.history)
    found = await letters.chosen(_choice(ids, everything, topic, kind))
    if not found:
        desk.out.print("There are no dead letters of that sort.")
    elif yes or await desk.person.agrees(f"Give up {len(found):,} messages for good?"):
        desk.out.print(f"{await letters.drop(found):,} are gone.")
    else:
        desk.out.print("They stay.")


async def _parts(app: App) -> Ingestion:
    """Ingestion of its own: what is read again must not wait in a row with what arrives."""
    parts = build(app.history, app.graph, app.telemetry_map, app.clock)
    await parts.validation.refresh(app.graph)
    return parts


def _choice(ids: list[int] | None, everything: bool, topic: str | None, kind: str | None) -> Choice:
    """What the command line names; naming nothing must not mean everything."""
    if not (ids or everything or topic or kind):
        raise InvalidInput("Say which: numbers, --topic, --kind or --all.")
    return Choice(tuple(ids) if ids else None, topic, kind)


async def _edited(desk: Desk, letter: DeadLetter) -> bytes:
    payload = letter.payload or b""
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(
            f"The payload is not text. Write it to a file (plantroom dead-letters show {letter.id} --file F), "
            "correct that, and pass it with --file."
        ) from error
    changed = await desk.person.edited(text)
    if changed is None or changed == text:
        raise InvalidInput("Nothing was changed.")
    return changed.encode()


def _show_letter(out: Console, letter: DeadLetter) -> None:
    out.print(f"[bold]{letter.id}[/]  {escape(plain(letter.topic))}", soft_wrap=True)
    out.print(f"{letter.kind}: {plain(letter.reason)}", markup=False, soft_wrap=True)
    again = f", {letter.times:,} times until {letter.last_at:%Y-%m-%d %H:%M:%S}" if letter.times > 1 else ""
    out.print(f"received {letter.received_at:%Y-%m-%d %H:%M:%S} UTC{again}, {letter.size:,} bytes")
    out.print(readable(letter.payload or b""), markup=False, soft_wrap=True)


def _show_groups(out: Console, found: Sequence[Group]) -> None:
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


def _show_letters(out: Console, found: Sequence[DeadLetter]) -> None:
    table = Table("", "kind", "newest", "times", "topic", "reason", box=None, pad_edge=False)
    for one in found:
        table.add_row(
            str(one.id), one.kind, f"{one.last_at:%m-%d %H:%M:%S}", f"{one.times:,}", escape(plain(one.topic[:100])), escape(plain(one.reason[:300]))
        )  # fmt: skip
    out.print(table)
