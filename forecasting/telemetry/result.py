"""What a forecast is: quantiles of each coming step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.series import Floats

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Forecast:
    """The value at step ``i`` (``start_s + i * step_s``, Unix time) is below ``quantiles[i, j]`` with probability ``levels[j]``.

    ``quantiles`` has shape ``(horizon, levels)``, is in the point's unit and grows along the levels. ``model`` names what made it.
    """

    start_s: int
    step_s: int
    levels: tuple[float, ...]
    quantiles: Floats
    model: str

    def __len__(self) -> int:
        return len(self.quantiles)

    @property
    def times_s(self) -> npt.NDArray[np.int64]:
        """When each step begins; shape ``(horizon,)``."""
        return self.start_s + self.step_s * np.arange(len(self.quantiles), dtype=np.int64)

    @property
    def median(self) -> Floats:
        """Shape ``(horizon,)``."""
        return self.at(0.5)

    def at(self, level: float) -> Floats:
        """The quantile of one level, shape ``(horizon,)``; between two levels on the straight line. ``ValueError`` beyond them."""
        if not self.levels[0] - _SAME <= level <= self.levels[-1] + _SAME:
            raise ValueError(f"the forecast has levels from {self.levels[0]:g} to {self.levels[-1]:g}")
        right = int(np.clip(np.searchsorted(self.levels, level), 1, max(1, len(self.levels) - 1)))
        if len(self.levels) == 1:
            return self.quantiles[:, 0]
        low, high = self.levels[right - 1], self.levels[right]
        share = round((level - low) / (high - low), 9)  # (1 - 0.8) / 2 is not quite 0.1
        return self.quantiles[:, right - 1] * (1 - share) + self.quantiles[:, right] * share

    def interval(self, share: float) -> tuple[Floats, Floats]:
        """The ends, each ``(horizon,)``, of the central interval that holds ``share`` of what comes."""
        return self.at((1 - share) / 2), self.at((1 + share) / 2)


def checked_levels(levels: Sequence[float]) -> tuple[float, ...]:
    """The levels as a tuple. ``ValueError`` unless they grow and lie between 0 and 1."""
    found = tuple(float(level) for level in levels)
    if not found or found[0] <= 0 or found[-1] >= 1 or list(found) != sorted(set(found)):
        raise ValueError(f"levels have to grow and to lie between 0 and 1: {found}")
    return found
