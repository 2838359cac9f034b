"""``plantroom topics``: what arrives on which topics, what of it is read, and what a map would need to read the rest."""

from typing import Annotated, Any

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.lazy import PlainGroup
from interfaces.cli.options import AsJson


class _ShowsByDefault(PlainGroup):
    """``plantroom topics --for 10`` is ``plantroom topics show --for 10``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["show", *args])


topics = typer.Typer(
    help="Show what arrives, what is read and what is not, with a proposed line for the map.", cls=_ShowsByDefault
)


@topics.command()
def show(
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


@topics.command()
def matches(as_json: AsJson = False) -> None:
    """Propose which readings that are nobody's may be those of which point of the plant, and why."""
    do("topics.show_matches", quiet=as_json, as_json=as_json)


@topics.command()
def accept(
    address: Annotated[str, typer.Argument(help="The address of the readings, such as gw1/sat.")],
    point: Annotated[str, typer.Argument(help="The id of the point that they are of.")],
) -> None:
    """Make readings that are nobody's those of a point, with the history that they have."""
    do("topics.accept", address=address, point=point)
