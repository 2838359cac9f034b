"""How much at risk an asset is, and why, in words: a pure judgement of what its points say now and of what is ahead of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from graph_schema.condition import Limits, Weight, excess, passed, weight_of
from graph_schema.model import Status

_SHOWN = 4
_MODES = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One point that is beyond its limits or silent, or was a few minutes ago (``normal``). ``part`` names the part it belongs to, None
    for the asset's own. ``worst`` is the value furthest beyond while it lasted or lasts, ``since_s`` how long its status is what it is,
    None where it was so when first judged; ``weight`` is how much it counts by now, None in full."""

    point: str
    quantity: str
    status: Literal["alarm", "warning", "stale", "normal"]
    value: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    age_s: float | None = None
    part: str | None = None
    worst: float | None = None
    since_s: float | None = None
    before: Status | None = None
    weight: Weight | None = None

    @property
    def limits(self) -> Limits:
        return Limits(self.low, self.high)

    @property
    def counted(self) -> Weight:
        return self.weight or weight_of(self.status, self.value if self.worst is None else self.worst, self.limits)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A failure mode that quantities out of limits reveal, and what to do about it. ``matched`` counts those quantities."""

    name: str
    advice: str
    matched: int


@dataclass(frozen=True, slots=True)
class Sign:
    """What the newest outlook flags. ``probability`` is of ``what`` within the horizon, ``days`` until then; None where that is
    not told. ``points`` are those that say so, ``part`` names the part it is about, None for the asset itself."""

    certainty: Literal["possible", "likely", "certain"]
    reasons: tuple[str, ...]
    points: frozenset[str]
    probability: float | None = None
    days: float | None = None
    horizon_days: int = 30
    since_days: float | None = None
    mode: str | None = None
    advice: str | None = None
    part: str | None = None
    what: str = "to leave its limits"


@dataclass(frozen=True, slots=True)
class Judgement:
    score: float
    reasons: tuple[str, ...]


_SURE = {"possible": 0.25, "likely": 0.4, "certain": 0.55}


def judge(
    faults: Sequence[Fault],
    suspicions: Sequence[Suspicion],
    criticality: int,
    dependents: int,
    signs: Sequence[Sign] = (),
) -> Judgement:
    """Score 0 to 100: how bad its condition is, times what hangs on it.

    Condition, 0 to 1: every fault has a severity, and n faults are 1 - (1 - s1)(1 - s2)...(1 - sn).
      warning 0.35; alarm 0.6 to 1, growing with the distance of its worst value beyond the limit up to a whole span of the limits (or the
      size of the only limit); silence 0.2 to 0.3, growing over a day, and counted once however many points are silent;
      a sign of the outlook 0.25, 0.4 or 0.55 as it is possible, likely or certain, or up to 0.75, growing with its probability and
      the sooner it is. A sign that rests on points which are faults already is not counted twice.
    Weight, 0.5 to 1: half in any case, 0.3 for criticality from 1 to 5, 0.2 for dependents, by tens: 9, 99 and 999
    assets give a third each.

    What is new or over counts by its weight w, which takes ten minutes from 0 to 1 or back: the score is the highest, over all w, of what
    those that weigh w or more would score, but 100 w at most. However many faults come at once or go, it moves by 10 a minute at most.
    """
    hangs = 50 + 30 * (min(max(criticality, 1), 5) - 1) / 4 + 20 * min(1.0, math.log10(1 + dependents) / 3)
    score = max((min(hangs * _condition(faults, signs, w), 100 * w) for w in _weights(faults, signs)), default=0.0)
    return Judgement(round(score, 1), tuple(_reasons(faults, suspicions, criticality, dependents, signs)))


def sign_severity(sign: Sign) -> float:
    if sign.probability is None:
        return _SURE[sign.certainty]
    soon = 0.0 if sign.days is None else max(0.0, 1 - sign.days / sign.horizon_days)
    return max(
        _SURE[sign.certainty] if sign.certainty != "certain" else 0.0, 0.25 + 0.35 * sign.probability + 0.15 * soon
    )


def severity(fault: Fault, weight: float = 0.0) -> float:
    """Of one fault, as far as it weighs that much at least."""
    counted = fault.counted
    silence = 0.2 + 0.1 * min(1.0, (fault.age_s or 0.0) / 86_400) if _reaches(counted.silent, weight) else 0.0
    return max(_beyond(fault, weight), silence)


def _beyond(fault: Fault, weight: float) -> float:
    counted = fault.counted
    if _reaches(counted.alarm, weight):
        return 0.6 + 0.4 * min(1.0, counted.excess / (fault.limits.span or 1.0))
    return 0.35 if _reaches(counted.beyond, weight) else 0.0


def _condition(faults: Sequence[Fault], signs: Sequence[Sign], weight: float) -> float:
    beyond = [_beyond(fault, weight) for fault in faults]
    silent = max((severity(fault, weight) for fault in faults if _reaches(fault.counted.silent, weight)), default=0.0)
    ahead = [sign_severity(sign) for sign in signs if _reaches(_sign_weight(sign, faults), weight)]
    return 1 - math.prod(1 - one for one in (*beyond, silent, *ahead))


def _weights(faults: Sequence[Fault], signs: Sequence[Sign]) -> set[float]:
    counted = [fault.counted for fault in faults]
    own = {one for some in counted for one in (some.beyond, some.alarm, some.silent)}
    return {one for one in (*own, *(_sign_weight(sign, faults) for sign in signs)) if one > 0}


def _reaches(counted: float, weight: float) -> bool:
    return 0 < counted >= weight


def _sign_weight(sign: Sign, faults: Sequence[Fault]) -> float:
    """What a fault of its own points leaves of a sign."""
    return 1 - max((_most(fault) for fault in faults if fault.point in sign.points), default=0.0)


def _most(fault: Fault) -> float:
    counted = fault.counted
    return max(counted.beyond, counted.alarm, counted.silent)


def _reasons(
    faults: Sequence[Fault],
    suspicions: Sequence[Suspicion],
    criticality: int,
    dependents: int,
    signs: Sequence[Sign],
) -> Iterable[str]:
    limits = sorted((fault for fault in faults if fault.status in ("alarm", "warning")), key=_worst_first)
    for fault in limits[:_SHOWN]:
        yield _limit_reason(fault)
    if len(limits) > _SHOWN:
        yield f"{len(limits) - _SHOWN} more points are beyond their limits"
    if silent := sorted((fault for fault in faults if fault.status == "stale"), key=_worst_first):
        yield _silence_reason(silent)
    over = sorted((fault for fault in faults if fault.status == "normal"), key=_worst_first)
    for fault in over[: _SHOWN - len(limits[:_SHOWN])]:
        yield _over_reason(fault)
    shown = sorted(signs, key=lambda one: -sign_severity(one))[:_SHOWN]
    for sign in shown:
        yield _sign_reason(sign)
    named = {suspicion.name for suspicion in suspicions}
    for sign in shown[:_MODES]:
        if sign.mode and sign.advice and sign.mode not in named:
            yield f"this can mean: {sign.mode.lower()}. {sign.advice.rstrip('.')}"
    for suspicion in sorted(suspicions, key=lambda one: -one.matched)[:_MODES]:
        yield f"this can mean: {suspicion.name.lower()}. {suspicion.advice.rstrip('.')}"
    yield f"its criticality is {criticality} of 5"
    if dependents:
        yield f"{dependents} {'asset depends' if dependents == 1 else 'assets depend'} on it"


def _worst_first(fault: Fault) -> tuple[float, str]:
    return (-severity(fault), fault.point)


def _limit_reason(fault: Fault) -> str:
    said = f"{_owner(fault)}{_words(fault.quantity)} is {_amount(fault.value, fault.unit)}"
    lasts = f"{fault.status} for {_age(fault.since_s)}" if fault.since_s is not None else fault.status
    found = passed(fault.value, fault.low, fault.high)
    if found is None:
        return f"{said} and in {lasts}"
    side, limit = found
    beyond = excess(fault.value, fault.low, fault.high)
    where = f"{_amount(beyond, fault.unit)} {'above' if side == 'high' else 'below'} its limit of {_amount(limit, fault.unit)}"
    return f"{said}, {where} ({lasts})"


def _over_reason(fault: Fault) -> str:
    """What was wrong until a few minutes ago."""
    what = "not read" if fault.before == "stale" else f"in {fault.before or 'alarm'}"
    until = f" until {_age(fault.since_s)} ago" if fault.since_s is not None else ""
    return f"{_owner(fault)}{_words(fault.quantity)} was {what}{until} and is {_amount(fault.value, fault.unit)} now"


def _sign_reason(sign: Sign) -> str:
    owner = f"{sign.part}: " if sign.part else ""
    since = f", seen for {_age(86_400 * sign.since_days)}" if sign.since_days and sign.since_days >= 1 else ""
    if sign.probability is not None:
        chance = f"{min(max(round(100 * sign.probability), 1), 99)}% likely {sign.what} within {sign.horizon_days} days"
        when = (
            f", in about {max(1, round(sign.days))} {'day' if round(sign.days) <= 1 else 'days'}"
            if sign.days is not None
            else ""
        )
        return f"{owner}{chance}{when}: {sign.reasons[0]}"
    return f"{owner}something is wrong ({sign.certainty}{since}): {sign.reasons[0]}"


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
