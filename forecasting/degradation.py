"""Slow change over days and weeks: when will a daily level pass its limit, if it goes on like this?

Forecasts of the next hours repeat what days are like; wear does not repeat. Here a day, 24 hours up to now, is one number, its high (or, towards a lower
limit, its low): ``level = a + b·drivers + c·ran + s·max(0, day − begin) + noise``, the noise an AR(1) process. The day on which the
change began is the one that explains the past best, and a change counts only when it is far beyond what noise that is
correlated from day to day would show by itself. Sample paths of the coming days, with the slope as uncertain as it is, give the
probability of a first passage; a change of few days says nothing of the whole of the coming month. Where nothing changes, the coming weeks
are like those that were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecasting.series import DAY_S, Floats, NotEnoughData, Series
from graph_schema.condition import Side, is_beyond

NEED_DAYS = 14
_HOURS_OF_A_DAY = 0.5  # a day counts when half of it was read
_HIGH, _LOW = 0.95, 0.05  # of a day's values: a single spike is no level
_SHORTEST, _LONGEST = 4, 21  # days that a change may have lasted
_CLEAR = 5.0  # standard errors of the slope; the begin is chosen among eighteen, so the usual 2 to 3 would see change in noise
_RISE = 3.0  # standard deviations of the noise that the change has to amount to
_NEW = 0.5
_SEEN = 0.5  # of the change has to be there to see, however much of it drivers are said to hide
_AS_FAR = 5.0  # times as long as a change has been seen, and no farther, is it taken to go on
_PATHS = 2_000


@dataclass(frozen=True, slots=True)
class Change:
    """``per_day`` in the point's unit a day, with its standard error, for ``days`` days now."""

    per_day: float
    error: float
    days: int


@dataclass(frozen=True, slots=True)
class Prospect:
    """The chance that the daily level passes ``limit`` within ``horizon_days``; days from now of the passage where it does.

    ``level`` is the newest day's, in the point's unit; ``change`` is None where the level does what it always did. ``rested_days`` is how
    long ago that newest day is, of an asset that stands since.
    """

    side: Side
    limit: float
    level: float
    probability: float
    horizon_days: int
    change: Change | None
    early_days: float | None
    expected_days: float | None
    late_days: float | None
    rested_days: int = 0


def prospect(
    series: Series,
    side: Side,
    limit: float,
    *,
    horizon_days: int = 30,
    drivers: Sequence[Series] = (),
    runs: Sequence[Series] = (),
    least: float = 0.0,
    seed: int = 0,
) -> Prospect:
    """What is ahead of one point. ``drivers`` (such as the outdoor temperature) explain what is no wear, and so does ``runs``: whether
    the asset ran (1) or stood (0). A pump that takes turns with another is warm for a week and cold for the next; while it
    stands, what is ahead is told as of the last day on which it ran. A change of less than ``least``, in the point's unit, is none.

    Raises ``NotEnoughData`` under 14 days of which at least half was read.
    """
    sign = 1.0 if side == "high" else -1.0
    turn_s = series.end_s % DAY_S
    first_day, days = _daily(series, _HIGH if side == "high" else _LOW, turn_s)
    known = np.isfinite(days)
    if known.sum() < NEED_DAYS:
        raise NotEnoughData(float(known.sum()), NEED_DAYS, "days of which at least half was read")
    known_days = np.flatnonzero(known).astype(np.float64)
    y = sign * days[known]
    ran = _ran(first_day, known_days, runs, turn_s)
    x = np.column_stack([_explaining(first_day, known_days, drivers, turn_s), ran])
    shown = 1 + _last_shown(ran)
    rested = round(known_days[-1] - known_days[shown - 1])
    x, known_days, y, ran = x[:shown], known_days[:shown], y[:shown], ran[:shown]
    as_now = _alike(ran, ran[-1])
    change, coefficients, begin = _changed(x, known_days, y, as_now, x.shape[1] - ran.shape[1], least)
    rng = np.random.default_rng(seed)
    if change:
        trend = np.maximum(0.0, known_days - begin)
        noise = y - x @ coefficients - change.per_day * trend
        paths = _paths(x, coefficients, noise, float(trend[-1]), change, horizon_days, rng)
        paths = paths[:, : math.ceil(_AS_FAR * change.days)]
    else:
        paths = _weeks_again(y, horizon_days, rng)
    beyond = is_beyond(sign * paths, side, limit)
    crosses = beyond.any(axis=1)
    after = beyond[crosses].argmax(axis=1) + 1.0
    early, expected, late = (float(np.quantile(after, p)) if len(after) >= 20 else None for p in (0.1, 0.5, 0.9))
    signed = Change(sign * change.per_day, change.error, change.days) if change else None
    level = sign * float(y[-1])
    return Prospect(side, limit, level, float(crosses.mean()), horizon_days, signed, early, expected, late, rested)


