"""A sensor that repeats itself: unchanged for much longer than it ever was, although it is still heard."""

import numpy as np

from ingestion.quality.series import DAY_S, FEW, HOUR_S, Past

_LEAST_S = 3 * HOUR_S
_LONGER = 3.0
_RESTS_NEAR = 0.1
_A_WEEK_S = 8 * DAY_S
"""Weekends are in it: what rests at its usual resting value must have been seen through one."""


def stuck_since(past: Past, others_vary: bool) -> float | None:
    """Since when it has shown its last value, where that is no rest; epoch seconds.

    ``others_vary``: its like move about, which counts where it has no past of its own to be measured by.
    """
    runs = _runs(past)
    if not runs:
        return None
    first, last, value, samples = runs[-1]
    if samples < FEW or last < len(past.start) - 1 or value == 0:  # zero is where what stands still rests
        return None
    lasted = past.last[last] - past.first[first]
    before = past.until(float(past.start[first]))
    if not len(before.start) or before.high.max() == before.low.min() == value:
        return float(past.first[first]) if others_vary and lasted > DAY_S else None
    if not varies(before):  # a level that hardly moves says nothing by standing still
        return None
    longest = max((past.last[b] - past.first[a] for a, b, *_ in runs[:-1]), default=0.0)
    if lasted < max(_LEAST_S, _LONGER * longest):
        return None
    low, high = np.quantile(before.low, 0.02), np.quantile(before.high, 0.98)
    margin = _RESTS_NEAR * (high - low)
    resting = value == 100 or value <= low + margin or value >= high - margin
    known_s = past.first[first] - past.first[0]
    return None if resting and (known_s < _A_WEEK_S or lasted < DAY_S) else float(past.first[first])


def varies(past: Past) -> bool:
    """Whether it moved from most of its buckets to the next."""
    return len(past.start) >= FEW and float(np.count_nonzero(np.diff(past.mean)) / (len(past.mean) - 1)) > 0.5


def _runs(past: Past) -> list[tuple[int, int, float, float]]:
    """First and last bucket, value and readings of each stretch of buckets that show one value alone."""
    found: list[tuple[int, int, float, float]] = []
    flat = past.low == past.high
    for index in np.flatnonzero(flat):
        value, samples = float(past.low[index]), float(past.samples[index])
        if found and found[-1][1] == index - 1 and found[-1][2] == value:
            first, _, _, before = found[-1]
            found[-1] = (first, int(index), value, before + samples)
        else:
            found.append((int(index), int(index), value, samples))
    return found
