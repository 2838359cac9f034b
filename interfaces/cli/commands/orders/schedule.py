"""``plantroom schedule``: which crew does which job when, why, and what is left out."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

schedule = typer.Typer(help="Plan which crew does which maintenance when, with its cost and its gap to the best.")


@schedule.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    days: Annotated[int, typer.Option(help="How many days from today.", min=1, max=60)] = 14,
    seconds: Annotated[float, typer.Option(help="How long to search at most.", min=0, max=3600)] = 20,
    ics: Annotated[
        Path | None, typer.Option(help="A folder for a calendar of each crew.", exists=True, file_okay=False)
    ] = None,
    propose: Annotated[bool, typer.Option("--propose", help="Propose the orders that put it into force.")] = False,
    by: Annotated[str | None, typer.Option(help="Who proposes it. [default: the account]")] = None,
    as_json: AsJson = False,
) -> None:
    """Plan open orders, tasks that come due and likely failures; nothing is changed before somebody approves it."""
    if context.invoked_subcommand is None:
        folder = None if ics is None else str(ics.absolute())
        who = by or getpass.getuser()
        do(
            "schedule.show", quiet=as_json, days=days, seconds=seconds, ics=folder, propose=propose, by=who, as_json=as_json
        )  # fmt: skip


@schedule.command()
def check() -> None:
    """Read crews.yaml and costs.yaml, and say who works when, what is stated and what is wrong with them."""
    do("schedule.check")
