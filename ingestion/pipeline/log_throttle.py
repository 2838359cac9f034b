"""Assets worth saying, said seldom: what happens a thousand times a minute is told once, with its number."""

import time
from collections.abc import Callable


class Seldom:
    """``clock`` gives seconds that only go forward."""

    def __init__(self, every_s: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._every_s = every_s
        self._clock = clock
        self._told: dict[str, float] = {}
        self._kept: dict[str, int] = {}

    def due(self, what: str, times: int = 1) -> int:
        """How often it has happened since it was last told, these times included; 0 while it is not yet time to tell again."""
        now = self._clock()
        happened = self._kept.get(what, 0) + times
        if now - self._told.get(what, -self._every_s) < self._every_s:
            self._kept[what] = happened
            return 0
        self._told[what] = now
        self._kept[what] = 0
        return happened
