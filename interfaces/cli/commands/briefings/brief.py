"""``plantroom brief``: a day's briefing, in under a minute of reading."""

import getpass
from typing import Annotated, Literal

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson


def brief(
    audience: Annotated[
        Literal["technician", "manager", "engineer"], typer.Option(help="For whom; their role says what waits on you.")
    ] = "technician",
    site: Annotated[str | None, typer.Option(help="Only this site or building: its id or exact name.")] = None,
    date: Annotated[str | None, typer.Option(help="A day: 2026-11-30. [default: today]")] = None,
    language: Annotated[Literal["en", "de", "es"], typer.Option(help="In which language.")] = "en",
    by: Annotated[str | None, typer.Option(help="Who reads it. [default: the account]")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what waits on you, what happened overnight, what is most at risk, and what changed since yesterday."""
    do(
        "briefings.show", quiet=as_json, audience=audience, site=site, date=date, language=language,
        by=by or getpass.getuser(), as_json=as_json,
    )  # fmt: skip