def _daily(series: Series, quantile: float, turn_s: int) -> tuple[int, Floats]:
    """The first day (since the Unix epoch) and the level of each; NaN for a day that was hardly read. Days turn at ``turn_s`` after midnight, so that
    the newest one ends now and is whole."""
    day = (series.times_s - turn_s) // DAY_S
    first = int(day[0])
    levels = np.full(int(day[-1]) - first + 1, np.nan)
    need = _HOURS_OF_A_DAY * DAY_S / series.step_s
    finite = np.isfinite(series.values)
    for index in range(len(levels)):
        values = series.values[(day == first + index) & finite]
        if len(values) >= need:
            levels[index] = np.quantile(values, quantile)
    return first, levels


def _explaining(first_day: int, days: Floats, drivers: Sequence[Series], turn_s: int) -> Floats:
    """One row a day: 1, weekend, and the daily mean of each driver, centred; missing days have the driver's mean."""
    weekday = (first_day + days.astype(np.int64) + 3) % 7  # the epoch was a Thursday
    columns = [np.ones_like(days), (weekday >= 5).astype(np.float64)]
    for driver in drivers:
        of_day = (driver.times_s - turn_s) // DAY_S - first_day
        finite = np.isfinite(driver.values)
        means = np.array([_mean(driver.values[(of_day == int(day)) & finite]) for day in days])
        if np.isfinite(means).any() and np.nanstd(means) > 0:
            columns.append(np.asarray(np.nan_to_num(means - np.nanmean(means)), dtype=np.float64))
    return np.column_stack(columns)


def _ran(first_day: int, days: Floats, runs: Sequence[Series], turn_s: int) -> Floats:
    """One row a day: for each of ``runs`` whether it ran at all, and whether it never stood. A day's high may come from the one, its low from
    the other. Days without readings are like the usual one."""
    columns: list[Floats] = []
    for one in runs:
        of_first, levels = zip(*(_daily(one, quantile, turn_s) for quantile in (_HIGH, _LOW)), strict=True)
        for first, level in zip(of_first, levels, strict=True):
            place = days.astype(np.int64) + first_day - first
            inside = (place >= 0) & (place < len(level))
            of_day = np.where(inside, level[np.clip(place, 0, len(level) - 1)], np.nan)
            known = np.isfinite(of_day)
            if known.any() and np.ptp(of_day[known]) > 0:
                columns.append(np.asarray(np.where(known, of_day, np.median(of_day[known])), dtype=np.float64))
    return np.column_stack(columns) if columns else np.empty((len(days), 0))


def _alike(ran: Floats, day: Floats) -> npt.NDArray[np.bool_]:
    """The days on which it ran, or stood, as on that day."""
    return np.asarray((np.abs(ran - day) < 0.5).all(axis=1))


def _last_shown(ran: Floats) -> int:
    """The newest day on which it ran as it does on four days or more; of what runs always, or never for a whole day, the newest."""
    for day in range(len(ran) - 1, -1, -1):
        if ran[day].max(initial=0.0) > 0.5 and np.count_nonzero(_alike(ran, ran[day])) >= _SHORTEST:
            return day
    return len(ran) - 1


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _changed(
    x: Floats, days: Floats, y: Floats, as_now: npt.NDArray[np.bool_], explaining: int, least: float
) -> tuple[Change | None, Floats, float]:
    """The change that explains the past best, if one is clear; with the coefficients of ``x`` and the day it began.

    The first ``explaining`` columns of ``x`` are the weekend and drivers; ``as_now`` are the days on which the asset ran, or stood, as on the newest one: the others do not show a change.
    """
    plain = _least_squares(x, y)
    best: tuple[float, Change, Floats, float] | None = None
    for lasted in range(_SHORTEST, _LONGEST + 1):
        begin = float(days[-1]) - lasted
        trend = np.maximum(0.0, days - begin)
        if (
            begin < days[0] + 5
            or np.count_nonzero(as_now & (trend > 0)) < _SHORTEST
            or _is_new_weather(x[:, 2:explaining], trend > 0)
        ):
            continue
        table = np.column_stack([x, trend])
        fit = _least_squares(table, y)
        noise = y - table @ fit
        loss = float(noise @ noise)
        if best is None or loss < best[0]:
            best = (loss, Change(float(fit[-1]), _slope_error(table, noise), lasted), fit[:-1], begin)
    if best is None:
        return None, plain, float(days[-1])
    loss, change, coefficients, begin = best
    spread = np.sqrt(loss / max(1, len(y) - x.shape[1] - 1))
    amount = abs(change.per_day) * change.days
    before, on = as_now & (days <= begin), as_now & (days > begin)
    clear = (
        abs(change.per_day) >= _CLEAR * change.error
        and amount >= max(_RISE * spread, least)
        and np.count_nonzero(before) >= _SHORTEST
        and np.sign(change.per_day) * (np.median(y[on][-2:]) - np.median(y[before][-7:])) >= _SEEN * amount
        and _goes_on(days[on], (y - x @ coefficients)[on], change.per_day)
    )
    return (change, coefficients, begin) if clear else (None, plain, float(days[-1]))


