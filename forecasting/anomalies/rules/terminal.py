"""Rules for a terminal unit, the box that lets air into a room: a room short of air behind a damper that does not open, a room that is
heated although it is too warm, air that passes a shut damper.

They are of the kind of ASHRAE Guideline 36, with its values: a carbon dioxide set point of 1000 ppm, a room too warm from 3 °F beyond its set
point on, a damper that leaks where a tenth of the largest flow passes it. That half of the stroke is open enough, and that an hour has to pass
where the standard lets ten minutes, is so that rooms can fill and empty without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from forecasting.anomalies.rules.breach import Truths, longest_breach
from forecasting.anomalies.verdict import Verdict, Window, amount, cannot_tell, flagged, missing, sound, span
from forecasting.series import Floats

DAMPER, FLOW, REHEAT = "damper_position", "supply_air_flow", "valve_position"
ROOM, SETPOINT, CO2 = "zone_air_temperature", "zone_air_temperature_setpoint", "zone_co2_level"
INPUTS = (DAMPER, FLOW, REHEAT, ROOM, SETPOINT, CO2)
_USUAL = 0.999
_LARGEST = 0.99


@dataclass(frozen=True, slots=True)
class Allowances:
    """``co2_ppm`` with the damper less than ``open`` (%); ``warmth`` in K above the set point with the reheat valve beyond ``heats`` (%);
    ``leak``, as a share of the largest flow, with the damper below ``shut`` (%). ``largest_flow`` is in the flow's own unit."""

    co2_ppm: float = 1000.0
    open: float = 50.0
    warmth: float = 5 / 3
    heats: float = 10.0
    leak: float = 0.1
    shut: float = 2.0
    largest_flow: float | None = None
    delay_s: int = 3_600


@dataclass(frozen=True, slots=True)
class _Rule:
    """``words`` are those of a rule that is broken."""

    words: Callable[[], str]
    signals: tuple[str, ...]
    broken: Truths


def usual_allowances(learned: Window) -> Allowances:
    """A room that fills up behind a damper at its least while all is sound may do so; its largest flow is what was read."""
    found = Allowances()
    if not missing(learned, (CO2, DAMPER)):
        behind = learned[CO2].values[learned[DAMPER].values < found.open]
        if np.isfinite(behind).any():
            found = replace(found, co2_ppm=max(found.co2_ppm, float(np.nanquantile(behind, _USUAL))))
    if not missing(learned, (FLOW,)):
        found = replace(found, largest_flow=float(np.nanquantile(learned[FLOW].values, _LARGEST)))
    return found


def judge_terminal(window: Window, allowances: Allowances | None = None) -> Verdict:
    """Flagged where a rule was broken for the delay at any time of the window. Temperatures in °C, positions in %, CO₂ in ppm."""
    allowed = allowances or Allowances()
    rules = list(_rules(window, allowed))
    if not rules:
        return cannot_tell("damper, reheat valve and what its room needs are not read together", (DAMPER, ROOM))
    step = next(iter(window.values())).step_s
    lasted: list[tuple[_Rule, int]] = []
    for rule in rules:
        part = longest_breach(rule.broken)
        lasted.append((rule, (part.stop - part.start) * step))
    bad = [(rule, seconds) for rule, seconds in lasted if seconds >= allowed.delay_s]
    if not bad:
        return sound(max(seconds for _, seconds in lasted) / allowed.delay_s)
    return flagged(
        max(seconds for _, seconds in bad) / allowed.delay_s,
        [f"{rule.words()} for {span(seconds)}" for rule, seconds in bad],
        [name for rule, _ in bad for name in rule.signals],
    )


def _rules(window: Window, allowed: Allowances) -> Iterator[_Rule]:
    if not missing(window, (CO2, DAMPER)):
        yield _short_of_air(window[CO2].values, window[DAMPER].values, allowed)
    if not missing(window, (ROOM, SETPOINT, REHEAT)):
        yield _heats_a_warm_room(window[ROOM].values - window[SETPOINT].values, window[REHEAT].values, allowed)
    if not missing(window, (DAMPER, FLOW)) and allowed.largest_flow:
        yield _leaks(window[FLOW].values, allowed.largest_flow, window[DAMPER].values, allowed)


def _short_of_air(co2: Floats, damper: Floats, allowed: Allowances) -> _Rule:
    broken = (co2 > allowed.co2_ppm) & (damper < allowed.open)

    def words() -> str:
        most = amount(_most(co2, broken), "ppm")
        return f"its room is short of air: CO₂ rose to {most} with the damper {_level(damper, broken)} open"

    return _Rule(words, (CO2, DAMPER), broken)


def _heats_a_warm_room(warmer: Floats, valve: Floats, allowed: Allowances) -> _Rule:
    broken = (warmer > allowed.warmth) & (valve > allowed.heats)

    def words() -> str:
        most = amount(_most(warmer, broken), "K")
        return f"it heats a room that is {most} above its set point, with the reheat valve {_level(valve, broken)} open"

    return _Rule(words, (REHEAT, ROOM), broken)


def _leaks(flow: Floats, largest: float, damper: Floats, allowed: Allowances) -> _Rule:
    broken = (damper < allowed.shut) & (flow > allowed.leak * largest)

    def words() -> str:
        return f"{_most(flow, broken) / largest:.0%} of its largest flow passes the damper although it is shut,"

    return _Rule(words, (FLOW, DAMPER), broken)


def _most(values: Floats, where: Truths) -> float:
    return float(values[where].max())


def _level(values: Floats, where: Truths) -> str:
    return amount(float(np.median(values[where])), "%")
