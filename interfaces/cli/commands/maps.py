"""``plantroom map``: a map for files and topics that people already have."""

import re
from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import EXIT_MISUSED, do, do_here
from interfaces.cli.lazy import PlainGroup

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(s|m|)")
_LONGEST_S = 600

map_ = typer.Typer(help="Propose a map for the files or the topics that you already have.", cls=PlainGroup)


@map_.callback()
def _map() -> None:  # pyright: ignore[reportUnusedFunction]
    pass


@map_.command()
def suggest(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Tables of readings: CSV, text, Excel.", exists=True, dir_okay=False)
    ] = None,
    topics: Annotated[
        str | None, typer.Option(help="Listen at the broker instead, to the topics of this filter, such as '#'.")
    ] = None,
    listen_for: Annotated[str, typer.Option("--for", help="How long to listen, such as 60s or 2m.")] = "60s",
    preset: Annotated[
        str | None, typer.Option(help="Write out the map of well-known devices; any name lists them.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Time zone of times without an offset, such as Europe/Berlin.")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A new file to write the map to.")] = None,
) -> None:
    """Look at files, or listen to topics, propose a map, and show ten rows as it reads them."""
    if sum(map(bool, (files, topics, preset))) != 1:
        typer.echo("Name files to look at, or --topics to listen to, or a --preset.", err=True)
        raise typer.Exit(EXIT_MISUSED)
    if output and output.exists():
        raise typer.BadParameter(f"there is a file {output} already; it stays as it is", param_hint="--output")
    target = str(output) if output else None
    if files:
        do_here("maps.suggest_files", {}, files=files, timezone=timezone, output=target)
    elif topics:
        do("maps.suggest_from_topics", topics=topics, seconds=_seconds(listen_for), output=target)
    else:
        do_here("maps.show_preset", {}, name=preset, output=target)


def _seconds(text: str) -> float:
    found = _DURATION.fullmatch(text)
    seconds = float(found[1]) * (60 if found[2] == "m" else 1) if found else 0.0
    if not 0 < seconds <= _LONGEST_S:
        raise typer.BadParameter("such as 60s or 2m, at most ten minutes", param_hint="--for")
    return seconds
