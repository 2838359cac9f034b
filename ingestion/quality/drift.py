"""A sensor that moves away from its like, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingestion.quality.series import DAY_S, Floats, Past

LEAST_SIBLINGS = 2
_LEAST_DAYS = 6
_TWO_WEEKS = 14
_LEAST_STEPS = 2
_MANY = 4
_SIGMAS = 6.0
_TO_SIGMA = 1.4826
_SHARE_OF_RANGE = 0.25
_MEDIA = ("air_temperature", "water_temperature", "humidity", "co2", "co2_level", "outside_air_wet_bulb_temperature")


@dataclass(frozen=True, slots=True)
class Away:
    """``by`` is how much further from its like than at first, in the point's unit; ``since`` is epoch seconds."""

    by: float
    since: float
    siblings: int


def comparable(quantity: str | None) -> bool:
    """Sensors of air, of water and of rooms have like ones beside them; of a machine's own state a fault of the machine moves one as well."""
    return bool(quantity) and str(quantity).endswith(_MEDIA)


def drifts(pasts: Sequence[Past], now: float, days: int) -> list[Away | None]:
    """For each of several sensors that are alike, whether it has left the others."""
    daily = np.array([_daily(past, now, days) for past in pasts])
    return [_drift(daily, index, now) for index in range(len(pasts))]


def _daily(past: Past, now: float, days: int) -> Floats:
    """The mean of each of the last days, oldest first; NaN where there is none."""
    day = np.floor((past.start - (now - days * DAY_S)) / DAY_S).astype(int)
    inside = (day >= 0) & (day < days)
    weights = np.bincount(day[inside], past.samples[inside], days)
    sums = np.bincount(day[inside], (past.mean * past.samples)[inside], days)
    return np.divide(sums, weights, out=np.full(days, np.nan), where=weights > 0)


def _drift(daily: Floats, index: int, now: float) -> Away | None:
    others = np.delete(daily, index, axis=0)
    usable = np.isfinite(daily[index]) & (np.sum(np.isfinite(others), axis=0) >= LEAST_SIBLINGS)
    if np.count_nonzero(usable) < _LEAST_DAYS:
        return None
    days = np.flatnonzero(usable)
    own, others = daily[index, usable], others[:, usable]
    moved = _moved(own - np.nanmedian(others, axis=0), days)
    by = float(np.mean(moved[-2:]))
    if abs(by) <= max(
        _noise(moved), _usual(others, days), _SHARE_OF_RANGE * float(np.nanmax(others) - np.nanmin(others))
    ):
        return None
    grown = moved / by
    if np.count_nonzero(np.diff(grown[-4:]) > -0.1) < 3:  # grows, or stays where it got to
        return None
    if np.count_nonzero((grown > 0.15) & (grown < 0.85)) < _LEAST_STEPS:  # what jumps is the plant, or was repaired
        return None
    begun = int(np.argmax(grown > 0.15))
    return Away(by, now - (daily.shape[1] - days[begun]) * DAY_S, int(np.count_nonzero(np.isfinite(others[:, -1]))))


def _moved(offset: Floats, days: NDArray[np.intp]) -> Floats:
    """How far an offset is from where it was: in the first days, or on that day of the first week where two weeks are known."""
    if len(days) >= _TWO_WEEKS and days[6] - days[0] == 6:
        return offset - offset[:7][(days - days[0]) % 7]
    return offset - np.median(offset[: max(2, len(offset) // 3)])


def _noise(moved: Floats) -> float:
    """How far it usually jumps from a day to the next."""
    return _SIGMAS * _TO_SIGMA * float(np.median(np.abs(np.diff(moved)))) / 2


def _usual(others: Floats, days: NDArray[np.intp]) -> float:
    """How far the others move from each other over the same days; of many, one may have left as well."""
    if len(others) < LEAST_SIBLINGS:
        return np.inf
    offsets = others - np.nanmedian(others, axis=0)
    moved = sorted(abs(float(np.nanmean(_moved(offset, days)[-2:]))) for offset in offsets)
    return 1.5 * (moved[-2] if len(moved) >= _MANY else moved[-1])
