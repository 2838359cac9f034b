"""Random problems of the load plan: up to three chillers, boilers beside them, tanks, masses, events, outages, in every mixture."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from random import Random

from tools.load.curve import BOILER, CENTRIFUGAL, from_library
from tools.load.model import Problem, Purchase, Shared, Step, Store, System, Unit

START = datetime(2026, 7, 6, tzinfo=UTC)


def instance(seed: int, fine: int = 4, coarse: int = 4) -> Problem:
    """``fine`` steps of a quarter of an hour, then ``coarse`` of an hour."""
    random = Random(seed)  # noqa: S311 - problems are to come again
    hours = [0.25] * fine + [1.0] * coarse
    begins = START + timedelta(hours=random.randrange(24))
    starts = [begins + timedelta(hours=sum(hours[:n])) for n in range(len(hours))]
    steps = tuple(Step(start, length) for start, length in zip(starts, hours, strict=True))
    systems = [_system(random, "cooling", "electricity", steps)]
    if random.random() < 0.3:
        systems.append(_system(random, "heating", "gas", steps))
    base = tuple(random.uniform(-40 if random.random() < 0.1 else 20, 120) for _ in steps)
    return Problem(steps, tuple(systems), base, _purchase(random, steps))


def full(seed: int) -> Problem:
    """Of full size: 12 hours by the quarter of an hour and 36 by the hour, with a mass and, for every second seed, a tank."""
    return instance(seed, fine=48, coarse=36)


def _system(random: Random, id_: str, carrier: str, steps: tuple[Step, ...]) -> System:
    count = random.randint(1, 3)
    units = tuple(_unit(random, f"{id_}-{n}", carrier == "gas", len(steps)) for n in range(count))
    capacity = sum(one.capacity for one in units)
    share, swing = random.uniform(0.05, 0.7), random.uniform(0, 0.3)
    load = tuple(
        max(0.0, capacity * (share + swing * math.sin((one.start.hour - 9) / 12 * math.pi)) * random.uniform(0.9, 1.1))
        for one in steps
    )
    upper = tuple(one * random.uniform(1.0, 1.25) for one in load)
    outside = tuple(22 + 8 * math.sin((one.start.hour - 9) / 12 * math.pi) for one in steps)
    stores = tuple(_store(random, id_, kind, capacity, steps) for kind in ("tank", "mass") if random.random() < 0.45)
    shared = ()
    if random.random() < 0.7:
        pumps = random.randint(1, 3)
        names = tuple(f"pump {n + 1}" for n in range(pumps))
        shared = (Shared("pumps", names, random.uniform(3, 12), capacity / pumps * random.uniform(0.8, 1.4)),)
    ramp = random.uniform(0.4, 2.0) * capacity if random.random() < 0.3 else None
    return System(id_, id_, "gas" if carrier == "gas" else "electricity", units, load, upper, outside, shared, stores, ramp)  # fmt: skip


def _unit(random: Random, id_: str, is_boiler: bool, steps: int) -> Unit:
    capacity = random.uniform(100, 500)
    rated = capacity / (random.uniform(0.85, 0.97) if is_boiler else random.uniform(4, 6.5))
    curve = from_library(capacity, rated, BOILER if is_boiler else CENTRIFUGAL)
    first = random.randrange(steps)
    out = frozenset(range(first, min(steps, first + random.randint(1, 8)))) if random.random() < 0.2 else frozenset[int]()  # fmt: skip
    return Unit(
        id_, id_, curve, capacity, random.choice([0.0, 0.1, 0.3]) * capacity, random.choice([0.0, 0.5, 1.0, 2.0]),
        random.choice([0.0, 0.5, 1.0]), random.choice([0.0, 2.0, 10.0]), out, random.random() < 0.5,
        random.choice([0.25, 0.5, 1.0, 50.0]),
    )  # fmt: skip


def _store(random: Random, system: str, kind: str, capacity: float, steps: tuple[Step, ...]) -> Store:
    many = len(steps)
    if kind == "tank":
        size = capacity * random.uniform(0.5, 4)
        start = size * random.random()
        low = (0.0,) * (many - 1) + (start * random.uniform(0.5, 1.0),)
        return Store(f"{system}-tank", "tank", "tank", start, low, (size,) * many, (capacity * random.uniform(0.2, 0.8),) * many, random.uniform(0.97, 1.0))  # fmt: skip
    degrees = capacity * random.uniform(0.3, 2)
    is_occupied = [8 <= one.start.hour < 18 for one in steps]
    low = tuple(degrees * (-0.5 if one else -2.0) for one in is_occupied)
    return Store(
        f"{system}-mass", "mass", "mass", 0.0, low, (degrees,) * many, (capacity,) * many, math.exp(-1 / random.uniform(8, 60)), degrees,
    )  # fmt: skip


def _purchase(random: Random, steps: tuple[Step, ...]) -> Purchase:
    many = len(steps)
    low, high = random.uniform(0.05, 0.2), random.uniform(0.2, 0.6)
    price = tuple(high if 8 <= one.start.hour < 20 else low for one in steps)
    limit, penalty = list[float | None]([None] * many), list[float | None]([None] * many)
    if random.random() < 0.3:
        first = random.randrange(many)
        amount, costs = random.uniform(100, 400), random.choice([None, 1.0, 5.0])
        for step in range(first, min(many, first + 4)):
            limit[step], penalty[step] = amount, costs
    return Purchase(
        price, (0.09,) * many, random.choice([0.0, 0.04]), random.choice([0.0, 0.5, 12.0]), random.choice([0.0, 150.0]),
        tuple(random.random() < 0.9 for _ in steps), tuple(limit), tuple(penalty),
        {"electricity": 0.35, "gas": 0.2}, random.choice([0.0, 0.05]),
    )  # fmt: skip
