"""What is due when, for things that are each read at an interval of their own."""

import asyncio
import time
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

Thing = TypeVar("Thing", bound=Hashable)


class Schedule(Generic[Thing]):
    """Everything is due at once. What was missed is not made up for. ``clock`` gives seconds that only go forward."""

    def __init__(self, intervals: Iterable[tuple[Thing, float]], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._intervals = dict(intervals)
        self._due = dict.fromkeys(self._intervals, clock())

    def take(self) -> list[Thing]:
        """What is due now, which is then due again after its interval."""
        now = self._clock()
        found = [thing for thing, due in self._due.items() if due <= now]
        for thing in found:
            missed = (now - self._due[thing]) // self._intervals[thing]
            self._due[thing] += (missed + 1) * self._intervals[thing]
        return found

    async def due(self) -> list[Thing]:
        """The same, as soon as there is something."""
        await asyncio.sleep(max(0.0, min(self._due.values()) - self._clock()))
        return self.take() or await self.due()
