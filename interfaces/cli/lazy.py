"""Commands that are imported when they are run. This is the one place where imports wait, so that every command starts quickly."""

import ast
from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

CONTRIBUTED = "plantroom.commands"


def load(reference: str) -> Any:
    """What ``package.module:name`` names, imported now."""
    module, _, name = reference.partition(":")
    return getattr(import_module(module), name)


class PlainGroup(TyperGroup):
    """Tells its commands' sentences whole, on several lines where one is too short."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        found = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        with formatter.section("Commands"):
            formatter.write_dl([(name, ((one and one.help) or "").partition("\n")[0]) for name, one in found.items()])


class LazyGroup(PlainGroup):
    """Knows its commands by name and by the sentence in their source; imports the one that is run.

    ``references`` are commands by name. Those that other packages contribute as entry points are looked up
    for the help, and for a name that is not among them.
    """

    references: Mapping[str, str] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        return [*self.references, *_contributed()]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The name with its sentence; ``resolve_command`` gives the command itself."""
        reference = self._reference(cmd_name)
        return TyperCommand(cmd_name, help=sentence_of(reference), rich_markup_mode=None) if reference else None

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        reference = self._reference(args[0])
        if reference is None:
            self.commands = dict.fromkeys(
                self.list_commands(ctx), cast(Any, None)
            )  # what a typing error may have meant
            return super().resolve_command(ctx, args)
        return args[0], command_of(load(reference), args[0]), args[1:]

    def _reference(self, name: str) -> str | None:
        return self.references.get(name) or _contributed().get(name)


def command_of(found: Any, name: str) -> Any:
    """A Typer, or a function, as a command. Its help is plain: drawing frames would cost more than all the rest."""
    around = typer.Typer(add_completion=False)
    around.callback()(lambda: None)
    if isinstance(found, typer.Typer):
        own = found.info.cls
        around.add_typer(
            found, name=name, cls=own if isinstance(own, type) and issubclass(own, PlainGroup) else PlainGroup
        )
    else:
        around.command(name)(found)
    command = cast(Any, get_command(around)).commands[name]
    for one in (command, *getattr(command, "commands", {}).values()):
        one.rich_markup_mode = None
    return command


def sentence_of(reference: str) -> str:
    """The first line of a function's docstring, or the help of a Typer, read from the source without importing it."""
    module, _, name = reference.partition(":")
    spec = find_spec(module)
    assert spec
    assert spec.origin
    for statement in ast.parse(Path(spec.origin).read_bytes()).body:
        match statement:
            case ast.FunctionDef(name=found) if found == name:
                return (ast.get_docstring(statement) or "").partition("\n")[0]
            case ast.Assign(targets=[ast.Name(id=found)], value=ast.Call(keywords=keywords)) if found == name:
                return next(str(ast.literal_eval(one.value)) for one in keywords if one.arg == "help")
            case _:
                pass
    raise LookupError(f"{module} defines no {name}.")


def _contributed() -> dict[str, str]:
    return {one.name: one.value for one in entry_points(group=CONTRIBUTED)}
