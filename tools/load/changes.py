"""What if: the same problem with a change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput
from tools.load.model import Problem, System, Unit

_OUT = re.compile(r"out\s+(?P<unit>.+?)\s+(?:on\s+)?(?P<day>\d{4}-\d{2}-\d{2})", re.IGNORECASE)
_SUPPLY = re.compile(r"supply\s+(?P<kelvin>[+-]?\d+(?:\.\d+)?)\s*K?", re.IGNORECASE)
_POSTPONE = re.compile(
    r"postpone\s+(?P<unit>.+?)\s+from\s+(?P<day>\d{4}-\d{2}-\d{2})\s+to\s+(?P<to>\d{4}-\d{2}-\d{2})", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` and ``after`` are what is compared; ``assumes`` what is taken for granted."""

    text: str
    before: Problem
    after: Problem
    assumes: str


def change_of(problem: Problem, text: str, zone: ZoneInfo, supply_effect: float) -> Change:
    """Of “out Chiller 1 on 2026-12-03”, “supply +1” or “postpone Chiller 1 from 2026-12-03 to 2026-12-04”. Raises ``InvalidInput``."""
    told = " ".join(text.split())
    if found := _OUT.fullmatch(told):
        unit = _unit(problem, found["unit"])
        after = _out(problem, unit, _day(found["day"]), zone)
        return Change(told, problem, after, "The load does not change while it is out.")
    if found := _POSTPONE.fullmatch(told):
        unit = _unit(problem, found["unit"])
        first, then = (_out(problem, unit, _day(found[name]), zone) for name in ("day", "to"))
        return Change(
            told, first, then, "It is out for the whole day, on either day; waiting itself costs nothing here."
        )
    if found := _SUPPLY.fullmatch(told):
        kelvin = float(found["kelvin"])
        assumed = f"A kelvin of warmer supply saves {100 * supply_effect:g}% of a chiller's power (supply_effect_per_k), and coils still give what is asked of them."
        return Change(told, problem, _supply(problem, kelvin, supply_effect), assumed)
    raise InvalidInput(
        f"“{told[:80]}” is no change that can be planned. Say “out Chiller 1 on 2026-12-03”, “supply +1” or “postpone Chiller 1 from 2026-12-03 to 2026-12-04”."
    )


def _unit(problem: Problem, called: str) -> Unit:
    units = [unit for system in problem.systems for unit in system.units]
    found = next((one for one in units if called.casefold() in (one.id.casefold(), one.name.casefold())), None)
    if found is None:
        raise InvalidInput(f"“{called[:60]}” is none of what is planned: {', '.join(one.name for one in units)}.")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"“{text}” is no day.") from error


def _out(problem: Problem, unit: Unit, day: date, zone: ZoneInfo) -> Problem:
    steps = frozenset(step for step, one in enumerate(problem.steps) if _local(one.start, zone) == day)
    if not steps:
        first, last = (_local(problem.steps[n].start, zone) for n in (0, -1))
        raise InvalidInput(f"The plan reaches from {first} to {last}; {day} is beyond it. Plan more hours.")
    return _with_units(problem, lambda one: replace(one, out=one.out | steps) if one.id == unit.id else one)


def _local(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _supply(problem: Problem, kelvin: float, effect: float) -> Problem:
    if not -5 <= kelvin <= 5:
        raise InvalidInput("A supply temperature is changed by 5 K at most.")
    factor = 1 - effect * kelvin
    cooling = {unit.id for system in problem.systems if system.carrier == "electricity" for unit in system.units}
    return _with_units(problem, lambda one: _scaled(one, factor) if one.id in cooling else one)


def _scaled(unit: Unit, factor: float) -> Unit:
    curve = unit.curve
    return replace(unit, curve=replace(curve, a=curve.a * factor, b=curve.b * factor, c=curve.c * factor, d=curve.d * factor))  # fmt: skip


def _with_units(problem: Problem, made: Callable[[Unit], Unit]) -> Problem:
    def of(systems: Iterable[System]) -> tuple[System, ...]:
        return tuple(replace(system, units=tuple(made(one) for one in system.units)) for system in systems)

    return replace(problem, systems=of(problem.systems))


def at_level(problem: Problem, factor: float) -> Problem:
    """With all expected loads so many times as high, as far as machines go."""
    return replace(problem, systems=tuple(_at_level(one, factor) for one in problem.systems))


def _at_level(system: System, factor: float) -> System:
    most = sum(one.capacity for one in system.units)
    load = tuple(min(kw * factor, most) for kw in system.load)
    return replace(system, load=load, upper=tuple(map(max, system.upper, load)))
