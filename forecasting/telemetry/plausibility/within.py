"""What a forecast cannot go beyond: the nature of the quantity, the range of the instrument, and, of a counter, what it has counted.

Every quantile and every path is held within, so a mean, both ends of an interval and the chance of passing a limit are. A quantile of a value that
is held at an end is the quantile held at that end, so what was covered stays covered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from forecasting.series import Floats, Series

_OFTEN = 0.01  # of the readings beyond an end, and the end is not the point's


@dataclass(frozen=True, slots=True)
class Within:
    """In the point's unit, both included; ``rises``: each step is at least the one before it, and the first at least the last reading."""

    low: float = -np.inf
    high: float = np.inf
    rises: bool = False

    def fitted_to(self, history: Series) -> Within:
        """What was often read is possible, whatever the quantity says: a meter may count what is fed back below nothing."""
        read = history.values[np.isfinite(history.values)]
        if not len(read):
            return self
        low = float(read.min()) if (read < self.low).mean() > _OFTEN else self.low
        high = float(read.max()) if (read > self.high).mean() > _OFTEN else self.high
        return replace(self, low=low, high=high)

    def quantiles(self, found: Floats, history: Series) -> Floats:
        """Shape ``(horizon, levels)``; levels stay in order."""
        return self._kept(found, history, 0)

    def paths(self, found: Floats, history: Series) -> Floats:
        """Shape ``(count, horizon)``."""
        return self._kept(found, history, 1)

    def _kept(self, found: Floats, history: Series, along: int) -> Floats:
        fitted = self.fitted_to(history)
        kept = np.clip(found, fitted.low, fitted.high)
        read = history.values[np.isfinite(history.values)]
        if not self.rises or not len(read):
            return kept
        return np.maximum.accumulate(np.maximum(kept, read[-1]), axis=along)


ANYTHING = Within()
