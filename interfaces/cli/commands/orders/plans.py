"""``plantroom plans``: maintenance plans and spare parts."""

from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.lazy import load
from interfaces.cli.options import AsJson

plans = typer.Typer(help="Import maintenance plans and spare parts, and show what is due.", no_args_is_help=True)


@plans.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A YAML file with the sections plans and parts.", exists=True)],
) -> None:
    """Bring plans and parts in. Those of the same id are replaced."""
    load("interfaces.cli.work.plans.plans:import_")(file)


@plans.command("list")
def list_(as_json: AsJson = False) -> None:
    """Show the plans."""
    do("plans.list_", quiet=as_json, as_json=as_json)


@plans.command()
def due(
    asset: Annotated[str | None, typer.Argument(help="Only of this asset or place.")] = None,
    days: Annotated[int, typer.Option(help="Within so many days.", min=0, max=730)] = 30,
    as_json: AsJson = False,
) -> None:
    """Show what is overdue or comes due, the most urgent first."""
    do("plans.due", quiet=as_json, asset=asset, days=days, as_json=as_json)


@plans.command()
def parts(
    days: Annotated[int, typer.Option(help="How far ahead demand is expected.", min=1, max=730)] = 90,
    as_json: AsJson = False,
) -> None:
    """Show spare parts with stock, expected demand and what to order."""
    do("plans.parts", quiet=as_json, days=days, as_json=as_json)


@plans.command()
def remove(plan: Annotated[str, typer.Argument(help="Id of the plan.")]) -> None:
    """Remove a plan; work orders that were made of it stay."""
    do("plans.remove", plan=plan)
