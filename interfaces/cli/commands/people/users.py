"""``plantroom users``: who may log in, and in which role."""

import getpass
from typing import Annotated, Literal

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

users = typer.Typer(help="Add, list, lock and remove users; give them roles.", no_args_is_help=True)

Role = Literal["viewer", "technician", "manager", "engineer", "admin"]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
Site = Annotated[str, typer.Option(help="Where the role holds. [default: every site]", show_default=False)]
By = Annotated[str | None, typer.Option(help="Who does it. [default: the account]")]


@users.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option(help="Each role holds those before it.")] = "technician",
    site: Site = "*",
    language: Annotated[Literal["en", "de", "es"] | None, typer.Option(help="In which to answer.")] = None,
    units: Annotated[Literal["metric", "imperial"] | None, typer.Option(help="In which to answer.")] = None,
    timezone: Annotated[str | None, typer.Option(help="An IANA name. [default: the plant's]")] = None,
    by: By = None,
) -> None:
    """Add a user; the password is asked for, or read from standard input."""
    do(
        "people.add",
        quiet=True,
        name=name,
        role=role,
        site=site,
        by=by or getpass.getuser(),
        language=language,
        units=units,
        timezone=timezone,
    )


@users.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the users with their roles."""
    do("people.list_", quiet=True, as_json=as_json)


@users.command()
def role(
    name: Name,
    role: Annotated[Role | None, typer.Argument(help="The role.", show_default=False)] = None,
    site: Site = "*",
    none: Annotated[bool, typer.Option("--none", help="Take the role away instead.")] = False,
    by: By = None,
) -> None:
    """Give a user a role at a site, at once; with --none take it away."""
    if (role is None) is not none:
        raise typer.BadParameter("Say the role, or --none.", param_hint="ROLE")
    do("people.role", quiet=True, name=name, role=role, site=site, by=by or getpass.getuser())


@users.command()
def lock(name: Name, by: By = None) -> None:
    """Log a user out, and keep them out."""
    do("people.lock", quiet=True, name=name, locked=True, by=by or getpass.getuser())


@users.command()
def unlock(name: Name, by: By = None) -> None:
    """Let a user in again, also after too many attempts."""
    do("people.lock", quiet=True, name=name, locked=False, by=by or getpass.getuser())


@users.command()
def remove(name: Name, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False, by: By = None) -> None:
    """Remove a user; what was done in that name stays."""
    do("people.remove", quiet=True, name=name, yes=yes, by=by or getpass.getuser())


@users.command()
def password(name: Name, by: By = None) -> None:
    """Give a user another password, asked for or read from standard input; logs the user out."""
    do("people.password", quiet=True, name=name, by=by or getpass.getuser())


@users.command()
def slack(
    name: Name,
    member: Annotated[
        str | None, typer.Argument(metavar="MEMBER", help="The member ID in Slack: U…", show_default=False)
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Take it away instead.")] = False,
    by: By = None,
) -> None:
    """Say who a user is in Slack, where they then ask and act in their role; with --none nobody any more."""
    if (member is None) is not none:
        raise typer.BadParameter("Say the member ID, or --none.", param_hint="MEMBER")
    do("people.slack", quiet=True, name=name, member=member, by=by or getpass.getuser())
