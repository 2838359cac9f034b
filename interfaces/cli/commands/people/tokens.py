"""``plantroom tokens``: keys of programs."""

import getpass
from enum import StrEnum
from typing import Annotated, Literal

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson

tokens = typer.Typer(help="Create, list and revoke API keys.", no_args_is_help=True)

Role = Literal["viewer", "technician", "manager", "engineer", "admin"]


Scope = StrEnum("Scope", ["read", "write", "approve", "admin"])
"""A list of choices is of an enumeration, for the command line."""
By = Annotated[str | None, typer.Option(help="Who does it. [default: the account]")]


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What uses it: grafana, cmms.")],
    scope: Annotated[list[Scope] | None, typer.Option(help="What it may be used for. [default: read]")] = None,
    role: Annotated[Role, typer.Option(help="In which role it acts.")] = "technician",
    site: Annotated[str, typer.Option(help="Where it may. [default: every site]", show_default=False)] = "*",
    days: Annotated[int, typer.Option(help="How long it holds; 0: for ever.", min=0, max=3650)] = 365,
    as_json: AsJson = False,
    by: By = None,
) -> None:
    """Create an API key and print it, this once."""
    do(
        "people.create_key",
        quiet=True,
        name=name,
        scopes=[one.value for one in scope or [Scope.read]],
        role=role,
        site=site,
        days=days,
        as_json=as_json,
        by=by or getpass.getuser(),
    )


@tokens.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the API keys, by their first characters."""
    do("people.list_keys", quiet=True, as_json=as_json)


@tokens.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its name or its first characters.")], by: By = None
) -> None:
    """Revoke an API key, for good."""
    do("people.revoke_key", quiet=True, key=key, by=by or getpass.getuser())