def _goes_on(days: Floats, levels: Floats, per_day: float) -> bool:
    """Whether the later half of the days is beyond the earlier one by half of what the slope makes of it at least: else it was a step. Where a rest
    lies between, it has to go on after the rest."""
    since = int(np.flatnonzero(np.diff(days, prepend=days[0] - 2) > 1)[-1])
    if len(days) - since >= _SHORTEST:
        days, levels = days[since:], levels[since:]
    half = len(days) // 2
    apart = days[-half:].mean() - days[:half].mean()
    return bool((levels[-half:].mean() - levels[:half].mean()) / per_day >= _SEEN * apart)


def _is_new_weather(drivers: Floats, changing: npt.NDArray[np.bool_]) -> bool:
    """Whether a driver was outside what it had been before on half of the days of the change or more: then it may be the driver's doing."""
    low, high = drivers[~changing].min(axis=0), drivers[~changing].max(axis=0)
    outside = (drivers[changing] < low) | (drivers[changing] > high)
    return bool((outside.mean(axis=0) >= _NEW).any())


def _least_squares(table: Floats, y: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(table, y, rcond=None)[0], dtype=np.float64)


def _slope_error(table: Floats, noise: Floats) -> float:
    """Ordinary least squares' own, widened by √((1+ρ)/(1−ρ)) for noise that is correlated from day to day."""
    freedom = max(1, len(noise) - table.shape[1])
    variance = float(noise @ noise) / freedom
    covariance = variance * np.linalg.pinv(table.T @ table)
    rho = _autocorrelation(noise)
    return float(np.sqrt(max(covariance[-1, -1], 1e-24) * (1 + rho) / (1 - rho)))


def _autocorrelation(noise: Floats) -> float:
    """At lag one, raised by its small-sample bias (1 + 4ρ) / n (Kendall 1954), and kept below 0.9."""
    power = float(noise @ noise)
    rho = float(noise[1:] @ noise[:-1]) / power if power > 0 else 0.0
    return float(np.clip(rho + (1 + 4 * max(rho, 0.0)) / len(noise), 0.0, 0.9))


def _weeks_again(y: Floats, horizon: int, rng: np.random.Generator) -> Floats:
    """Where nothing changes, the coming days are like days that were: whole weeks of them, shape (paths, horizon)."""
    week = min(7, len(y))
    starts = rng.integers(0, len(y) - week + 1, size=(_PATHS, -(-horizon // week)))
    return y[starts[:, :, None] + np.arange(week)].reshape(_PATHS, -1)[:, :horizon]


def _paths(
    x: Floats,
    coefficients: Floats,
    noise: Floats,
    risen_days: float,
    change: Change,
    horizon: int,
    rng: np.random.Generator,
) -> Floats:
    """Levels of the coming days, shape (paths, horizon). The drivers go on as in the last week."""
    ahead = x[-7:][np.arange(horizon) % min(7, len(x))] @ coefficients
    rho = _autocorrelation(noise)
    shocks = noise[1:] - rho * noise[:-1]
    scale = np.sqrt(len(noise) / max(1, len(noise) - x.shape[1] - 1))  # residuals are smaller than the noise was
    drawn = scale * rng.choice(shocks - shocks.mean(), size=(_PATHS, horizon))
    walk = np.empty_like(drawn)
    state = np.full(_PATHS, noise[-1])
    for day in range(horizon):
        state = rho * state + drawn[:, day]
        walk[:, day] = state
    slope = change.per_day + change.error * rng.standard_t(max(3, change.days - 2), size=(_PATHS, 1))
    return ahead + walk + change.per_day * risen_days + slope * np.arange(1, horizon + 1)
