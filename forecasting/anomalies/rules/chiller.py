"""Rules for a chiller: refrigerant loss, a fouled condenser, water that comes back too cold, a set point it does not hold.

Approaches are between water and the refrigerant's saturation temperature, which a table gives for its gauge pressure. A fouled condenser
raises the condenser's approach; lost refrigerant raises the evaporator's (suction pressure falls) and lowers the coefficient of performance. Design approaches of
flooded machines are 1 to 3 K; ``Allowances`` says from where on each counts. The table that comes with it is R-134a, from its property tables.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from forecasting.anomalies.verdict import Verdict, Window, cannot_tell, flagged, missing, plain, sound, span, together
from forecasting.series import Floats

RUNS = "run_status"
LEAVING, ENTERING = "leaving_chilled_water_temperature", "entering_chilled_water_temperature"
SETPOINT, CONDENSER_OUT = "leaving_chilled_water_temperature_setpoint", "leaving_condenser_water_temperature"
SUCTION, DISCHARGE = "refrigerant_suction_pressure", "refrigerant_discharge_pressure"
INPUTS = (RUNS, LEAVING, ENTERING, SETPOINT, CONDENSER_OUT, SUCTION, DISCHARGE)
_LESS, _FEWEST = 0.8, 20


@dataclass(frozen=True, slots=True)
class Refrigerant:
    """Saturation temperatures in °C and gauge pressures in kPa, both rising."""

    name: str
    temperatures: tuple[float, ...]
    pressures: tuple[float, ...]

    def saturation(self, gauge_kpa: float) -> float:
        """°C; straight in 1 over absolute temperature and the logarithm of absolute pressure, as vapour pressure nearly is."""
        inverse: Floats = 1 / (np.asarray(self.temperatures, dtype=np.float64) + 273.15)
        logs: Floats = np.log(np.asarray(self.pressures, dtype=np.float64) + 101.325)
        log = float(np.log(max(gauge_kpa + 101.325, 1.0)))
        return 1 / float(np.interp(log, logs, inverse)) - 273.15


R134A = Refrigerant(
    "R-134a", (-20, -10, 0, 10, 20, 30, 40, 50, 60), (31.4, 99.3, 191.5, 313.3, 470.4, 668.9, 915.3, 1216.6, 1580.5)
)


@dataclass(frozen=True, slots=True)
class Allowances:
    """In K. ``setpoint`` is how far leaving water may be above its set point, ``least_rise`` what chilled water must gain."""

    evaporator_approach: float = 5.0
    condenser_approach: float = 5.0
    least_rise: float = 2.0
    setpoint: float = 1.5
    over: timedelta = timedelta(hours=6)


def usual_allowances(learned: Window) -> Allowances:
    """On days with little load the water of a sound chiller gains less: what it gained in 19 of 20 stretches, less a fifth, is enough."""
    usual = Allowances()
    if missing(learned, [RUNS, ENTERING, LEAVING]):
        return usual
    steps = max(1, round(usual.over.total_seconds() / learned[RUNS].step_s))
    count = len(learned[RUNS]) // steps
    running = learned[RUNS].last(count * steps).values.reshape(count, steps) > 0.5
    gained = (learned[ENTERING].last(count * steps).values - learned[LEAVING].last(count * steps).values).reshape(
        count, steps
    )
    rises = [
        float(np.nanmedian(rise[ran]))
        for rise, ran in zip(gained, running, strict=True)
        if 2 * ran.sum() >= steps and np.isfinite(rise[ran]).any()
    ]
    if len(rises) < _FEWEST:
        return usual
    return replace(usual, least_rise=min(usual.least_rise, _LESS * float(np.quantile(rises, 0.05))))


def judge_chiller(window: Window, refrigerant: Refrigerant = R134A, allowances: Allowances | None = None) -> Verdict:
    """Of the last hours of the window, by medians of the steps it ran; a rule whose signals are missing says so and leaves the others."""
    allowed = allowances or Allowances()
    if missing(window, [RUNS]):
        return cannot_tell("whether it runs is not read", [RUNS])
    steps = max(1, round(allowed.over.total_seconds() / window[RUNS].step_s))
    running = window[RUNS].last(steps).values > 0.5
    if 2 * np.count_nonzero(running) < steps:
        return cannot_tell(f"it ran for less than half of the last {span(allowed.over.total_seconds())}", [RUNS])
    level: dict[str, float] = {}
    for name, series in window.items():
        values = series.last(steps).values[running]
        if np.isfinite(values).any():
            level[name] = float(np.nanmedian(values))
    return together(
        [
            _evaporator(level, refrigerant, allowed),
            _condenser(level, refrigerant, allowed),
            _rise(level, allowed),
            _held(level, allowed),
        ]
    )


def _evaporator(level: dict[str, float], refrigerant: Refrigerant, allowed: Allowances) -> Verdict:
    if unknown := _unknown(level, SUCTION, LEAVING):
        return unknown
    approach = level[LEAVING] - refrigerant.saturation(level[SUCTION])
    said = f"refrigerant loss: it evaporates {approach:.1f} K below the water, of {allowed.evaporator_approach:g} K allowed (suction {level[SUCTION]:.0f} kPa)"
    return _against(approach, allowed.evaporator_approach, said, SUCTION, LEAVING)


def _condenser(level: dict[str, float], refrigerant: Refrigerant, allowed: Allowances) -> Verdict:
    if unknown := _unknown(level, DISCHARGE, CONDENSER_OUT):
        return unknown
    approach = refrigerant.saturation(level[DISCHARGE]) - level[CONDENSER_OUT]
    said = f"condenser fouling: it condenses {approach:.1f} K above the water, of {allowed.condenser_approach:g} K allowed (discharge {level[DISCHARGE]:.0f} kPa)"
    return _against(approach, allowed.condenser_approach, said, DISCHARGE, CONDENSER_OUT)


def _rise(level: dict[str, float], allowed: Allowances) -> Verdict:
    if unknown := _unknown(level, ENTERING, LEAVING):
        return unknown
    rise = level[ENTERING] - level[LEAVING]
    said = f"chilled water comes back only {rise:.1f} K warmer than it left, where at least {allowed.least_rise:g} K are due"
    return _against(allowed.least_rise, max(rise, 1e-3), said, ENTERING, LEAVING)


def _held(level: dict[str, float], allowed: Allowances) -> Verdict:
    if unknown := _unknown(level, LEAVING, SETPOINT):
        return unknown
    above = level[LEAVING] - level[SETPOINT]
    said = f"chilled water leaves at {level[LEAVING]:.1f} °C, {above:.1f} K above its set point"
    return _against(above, allowed.setpoint, said, LEAVING, SETPOINT)


def _unknown(level: dict[str, float], *needed: str) -> Verdict | None:
    lacking = [name for name in needed if name not in level]
    return cannot_tell(f"no readings of {', '.join(map(plain, lacking))}", lacking) if lacking else None


def _against(value: float, limit: float, said: str, *quantities: str) -> Verdict:
    score = value / limit
    return flagged(score, [said], quantities) if score > 1 else sound(max(score, 0.0))
