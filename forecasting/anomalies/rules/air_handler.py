"""Rules for an air handler, by its mode of operation.

The rules are those of APAR (House, Vaez-Nejad and Whitcomb 2001, "An expert rule set for fault detection in air-handling units"), with the
check of duct pressure against fan speed of ASHRAE Guideline 36, which APAR lacks. What they allow is data: ``Allowances`` carries the values
of the standards. As in Guideline 36, signals are averaged over five minutes, nothing is judged for half an hour after the mode
has changed, and a rule must be broken for half an hour in a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from forecasting.anomalies.rules.breach import Truths, longest_breach
from forecasting.anomalies.smoothing import trailing_mean
from forecasting.anomalies.verdict import Verdict, Window, cannot_tell, flagged, missing, plain, sound
from forecasting.series import Floats

Mode = Literal["heating", "free cooling", "cooling with outdoor air", "cooling", "unknown"]
MODES: tuple[Mode, ...] = ("heating", "free cooling", "cooling with outdoor air", "cooling", "unknown")
SUPPLY, SETPOINT = "supply_air_temperature", "supply_air_temperature_setpoint"
MIXED, RETURN, OUTSIDE = "mixed_air_temperature", "return_air_temperature", "outside_air_temperature"
COOLING, HEATING = "cooling_coil.valve_position_command", "heating_coil.valve_position_command"
DAMPER, SPEED, RUNS, OCCUPIED = "damper_position", "fan.speed", "fan.run_status", "occupied"
PRESSURE, PRESSURE_SETPOINT = "supply_air_static_pressure", "supply_air_static_pressure_setpoint"
NEEDED = (SUPPLY, SETPOINT, MIXED, RETURN, OUTSIDE, COOLING, HEATING)
INPUTS = (*NEEDED, DAMPER, SPEED, RUNS, OCCUPIED, PRESSURE, PRESSURE_SETPOINT)

_NEVER_S = 10**9


@dataclass(frozen=True, slots=True)
class Allowances:
    """Temperatures in K, positions in %. Defaults: APAR, ``pressure`` and the delays Guideline 36 (a tenth of an inch of water)."""

    temperature: float = 2.0
    fan_rise: float = 1.1
    return_fan_rise: float = 1.1
    position: float = 2.0
    pressure_pa: float = 25.0
    full_speed: float = 99.0
    averaging_s: int = 300
    mode_delay_s: int = 1_800
    alarm_delay_s: int = 1_800


@dataclass(frozen=True, slots=True)
class _Rule:
    """Broken where ``excess`` (K, Pa) is above zero."""

    words: str
    unit: str
    signals: tuple[str, ...]
    excess: Floats
    where: Truths


def judge_air_handler(window: Window, allowances: Allowances | None = None) -> Verdict:
    """Flagged where a rule was broken for the alarm delay at any time of the window. Positions and speed in %, temperatures in °C,
    pressures in Pa; ``occupied`` and ``fan.run_status`` are 1 or 0 and may be missing, and so may duct pressure, its set point and damper."""
    allowed = allowances or Allowances()
    if lacking := missing(window, NEEDED):
        return cannot_tell(f"no readings of {', '.join(map(plain, lacking))}", lacking)
    step = window[SUPPLY].step_s
    values = {name: trailing_mean(one.values, max(1, allowed.averaging_s // step)) for name, one in window.items()}
    modes = modes_of(values, allowed)
    steady = _steady(window, modes, max(1, allowed.mode_delay_s // step))
    if not steady.any():
        return cannot_tell("it did not run steadily in one mode for half an hour", NEEDED)
    needed = max(1.0, allowed.alarm_delay_s / step)
    broken = [
        (rule, longest_breach(rule.where & steady & (rule.excess > 0))) for rule in _rules(values, modes, allowed)
    ]
    bad = [(rule, part) for rule, part in broken if part.stop - part.start >= needed]
    if not bad:
        return sound(max((part.stop - part.start) / needed for _, part in broken))
    reasons = [
        f"{rule.words}: by {float(np.median(rule.excess[part])):.2g} {rule.unit} more than allowed for {(part.stop - part.start) * step / 60:.0f} minutes"
        for rule, part in bad
    ]
    return flagged(
        max((part.stop - part.start) / needed for _, part in bad),
        reasons,
        [name for rule, _ in bad for name in rule.signals],
    )


def longest_breach_s(window: Window, allowances: Allowances | None = None) -> float:
    """The longest time in a row, in seconds, that any rule was broken; 0 where nothing could be told. On sound days this is how long a
    handler's own transients last: twice as much, where it is longer than the standard's delay, makes an ``alarm_delay_s`` that fits it."""
    score = judge_air_handler(window, replace(allowances or Allowances(), alarm_delay_s=_NEVER_S)).score
    return (score or 0.0) * _NEVER_S


def modes_of(values: dict[str, Floats], allowed: Allowances) -> npt.NDArray[np.int64]:
    """Index into ``MODES`` at each step, from valves and damper."""
    cools, heats = values[COOLING] > allowed.position, values[HEATING] > allowed.position
    damper = values.get(DAMPER, np.full(len(cools), np.nan))
    outdoor_air_only, modulating = damper >= 100 - allowed.position, damper > allowed.position
    found = np.full(len(cools), MODES.index("unknown"))
    found[~cools & ~heats & modulating] = MODES.index("free cooling")
    found[cools & ~heats & ~outdoor_air_only] = MODES.index("cooling")
    found[cools & ~heats & outdoor_air_only] = MODES.index("cooling with outdoor air")
    found[heats & ~cools] = MODES.index("heating")
    found[~(np.isfinite(values[COOLING]) & np.isfinite(values[HEATING]))] = MODES.index("unknown")
    return found


def _steady(window: Window, modes: npt.NDArray[np.int64], delay: int) -> Truths:
    on = np.ones(len(modes), dtype=bool)
    for name in (RUNS, OCCUPIED):
        if name in window:
            on &= window[name].values > 0.5
    changed = np.append(True, (modes[1:] != modes[:-1]) | (on[1:] != on[:-1]))
    since = np.arange(len(modes)) - np.maximum.accumulate(np.where(changed, np.arange(len(modes)), 0))
    return on & (since >= delay)


def _rules(values: dict[str, Floats], modes: npt.NDArray[np.int64], a: Allowances) -> Iterator[_Rule]:
    supply, target = values[SUPPLY], values[SETPOINT]
    mixed, back, outside = values[MIXED], values[RETURN], values[OUTSIDE]
    heats, free, outdoor, cools = (modes == i for i in range(4))
    always, any_cooling, e = np.ones(len(modes), dtype=bool), outdoor | cools, a.temperature
    yield _Rule(
        "supply air is colder than mixed air although it heats",
        "K",
        (SUPPLY, MIXED),
        mixed + a.fan_rise - supply - e,
        heats,
    )
    yield _Rule(
        "supply air is not as warm as it should be with the heating valve fully open", "K", (SUPPLY, SETPOINT, HEATING),
        target - supply - e, heats & (values[HEATING] >= 100 - a.position),
    )  # fmt: skip
    yield _Rule(
        "outdoor air is too warm to cool with it alone",
        "K",
        (OUTSIDE, SETPOINT),
        outside - target + a.fan_rise - e,
        free,
    )
    yield _Rule(
        "supply and mixed air differ although both coils are off", "K", (SUPPLY, MIXED),
        np.abs(supply - a.fan_rise - mixed) - e, free,
    )  # fmt: skip
    yield _Rule(
        "mixed air differs from outdoor air with the damper fully open",
        "K",
        (MIXED, OUTSIDE),
        np.abs(mixed - outside) - e,
        outdoor,
    )
    yield _Rule(
        "supply air is warmer than mixed air although it cools",
        "K",
        (SUPPLY, MIXED),
        supply - mixed - a.fan_rise - e,
        any_cooling,
    )
    yield _Rule(
        "supply air is warmer than return air although it cools", "K", (SUPPLY, RETURN),
        supply - back + a.return_fan_rise - e, any_cooling | free,
    )  # fmt: skip
    yield _Rule(
        "supply air is not as cold as it should be with the cooling valve fully open", "K", (SUPPLY, SETPOINT, COOLING),
        supply - target - e, any_cooling & (values[COOLING] >= 100 - a.position),
    )  # fmt: skip
    yield _Rule(
        "both coils are open at once",
        "%",
        (COOLING, HEATING),
        np.minimum(values[COOLING], values[HEATING]) - a.position,
        always,
    )
    yield _Rule("supply air is away from its set point", "K", (SUPPLY, SETPOINT), np.abs(supply - target) - e, always)
    yield _Rule(
        "mixed air is colder than return and outdoor air",
        "K",
        (MIXED, RETURN, OUTSIDE),
        np.minimum(back, outside) - mixed - e,
        always,
    )
    yield _Rule(
        "mixed air is warmer than return and outdoor air",
        "K",
        (MIXED, RETURN, OUTSIDE),
        mixed - np.maximum(back, outside) - e,
        always,
    )
    if PRESSURE in values and PRESSURE_SETPOINT in values and SPEED in values:
        yield _Rule(
            "duct pressure is below its set point with the fan at full speed", "Pa", (PRESSURE, PRESSURE_SETPOINT, SPEED),
            values[PRESSURE_SETPOINT] - values[PRESSURE] - a.pressure_pa, values[SPEED] >= a.full_speed,
        )  # fmt: skip
