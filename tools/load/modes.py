"""Modes of a system: for each set of units, what they take together at best against what they deliver, as lines that lie below it.

With one binary for each mode and step, the binaries of pumps and fans vanish: how many of them run is settled here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from graph_schema.errors import InvalidInput
from tools.load.account import unit_loads
from tools.load.curve import Curve
from tools.load.model import System, Unit

MOST_UNITS = 5
"""Of one system: with more there are too many sets of them."""
LINES = 8
_POINTS = 120


@dataclass(frozen=True, slots=True)
class Mode:
    """``own`` and ``beside`` are lines (kW a kW, kW): the power of the units and of shared machines is above each. ``shares`` of the load are those of the units' curves."""

    units: frozenset[str]
    capacity: float
    own: tuple[tuple[float, float], ...] = ()
    beside: tuple[tuple[float, float], ...] = ()
    shares: tuple[tuple[float, Curve], ...] = ()

    def slope(self, outside_c: float) -> float:
        """What is added to the slopes of ``own`` at a temperature outside."""
        return sum(share * curve.d * curve.warmth(outside_c) for share, curve in self.shares)


def modes(system: System) -> list[Mode]:
    """All sets of units, none of them first. Raises ``InvalidInput`` for too many units."""
    if len(system.units) > MOST_UNITS:
        raise InvalidInput(
            f"{system.name} has {len(system.units)} units; a plan takes {MOST_UNITS} at most. "
            "Split it in load.yaml into plants that carry their loads by themselves."
        )
    sets = [some for count in range(1, len(system.units) + 1) for some in combinations(system.units, count)]
    return [Mode(frozenset(), 0.0), *(_mode(system, some) for some in sets)]


def _mode(system: System, units: Sequence[Unit]) -> Mode:
    ids, capacity = frozenset(one.id for one in units), sum(one.capacity for one in units)
    loads = [capacity * n / _POINTS for n in range(_POINTS + 1)]
    own = [(load, _at_reference(system, ids, load)) for load in loads]
    beside = [(load, sum(one.power(load, one.best(load)) for one in system.shared)) for load in loads]
    shares = tuple((one.capacity / capacity, one.curve) for one in units)
    if system.carrier == "electricity":
        together = [(load, kw + extra) for (load, kw), (_, extra) in zip(own, beside, strict=True)]
        return Mode(ids, capacity, lines_below(together), (), shares)
    return Mode(ids, capacity, lines_below(own), lines_below(beside) if system.shared else (), shares)


def _at_reference(system: System, ids: frozenset[str], load: float) -> float:
    """Without what the weather changes."""
    loads = unit_loads(system, ids, load)
    return sum(
        one.curve.power(max(loads[one.id], one.least), one.curve.reference_c) for one in system.units if one.id in ids
    )


def lines_below(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """At most ``LINES`` edges of the lower convex hull, as slope and intercept: each is below all points."""
    hull: list[tuple[float, float]] = []
    for point in points:
        while len(hull) > 1 and _turns_right(hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    edges = [_line(*pair) for pair in pairwise(hull)]
    if len(edges) <= LINES:
        return tuple(edges)
    return tuple(edges[round(n * (len(edges) - 1) / (LINES - 1))] for n in range(LINES))


def _turns_right(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) <= (b[1] - a[1]) * (c[0] - a[0])


def _line(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    slope = (b[1] - a[1]) / (b[0] - a[0])
    return slope, a[1] - slope * a[0]
