"""``plantroom dead-letters``: what could not be read or stored, why, and what to do about it."""

import base64
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from interfaces.cli.dispatch import do, do_here
from interfaces.cli.options import AsJson

dead_letters = typer.Typer(help="See to messages that could not be read or stored.", no_args_is_help=True)

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
    as_json: AsJson = False,
) -> None:
    """Show the reasons, the most frequent first, or with --each the letters, the newest first."""
    do("dead_letters.list_", quiet=as_json, topic=topic, kind=kind, each=each, limit=limit, as_json=as_json)


@dead_letters.command()
def show(
    id: Id, file: Annotated[Path | None, typer.Option(help="Write the payload to this file, byte by byte.")] = None
) -> None:
    """Show one with its payload."""
    do("dead_letters.show", id=id, file=str(file) if file else None)


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
    _with_map(
        "dead_letters.retry", map, ids=ids, everything=everything, topic=topic, kind=kind,
        shift_s=move.total_seconds(), as_received=as_received,
    )  # fmt: skip


@dead_letters.command()
def edit(
    id: Id,
    file: Annotated[
        Path | None, typer.Option(help="The corrected payload; without it, your editor opens.", exists=True)
    ] = None,
    map: Map = None,
) -> None:
    """Correct a payload and store its readings. One that is still not right changes nothing."""
    _with_map("dead_letters.edit", map, id=id, payload=base64.b64encode(file.read_bytes()).decode() if file else None)


@dead_letters.command()
def drop(
    ids: Ids = None,
    everything: Everything = False,
    topic: Topic = None,
    kind: KindOf = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Give letters up for good, after asking."""
    do("dead_letters.drop", ids=ids, everything=everything, topic=topic, kind=kind, yes=yes)


def _with_map(operation: str, map: Path | None, **arguments: Any) -> None:
    """The serving process has its own map, so a corrected one is tried here."""
    if map:
        do_here(operation, {"map": map}, **arguments)
    else:
        do(operation, **arguments)


def parse_span(text: str) -> timedelta:
    """``-1d`` or ``2h30m``: a number and d, h, m or s each. Raises ``typer.BadParameter``."""
    sign = -1 if text.strip().startswith("-") else 1
    rest = text.strip().removeprefix("-").removeprefix("+")
    parts = _SPAN.findall(rest)
    if not parts or _SPAN.sub("", rest).strip():
        raise typer.BadParameter("a time span, as -1d or 2h30m", param_hint="--shift")
    return sign * timedelta(seconds=sum(float(number) * _SECONDS[unit[0].lower()] for number, unit in parts))
