"""``plantroom webhooks``: where other systems are told of what happens."""

import getpass
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

webhooks = typer.Typer(help="Tell other systems of alarms, work orders, approvals and forecasts.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="WEBHOOK", help="Its number, as list shows it.")]


@webhooks.command()
def add(
    url: Annotated[str, typer.Argument(help="Where: https://host/path.")],
    event: Annotated[
        list[str] | None,
        typer.Option(help="Of what: alarm, work_order, approval, forecast, or one verb: alarm.raised. [default: all]"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add one, and print the secret that signs what it is told: this once."""
    do("webhooks.add", quiet=as_json, url=url, events=event or [], by=getpass.getuser(), as_json=as_json)


@webhooks.command("list")
def list_(as_json: AsJson = False) -> None:
    """List them, with how much each is still to be told."""
    do("webhooks.list_", quiet=as_json, as_json=as_json)


@webhooks.command()
def test(webhook: Number) -> None:
    """Tell one an event of its own, now, and say what it answered."""
    do("webhooks.test", id=webhook)


@webhooks.command()
def remove(webhook: Number) -> None:
    """Remove one, with all that it was still to be told."""
    do("webhooks.remove", id=webhook)


@webhooks.command()
def dead(
    retry: Annotated[list[int] | None, typer.Option(help="Try this one once more.")] = None,
    retry_all: Annotated[bool, typer.Option("--retry-all", help="Try all of them once more.")] = False,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Show what was given up, the newest first; with --retry try it once more."""
    if retry or retry_all:
        do("webhooks.again", ids=None if retry_all else retry)
    else:
        do("webhooks.dead", quiet=as_json, limit=limit, as_json=as_json)
