"""Whether readings that are nobody's move as those of a point nearby do: evidence by behaviour, over the hours that both have. Pure.

All temperatures of a building rise by day. So a likeness counts only where the neighbours of one point are followed clearly better than
those of any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from graph_schema.store.point_sources import Neighbour, UnfedPoint, UnknownSeries
from graph_schema.units import alike, convert, unit_name

LEAST_HOURS = 24
_LEAST = 0.9
_CLEARLY = 0.02
_PERFECT = 0.995
_FAR = 2.0  # times by how much the neighbour itself varies

Hours = Mapping[int, float]
"""Means by the number of their hour since 1970."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """``r`` is Pearson's coefficient over ``hours`` hours, ``apart`` the mean distance in the neighbour's unit, ``varies`` its standard deviation."""

    neighbour: Neighbour
    r: float
    hours: int
    apart: float
    varies: float

    @property
    def weight(self) -> float:
        """From 0 to 1: how much it says. Another level says less."""
        return min(1.0, self.r / _PERFECT) ** 4 * (1.0 if self.apart <= _FAR * self.varies else 0.5)

    def sentence(self) -> str:
        unit = f" {self.neighbour.unit}" if self.neighbour.unit else ""
        return f"it moves as {self.neighbour.name} does (r {self.r:.2f} over {self.hours} hours, {self.apart:.2g}{unit} apart on average)"


Likenesses = Mapping[tuple[str, str], Likeness]
"""By the address of the readings and the id of the point."""


def likenesses(
    series: Sequence[UnknownSeries],
    points: Sequence[UnfedPoint],
    neighbours: Sequence[Neighbour],
    hours: Mapping[str, Hours],
) -> Likenesses:
    """What each series has in common with the neighbours of each point that measures what it does. ``hours`` are by address."""
    around: dict[str, dict[str, Neighbour]] = {}
    for one in neighbours:
        around.setdefault(one.point, {})[one.source] = one
    everybody = {one.source: one for one in neighbours}
    return {
        (one.source, point): found
        for one in series
        for point, found in _clear(points, around, _alike(one, everybody, hours))
    }


def _alike(
    series: UnknownSeries, everybody: Mapping[str, Neighbour], hours: Mapping[str, Hours]
) -> dict[str, Likeness]:
    """By the neighbour's address, for those that measure the same."""
    found: dict[str, Likeness] = {}
    for source, neighbour in everybody.items():
        if _is_same(series.unit, neighbour.unit) and (
            likeness := _likeness(series, hours.get(series.source, {}), neighbour, hours.get(source, {}))
        ):
            found[source] = likeness
    return found


def _clear(
    points: Sequence[UnfedPoint], around: Mapping[str, Mapping[str, Neighbour]], alike: Mapping[str, Likeness]
) -> Iterator[tuple[str, Likeness]]:
    """The points whose neighbours are followed clearly better than all others."""
    for point in points:
        own = around.get(point.id, {})
        near = [
            likeness for source, likeness in alike.items() if source in own and _is_same(point.unit, own[source].unit)
        ]
        best = max(near, key=lambda one: one.r, default=None)
        other = max((likeness.r for source, likeness in alike.items() if source not in own), default=-1.0)
        if best and best.r >= _LEAST and best.r - other >= _CLEARLY:
            yield point.id, best


def _is_same(unit: str | None, other: str | None) -> bool:
    """Whether two units measure the same, as far as they are known."""
    if unit is None or other is None:
        return True
    return unit_name(unit) == unit_name(other) or unit_name(other) in alike(unit_name(unit))


def _likeness(series: UnknownSeries, ours: Hours, neighbour: Neighbour, theirs: Hours) -> Likeness | None:
    common = sorted(ours.keys() & theirs.keys())
    if len(common) < LEAST_HOURS:
        return None
    given, wanted = unit_name(series.unit or neighbour.unit or ""), unit_name(neighbour.unit or series.unit or "")
    turned = [convert(ours[hour], given, wanted) for hour in common]
    one = np.array([value for value in turned if value is not None])
    two = np.array([theirs[hour] for hour in common])
    if len(one) < len(two) or not _moves(one) or not _moves(two):
        return None
    r = float(np.corrcoef(one, two)[0, 1])
    return Likeness(neighbour, r, len(common), float(np.abs(one - two).mean()), float(two.std()))


def _moves(values: np.ndarray) -> bool:
    return float(values.std()) > 1e-6 * max(1.0, float(np.abs(values).max()))
