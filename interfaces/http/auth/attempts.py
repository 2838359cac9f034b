"""Who guesses passwords is slowed down, by the account that is guessed at and by the address that it comes from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from graph_schema.errors import NotAllowed
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import Clock

_SQL = statements("interfaces.http.auth", "auth.sql")


@dataclass(frozen=True, slots=True)
class Limit:
    tries: int
    within: timedelta


ACCOUNT = Limit(10, timedelta(minutes=15))
ADDRESS = Limit(5, timedelta(minutes=1))


def block_of(address: str) -> str:
    """What counts as one address: of IPv6 the network that one customer has."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    return str(ip_network(f"{found}/64", strict=False)) if isinstance(found, IPv6Address) else str(found)


class TooManyAttempts(NotAllowed):
    """Too many attempts. Wait a minute and try again."""


class Attempts:
    """Kept in the database, so that neither a restart nor another process gives more of them."""

    def __init__(self, history: History, clock: Clock, account: Limit = ACCOUNT, address: Limit = ADDRESS) -> None:
        self._history = history
        self._clock = clock
        self._account = account
        self._address = address
        self._in_turn = asyncio.Lock()

    async def begin(self, account: str, address: str) -> None:
        """It counts as failed until it has ``worked``. One after the other, so that of many at once no more get through than may. Raises
        ``TooManyAttempts`` with how long to wait, whether or not there is such an account. "" is the shared password, which others may use
        meanwhile."""
        async with self._in_turn:
            await self._check(account, address)
            given = {"account": account, "address": block_of(address)}
            await self._history.fetch(_SQL["note_attempt"], {"now": self._clock(), **given})

    async def _check(self, account: str, address: str) -> None:
        now = self._clock()
        given = {"account": account, "address": block_of(address)}
        since = {"account_since": now - self._account.within, "address_since": now - self._address.within}
        (row,) = await self._history.fetch(_SQL["failed_attempts"], {**given, **since})
        if row["from_address"] >= self._address.tries:
            raise TooManyAttempts
        if account and row["of_account"] >= self._account.tries:
            minutes = round(self._account.within.total_seconds() / 60)
            raise TooManyAttempts(
                f"Too many attempts for this account. Wait {minutes} minutes, or have it unlocked: plantroom users unlock NAME"
            )

    async def worked(self, account: str, address: str) -> None:
        await self._history.fetch(_SQL["forget_attempts"], {"account": account, "address": block_of(address)})
