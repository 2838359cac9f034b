"""``plantroom retention`` and ``plantroom migrate``: what becomes of the stores."""

from typing import Annotated

import typer

from interfaces.cli.dispatch import do_here


def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Remove it; without this it is only shown.")] = False,
) -> None:
    """Show which readings have been kept for as long as the settings say, or remove them."""
    do_here("stores.retention", {}, apply=apply)


def migrate() -> None:
    """Bring the stores up to date: the history's tables, the graph's constraints and classes."""
    do_here("stores.migrate", {})
