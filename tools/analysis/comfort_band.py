"""Whether hours were comfortable: hourly means against a band. Pure.

The band of an hour is the zone's own set point of that hour ± its deadband (1 K where none is stated); else the limits of its sensor; else
the range that the library gives for zones. An hour without a mean is no hour; an hour without a set point has the one before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph_schema.condition import Side

BandKind = Literal["set point", "limits", "comfort range"]
DEADBAND_K = 1.0

Hours = Mapping[int, float]
"""Means by the number of their hour."""


@dataclass(frozen=True, slots=True)
class Band:
    """``low`` and ``high`` for every hour, or one for each in ``of_hour``."""

    kind: BandKind
    low: float | None = None
    high: float | None = None
    of_hour: Mapping[int, tuple[float, float]] | None = None

    def at(self, hour: int) -> tuple[float | None, float | None]:
        return self.of_hour[hour] if self.of_hour else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class Comfort:
    """``hours`` are known, ``within`` of them in the band. ``worst`` is how far the worst hour was out of it, in the unit of the readings."""

    hours: int
    within: int
    worst: float = 0.0
    worst_hour: int | None = None
    worst_value: float | None = None
    side: Side | None = None

    @property
    def percent(self) -> float:
        return 100 * self.within / self.hours


def set_point_band(set_points: Hours, hours: Sequence[int], width: float) -> Band | None:
    """None where no set point was ever read."""
    known = sorted(set_points)
    if not known:
        return None
    current = set_points[known[0]]
    of_hour: dict[int, tuple[float, float]] = {}
    for hour in hours:
        current = set_points.get(hour, current)
        of_hour[hour] = (current - width, current + width)
    lows, highs = [low for low, _ in of_hour.values()], [high for _, high in of_hour.values()]
    same = len({*lows}) == 1
    return Band("set point", lows[-1] if same else None, highs[-1] if same else None, of_hour)


def judged(means: Hours, band: Band) -> Comfort | None:
    """None where no hour is known."""
    if not means:
        return None
    within, worst, found = 0, 0.0, Comfort(0, 0)
    for hour, value in sorted(means.items()):
        low, high = band.at(hour)
        below, above = (low - value if low is not None else 0.0), (value - high if high is not None else 0.0)
        away = max(below, above, 0.0)
        within += away == 0.0
        if away > worst:
            worst, found = away, Comfort(0, 0, away, hour, value, "high" if above > below else "low")
    return Comfort(len(means), within, found.worst, found.worst_hour, found.worst_value, found.side)
