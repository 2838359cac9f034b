"""Failures as sentences for people."""

from typing import cast

from rich.console import Console
from rich.markup import escape

from graph_schema.errors import PlantroomError

err = Console(stderr=True, highlight=False)


def failures(error: BaseException) -> list[str]:
    """The sentences of an error, or of all in a group of them. Anything that is no sentence of ours is raised."""
    if isinstance(error, BaseExceptionGroup):
        inside = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return list(dict.fromkeys(sentence for inner in inside for sentence in failures(inner)))
    if isinstance(error, PlantroomError):
        return [str(error)]
    if isinstance(error, OSError) and error.filename and error.strerror:
        return [f"{error.filename} cannot be used: {error.strerror}."]
    raise error


def say(sentence: str, mark: str = "[red]✗[/]", console: Console = err) -> None:
    console.print(f"{mark} {escape(sentence)}", soft_wrap=True)
