"""``plantroom oncall``: who is on call now and next, and who is instead."""

import getpass
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

oncall = typer.Typer(help="Show who is on call, and who is instead.")


@oncall.callback(invoke_without_command=True)
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show who is on call now and until when, of every rota of the notification book."""
    if context.invoked_subcommand is None:
        do("notify.on_call", quiet=as_json, as_json=as_json)


@oncall.command()
def override(
    rota: Annotated[str, typer.Argument(help="A rota of the book.")],
    end: Annotated[str, typer.Option("--to", help="Until when: 2026-12-27T08:00.")],
    person: Annotated[str | None, typer.Argument(help="Who is on call instead. [default: nobody]")] = None,
    start: Annotated[str | None, typer.Option("--from", help="From when: 2026-12-24T08:00. [default: now]")] = None,
) -> None:
    """Somebody else is on call for a while, or nobody."""
    do("notify.override", rota=rota, name=person, start=start, end=end, by=getpass.getuser())


@oncall.command()
def withdraw(
    number: Annotated[int, typer.Argument(help="The override's number, as `plantroom oncall` shows it.")],
) -> None:
    """Take an override back."""
    do("notify.withdraw", number=number)
