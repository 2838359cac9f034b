"""``plantroom cmms``: the maintenance system that work orders are kept the same with."""

import getpass
from typing import Annotated, Literal

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

cmms = typer.Typer(
    help="Check, watch and settle what is kept the same with a maintenance system.", no_args_is_help=True
)


By = Annotated[str | None, typer.Option(help="Who settles it. [default: the account]")]


@cmms.command()
def check(
    write: Annotated[
        bool,
        typer.Option("--write", help="Make a work order there and close it: the right to write shows no other way."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether the maintenance system can be worked with, and what stands in the way."""
    do("cmms.check", quiet=as_json, write=write, as_json=as_json)


@cmms.command()
def status(as_json: AsJson = False) -> None:
    """Show what is the same, what waits, and what has something in the way."""
    do("cmms.status", quiet=as_json, as_json=as_json)


@cmms.command()
def match(
    every: Annotated[bool, typer.Option("--all", help="Those that match as well.")] = False, as_json: AsJson = False
) -> None:
    """List assets that only one side has, and orders that wait for a match."""
    do("cmms.match", quiet=as_json, every=every, as_json=as_json)


@cmms.command()
def conflicts(
    every: Annotated[bool, typer.Option("--all", help="Settled ones as well.")] = False, as_json: AsJson = False
) -> None:
    """List what changed on both sides: neither is overwritten until somebody settles it."""
    do("cmms.conflicts", quiet=as_json, every=every, as_json=as_json)


@cmms.command()
def settle(
    which: Annotated[str, typer.Argument(metavar="WHICH", help="A conflict, C-3, or an order, WO-12.")],
    keep: Annotated[Literal["ours", "theirs"] | None, typer.Option(help="Which side of a conflict holds.")] = None,
    found: Annotated[str | None, typer.Option(metavar="ID", help="The order was made there: its id.")] = None,
    not_made: Annotated[bool, typer.Option("--not-made", help="It was not made there: make it now.")] = False,
    line: Annotated[str | None, typer.Option(help="Of labour or a part instead: its key, as status shows it.")] = None,
    there: Annotated[bool, typer.Option("--there", help="The line is there.")] = False,
    by: By = None,
) -> None:
    """Say which side of a conflict holds, or what you found when you looked for an order whose answer was lost."""
    by = by or getpass.getuser()
    do("cmms.settle", which=which, keep=keep, found=found, not_made=not_made, line=line, there=there, by=by)


@cmms.command()
def sync(
    order: Annotated[str | None, typer.Argument(help="Only this order: try again what was refused.")] = None,
    everything: Annotated[
        bool, typer.Option("--open", help="Send all open orders of ours that have not gone there.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do now what the jobs do by themselves: webhooks, what changed here, what changed there."""
    do("cmms.sync", quiet=as_json, order=order, everything=everything, as_json=as_json)
