"""Keys of programs. A key is shown once, when it is made; the database has its hash, its first characters, and what it may be used for."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.auth.account import Account, name_of
from interfaces.http.auth.logins import digest
from tools.audit.log import AuditLog, Entry
from tools.context import SCOPES, Role, Scope

MARK = "plr_"
"""What every key begins with, so that one is found where it does not belong."""
_PREFIX = len(MARK) + 8
_LOOK_AGAIN = timedelta(seconds=5)
_MOST_KNOWN = 1_000

_SQL = statements("interfaces.http.auth", "auth.sql")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """``prefix`` are its first characters; ``used_at`` is true to a minute."""

    id: int
    name: str
    prefix: str
    scopes: Sequence[Scope]
    role: Role
    site: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    @property
    def account(self) -> Account:
        """No person's name has a colon."""
        return Account(f"key:{self.name}", {self.site: self.role}, "key", scopes=frozenset(self.scopes))


class ApiKeys:
    """Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History, clock: Clock) -> None:
        self._history = history
        self._clock = clock
        self._known: dict[str, tuple[datetime, Account]] = {}

    async def create(
        self, name: str, scopes: Collection[Scope], role: Role, site: str, by: str, lasts: timedelta | None
    ) -> tuple[str, str]:
        """The key and its prefix. Raises ``InvalidInput`` where there is one of that name, or nothing that it could be used for."""
        name = name_of(name)
        if not scopes or not SCOPES.issuperset(scopes):
            raise InvalidInput(f"A key needs scopes, of {', '.join(sorted(SCOPES))}.")
        now, key = self._clock(), f"{MARK}{secrets.token_urlsafe(32)}"
        given = {
            "name": name, "prefix": key[:_PREFIX], "digest": digest(key), "scopes": sorted(scopes), "role": role, "site": site,
            "by": by, "now": now, "expires_at": now + lasts if lasts else None,
        }  # fmt: skip
        if not await self._history.fetch(_SQL["add_key"], given):
            raise InvalidInput(f"There is a key {name} already. Revoke it first: plantroom tokens revoke {name}")
        await self._audit("key.created", by, name, f"{', '.join(sorted(scopes))}; {role} at {site}")
        return key, key[:_PREFIX]

    async def list(self) -> Sequence[ApiKey]:
        """The newest first, revoked ones too."""
        return [_key(row) for row in await self._history.fetch(_SQL["keys"])]

    async def revoke(self, key: str, by: str) -> str:
        """By its name or prefix; the name. It holds no more within five seconds. Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["revoke"], {"key": key, "now": self._clock()})
        if not rows:
            raise NotFound(f"There is no key {key[:64]} that holds. See: plantroom tokens list")
        self._known.clear()
        await self._audit("key.revoked", by, rows[0]["name"], None)
        return rows[0]["name"]

    async def account(self, key: str) -> Account | None:
        """Whom it stands for; None where it does not hold."""
        now, hashed = self._clock(), digest(key)
        if (known := self._known.get(hashed)) and now - known[0] < _LOOK_AGAIN:
            return known[1]
        self._known.pop(hashed, None)
        rows = await self._history.fetch(_SQL["key"], {"digest": hashed, "now": now})
        if not rows:
            return None
        found = _key(rows[0])
        await self._history.fetch(_SQL["key_used"], {"id": found.id, "now": now})
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[hashed] = now, found.account
        return found.account

    async def _audit(self, what: str, by: str, name: str, outcome: str | None) -> None:
        await AuditLog(self._history).keep(Entry(self._clock(), by, what, subject=name, outcome=outcome))


def _key(row: dict[str, Any]) -> ApiKey:
    return ApiKey(**row)
