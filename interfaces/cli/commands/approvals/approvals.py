"""``plantroom approvals``: changes that wait for a person."""

import getpass
from typing import Annotated, Literal

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

approvals = typer.Typer(help="Show, approve and reject changes that were proposed.", no_args_is_help=True)


Role = Literal["viewer", "technician", "manager", "engineer", "admin"]
Named = Annotated[str, typer.Argument(metavar="PROPOSAL", help="As it is told: P-12.")]
By = Annotated[str | None, typer.Option(help="Who settles it. [default: the account]")]
As = Annotated[Role, typer.Option("--as", help="In which role.")]


@approvals.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Settled ones as well.")] = False,
    limit: Annotated[int, typer.Option(help="How many to show.", min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:
    """List what waits for a person, the newest first."""
    do("approvals.list_", quiet=as_json, every=every, limit=limit, as_json=as_json)


@approvals.command()
def show(proposal: Named, as_json: AsJson = False) -> None:
    """Show a proposal with all that would be done, word for word."""
    do("approvals.show", quiet=as_json, proposal=proposal, as_json=as_json)


@approvals.command()
def approve(proposal: Named, by: By = None, role: As = "manager") -> None:
    """Approve it; it runs at once, and once."""
    do("approvals.approve", proposal=proposal, by=by or getpass.getuser(), role=role)


@approvals.command()
def reject(
    proposal: Named,
    reason: Annotated[str, typer.Option(help="Why, for those who asked.")] = "",
    by: By = None,
    role: As = "manager",
) -> None:
    """Reject it."""
    do("approvals.reject", proposal=proposal, by=by or getpass.getuser(), role=role, reason=reason)


@approvals.command()
def close(
    proposal: Named,
    done: Annotated[bool, typer.Option("--done/--not-done", help="What you found when you looked.")],
    by: By = None,
    role: As = "manager",
) -> None:
    """Say what an ambiguous one did, once you have looked."""
    do("approvals.close", proposal=proposal, by=by or getpass.getuser(), role=role, done=done)
