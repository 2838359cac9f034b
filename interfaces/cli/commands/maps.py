"""``plantroom map``: a map for files and topics that people already have."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import EXIT_MISUSED, do_here
from interfaces.cli.lazy import PlainGroup

map_ = typer.Typer(help="Propose a map for the files or the topics that you already have.", cls=PlainGroup)
Output = Annotated[Path | None, typer.Option("--output", "-o", help="A new file to write the map to.")]


@map_.command()
def suggest(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Tables of readings: CSV, text, Excel.", exists=True, dir_okay=False)
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Time zone of times without an offset, such as Europe/Berlin.")
    ] = None,
    output: Output = None,
) -> None:
    """Look at files, propose a map for them, and show ten rows as it reads them."""
    if not files:
        typer.echo("Name the files to look at.", err=True)
        raise typer.Exit(EXIT_MISUSED)
    do_here("maps.suggest_files", {}, files=files, timezone=timezone, output=output)
