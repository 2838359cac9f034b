"""``plantroom alarms``: what is beyond its limits now, what was, and putting latched alarms back."""

import getpass
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

alarms = typer.Typer(help="Show what is or was beyond its limits; reset latched alarms.")


@alarms.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    since: Annotated[
        str | None, typer.Option(help="Also what was, from then on: 24h, 7d, or a time such as 2026-03-02T22:00.")
    ] = None,
    asset: Annotated[str | None, typer.Option(help="Only of this asset and its parts, or of this point.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the alarms that are active, since when and how far; with --since, how often and how long there were some."""
    if context.invoked_subcommand is None:
        do("alarms.show", quiet=as_json, since=since, asset=asset, as_json=as_json)


@alarms.command()
def reset(
    points: Annotated[list[str], typer.Argument(help="Ids of the points whose alarms to reset.")],
    by: Annotated[str | None, typer.Option(help="Who does it. [default: the account]")] = None,
) -> None:
    """Put latched alarms back. What is still beyond its limit is raised again after its delay."""
    do("alarms.reset", points=points, by=by or getpass.getuser())
