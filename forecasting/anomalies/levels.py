"""One signal as it comes in: whether its level has left what has been usual so far.

The level is a trailing median over hours, so that peaks and single bad readings do not count; it is held against the median and the median
absolute deviation of all levels so far that were not flagged. It is flagged beyond a modified z-score of 3.5 (Iglewicz and Hoaglin 1993,
who count from a median with 0.6745 / MAD). Nothing looks ahead: what is said of a moment depends on what had been read by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from forecasting.anomalies.smoothing import trailing_median
from forecasting.anomalies.verdict import Verdict, amount, cannot_tell, flagged, plain, sound, span
from forecasting.series import DAY_S, Floats, NotEnoughData, Series

_NORMAL = 0.6745
_EVERY_S = 3_600


@dataclass(frozen=True, slots=True)
class LevelWatch:
    """``probation`` is how long it only learns; the level is the median of the last ``smoothing``, and is seen to move after half of it."""

    smoothing: timedelta = timedelta(hours=6)
    probation: timedelta = timedelta(days=2.5)
    limit: float = 3.5

    def scores(self, series: Series) -> Floats:
        """Signed z-scores as shares of the limit, NaN during probation and in gaps; shape (n,). Raises ``NotEnoughData``."""
        return self._history(series)[1]

    def judge(self, series: Series, quantity: str, unit: str = "") -> Verdict:
        """Of the end of the series."""
        try:
            levels, scores, usual = self._history(series)
        except NotEnoughData as error:
            return cannot_tell(str(error), [quantity])
        if not np.isfinite(scores[-1]):
            return cannot_tell(
                f"{plain(quantity)} has not been read for the last {span(self.smoothing.total_seconds())}", [quantity]
            )
        score = abs(float(scores[-1]))
        if score <= 1:
            return sound(score)
        side = "above" if scores[-1] > 0 else "below"
        return flagged(
            score,
            [
                f"{plain(quantity)} has been {amount(float(levels[-1]), unit)} over the last {span(self.smoothing.total_seconds())}, "
                f"far {side} its usual {amount(usual, unit)}"
            ],
            [quantity],
        )

    def _history(self, series: Series) -> tuple[Floats, Floats, float]:
        steps = max(1, round(self.smoothing.total_seconds() / series.step_s))
        start = max(round(self.probation.total_seconds() / series.step_s), steps)
        levels = trailing_median(series.values, steps)
        if np.count_nonzero(np.isfinite(levels[:start])) < start // 2 or len(levels) <= start:
            raise NotEnoughData(series.days, start * series.step_s / DAY_S)
        return self._stream(series, levels, start)

    def _stream(self, series: Series, levels: Floats, start: int) -> tuple[Floats, Floats, float]:
        """Go through the levels once; median and deviation are counted afresh every hour."""
        scores = np.full(len(levels), np.nan)
        kept = np.isfinite(levels)
        kept[start:] = False
        every = max(1, _EVERY_S // series.step_s)
        centre = 0.0
        for first in range(start, len(levels), every):
            part = slice(first, min(first + every, len(levels)))
            usual = levels[:first][kept[:first]]
            centre = float(np.median(usual))
            deviation = float(np.median(np.abs(usual - centre)))
            floor = 1e-6 * max(abs(centre), 1.0)  # of a signal that never changed
            scores[part] = _NORMAL * (levels[part] - centre) / max(deviation, floor) / self.limit
            kept[part] = np.abs(scores[part]) <= 1
        return levels, scores, centre


def episodes(flags: Floats, gap_steps: int) -> list[tuple[int, int]]:
    """First and last step of each run of flags; runs with at most ``gap_steps`` between them are one."""
    at = np.flatnonzero(flags)
    if not len(at):
        return []
    parts = np.split(at, np.flatnonzero(np.diff(at) > gap_steps) + 1)
    return [(int(part[0]), int(part[-1])) for part in parts]
