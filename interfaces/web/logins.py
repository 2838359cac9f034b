"""Who is logged in: known to this process alone, so that a login can be ended and a new start ends all."""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

VALID_S = 30 * 24 * 3600
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Login:
    """``over`` is set once the person logged out."""

    since: float
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Logins:
    """``clock`` gives seconds that never jump. Of too many logins the oldest is ended."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._by_digest: OrderedDict[str, Login] = OrderedDict()

    def begin(self) -> str:
        """A new login; what its cookie says."""
        token = secrets.token_urlsafe(32)
        self._by_digest[_digest(token)] = Login(self._clock())
        while len(self._by_digest) > MOST:
            self._by_digest.popitem(last=False)[1].over.set()
        return token

    def find(self, token: str) -> Login | None:
        login = self._by_digest.get(_digest(token))
        return login if login and self._clock() - login.since < VALID_S else None

    def end(self, token: str) -> None:
        if login := self._by_digest.pop(_digest(token), None):
            login.over.set()


def _digest(token: str) -> str:
    """What is looked up is not what a guess can be timed against."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
