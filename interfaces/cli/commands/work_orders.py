"""``plantroom work-orders``: what the maintenance system knows of repairs, which failure models learn from."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.lazy import load
from interfaces.cli.options import AsJson

work_orders = typer.Typer(help="Import and show work orders, which failure models learn from.", no_args_is_help=True)


@work_orders.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV file; its columns are said in the documentation.", exists=True)],
    column: Annotated[
        list[str] | None, typer.Option(help="The file's own name of a column: closed_at=actual_finish.")
    ] = None,
    dates: Annotated[
        str | None, typer.Option(help="How the file writes times, such as %d.%m.%Y %H:%M; else ISO 8601.")
    ] = None,
) -> None:
    """Bring work orders in, and say which rows could not be used and why. Known numbers are replaced."""
    load("interfaces.cli.work.work_orders:import_")(file, column or [], dates)


@work_orders.command("list")
def list_(
    asset: Annotated[str | None, typer.Argument(help="Only of this asset: its id, name or alias.")] = None,
    limit: Annotated[int, typer.Option(help="How many lines.", min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """Show work orders, the newest first, with what each of them counts as."""
    do("work_orders.list_", quiet=as_json, asset=asset, limit=limit, as_json=as_json)
