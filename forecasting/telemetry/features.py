"""What the boosting model knows of a window and a step ahead of it, free of units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasting.series import DAY_S, Floats
from forecasting.telemetry.experts import Experts, consult
from forecasting.telemetry.windows import Windows

_DECAYS_H = (2.0, 8.0, 48.0)  # hours after which a deviation has faded to a third


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` has shape ``(n, horizon, features)``. A target is ``(value - base) / scale``; ``base`` ``(n, horizon)``, ``scale`` ``(n,)``."""

    rows: Floats
    base: Floats
    scale: Floats


def tabulated(windows: Windows, horizon: int, *, calendar: bool) -> Table:
    """``calendar``: the time of day and the day of the week count (times are real)."""
    experts = consult(windows, horizon)
    columns = [
        *_ahead(experts),
        *_window(windows, experts),
        *_fading(windows, experts, horizon),
        *(_calendar(windows, horizon) if calendar else ()),
        *_drivers(windows, horizon),
    ]
    shape = (len(windows), horizon)
    rows = np.empty((*shape, len(columns) + 1), dtype=np.float32)
    rows[:, :, 0] = (1 + np.arange(horizon)) / windows.day
    for index, column in enumerate(columns, start=1):
        rows[:, :, index] = np.broadcast_to(column, shape)
    return Table(rows, experts.blend, experts.scale)  # pyright: ignore[reportArgumentType]


def _ahead(experts: Experts) -> list[Floats]:
    apart = (experts.ahead - experts.blend[:, None]) / experts.scale[:, None, None]
    return [apart[:, index] for index in range(apart.shape[1])]


def _window(windows: Windows, experts: Experts) -> list[Floats]:
    """How well each plain forecast does, and where the level has been going."""
    values, day, scale = windows.values, windows.day, experts.scale
    levels = [
        values[:, -day:],
        values[:, -2 * day : -day],
        values[:, -7 * day :],
        values[:, -14 * day : -7 * day],
        values[:, -28 * day :],
    ]
    now, yesterday, week, week_before, month = (part.mean(axis=1) for part in levels)
    found = [np.log(errors / scale) for errors in experts.errors.T]
    found += [(now - yesterday) / scale, (now - week) / scale, (week - week_before) / scale, (week - month) / scale]
    found += [np.log(part.std(axis=1) / scale + 1e-3) for part in (values[:, -day:], values)]
    column = [one[:, None] for one in found]
    low, high = np.percentile(values, [2, 98], axis=1)
    reach = np.maximum(high - low, scale)
    return [*column, (experts.blend - low[:, None]) / reach[:, None], (experts.blend - month[:, None]) / scale[:, None]]


def _fading(windows: Windows, experts: Experts, horizon: int) -> list[Floats]:
    """How far the last steps were from their day before, week before and usual day; as such, and fading with the step ahead."""
    values, day = windows.values, windows.day
    usual = values[:, -8 * day : -day].reshape(len(values), 7, day).mean(axis=1)
    short = max(1, day // 8)
    hours = (1 + np.arange(horizon)) * 24 / day
    found: list[Floats] = []
    for reference in (values[:, -2 * day : -day], values[:, -8 * day : -7 * day], usual):
        apart = (values[:, -day:] - reference) / experts.scale[:, None]
        last, lately = apart[:, -1:], apart[:, -short:].mean(axis=1, keepdims=True)
        found += [last, lately]
    apart = (values[:, -day:] - usual) / experts.scale[:, None]
    found += [apart[:, -short:].mean(axis=1, keepdims=True) * np.exp(-hours / tau) for tau in _DECAYS_H]
    # The usual day's own step from now to then: what persistence misses.
    shape = usual[:, (np.arange(horizon)) % day] - usual[:, -1:]
    found.append((values[:, -1:] + shape - experts.blend) / experts.scale[:, None])
    return found


def _calendar(windows: Windows, horizon: int) -> list[Floats]:
    times = windows.ends_s[:, None] + windows.step_s * np.arange(horizon)
    hour = times % DAY_S / 3600
    weekday = (times // DAY_S + 3) % 7  # the epoch was a Thursday
    return [hour, weekday.astype(np.float64)]


def _drivers(windows: Windows, horizon: int) -> list[Floats]:
    """Of each driver, in units of its own spread: then against a day before, and the last step against its day before."""
    day = windows.day
    found: list[Floats] = []
    size = windows.values.shape[1]
    back = size - day + np.arange(horizon) % day
    for kind in range(windows.drivers.shape[1]):
        driver = windows.drivers[:, kind]
        known = np.isfinite(driver)
        centre = np.where(known, driver, 0).sum(axis=1) / np.maximum(1, known.sum(axis=1))
        apart = np.where(known, driver - centre[:, None], 0)
        spread = np.sqrt((apart**2).sum(axis=1) / np.maximum(1, known.sum(axis=1)))[:, None] + 1e-9
        found += [
            (driver[:, size:] - driver[:, back]) / spread,
            (driver[:, size - 1 : size] - driver[:, size - 1 - day : size - day]) / spread,
            (driver[:, size:] - centre[:, None]) / spread,
        ]
    return found
