"""Passwords are kept as argon2 hashes them. Hashing takes a tenth of a second and 64 MB, so it is done in a thread, two at a time."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from graph_schema.errors import InvalidInput

SHORTEST = 10
LONGEST = 1_000
AT_ONCE = 2


class Passwords:
    """``hasher`` has argon2's parameters; by default those that its authors recommend (RFC 9106)."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._nobodys: str | None = None

    async def hashed(self, password: str) -> str:
        async with self._places:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password. Without a hash, where there is no such person, that takes just as long and is never so."""
        if hashed is None:
            self._nobodys = self._nobodys or await self.hashed(secrets.token_hex(16))
        async with self._places:
            fits = await asyncio.to_thread(self._verify, hashed or self._nobodys or "", password)
        return fits and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def checked(password: str, name: str) -> str:
    """The password, if it can be one. Raises ``InvalidInput`` with what to do."""
    if len(password) < SHORTEST:
        raise InvalidInput(f"The password is too short: use at least {SHORTEST} characters, a few words for example.")
    if len(password) > LONGEST:
        raise InvalidInput(f"The password is longer than {LONGEST:,} characters.")
    if name.lower() in password.lower() and len(password) < len(name) + SHORTEST:
        raise InvalidInput("The password must not be the name with little more.")
    if len(set(password)) < 4:
        raise InvalidInput("The password repeats too few characters: use a few words for example.")
    return password
