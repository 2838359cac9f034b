"""How much at risk a thing is, and why, in words: a pure judgement of what its points say now."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

_SHOWN = 4
_MODES = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One point that is beyond its limits or silent. ``part`` names the part it belongs to, None for the thing's own."""

    point: str
    quantity: str
    status: Literal["alarm", "warning", "stale"]
    value: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    age_s: float | None = None
    part: str | None = None

    @property
    def beyond(self) -> float:
        """How far beyond its limit, in its unit; 0 within."""
        if self.value is None:
            return 0.0
        above = self.value - self.high if self.high is not None else 0.0
        below = self.low - self.value if self.low is not None else 0.0
        return max(above, below, 0.0)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A failure mode that quantities out of limits reveal, and what to do about it. ``matched`` counts those quantities."""

    name: str
    advice: str
    matched: int


@dataclass(frozen=True, slots=True)
class Judgement:
    score: float
    reasons: tuple[str, ...]


def judge(faults: Sequence[Fault], suspicions: Iterable[Suspicion], criticality: int, dependents: int) -> Judgement:
    """Score 0 to 100: how bad its condition is, times what hangs on it.

    Condition, 0 to 1: every fault has a severity, and n faults are 1 - (1 - s1)(1 - s2)...(1 - sn).
      warning 0.35; alarm 0.6 to 1, growing with the distance beyond the limit up to a whole span of the limits (or the size of
      the only limit); silence 0.2 to 0.3, growing over a day, and counted once however many points are silent.
    Weight, 0.5 to 1: half in any case, 0.3 for criticality from 1 to 5, 0.2 for dependents, by tens: 9, 99 and 999
    things give a third each.
    """
    condition = 1 - math.prod(1 - one for one in _severities(faults))
    weight = 0.5 + 0.3 * (min(max(criticality, 1), 5) - 1) / 4 + 0.2 * min(1.0, math.log10(1 + dependents) / 3)
    return Judgement(round(100 * condition * weight, 1), tuple(_reasons(faults, suspicions, criticality, dependents)))


def severity(fault: Fault) -> float:
    if fault.status == "stale":
        return 0.2 + 0.1 * min(1.0, (fault.age_s or 0.0) / 86_400)
    if fault.status == "warning":
        return 0.35
    return 0.6 + 0.4 * min(1.0, fault.beyond / _span(fault))


def _severities(faults: Sequence[Fault]) -> list[float]:
    silent = [severity(fault) for fault in faults if fault.status == "stale"]
    return [*(severity(fault) for fault in faults if fault.status != "stale"), *([max(silent)] if silent else [])]


def _span(fault: Fault) -> float:
    if fault.low is not None and fault.high is not None:
        span = fault.high - fault.low
    else:
        span = abs(fault.high if fault.high is not None else fault.low or 0.0)
    return span if span > 0 else 1.0


def _reasons(
    faults: Sequence[Fault], suspicions: Iterable[Suspicion], criticality: int, dependents: int
) -> Iterable[str]:
    limits = sorted((fault for fault in faults if fault.status != "stale"), key=_worst_first)
    for fault in limits[:_SHOWN]:
        yield _limit_reason(fault)
    if len(limits) > _SHOWN:
        yield f"{len(limits) - _SHOWN} more points are beyond their limits"
    if silent := sorted((fault for fault in faults if fault.status == "stale"), key=_worst_first):
        yield _silence_reason(silent)
    for suspicion in sorted(suspicions, key=lambda one: -one.matched)[:_MODES]:
        yield f"this can mean: {suspicion.name.lower()}. {suspicion.advice.rstrip('.')}"
    yield f"its criticality is {criticality} of 5"
    if dependents:
        yield f"{dependents} {'thing depends' if dependents == 1 else 'things depend'} on it"


def _worst_first(fault: Fault) -> tuple[float, str]:
    return (-severity(fault), fault.point)


def _limit_reason(fault: Fault) -> str:
    said = f"{_owner(fault)}{_words(fault.quantity)} is {_amount(fault.value, fault.unit)}"
    if fault.beyond <= 0:
        return f"{said} and in {fault.status}"
    high = fault.high is not None and fault.value is not None and fault.value > fault.high
    limit = fault.high if high else fault.low
    side = "above" if high else "below"
    return (
        f"{said}, {_amount(fault.beyond, fault.unit)} {side} its limit of {_amount(limit, fault.unit)} ({fault.status})"
    )


def _silence_reason(silent: Sequence[Fault]) -> str:
    first = silent[0]
    age = f" for {_age(first.age_s)}" if first.age_s is not None else ""
    if len(silent) == 1:
        return f"{_owner(first)}{_words(first.quantity)} has not been read{age}"
    names = ", ".join(f"{_owner(fault)}{_words(fault.quantity)}" for fault in silent[:_SHOWN])
    more = f" and {len(silent) - _SHOWN} more" if len(silent) > _SHOWN else ""
    return f"{len(silent)} points have not been read, the longest{age}: {names}{more}"


def _owner(fault: Fault) -> str:
    return f"{fault.part}: " if fault.part else ""


def _words(quantity: str) -> str:
    return quantity.replace("_", " ")


def _amount(value: float | None, unit: str | None) -> str:
    if value is None:
        return "unreadable"
    number = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{number} {unit}" if unit else number


def _age(seconds: float) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"
