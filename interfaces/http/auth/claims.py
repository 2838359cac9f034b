"""From what a login server says of a person to an account here: a name, and roles by the groups that have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from zoneinfo import available_timezones

from graph_schema.errors import InvalidInput, NotAllowed
from interfaces.http.auth.account import Account, Door, name_of, role_of, site_of
from tools.context import EVERYWHERE, SCOPES, Role, Scope, highest
from tools.sentences.language import languages

EVERY_GROUP = "*"
_OUR_SCOPE = "plantroom:"
_SHOWN = 5

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """The people of a group have a role at a site."""

    group: str
    role: Role
    site: str = EVERYWHERE


@dataclass(frozen=True, slots=True)
class Reading:
    """Which claims name a person and their groups, and which roles groups have. A claim inside another goes by a dotted path."""

    name_claim: str = "preferred_username"
    groups_claim: str = "groups"
    given: Sequence[Given] = ()

    def complete(self, claims: Claims) -> bool:
        """Whether nothing has to be asked for besides."""
        return claim(claims, self.name_claim) is not None and claim(claims, self.groups_claim) is not None


def given_of(text: str) -> list[Given]:
    """From “hvac-crew=technician, leads=manager@north, *=viewer”; ``*`` is whoever can log in. Raises ``InvalidInput``."""
    return [_given(part.strip()) for part in text.split(",") if part.strip()]


def _given(text: str) -> Given:
    group, equals, held = text.rpartition("=")
    role, at, site = held.strip().partition("@")
    if not equals or not group.strip():
        raise InvalidInput(f"“{text[:60]}” gives no role to a group: write GROUP=ROLE or GROUP=ROLE@SITE.")
    return Given(group.strip(), role_of(role.strip()), site_of(site) if at else EVERYWHERE)


def claim(claims: Claims, path: str) -> Any:
    """The claim of this name, else the one at this dotted path; None where there is none. A name may be an address with dots itself."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return None
        found = cast(Claims, found)[part]
    return found


def account_of(claims: Claims, reading: Reading, door: Door) -> Account:
    """Raises ``NotAllowed`` with a sentence for the person: without a name, or without a group that has a role here."""
    name = _name(claims, reading, door)
    groups = _texts(claim(claims, reading.groups_claim))
    grants: dict[str, Role] = {}
    for one in reading.given:
        if one.group in (EVERY_GROUP, *groups):
            grants[one.site] = highest((one.role, grants.get(one.site, one.role))) or one.role
    if not grants:
        raise NotAllowed(_without_role(name, claims, groups, reading))
    language = str(claims.get("locale") or "")[:2].lower()
    return Account(
        name,
        grants,
        door,
        language=language if language in languages() else None,
        timezone=zone if (zone := claims.get("zoneinfo")) in available_timezones() else None,
        scopes=scopes_of(claims) if door == "token" else SCOPES,
    )


def scopes_of(claims: Claims) -> frozenset[Scope]:
    """Those of ours that a token names (``write`` or ``plantroom:write``); one that names none is for reading."""
    said = {text for name in ("scope", "scp", "permissions") for text in _texts(claims.get(name), split=True)}
    named = {text.removeprefix(_OUR_SCOPE) for text in said}
    return frozenset(one for one in SCOPES if one in named) or frozenset({"read"})


def _name(claims: Claims, reading: Reading, door: Door) -> str:
    said = claim(claims, reading.name_claim)
    program = claims.get("azp") or claims.get("client_id") or claims.get("appid")
    if door == "token" and said is None and program:
        return f"app:{str(program)[:64]}"
    if not isinstance(said, str) or not said.strip():
        raise NotAllowed(
            f"The login server does not say your name: it sends no claim {reading.name_claim}. Ask whoever runs it to add one."
        )
    if reading.name_claim == "email" and claims.get("email_verified") is not True:
        raise NotAllowed(
            "The login server has not verified your e-mail address, which is your name here. Verify it there first."
        )
    try:
        return name_of(said)
    except InvalidInput as error:
        raise NotAllowed(f"You cannot log in under that name. {error}") from error


def _without_role(name: str, claims: Claims, groups: Sequence[str], reading: Reading) -> str:
    if "groups" in _mapping(claims.get("_claim_names")):
        return (
            f"The login server has left out the groups of {name}, since there are too many. "
            "Ask whoever runs it to send roles of the application instead (PLANTROOM_OIDC_GROUPS_CLAIM=roles)."
        )
    if not groups:
        return f"{name} has no role here: the login server sends no groups in the claim {reading.groups_claim}. Ask whoever runs it to add them."
    shown = ", ".join(groups[:_SHOWN]) + ("…" if len(groups) > _SHOWN else "")
    return f"{name} has no role here: none of the groups {shown} has one. Ask whoever runs this plant for it."


def _texts(value: object, *, split: bool = False) -> list[str]:
    if isinstance(value, str):
        return value.split() if split else [value]
    return [str(one) for one in cast(list[object], value)] if isinstance(value, list) else []


def _mapping(value: object) -> Claims:
    return cast(Claims, value) if isinstance(value, Mapping) else {}
