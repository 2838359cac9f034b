"""Expectations of an asset whose class has none: which of its own signals move together, found in what it read while it was sound."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from forecasting.anomalies.residuals import Expectation
from forecasting.anomalies.verdict import Window, missing
from forecasting.series import Floats

_RUNS, _OUTSIDE = "run_status", "outside_air_temperature"
_FEWEST = 96  # readings
_STATES = 20  # a signal of fewer values is a state or a count
_ALIKE = 0.7  # rank correlation: half of what moves one moves the other
_DRIVERS = 2
_TOLERANCE = 0.15  # of the usual range


def inferred(learned: Window, units: Mapping[str, str | None]) -> tuple[Expectation, ...]:
    """For each of these signals (with its unit) that moves with another of them, an expectation from the two that tell most, of which the outdoor
    temperature may be one. Signals that only ever rise (energy, hours run), states and counts are left out; of a machine the time it ran counts."""
    running = _RUNS if not missing(learned, (_RUNS,)) else None
    own = {name: learned[name].values for name in sorted(units) if name in learned and _moves(learned[name].values)}
    weather = {_OUTSIDE: learned[_OUTSIDE].values} if not missing(learned, (_OUTSIDE,)) else {}
    signals: dict[str, Floats] = own | weather
    ran: npt.NDArray[np.bool_] = learned[_RUNS].values > 0.5 if running else np.ones(1, dtype=np.bool_)  # of any length
    alike: dict[frozenset[str], float] = {
        frozenset(pair): _alike(signals[pair[0]], signals[pair[1]], ran) for pair in combinations(signals, 2)
    }
    found: list[Expectation] = []
    for name, values in own.items():
        near = {other: alike[frozenset((name, other))] for other in signals if other != name}
        drivers = sorted((other for other in near if near[other] >= _ALIKE), key=lambda other: -near[other])[:_DRIVERS]
        if any(other in own for other in drivers):
            low, high = np.quantile(values[ran & np.isfinite(values)], [0.01, 0.99])
            tolerance = _TOLERANCE * float(high - low)
            found.append(Expectation(name, tuple(drivers), tolerance, units[name] or "", running, hours=False))
    return tuple(found)


def _moves(values: Floats) -> bool:
    """Up and down, over many values."""
    known = values[np.isfinite(values)]
    return len(known) >= _FEWEST and len(np.unique(known)) >= _STATES and bool((np.diff(known) < 0).any())


def _alike(one: Floats, other: Floats, ran: npt.NDArray[np.bool_]) -> float:
    """Spearman's correlation without its sign; 0 where too few were read together, or one of them stood still."""
    from scipy import stats  # it takes a while to import, and reading a plant does without it

    both = ran & np.isfinite(one) & np.isfinite(other)
    if np.count_nonzero(both) < _FEWEST:
        return 0.0
    ranks = [np.asarray(cast("Any", stats).rankdata(values[both]), dtype=np.float64) for values in (one, other)]
    if min(float(one.std()) for one in ranks) == 0:
        return 0.0
    return float(abs(np.corrcoef(ranks[0], ranks[1])[0, 1]))
