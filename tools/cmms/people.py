"""Whom a maintenance system knows, and the one among them, or among its parts, that a name means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from pydantic import Field

from tools.cmms.outcomes import Refused
from tools.cmms.reading import Answer, Text, same_text


class Known(Protocol):
    """Somebody by id, name and address."""

    @property
    def id(self) -> int | str: ...

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str | None: ...


class Person(Answer):
    """Of a vendor that has first and last names."""

    id: int
    first: Text = Field("", alias="firstName")
    last: Text = Field("", alias="lastName")
    email: Text = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}".strip() or self.email or str(self.id)


Somebody = TypeVar("Somebody", bound=Known)
Kind = TypeVar("Kind")


def user_called(name: str, people: Iterable[Somebody], vendor: str) -> Somebody:
    """By id, name or address. Raises ``Refused`` where that is nobody, or several."""
    found = [one for one in people if name == str(one.id) or same_text(name, one.name) or same_text(name, one.email)]
    return the_one(found, "user", name, vendor)


def the_one(found: Sequence[Kind], kind: str, name: str, vendor: str) -> Kind:
    """Raises ``Refused`` where there is none, or more than one."""
    if len(found) != 1:
        raise Refused(f"{vendor} has {'no' if not found else 'more than one'} {kind} called “{name[:60]}”.")
    return found[0]
