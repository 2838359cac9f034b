"""``plantroom notify``: whom the notification book tells, what was told, and a message to see that it arrives."""

from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

notify = typer.Typer(
    help="Tell people of alarms, approvals and work, as the notification book says.", no_args_is_help=True
)


@notify.command()
def check() -> None:
    """Read the notification book, and say who is told of what, who is on call, and what is wrong with it."""
    do("notify.check")


@notify.command()
def test(person: Annotated[str, typer.Argument(help="A person of the book.")]) -> None:
    """Send a message to a person now, and say which address took it."""
    do("notify.test", name=person)


@notify.command("list")
def list_(
    person: Annotated[str | None, typer.Option(help="Only what this person was or is told.")] = None,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Show what people were told, or still are to be, the newest first."""
    do("notify.list_", quiet=as_json, name=person, limit=limit, as_json=as_json)


@notify.command()
def dead(
    retry: Annotated[list[int] | None, typer.Option(help="Try this one once more.")] = None,
    retry_all: Annotated[bool, typer.Option("--retry-all", help="Try all of them once more.")] = False,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Show what no address took, the newest first; with --retry try it once more."""
    if retry or retry_all:
        do("notify.again", ids=None if retry_all else retry)
    else:
        do("notify.dead", quiet=as_json, limit=limit, as_json=as_json)
