"""A small plant that answers set points: two chillers, three pumps, a building with a mass, weather and people of a season. Deterministic by its seed.

The building is a first-order model in deviations from its set point: dx/dt = (L - q - UA x) / C. The demo's simulator takes no set points, so this one stands for a plant.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

from tools.load.curve import CENTRIFUGAL, from_library
from tools.load.model import Shared, System, Unit

Season = Literal["spring", "summer", "autumn"]
QUARTER = 0.25
MASS, COUPLING = 180.0, 7.0
"""kWh a kelvin of the building, and kW a kelvin that it exchanges with outside."""
AHEAD_K, BEHIND_K, EMPTY_BEHIND_K = 1.0, 0.5, 2.0
SET_C = 23.0
WARM_UP_DAYS = 14
_STARTS = {"spring": datetime(2026, 4, 6, tzinfo=UTC), "summer": datetime(2026, 7, 6, tzinfo=UTC), "autumn": datetime(2026, 9, 7, tzinfo=UTC)}  # fmt: skip
_MEANS = {"spring": (14.0, 6.0), "summer": (24.0, 7.0), "autumn": (17.0, 6.0)}


@dataclass(frozen=True, slots=True)
class World:
    """By the quarter of an hour: load that holds the set point, temperature outside, and what else the site takes. The first ``WARM_UP_DAYS`` are its past."""

    start: datetime
    load: Sequence[float]
    outside: Sequence[float]
    base: Sequence[float]
    system: System
    mass: float
    coupling: float

    def moment(self, quarter: int) -> datetime:
        return self.start + timedelta(minutes=15 * quarter)


def is_occupied(moment: datetime) -> bool:
    return moment.weekday() < 5 and 7 <= moment.hour < 19


def machines(factor: Sequence[float] = (1.0, 1.0)) -> System:
    """As the planner knows them; with factors, as they are."""
    units = tuple(
        Unit(name, name, replace(from_library(capacity, factor[n] * capacity / cop, CENTRIFUGAL), d=factor[n] * 0.004, reference_c=24.0), capacity, 0.15 * capacity, 1.0, 0.5, 2.0)
        for n, (name, capacity, cop) in enumerate((("Chiller 1", 220.0, 5.4), ("Chiller 2", 150.0, 4.9)))
    )  # fmt: skip
    pumps = Shared("pumps", ("Pump 1", "Pump 2", "Pump 3"), 5.5, 140.0, 0.35)
    return System("cooling", "cooling", "electricity", units, (), (), (), (pumps,))


def world(season: Season, seed: int, days: int) -> World:
    """Weather as a day's course with a slow wander; people on workdays; chillers are off from what the planner knows by up to 2%, as learnt curves are, mass and coupling by up to a tenth."""
    random = Random(f"{season} {seed}")  # noqa: S311 - seasons are to come again
    mean, swing = _MEANS[season]
    start = _STARTS[season] - timedelta(days=WARM_UP_DAYS)
    load, outside, base, wander = list[float](), list[float](), list[float](), 0.0
    for quarter in range(96 * (WARM_UP_DAYS + days + 2)):
        moment = start + timedelta(minutes=15 * quarter)
        hour = moment.hour + moment.minute / 60
        wander = 0.998 * wander + random.gauss(0, 0.12)
        warm = mean + wander + swing * math.sin((hour - 9) / 12 * math.pi)
        sun = max(0.0, math.sin((hour - 6) / 12 * math.pi)) * (65 if season == "summer" else 45)
        people = (75.0 if is_occupied(moment) else 12.0) * random.uniform(0.92, 1.08)
        outside.append(warm)
        load.append(max(0.0, COUPLING * (warm - SET_C) + sun + people))
        base.append((60.0 if is_occupied(moment) else 25.0) * random.uniform(0.9, 1.1))
    real = machines([random.uniform(0.98, 1.02) for _ in range(2)])
    return World(start, load, outside, base, real, MASS * random.uniform(0.9, 1.1), COUPLING * random.uniform(0.9, 1.1))
