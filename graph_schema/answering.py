"""Whether a store answers, as those find who wait for it; and the end of their waiting when it does not.

A server that hangs (stopped, swapped out, cut off) keeps its connections open and says nothing, so that no driver notices. Each
wait for an answer has a limit here, and all waits end at once when somebody finds out before that the server hangs.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Away:
    """A store that does not answer: since when, and what was said of it."""

    since: datetime
    why: str


def _now() -> datetime:
    return datetime.now(UTC)


class Answering:
    """Of one store. ``title`` is what people call it ("The graph"); ``limit_s`` is how long one answer may take."""

    def __init__(self, title: str, limit_s: float, clock: Callable[[], datetime] = _now) -> None:
        self.title = title
        self.limit_s = limit_s
        self.away: Away | None = None
        self._clock = clock
        self._waiting: set[Callable[[], None]] = set()

    def answered(self) -> None:
        self.away = None

    def failed(self, why: str) -> None:
        """Asked for something, it did not answer. The first time counts as the beginning."""
        self.away = Away(self.away.since if self.away else self._clock(), why)

    @contextmanager
    def waited_for(self, give_up: Callable[[], None], limit_s: float | None = None) -> Generator[None]:
        """Call ``give_up`` when the block takes longer than the limit, or when the store is found to hang meanwhile."""
        limit = _Limit(self.limit_s if limit_s is None else limit_s, give_up)
        self._waiting.add(give_up)
        try:
            yield
        finally:
            limit.cancel()
            self._waiting.discard(give_up)

    def hangs(self) -> None:
        """End all waiting: whoever waits has waited for long enough to know."""
        for give_up in tuple(self._waiting):
            give_up()


_LATE_S = 1.0


class _Limit:
    """Gives up after a time in which this process ran. One that stood still itself (a computer asleep, a machine that is moved) learns late
    that the time is over, with the answer perhaps there; it waits once more.
    """

    def __init__(self, limit_s: float, give_up: Callable[[], None]) -> None:
        self._limit_s, self._give_up = limit_s, give_up
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(limit_s, self._over)

    def _over(self) -> None:
        if self._loop.time() - self._timer.when() > _LATE_S:
            self._timer = self._loop.call_later(self._limit_s, self._give_up)
        else:
            self._give_up()

    def cancel(self) -> None:
        self._timer.cancel()
