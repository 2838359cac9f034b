"""``plantroom records``: work orders, events, names of codes and failure modes of other systems."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.lazy import load

records = typer.Typer(
    help="Bring in what other systems recorded: work orders, events, names of codes, failure modes.",
    no_args_is_help=True,
)


@records.callback()
def _records() -> None:  # pyright: ignore[reportUnusedFunction]
    pass


@records.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file; failure modes may be YAML.", exists=True)],
    map_: Annotated[
        Path,
        typer.Argument(
            metavar="MAP", help="A YAML file that says how it is read, as in the documentation.", exists=True
        ),
    ],
) -> None:
    """Read a file by its map, and say which rows could not be used and why. What is known already stays one record."""
    load("interfaces.cli.work.work_orders.imports:import_")(file, map_)
