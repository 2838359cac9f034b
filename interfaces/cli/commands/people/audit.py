"""``plantroom audit``: who did what."""

from typing import Annotated

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson


def audit(
    who: Annotated[str | None, typer.Option(help="Only of this person, or key: key:grafana.")] = None,
    since: Annotated[str | None, typer.Option(help="From then on: 24h, 7d, or 2026-03-02T22:00.")] = None,
    until: Annotated[str | None, typer.Option(help="Until then, in the same form.")] = None,
    what: Annotated[
        str | None, typer.Option(help="Only of this kind: called, proposal, proposal.done, login, person, key.")
    ] = None,
    tool: Annotated[str | None, typer.Option(help="Only of this tool.")] = None,
    proposal: Annotated[str | None, typer.Option(help="Only of this proposal: P-12.")] = None,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Show who asked, called, approved, logged in, and what came of it, the newest first."""
    do(
        "people.audit",
        quiet=True,
        who=who,
        since=since,
        until=until,
        what=what,
        tool=tool,
        proposal=proposal,
        limit=limit,
        as_json=as_json,
    )
