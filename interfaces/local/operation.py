"""The work of a command, which the process that serves the plant may do for it: on the plant, for the person at a terminal.

Operations are the functions so marked in the modules of ``WORK``, and go by ``module.name``.
"""

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console

from graph_schema.errors import InvalidInput
from interfaces.progress import Report
from interfaces.settings import Settings

if TYPE_CHECKING:
    from interfaces.app.composition import App


WORK = "interfaces.cli.work"


class WrongArguments(InvalidInput):
    """What the command line says is nothing that can be done: the command ends as for an option that there is not."""


class Person(Protocol):
    """Who runs the command. ``keep`` writes a file where they are; ``secret`` is typed without being shown, or piped in."""

    async def line(self) -> str | None: ...
    async def agrees(self, question: str) -> bool: ...
    async def secret(self, prompt: str) -> str: ...
    async def edited(self, text: str) -> str | None: ...
    async def keep(self, file: str, content: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """``plant`` is None for an operation that looks at the servers itself."""

    plant: "App | None"
    settings: Settings
    out: Console
    report: Report
    person: Person

    @property
    def app(self) -> "App":
        assert self.plant is not None
        return self.plant

    def write(self, text: str) -> None:
        """A line for machines, as it is."""
        self.out.file.write(f"{text}\n")
        self.out.file.flush()


@dataclass(frozen=True, slots=True)
class Operation:
    """Work of a command. ``served``: the process that serves the plant may do it for the command."""

    run: Callable[..., Awaitable[None]]
    served: bool
    needs_plant: bool


def operation(
    *, served: bool = True, needs_plant: bool = True
) -> Callable[[Callable[..., Awaitable[None]]], Operation]:
    """The function takes a ``Desk`` and what the command line says. Without ``needs_plant`` it opens what it needs itself."""
    return lambda run: Operation(run, served, needs_plant)


def operation_named(name: str) -> Operation:
    """The operation ``module.name``. Raises ``LookupError`` for anything else."""
    module, _, function = name.partition(".")
    if not (module.isidentifier() and function.isidentifier()):
        raise LookupError(name)
    try:
        found = getattr(import_module(f"{WORK}.{module}"), function)
    except (ImportError, AttributeError) as error:
        raise LookupError(name) from error
    if not isinstance(found, Operation):
        raise LookupError(name)
    return found


class DistantPerson:
    """A person at another process's terminal. ``ask`` sends a question there and brings the answer."""

    def __init__(self, ask: Callable[[str, str], Awaitable[Any]]) -> None:
        self._ask = ask

    async def line(self) -> str | None:
        return await self._ask("line", "")

    async def agrees(self, question: str) -> bool:
        return bool(await self._ask("agrees", question))

    async def secret(self, prompt: str) -> str:
        return str(await self._ask("secret", prompt) or "")

    async def edited(self, text: str) -> str | None:
        return await self._ask("edited", text)

    async def keep(self, file: str, content: bytes) -> None:
        await self._ask("keep", f"{file}\n{base64.b64encode(content).decode()}")
