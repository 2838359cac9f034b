"""``plantroom load``: how chillers, boilers and what goes with them run over the next day or two, and why."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

load = typer.Typer(help="Plan how chillers, boilers and pumps run over the next hours, beside what they would do by themselves.")  # fmt: skip


@load.callback(invoke_without_command=True)
def show(
    context: typer.Context,
    hours: Annotated[int, typer.Option(help="How many hours from now.", min=2, max=48)] = 24,
    seconds: Annotated[float, typer.Option(help="How long to search at most.", min=0.1, max=600)] = 20,
    what_if: Annotated[list[str] | None, typer.Option(help="A change to compare with: “out Chiller 1 on 2026-12-03”, “supply +1”, “postpone Chiller 1 from 2026-12-03 to 2026-12-04”.")] = None,
    chart: Annotated[Path | None, typer.Option(help="A file (SVG) for the power with the plan and without.", dir_okay=False)] = None,
    propose: Annotated[bool, typer.Option("--propose", help="Propose it as an order with the set points to apply.")] = False,
    by: Annotated[str | None, typer.Option(help="Who proposes it. [default: the account]")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Plan which units run when and what each carries; nothing is written to equipment, and nothing proposed unless asked."""
    if context.invoked_subcommand is None:
        file = None if chart is None else str(chart.absolute())
        do(
            "load.show", quiet=as_json, hours=hours, seconds=seconds, what_if=list(what_if or ()), chart=file,
            propose=propose, by=by or getpass.getuser(), as_json=as_json,
        )  # fmt: skip


@load.command()
def check() -> None:
    """Read tariff.yaml and load.yaml, and say what is stated, what is not and what is wrong with them."""
    do("load.check")
