"""``plantroom tool``: what the agent can look up, from the terminal."""

import getpass
import json
from typing import Annotated, Any, cast

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson


def tool(
    name: Annotated[str | None, typer.Argument(help="Which tool; left out: lists them.")] = None,
    arg: Annotated[
        list[str] | None,
        typer.Option(help="An argument: quantity=electric_power, query.class=AHU, limit=5, of='[\"a\", 2]'."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run one of the tools that answers are made of, and print its tables; without a name list them."""
    if name is None:
        if arg:
            raise typer.BadParameter("Say which tool the arguments are for.", param_hint="NAME")
        do("tool.list_", quiet=as_json, as_json=as_json)
        return
    do("tool.run", quiet=as_json, name=name, arguments=arguments_of(arg or []), by=getpass.getuser(), as_json=as_json)


def arguments_of(given: list[str]) -> dict[str, Any]:
    """KEY=VALUE as one object; a dotted key names a field inside. Raises ``typer.BadParameter`` with what is wrong."""
    found: dict[str, Any] = {}
    for text in given:
        key, equals, value = text.partition("=")
        path = key.strip().split(".")
        if not equals or not all(path):
            raise typer.BadParameter(f"“{text}” is no KEY=VALUE.", param_hint="--arg")
        inside: dict[str, Any] = found
        for part in path[:-1]:
            within: object = inside.setdefault(part, {})
            if isinstance(within, dict):
                inside = cast(dict[str, Any], within)
            else:
                raise typer.BadParameter(f"{key} is inside of what was given a value already.", param_hint="--arg")
        if path[-1] in inside:
            raise typer.BadParameter(
                f'{key} is given twice; several values are a list: {key}=\'["a", "b"]\'.', param_hint="--arg"
            )
        inside[path[-1]] = _value(value)
    return found


def _value(text: str) -> Any:
    """JSON where it is JSON, else the text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
