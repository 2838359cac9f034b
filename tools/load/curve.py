"""How much power a unit takes against its load: learnt from history, stated, or from a library, with what is not known about it.

P(q, T) = a + b q + c q² + d q (T − T0): kW of power, kW of load, °C of outside air. The quadratic in the load is that of DOE-2's chillers; c ≥ 0 keeps it convex.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Source = Literal["learnt", "stated", "library"]

LEAST_SAMPLES = 48
"""So many hours of running are needed to learn from."""
LEAST_RANGE = 0.25
"""Loads have to spread over this share of the capacity, else the slope is a guess."""
LEAST_WARMTH_K = 5.0
"""Outside temperatures have to spread over so much for their effect to be learnt."""
CENTRIFUGAL = (0.222903, 0.313387, 0.463710)
"""Share of the rated power against the share of the load: the default centrifugal chiller of DOE-2.1E (EIR-FPLR)."""
BOILER = (0.02, 0.98, 0.0)
"""The same of a boiler whose losses at rest are 2% of its fuel."""
LIBRARY_SPREAD = 0.15
"""Of a curve from the library, as a share of its power: machines of one kind differ so much."""
STATED_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Curve:
    """``spread`` is one standard deviation of the power as a share of it; ``known`` the loads that it was learnt from, in kW."""

    a: float
    b: float
    c: float
    d: float = 0.0
    reference_c: float = 20.0
    spread: float = 0.0
    source: Source = "stated"
    known: tuple[float, float] | None = None
    samples: int = 0
    seen_c: tuple[float, float] = (-60.0, 60.0)
    """Temperatures outside that it was learnt at; beyond them it is as at the nearest."""

    def power(self, load: float, outside_c: float | None = None) -> float:
        """Of a unit that runs, in kW."""
        warmth = 0.0 if outside_c is None else self.warmth(outside_c)
        return max(0.0, self.a + self.b * load + self.c * load * load + self.d * load * warmth)

    def warmth(self, outside_c: float) -> float:
        """How much warmer it is outside than at the reference, in K."""
        return min(max(outside_c, self.seen_c[0]), self.seen_c[1]) - self.reference_c


@dataclass(frozen=True, slots=True)
class Samples:
    """Hours in which a unit ran: kW of load, kW of power and °C outside (NaN where nobody knows), all of one length."""

    load: Floats
    power: Floats
    outside: Floats = field(default_factory=lambda: np.empty(0))


def learnt(samples: Samples, capacity: float) -> Curve | None:
    """By least squares; None where too little is known, or where what was read is no machine."""
    outside = samples.outside if len(samples.outside) == len(samples.load) else np.full(len(samples.load), np.nan)
    sound = np.isfinite(samples.load) & np.isfinite(samples.power) & (samples.load > 0) & (samples.power > 0)
    load, power, outside = samples.load[sound], samples.power[sound], outside[sound]
    if len(load) < LEAST_SAMPLES or np.ptp(load) < LEAST_RANGE * capacity:
        return None
    has_weather = bool(np.isfinite(outside).all()) and float(np.ptp(outside)) >= LEAST_WARMTH_K
    reference = float(outside.mean()) if has_weather else 20.0
    warmth = load * (outside - reference) if has_weather else np.zeros_like(load)
    a, b, c, d = _fitted(load, power, warmth, has_weather)
    low, high = float(load.min()), float(load.max())
    left = power - (a + b * load + c * load**2 + d * warmth)
    spread = float(np.sqrt(np.mean(left**2)) / power.mean())
    seen = (float(outside.min()), float(outside.max())) if has_weather else (-60.0, 60.0)
    curve = Curve(a, b, c, d, reference, spread, "learnt", (low, high), len(load), seen)
    return curve if b + 2 * c * high > 0 and curve.power(low) > 0 else None


def _fitted(load: Floats, power: Floats, warmth: Floats, has_weather: bool) -> tuple[float, float, float, float]:
    """The best of the forms that keep a ≥ 0 and c ≥ 0: what would be below nothing is left out, and the rest fitted anew."""
    columns = {"a": np.ones_like(load), "b": load, "c": load**2} | ({"d": warmth} if has_weather else {})
    while True:
        matrix = np.column_stack(list(columns.values()))
        found = dict(zip(columns, np.linalg.lstsq(matrix, power, rcond=None)[0].tolist(), strict=True))
        below = [name for name in ("c", "a") if found.get(name, 0.0) < 0]
        if not below:
            return found.get("a", 0.0), found["b"], found.get("c", 0.0), found.get("d", 0.0)
        del columns[below[0]]


def through(points: Sequence[tuple[float, float]]) -> Curve:
    """A stated curve through pairs of load and power, in kW; at least two. What bends the other way is taken as straight."""
    load, power = (np.asarray(one, dtype=np.float64) for one in zip(*points, strict=True))
    if len(points) == 2:
        b = float((power[1] - power[0]) / (load[1] - load[0]))
        return Curve(float(power[0] - b * load[0]), b, 0.0, spread=STATED_SPREAD)
    a, b, c, d = _fitted(load, power, np.zeros_like(load), has_weather=False)
    return Curve(a, b, c, d, spread=STATED_SPREAD)


def from_library(capacity: float, rated_power: float, shape: tuple[float, float, float]) -> Curve:
    """``shape`` scaled to the unit's rated load and power, in kW."""
    a, b, c = shape
    return Curve(
        a * rated_power, b * rated_power / capacity, c * rated_power / capacity**2,
        spread=LIBRARY_SPREAD, source="library",
    )  # fmt: skip
