"""``plantroom notes``: what people wrote about an asset."""

import getpass
from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson


def notes(
    asset: Annotated[str, typer.Argument(help="An asset: its id or exact name.")],
    add: Annotated[str | None, typer.Option(help="Leave this note, of at most 2,000 characters.")] = None,
    by: Annotated[str | None, typer.Option(help="Who writes it. [default: the account]")] = None,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the notes of an asset and its parts, the newest first; with --add leave one."""
    if add is None:
        do("notes.show", quiet=as_json, asset=asset, limit=limit, as_json=as_json)
    else:
        do("notes.add", quiet=as_json, asset=asset, text=add, by=by or getpass.getuser())
