"""LBNL air handler MZVAV-2-2: 13 days with a fault and 13 without, at one minute, each day judged by itself.

Two detectors side by side; a day is flagged where either flags it. The rules (APAR, and Guideline 36 for duct pressure) take their
allowances from the standards; how long a rule must be broken is the standard's half hour, or twice the longest breach on fault-free days where
that is longer (start-up of this handler breaks rules for up to three quarters of an hour; that the
delay is fitted at all was decided on seeing two fault-free days flagged without it). The residual models (fan speed, duct pressure and cooling valve on outdoor temperature and hour)
learn from fault-free days alone. A fault-free day is judged by what the other twelve taught, rules and residuals alike. Tolerances of the residuals are set in units of
the signal, not from scores: 10% of speed and valve, 50 Pa. Days with a fault are never learned from.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

import numpy as np

from forecasting.anomalies.residuals import Expectation, learn
from forecasting.anomalies.rules.air_handler import Allowances, judge_air_handler, longest_breach_s
from forecasting.anomalies.verdict import Verdict, Window, together
from forecasting.series import Series

STEP_S = 60
_PA = 249.089  # in an inch of water
_COLUMNS = {
    "supply_air_temperature": ("Supply Air Temperature", "F"),
    "supply_air_temperature_setpoint": ("Supply Air Temperature Set Point", "F"),
    "outside_air_temperature": ("Outdoor Air Temperature", "F"),
    "mixed_air_temperature": ("Mixed Air Temperature", "F"),
    "return_air_temperature": ("Return Air Temperature", "F"),
    "fan.run_status": ("Supply Air Fan Status", ""),
    "fan.speed": ("Supply Air Fan Speed Control Signal", "%"),
    "damper_position": ("Outdoor Air Damper Control Signal", "%"),
    "cooling_coil.valve_position_command": ("Cooling Coil Valve Control Signal", "%"),
    "heating_coil.valve_position_command": ("Heating Coil Valve Control Signal", "%"),
    "supply_air_static_pressure": ("Supply Air Duct Static Pressure", "inch"),
    "supply_air_static_pressure_setpoint": ("Supply Air Duct Static Pressure Set Point", "inch"),
    "occupied": ("Occupancy Mode Indicator", ""),
}
_DAY = timedelta(days=1)
EXPECTATIONS = (
    Expectation("fan.speed", ("outside_air_temperature",), 10, "%", running="occupied", over=_DAY),
    Expectation("supply_air_static_pressure", ("outside_air_temperature",), 50, "Pa", running="occupied", over=_DAY),
    Expectation(
        "cooling_coil.valve_position_command", ("outside_air_temperature",), 10, "%", running="occupied", over=_DAY
    ),
)


def run(folder: Path) -> dict[str, float | None]:
    """Fault days found and fault-free days flagged, by both, by the rules alone and by the residuals alone."""
    days = _days(folder / "lbnl_ahu" / "MZVAV-2-2.csv")
    free = [window for window, fault in days if not fault]
    figures: dict[str, float | None] = {"lbnl_found": 0.0, "lbnl_false": 0.0, "lbnl_days": float(len(days) - len(free))}
    for name in ("rules", "residuals"):
        figures |= {f"lbnl_{name}_found": 0.0, f"lbnl_{name}_false": 0.0}
    breaches = {id(window): longest_breach_s(window) for window in free}
    for window, fault in days:
        others = [one for one in free if one is not window]
        longest = max(breaches[id(one)] for one in others)
        verdicts = {"rules_": judge_rules(window, longest), "residuals_": judge_residuals(window, others)}
        verdicts[""] = together(verdicts.values())
        for name, verdict in verdicts.items():
            key = f"lbnl_{name}{'found' if fault else 'false'}"
            figures[key] = (figures[key] or 0.0) + (verdict.state == "flagged")
    return figures


def judge_rules(window: Window, longest_s: float) -> Verdict:
    standard = Allowances()
    return judge_air_handler(window, replace(standard, alarm_delay_s=max(standard.alarm_delay_s, round(2 * longest_s))))


def judge_residuals(window: Window, free: list[Window]) -> Verdict:
    return together(learn(one, free).judge(window) for one in EXPECTATIONS)


def _days(path: Path) -> list[tuple[Window, bool]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            {key.removeprefix("AHU: ").strip(): value for key, value in row.items()} for row in csv.DictReader(file)
        ]
    days = groupby(rows, key=lambda row: row["Datetime"].split()[0])
    return [_day(list(day)) for _, day in days]


def _day(rows: list[dict[str, str]]) -> tuple[Window, bool]:
    start = int(datetime.strptime(rows[0]["Datetime"], "%m/%d/%Y %H:%M").replace(tzinfo=UTC).timestamp())
    window = {
        name: Series(start, STEP_S, _in_our_units(np.array([float(row[column]) for row in rows]), unit))
        for name, (column, unit) in _COLUMNS.items()
    }
    return window, rows[0]["Fault Detection Ground Truth"] == "1"


def _in_our_units(
    values: np.ndarray[tuple[int], np.dtype[np.float64]], unit: str
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """°C, %, Pa."""
    if unit == "F":
        return (values - 32) / 1.8
    return values * {"%": 100.0, "inch": _PA}.get(unit, 1.0)
