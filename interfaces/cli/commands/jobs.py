"""``plantroom jobs``: what a served plant does by itself, how far it is, and another attempt; ``plantroom forecast``: a night's work now."""

from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

jobs = typer.Typer(help="Show what the plant does by itself, such as forecasts at night, and run it again.")


@jobs.callback(invoke_without_command=True)
def list_(
    context: typer.Context,
    each: Annotated[int, typer.Option(help="How many of each job that have ended.", min=1)] = 3,
    as_json: AsJson = False,
) -> None:
    """Show what waits and runs, what failed lately, and the newest of each job."""
    if context.invoked_subcommand is None:
        do("jobs.list_", quiet=as_json, each=each, as_json=as_json)


@jobs.command()
def retry(id: Annotated[int, typer.Argument(help="The number of a job that failed.")]) -> None:
    """Try a job again that has failed, or that waits for another attempt."""
    do("jobs.retry", id=id)


@jobs.command()
def run(name: Annotated[str, typer.Argument(help="Its name, such as night; `plantroom jobs` shows them.")]) -> None:
    """Run a job now, whenever it is due."""
    do("jobs.run", name=name)


def forecast(
    wait: Annotated[bool, typer.Option("--wait", help="Let forecasts that are under way end first.")] = False,
) -> None:
    """Look ahead now: forecast every point and assess every asset, as a served plant does every night."""
    do("forecast.forecast", wait=wait)
