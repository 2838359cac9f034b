"""Whoever comes in by one of the doors: a name, a role at each site, and how that person reads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from graph_schema.errors import InvalidInput, PlantroomError
from tools.context import EVERYWHERE, ROLES, SCOPES, Caller, Role, Scope, highest, up_to

Door = Literal["here", "shared", "local", "oidc", "key", "token"]
"""At this machine, with the shared password, with one's own, by a login server; programs come with a key or a login server's token."""
Grants = Mapping[str, Role]
"""The role by site; ``*`` for every site."""

_NAME = re.compile(r"[^\W_][\w.@+-]{0,63}")
_RESERVED = ("anybody", "nobody", "cli", "everybody", "plantroom")
_SITE = re.compile(r"\*|[\w][\w .-]{0,63}")


class Unauthenticated(PlantroomError):
    """Log in first."""


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    grants: Grants
    door: Door
    language: str | None = None
    units: Literal["metric", "imperial"] | None = None
    timezone: str | None = None
    scopes: frozenset[Scope] = field(default=SCOPES)

    def caller(self, site: str | None) -> Caller:
        """As tools know this person at a site: without any role where none is given there."""
        return Caller(
            name=self.name,
            roles=roles_at(self.grants, site),
            language=self.language or "en",
            units=self.units or "metric",
            timezone=self.timezone,
            site=site,
            answered_in=self.language,
            scopes=self.scopes,
        )


def roles_at(grants: Grants, site: str | None) -> frozenset[Role]:
    """The highest of those given for this site and for every one, with those that it holds."""
    role = highest(grants[one] for one in {site or EVERYWHERE, EVERYWHERE} & grants.keys())
    return up_to(role) if role else frozenset()


def name_of(text: str) -> str:
    """A person's name as it is kept: lower case. Raises ``InvalidInput``."""
    name = text.strip().lower()
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise InvalidInput(
            f"“{text[:64]}” cannot be a name: use up to 64 letters, digits and . _ @ + -, beginning with a letter or a digit"
            f"{', and none of ' + ', '.join(_RESERVED) if name in _RESERVED else ''}."
        )
    return name


def site_of(text: str) -> str:
    """A site's name, or ``*``. Raises ``InvalidInput``."""
    if not _SITE.fullmatch(text.strip()):
        raise InvalidInput(
            f"“{text[:64]}” cannot be a site: use up to 64 letters, digits, spaces and . _ -, or * for all."
        )
    return text.strip()


def role_of(text: str) -> Role:
    """Raises ``InvalidInput``."""
    if text not in ROLES:
        raise InvalidInput(f"There is no role “{text[:40]}”. There are {', '.join(ROLES)}.")
    return text
