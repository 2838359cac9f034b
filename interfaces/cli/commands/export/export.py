"""``plantroom export``: what Plantroom knows, for other programs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from interfaces.cli.dispatch import do, do_here
from interfaces.cli.lazy import PlainGroup

export = typer.Typer(help="Write what Plantroom knows into files that other programs read.", cls=PlainGroup)


@export.callback()
def _export() -> None:  # pyright: ignore[reportUnusedFunction]
    pass


@export.command()
def history(
    output: Annotated[Path, typer.Argument(help="A new file: .csv, or .parquet.")],
    point: Annotated[
        list[str] | None, typer.Option(help="A point by id, name or address; may be given several times.")
    ] = None,
    asset: Annotated[list[str] | None, typer.Option(help="An asset or a place by id or name, with its points.")] = None,
    class_: Annotated[
        list[str] | None, typer.Option("--class", help="A class of Brick, of the point or its asset, such as AHU.")
    ] = None,
    since: Annotated[str, typer.Option("--from", help="A day or a moment, such as 2026-11-01.")] = "1980-01-01",
    until: Annotated[str, typer.Option("--to", help="The day or moment before which it ends.")] = "2200-01-01",
    hourly: Annotated[bool, typer.Option("--hourly", help="Mean, smallest and largest of each hour.")] = False,
    form: Annotated[
        Literal["csv", "parquet"] | None, typer.Option("--format", help="Instead of what the file's name says.")
    ] = None,
) -> None:
    """Write readings to a CSV or Parquet file, by point, asset, class and time."""
    if output.exists():
        raise typer.BadParameter(f"there is a file {output} already; it stays as it is", param_hint="OUTPUT")
    do_here(
        "export.history", {}, output=output, points=point or [], assets=asset or [], classes=class_ or [], since=since, until=until,
        grain="hourly" if hourly else "raw", form=form,
    )  # fmt: skip


@export.command()
def model(
    output: Annotated[Path, typer.Argument(help="A new Turtle file (.ttl).")],
    plant: Annotated[str | None, typer.Option(help="Which plant, where several were imported.")] = None,
) -> None:
    """Write the plant as a Brick model, with what was learnt of addresses, units and limits."""
    if output.exists():
        raise typer.BadParameter(f"there is a file {output} already; it stays as it is", param_hint="OUTPUT")
    do("export.model", output=str(output.absolute()), plant=plant)
