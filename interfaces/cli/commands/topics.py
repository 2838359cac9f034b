"""``plantroom topics``: what arrives on which topics, what of it is read, and what a map would need to read the rest."""

from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson


def topics(
    seconds: Annotated[
        float,
        typer.Option(
            "--for", help="Seconds to listen to all topics of the broker; 0 for what was counted only.", min=0, max=600
        ),
    ] = 3.0,
    as_json: AsJson = False,
) -> None:
    """Show what arrives, what is read and what is not, with a proposed line for the map."""
    do("topics.show", quiet=as_json, seconds=seconds, as_json=as_json)
