"""``plantroom slack``: what an app in Slack needs, and what is missing."""

from typing import Annotated

import typer

from interfaces.cli.dispatch import do

slack = typer.Typer(help="Set the plant up in Slack, and see what is missing.", no_args_is_help=True)


@slack.command()
def manifest(
    http: Annotated[
        bool, typer.Option("--http", help="Slack calls PLANTROOM_PUBLIC_URL, instead of Socket Mode.")
    ] = False,
) -> None:
    """Print the manifest from which Slack makes the app: https://api.slack.com/apps, Create New App, From a manifest."""
    do("notify.slack_manifest", quiet=True, http=http)


@slack.command()
def check() -> None:
    """Say whether Slack lets the plant in, what the app may do, and whether Slack reaches the plant."""
    do("notify.slack_check")
