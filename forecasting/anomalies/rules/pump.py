"""Rules for a pump: cavitation, dead-heading, dry running, and efficiency that falls.

They rest on hydraulics, not on a standard: hydraulic power is flow times pressure; below a fifth of its flow a centrifugal pump heats the
water it churns; vapour at the inlet costs head and shakes the pump in bursts. ``Duty`` is what the pump does while sound, from its nameplate or learned with
``duty_of``; ``Allowances`` are shares of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from forecasting.anomalies.verdict import (
    Verdict,
    Window,
    cannot_tell,
    flagged,
    missing,
    plain,
    sound,
    span,
    table,
    together,
)
from forecasting.series import DAY_S, Floats, NotEnoughData

FLOW, HEAD, POWER = "water_flow", "water_differential_pressure", "electric_power"
SPEED, SHAKE, RUNS = "speed", "vibration", "run_status"
INPUTS = (RUNS, SPEED, FLOW, HEAD, POWER, SHAKE)
_LEAST = 24
_BAND = 10  # % of speed: motors and drives lose more of their power where they run slowly


@dataclass(frozen=True, slots=True)
class Duty:
    """At full speed: flow in L/s, pressure in kPa, power in kW (None where the pump has no meter); ``efficiency`` is hydraulic over electric
    power by the speed in tens of percent, ``vibration`` in mm/s at the usual duty."""

    flow: float
    head: float
    power: float | None
    efficiency: Mapping[int, float] | None
    vibration: float | None


@dataclass(frozen=True, slots=True)
class Allowances:
    """``cavitation_head`` and ``cavitation_shake``: pressure below, vibration above what the speed gives, as shares, both at once."""

    least_flow: float = 0.2
    dry_power: float = 0.5
    dry_head: float = 0.2
    cavitation_head: float = 0.85
    cavitation_shake: float = 1.6
    efficiency: float = 0.8
    over: timedelta = timedelta(hours=6)


def duty_of(window: Window) -> Duty:
    """What a sound pump does, as medians of its running hours, by the affinity laws brought to full speed. Raises ``NotEnoughData``."""
    running = _running(window)
    count = np.count_nonzero(running)
    step = window[RUNS].step_s
    if count < _LEAST or missing(window, (SPEED, FLOW, HEAD)):
        raise NotEnoughData(count * step / DAY_S, _LEAST * step / DAY_S, "running, with speed, flow and pressure read")
    speed, flow, head = (column[running] for column in table(window, (SPEED, FLOW, HEAD)).T)
    share = np.maximum(speed / 100, 0.05)
    power = window[POWER].values[running] if not missing(window, [POWER]) else None
    shake = window[SHAKE].values[running] if not missing(window, [SHAKE]) else None
    return Duty(
        flow=float(np.nanmedian(flow / share)),
        head=float(np.nanmedian(head / share**2)),
        power=None if power is None else float(np.nanmedian(power / share**3)),
        efficiency=None if power is None else _by_speed(speed, _efficiency(flow, head, power)),
        vibration=None if shake is None else float(np.nanmedian(shake)),
    )


def judge_pump(window: Window, duty: Duty, allowances: Allowances | None = None) -> Verdict:
    """Of the last hours of the window; a rule is broken by the median of the running steps."""
    allowed = allowances or Allowances()
    if lacking := missing(window, (RUNS, SPEED, FLOW)):
        return cannot_tell(f"no readings of {', '.join(map(plain, lacking))}", lacking)
    steps = max(1, round(allowed.over.total_seconds() / window[RUNS].step_s))
    recent = {name: series.last(steps) for name, series in window.items()}
    running = _running(recent)
    if 2 * np.count_nonzero(running) < steps:
        return cannot_tell(f"it ran for less than half of the last {span(allowed.over.total_seconds())}", [RUNS])
    level = {
        name: float(np.nanmedian(one.values[running])) for name, one in recent.items() if _read(one.values[running])
    }
    if FLOW not in level or SPEED not in level:
        return cannot_tell("flow and speed were not read while it ran", (FLOW, SPEED))
    flow = _flow(level, duty, allowed)
    if flow.state == "flagged":
        return flow  # without flow, efficiency and cavitation mean nothing
    read = {name: one.values[running] for name, one in recent.items()}
    return together([flow, _cavitation(level, duty, allowed), _worn(read, duty, allowed)])


def _flow(level: dict[str, float], duty: Duty, allowed: Allowances) -> Verdict:
    """No flow is a shut valve where pressure stands, and no water where neither pressure nor power do."""
    share = level[SPEED] / 100
    flow = level[FLOW] / max(duty.flow * share, 1e-9)
    if flow >= allowed.least_flow:
        return sound(allowed.least_flow / flow)
    said = f"{level[FLOW]:.2g} L/s at {level[SPEED]:.0f} % speed, where {duty.flow * share:.2g} L/s are usual"
    score = min(allowed.least_flow / max(flow, 1e-3), 10.0)
    if HEAD in level and level[HEAD] < allowed.dry_head * duty.head * share**2:
        light = POWER not in level or duty.power is None or level[POWER] < allowed.dry_power * duty.power * share**3
        name = "dry running" if light else "no flow and no pressure"
        return flagged(score, [f"{name}: {said}, and only {level[HEAD]:.0f} kPa"], [FLOW, HEAD, SPEED])
    return flagged(score, [f"dead-heading: {said}, against a shut valve or a blocked pipe"], [FLOW, SPEED])


def _cavitation(level: dict[str, float], duty: Duty, allowed: Allowances) -> Verdict:
    if HEAD not in level or SHAKE not in level or duty.vibration is None:
        return cannot_tell("cavitation shows in pressure and vibration, which are not both read", (HEAD, SHAKE))
    head = level[HEAD] / max(duty.head * (level[SPEED] / 100) ** 2, 1e-9)
    shake = level[SHAKE] / max(duty.vibration, 1e-9)
    score = min(allowed.cavitation_head / max(head, 1e-9), shake / allowed.cavitation_shake)
    if score <= 1:
        return sound(score)
    return flagged(
        score,
        [
            f"cavitation: pressure is {1 - head:.0%} below what its speed gives, and vibration of {level[SHAKE]:.2g} mm/s {shake:.1f} times the usual"
        ],
        [SHAKE, HEAD, SPEED],
    )


def _worn(read: Mapping[str, Floats], duty: Duty, allowed: Allowances) -> Verdict:
    """Against what was usual at the speeds of these hours."""
    if POWER not in read or HEAD not in read or not duty.efficiency:
        return cannot_tell("efficiency takes flow, pressure and power, which are not all read", (HEAD, POWER))
    now = _efficiency(read[FLOW], read[HEAD], read[POWER])
    usual = np.array([duty.efficiency.get(band, np.nan) for band in _bands(read[SPEED])])
    if np.count_nonzero(np.isfinite(now / usual)) < len(now) / 2:
        return cannot_tell("it ran at speeds at which its efficiency is not known", [SPEED])
    ratio = float(np.nanmedian(now / usual))
    score = allowed.efficiency / max(ratio, 1e-3)
    if score <= 1:
        return sound(score)
    was = float(np.nanmedian(usual))
    return flagged(
        score, [f"efficiency is {ratio * was:.0%}, where {was:.0%} was usual at such speeds"], [POWER, FLOW, HEAD]
    )


def _by_speed(speed: Floats, efficiency: Floats) -> dict[int, float]:
    """The median of each band of speeds in which it ran for long enough."""
    bands = _bands(speed)
    found = {band: efficiency[(bands == band) & np.isfinite(efficiency)] for band in sorted(set(bands.tolist()))}
    return {band: float(np.median(values)) for band, values in found.items() if len(values) >= _LEAST}


def _bands(speed: Floats) -> npt.NDArray[np.int64]:
    return np.nan_to_num(np.round(speed / _BAND), nan=-1).astype(np.int64)


def _efficiency(flow_l_s: Floats, head_kpa: Floats, power_kw: Floats) -> Floats:
    """L/s times kPa is W."""
    return flow_l_s * head_kpa / 1000 / np.maximum(power_kw, 1e-9)


def _running(window: Window) -> npt.NDArray[np.bool_]:
    return window[RUNS].values > 0.5


def _read(values: Floats) -> bool:
    return bool(np.isfinite(values).any())
