"""What a command asks of the person at the terminal, and of the files on their side."""

import base64
import sys
from pathlib import Path

import typer

from interfaces.cli.lazy import load


class Person:
    """At this process's own terminal."""

    async def line(self) -> str | None:
        """What is typed or piped in, without empty lines; None at its end."""
        return typed()

    async def agrees(self, question: str) -> bool:
        return agreed(question)

    async def secret(self, prompt: str) -> str:
        """A password for example: typed without being shown, or a line that is piped in."""
        return secret(prompt)

    async def edited(self, text: str) -> str | None:
        """The text as the person's editor leaves it; None where nothing was saved."""
        return in_editor(text)

    async def keep(self, file: str, content: bytes) -> None:
        written(file, content)


def typed() -> str | None:
    while True:
        try:
            text = input("> " if sys.stdin.isatty() else "").strip()
        except EOFError:
            return None
        if text:
            return text


def agreed(question: str) -> bool:
    return typer.confirm(question, err=True)


def secret(prompt: str) -> str:
    """Twice, where it is typed, so that a slip is noticed."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return typer.prompt(prompt, hide_input=True, confirmation_prompt=True, err=True)


def in_editor(text: str) -> str | None:
    return load("interfaces.cli.editor:edited")(text)


def written(file: str, content: bytes) -> None:
    Path(file).write_bytes(content)


def answer_to(kind: str, content: str) -> object:
    """What this terminal's person, or its file system, says to a question of the serving process."""
    match kind:
        case "line":
            return typed()
        case "agrees":
            return agreed(content)
        case "edited":
            return in_editor(content)
        case "secret":
            return secret(content)
        case _:
            file, _, encoded = content.partition("\n")
            return written(file, base64.b64decode(encoded))
