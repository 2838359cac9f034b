"""``plantroom ask``."""

import getpass
import os
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson, Model


def ask(
    question: Annotated[list[str] | None, typer.Argument(help="The question; without one, asks for them.")] = None,
    as_json: AsJson = False,
    model: Model = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show how the question was understood.")] = False,
    conversation: Annotated[str | None, typer.Option(help="Go on with a conversation of this name.")] = None,
) -> None:
    """Ask the plant something."""
    do(
        "ask.ask",
        states={"model": model},
        quiet=as_json or bool(question),
        question=" ".join(question or []),
        conversation=conversation or os.urandom(6).hex(),  # never starts with a hyphen, so --conversation takes it
        caller=getpass.getuser(),
        as_json=as_json,
        explain=explain,
    )
