"""Who is logged in. The database has the hashes of what cookies say, so that logins outlast a restart and can be ended."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from graph_schema.errors import Unavailable
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.auth.account import Account
from interfaces.http.auth.passwords import Passwords

VALID = timedelta(days=30)
VALID_OIDC = timedelta(hours=12)
"""The login server is asked again after that, so that who has left does not stay."""
LOOK_AGAIN = timedelta(seconds=5)
GRACE = timedelta(minutes=15)
"""How long a login that was known counts while the database is away."""
_MOST_KNOWN = 10_000

_SQL = statements("interfaces.http.auth", "auth.sql")


@dataclass(slots=True)
class Login:
    """``over`` is set once it has ended, ``looked`` when the database was last asked."""

    digest: str
    account: Account
    looked: datetime
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Logins:
    """What was looked up within the last seconds is not looked up again; what is ended in this process is over at once."""

    def __init__(self, history: History, clock: Clock, passwords: Passwords) -> None:
        self._history = history
        self._clock = clock
        self._passwords = passwords
        self._known: OrderedDict[str, Login] = OrderedDict()

    async def begin(self, account: Account, address: str | None) -> str:
        """A new login; what its cookie says. Raises ``Unavailable``."""
        token, now = secrets.token_urlsafe(32), self._clock()
        await self._history.fetch(_SQL["forget_logins"], {"now": now})
        given = {
            "digest": digest(token), "person": account.name, "door": account.door, "now": now,
            "until": now + lasts(account), "address": address, "language": account.language, "timezone": account.timezone,
            "grants": None if account.door == "local" else Jsonb(dict(account.grants)),
        }  # fmt: skip
        await self._history.fetch(_SQL["log_in"], given)
        return token

    async def find(self, token: str) -> Login | None:
        """The login that a cookie speaks of, while it holds. Raises ``Unavailable`` where that cannot be told."""
        if not token or not token.isascii():
            return None
        known = self._known.get(key := digest(token))
        now = self._clock()
        if known is not None and now - known.looked < LOOK_AGAIN:
            return known
        return await self._looked_up(key, known, now)

    async def holds(self, login: Login) -> bool:
        """Whether it does still, for what stays open. Where the database is away it does."""
        try:
            return await self._looked_up(login.digest, login, self._clock()) is not None
        except Unavailable:
            return True

    async def end(self, token: str) -> Account | None:
        """Whose it was. Raises ``Unavailable``."""
        login = await self.find(token)
        await self._history.fetch(_SQL["log_out"], {"digest": digest(token)})
        self._forget(digest(token))
        return login.account if login else None

    async def expect_shared(self, password: str) -> None:
        """Logins with another shared password than this are over."""
        rows = await self._history.fetch(_SQL["shared_password"])
        if rows and await self._passwords.fits(rows[0]["password"], password):
            return
        await self._history.fetch(_SQL["log_out_shared"])
        await self._history.fetch(_SQL["keep_shared_password"], {"password": await self._passwords.hashed(password)})

    async def _looked_up(self, key: str, known: Login | None, now: datetime) -> Login | None:
        try:
            rows = await self._history.fetch(_SQL["logged_in"], {"digest": key, "now": now})
        except Unavailable:
            if known is not None and not known.over.is_set() and now - known.looked < GRACE:
                return known
            raise
        if not rows:
            self._forget(key)
            return None
        account = _account(rows[0])
        if known is None or known.over.is_set():
            known = self._known[key] = Login(key, account, now)
            while len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        known.account, known.looked = account, now
        return known

    def _forget(self, key: str) -> None:
        if (login := self._known.pop(key, None)) is not None:
            login.over.set()


def lasts(account: Account) -> timedelta:
    return VALID_OIDC if account.door == "oidc" else VALID


def digest(token: str) -> str:
    """What is looked up is not what a guess can be timed against."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def _account(row: dict[str, Any]) -> Account:
    return Account(row["name"], row["grants"] or {}, row["door"], row["language"], row["units"], row["timezone"])
