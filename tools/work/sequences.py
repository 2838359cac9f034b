"""What the order of things tells: bundles, how often an order follows by chance, and which order is likely next. Pure functions of what happened."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from math import sqrt

from tools.work.occurrences import Happened

ENOUGH = 10
"""So many times of a kind are counted on; fewer are too few."""
_Z = 1.96


def bundles(orders: Sequence[Happened], days: int) -> Iterator[list[Happened]]:
    """Orders of one asset that lie within so many days of the first of them, two or more. Each order stands in one bundle at most, the earliest that takes it."""
    for _, own in groupby(orders, key=lambda one: one.asset):
        bundle: list[Happened] = []
        for order in own:
            if bundle and order.at - bundle[0].at > timedelta(days=days):
                if len(bundle) > 1:
                    yield bundle
                bundle = []
            bundle.append(order)
        if len(bundle) > 1:
            yield bundle


def covered(moments: Sequence[datetime], start: datetime, end: datetime, days: int) -> timedelta:
    """For how long, of a stretch of time, one of the moments follows within so many days."""
    reach, total, free_from = timedelta(days=days), timedelta(), start
    for at in sorted(moments):
        begins, ends = max(free_from, at - reach), min(end, at)
        if ends > begins:
            total += ends - begins
            free_from = ends
    return total


def chance(first: Sequence[tuple[str, datetime]], orders: Mapping[str, Sequence[datetime]], days: int) -> float | None:
    """In percent, how often an order follows any moment between the first and the last event of the same asset, weighted by its events; None where there is no
    such stretch of time."""
    by_asset: defaultdict[str, list[datetime]] = defaultdict(list)
    for asset, at in first:
        by_asset[asset].append(at)
    expected = weight = 0.0
    for asset, moments in by_asset.items():
        start, end = min(moments), max(moments)
        if end > start:
            expected += len(moments) * (covered(orders.get(asset, ()), start, end, days) / (end - start))
            weight += len(moments)
    return round(100 * expected / weight, 1) if weight else None


def wilson(count: int, of: int) -> tuple[float, float]:
    """The bounds of a share with 95%, in percent (E. B. Wilson, 1927)."""
    if not of:
        return 0.0, 100.0
    share, square = count / of, _Z * _Z
    middle = share + square / (2 * of)
    spread = _Z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    low, high = ((middle + sign * spread) / (1 + square / of) for sign in (-1, 1))
    return round(100 * max(0.0, low), 1), round(100 * min(1.0, high), 1)


@dataclass(frozen=True, slots=True)
class Steps:
    """What followed a code: how often which, and after how many days."""

    times: Counter[str]
    days: Sequence[float]


def steps_after(code: str, orders: Sequence[Happened]) -> Steps:
    """Of orders by asset and in their order."""
    pairs = [(a, b) for a, b in pairwise(orders) if a.asset == b.asset and a.code == code]
    return Steps(Counter(b.code for _, b in pairs), [(b.at - a.at) / timedelta(days=1) for a, b in pairs])


def quantile(values: Sequence[float], share: float) -> float | None:
    """The nearest value (rounded down); None of nothing."""
    ordered = sorted(values)
    return round(ordered[int(share * (len(ordered) - 1))], 1) if ordered else None


@dataclass(frozen=True, slots=True)
class Trial:
    """Of ``tried`` orders ``right`` were told from those before them, and ``usual`` by always telling the most frequent code so far."""

    right: int
    tried: int
    usual: int


def trial(codes: Sequence[str]) -> Trial:
    """Tells each order of one asset from those before it, once there were enough: the most frequent after the code before, else the most frequent."""
    after: defaultdict[str, Counter[str]] = defaultdict(Counter)
    overall: Counter[str] = Counter()
    right = tried = usual = 0
    for place, code in enumerate(codes):
        before = codes[place - 1] if place else None
        if place >= ENOUGH and before is not None:
            known = after[before] if after[before].total() >= ENOUGH else overall
            right += most_frequent(known) == code
            usual += most_frequent(overall) == code
            tried += 1
        if before is not None:
            after[before][code] += 1
        overall[code] += 1
    return Trial(right, tried, usual)


def most_frequent(times: Counter[str]) -> str:
    """Of equals the first by name, so that it is the same each time."""
    return ranked(times)[0][0]


def ranked(times: Counter[str]) -> list[tuple[str, int]]:
    return sorted(times.items(), key=lambda one: (-one[1], one[0]))
