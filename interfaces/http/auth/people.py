"""Local users, for a site without a login server: kept in the history's database, with a role at each site."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString, cast

import psycopg

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.auth.account import Account, Grants, name_of
from interfaces.http.auth.passwords import Passwords, checked
from tools.audit import log as audit_log
from tools.audit.log import Entry
from tools.context import Caller, Role

_SQL = statements("interfaces.http.auth", "auth.sql")
_SLACK_ID = re.compile(r"[UW][A-Z0-9]{5,30}")


@dataclass(frozen=True, slots=True)
class Person:
    """``grants`` is the role by site."""

    name: str
    grants: Grants
    locked: bool
    language: str | None
    units: Literal["metric", "imperial"] | None
    timezone: str | None
    created_at: datetime
    password_at: datetime
    slack: str | None = None
    """The id in Slack."""

    @property
    def account(self) -> Account:
        return Account(self.name, self.grants, "local", self.language, self.units, self.timezone)


class People:
    """``by`` is who does it, for the audit log. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History, clock: Clock, passwords: Passwords) -> None:
        self._history = history
        self._clock = clock
        self._passwords = passwords

    async def any(self) -> bool:
        (row,) = await self._history.fetch(_SQL["someone"])
        return bool(row["someone"])

    async def list(self) -> Sequence[Person]:
        return [_person(row) for row in await self._history.fetch(_SQL["people"], {"name": None})]

    async def get(self, name: str) -> Person:
        """Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["people"], {"name": name.strip().lower()})
        if not rows:
            raise NotFound(f"There is no user {name[:64]}. See: plantroom users list")
        return _person(rows[0])

    async def knows(self, name: str) -> bool:
        return bool(await self._history.fetch(_SQL["people"], {"name": name.strip().lower()}))

    async def add(
        self,
        name: str,
        password: str,
        grants: Grants,
        by: str,
        language: str | None = None,
        units: str | None = None,
        timezone: str | None = None,
    ) -> Person:
        """Raises ``InvalidInput`` with what to do: for a name that cannot be or is taken, a password that is too weak, an unknown time zone."""
        name = name_of(name)
        Caller(name, timezone=timezone)  # its error says what is wrong with the time zone
        hashed = await self._passwords.hashed(checked(password, name))
        given = {"name": name, "password": hashed, "language": language, "units": units, "timezone": timezone}
        async with self._history.connection() as connection, connection.transaction():
            now = self._clock()
            if not await _ran(connection, "add_person", {**given, "now": now}):
                raise InvalidInput(f"There is a user {name} already.")
            for site, role in grants.items():
                await _ran(connection, "give", {"name": name, "site": site, "role": role})
            await audit_log.record(connection, [Entry(now, by, "person.added", subject=name, outcome=_said(grants))])
        return await self.get(name)

    async def give(self, name: str, site: str, role: Role | None, by: str) -> Person:
        """A role at a site; None takes it away. It holds at once, also for who is logged in. Raises ``NotFound``."""
        person = await self.get(name)
        statement = "take" if role is None else "give"
        await self._change(statement, "person.role", person, by, f"{role or 'no role'} at {site}", site=site, role=role)
        return await self.get(person.name)

    async def lock(self, name: str, by: str, *, locked: bool) -> None:
        """A locked person is logged out, and cannot log in; unlocking also forgets failed attempts. Raises ``NotFound``."""
        person = await self.get(name)
        what = "person.locked" if locked else "person.unlocked"
        await self._change("lock", what, person, by, None, locked=locked, leave=locked, forgive=not locked)

    async def remove(self, name: str, by: str) -> None:
        """With roles and logins; what was done in that name stays. Raises ``NotFound``."""
        await self._change("remove_person", "person.removed", await self.get(name), by, None, leave=True)

    async def set_password(self, name: str, password: str, by: str) -> None:
        """Another one; logins under the old one are over. Raises ``NotFound`` or ``InvalidInput``."""
        person = await self.get(name)
        hashed = await self._passwords.hashed(checked(password, person.name))
        await self._change("set_password", "person.password", person, by, None, password=hashed, leave=True)

    async def of_slack(self, slack: str) -> Person | None:
        """The person with this id in Slack; None where there is none."""
        rows = await self._history.fetch(_SQL["slack_user"], {"slack": slack})
        return await self.get(rows[0]["name"]) if rows else None

    async def set_slack(self, name: str, slack: str | None, by: str) -> Person:
        """Who asks and acts under this id in Slack is this person; None takes it away. Raises ``NotFound``, or ``InvalidInput`` for an id that
        is none or another's."""
        person = await self.get(name)
        if slack is not None and not _SLACK_ID.fullmatch(slack):
            raise InvalidInput(
                f"“{slack[:40]}” is no id of a person in Slack. It begins with U or W: see the person's profile, “Copy member ID”."
            )
        other = await self.of_slack(slack) if slack else None
        if other is not None and other.name != person.name:
            raise InvalidInput(
                f"{slack} is {other.name} already. Take it away first: plantroom users slack {other.name} --none"
            )
        await self._change("set_slack", "person.slack", person, by, slack or "none", slack=slack)
        return await self.get(person.name)

    async def check(self, name: str, password: str) -> Person | None:
        """The person with this name and password; None where there is none. It takes as long either way."""
        rows = await self._history.fetch(_SQL["people"], {"name": name.strip().lower()})
        hashed = rows[0]["password"] if rows else None
        if not await self._passwords.fits(hashed, password) or hashed is None:
            return None
        if self._passwords.outdated(hashed):
            again = await self._passwords.hashed(password)
            await self._history.fetch(_SQL["rehash"], {"name": rows[0]["name"], "password": again})
        return _person(rows[0])

    async def _change(
        self,
        statement: str,
        what: str,
        person: Person,
        by: str,
        outcome: str | None,
        *,
        leave: bool = False,
        forgive: bool = False,
        **given: Any,
    ) -> None:
        """With its entry in the audit log; ``leave`` ends the person's logins, ``forgive`` forgets failed ones."""
        now = self._clock()
        async with self._history.connection() as connection, connection.transaction():
            await _ran(connection, statement, {"name": person.name, "now": now, **given})
            if leave:
                await _ran(connection, "log_out_person", {"name": person.name})
            if forgive:
                await _ran(connection, "forget_attempts_of", {"account": person.name})
            await audit_log.record(connection, [Entry(now, by, what, subject=person.name, outcome=outcome)])


async def _ran(connection: psycopg.AsyncConnection, name: str, given: dict[str, Any]) -> bool:
    """Whether it touched a row."""
    return bool((await connection.execute(cast(LiteralString, _SQL[name]), given)).rowcount)


def _person(row: dict[str, Any]) -> Person:
    return Person(**{name: value for name, value in row.items() if name != "password"})


def _said(grants: Grants) -> str:
    return ", ".join(f"{role} at {site}" for site, role in grants.items()) or "no role"
