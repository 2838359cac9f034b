"""``plantroom read``: devices that know no broker, read and published for."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import do_here
from interfaces.cli.lazy import PlainGroup

MapFile = Annotated[Path, typer.Argument(help="YAML map of what to read.", exists=True, dir_okay=False)]
Once = Annotated[bool, typer.Option("--once", help="Read everything once, publish it and end.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read everything once, show it, and publish nothing.")]

read = typer.Typer(
    help="Read devices that know no broker, and publish for them; nothing is written to a device.", cls=PlainGroup
)


@read.callback()
def _read() -> None:  # pyright: ignore[reportUnusedFunction]
    pass


@read.command()
def modbus(map: MapFile, once: Once = False, dry_run: DryRun = False) -> None:
    """Read registers over Modbus TCP by a map and publish their values, until Ctrl-C."""
    do_here("readers.modbus", {}, map=map, once=once, dry_run=dry_run)
