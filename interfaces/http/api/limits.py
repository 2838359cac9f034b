"""How often a caller may ask: a bucket of tokens for each, which fills again as time goes by."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil

from interfaces.http.api.problems import ApiError

CALLS_A_MINUTE = 1200
_MOST_CALLERS = 10_000


class TooMany(ApiError):
    """A caller has asked too often."""

    def __init__(self, calls: int, wait_s: int) -> None:
        super().__init__(
            429,
            f"More than {calls:,} requests were made within a minute. Wait {wait_s} s, then ask again.",
            {"retry-after": str(wait_s)},
        )


@dataclass(slots=True)
class Limiter:
    """``calls`` a minute for each caller, half of them at once. ``clock`` gives seconds that only grow."""

    calls: int = CALLS_A_MINUTE
    clock: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict[str, tuple[float, float]])

    def spend(self, caller: str) -> None:
        """Count one request. Raises ``TooMany``."""
        now, most, rate = self.clock(), max(self.calls / 2, 1.0), self.calls / 60
        left, at = self._left.pop(caller, (most, now))
        left = min(most, left + (now - at) * rate)
        self._left[caller] = (max(left - 1, 0.0) if left >= 1 else left, now)
        while len(self._left) > _MOST_CALLERS:
            self._left.popitem(last=False)
        if left < 1:
            raise TooMany(self.calls, ceil((1 - left) / rate))
