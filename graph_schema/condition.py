"""The condition of a point: within its limits, in the warning band, in alarm, stale. The one place that compares a value with a limit.

``level_of`` judges one value by itself. ``judge`` judges a value in the light of what was judged before, so that a point that swings
about its limit is in one condition and not in ten (ISA-18.2: deadband, on-delay, off-delay, latching).

A limit is passed beyond its value, not at it. Within ``warning_band`` beyond it a point is in warning, further out in alarm.
Moments are milliseconds of Unix time, durations are seconds, values and limits are in the point's unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, cast, get_args, overload

from graph_schema.model import Status

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Level = Literal["normal", "warning", "alarm"]
Side = Literal["high", "low"]

STALE_AFTER_S = 900.0
"""Without a reading for this long a point is stale, where it does not say otherwise (``stale_after_s``)."""
WARNING_BAND = 0.05
"""Width of the warning band beyond a limit, as a share of the span between the limits."""
DEADBAND = 0.03
"""How far a value has to come back before it counts as back, as a share of the span."""
DELAY_S = 60.0
"""For both delays: how long a value is beyond before it is told, and back before that is over."""

FADE_S = 600.0
"""How long it takes until a new condition counts in full, and until one that is over is forgotten (``Weight``)."""

_ENDS = {"%": (0.0, 100.0)}  # a position cannot pass its own ends
WORST_FIRST = cast(tuple[Status, ...], get_args(Status))


@dataclass(frozen=True, slots=True)
class Limits:
    """What a point may read, and how that is judged. None where a default holds.

    ``warning_band`` and ``deadband`` are widths in the point's unit, ``delay_on_s`` and ``delay_off_s`` seconds. A ``latched``
    condition stays until a person resets it.
    """

    low: float | None = None
    high: float | None = None
    warning_band: float | None = None
    deadband: float | None = None
    delay_on_s: float | None = None
    delay_off_s: float | None = None
    latched: bool = False

    @property
    def exist(self) -> bool:
        return self.low is not None or self.high is not None

    @property
    def span(self) -> float:
        """Between the limits; of a single limit its size."""
        if self.low is not None and self.high is not None:
            return self.high - self.low
        return abs(self.high if self.high is not None else self.low or 0.0)

    @property
    def band(self) -> float:
        return WARNING_BAND * self.span if self.warning_band is None else self.warning_band

    @property
    def back(self) -> float:
        """The deadband's width."""
        return DEADBAND * self.span if self.deadband is None else self.deadband

    @property
    def nearly(self) -> tuple[float | None, float | None]:
        """The low and the high with the deadband: what lies between is back for certain."""
        low = None if self.low is None else self.low + self.back
        return low, None if self.high is None else self.high - self.back

    @property
    def on_ms(self) -> float:
        return 1000 * (DELAY_S if self.delay_on_s is None else self.delay_on_s)

    @property
    def off_ms(self) -> float:
        return 1000 * (DELAY_S if self.delay_off_s is None else self.delay_off_s)


@dataclass(frozen=True, slots=True)
class Timer:
    """Whether one boundary counts as passed. ``beyond_since``: the first value beyond it since it was last really back;
    ``back_since``: the first value back, while all after it were back as well."""

    active: bool = False
    beyond_since: int | None = None
    back_since: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """How a point is and has been. ``since`` is when its level became what it is, None where it already was so when it was
    first judged; ``worst`` is the value furthest beyond since it left ``normal``; ``before`` and ``before_worst`` tell of the level before."""

    level: Level
    at: int
    since: int | None = None
    worst: float | None = None
    before: Level | None = None
    before_worst: float | None = None
    limit: Timer = Timer()
    alarm: Timer = Timer()


@dataclass(frozen=True, slots=True)
class Weight:
    """How much a point's condition counts by now, 0 to 1, for being beyond its limits, for being in alarm and for being silent.

    What is made of conditions (the risk of an asset) follows weights, which move by a tenth a minute, so that it does not jump.
    ``excess`` is how far beyond counts, in the point's unit.
    """

    beyond: float = 0.0
    alarm: float = 0.0
    silent: float = 0.0
    excess: float = 0.0


def weight_of(status: Status | None, worst: float | None, limits: Limits) -> Weight:
    """In full: of a status that has lasted, or lasted when it was first judged."""
    if status == "stale":
        return Weight(silent=1.0)
    if status not in ("warning", "alarm"):
        return Weight()
    return Weight(1.0, float(status == "alarm"), 0.0, excess(worst, limits.low, limits.high))


def weighed(begin: Weight, end: Weight, elapsed_s: float, limits: Limits) -> Weight:
    """On the way from one to the other, so many seconds after the status changed."""
    step = max(0.0, elapsed_s) / FADE_S
    return Weight(
        _towards(begin.beyond, end.beyond, step),
        _towards(begin.alarm, end.alarm, step),
        _towards(begin.silent, end.silent, step),
        _towards(begin.excess, end.excess, step * (limits.span or 1.0)),
    )


def weight_at(
    at: int,
    limits: Limits,
    status: Status | None,
    worst: float | None,
    since: int | None,
    before: tuple[Status | None, float | None] = (None, None),
    begin: Weight | None = None,
) -> Weight:
    """Of what is recorded of a point: its status with the worst value of it, since when, and the same of the status before.

    ``begin`` is what the point weighed at ``since``; without it what was before is taken to have counted in full.
    """
    end = weight_of(status, worst, limits)
    if since is None:
        return end
    return weighed(begin or weight_of(*before, limits), end, (at - since) / 1000, limits)


def sides(low: float | None, high: float | None, unit: str | None = None) -> list[tuple[Side, float]]:
    """The limits that can be passed: the end of a scale (0 and 100 %) cannot."""
    stated: tuple[tuple[Side, float | None], ...] = (("high", high), ("low", low))
    return [(side, limit) for side, limit in stated if limit is not None and limit not in _ENDS.get(unit or "", ())]


@overload
def is_beyond(value: float, side: Side, limit: float) -> bool: ...
@overload
def is_beyond(value: npt.NDArray[np.float64], side: Side, limit: float) -> npt.NDArray[np.bool_]: ...
def is_beyond(value: float | npt.NDArray[np.float64], side: Side, limit: float) -> bool | npt.NDArray[np.bool_]:
    """Whether a value, or each of many, has passed an upper (``high``) or a lower (``low``) limit."""
    return value > limit if side == "high" else value < limit


def passed(value: float | None, low: float | None, high: float | None) -> tuple[Side, float] | None:
    """The limit that a value has passed, if any."""
    if value is None:
        return None
    return next(((side, limit) for side, limit in sides(low, high) if is_beyond(value, side, limit)), None)


def excess(value: float | None, low: float | None, high: float | None) -> float:
    """How far a value is beyond its limits, in its unit; 0 within them, and for a text."""
    if value is None:
        return 0.0
    return max(value - high if high is not None else 0.0, low - value if low is not None else 0.0, 0.0)


def level_of(value: float | None, limits: Limits) -> Level:
    """Of one value by itself, without delay or deadband. A text, or a point without limits, is ``normal``."""
    beyond = excess(value, limits.low, limits.high)
    if beyond <= 0:
        return "normal"
    return "warning" if beyond <= limits.band else "alarm"


def is_stale(at: int | None, now: int, stale_after_s: float | None = None) -> bool:
    """Whether a reading of ``at`` is too old at ``now``; what was never read is not stale but unknown."""
    return at is not None and is_too_old((now - at) / 1000, stale_after_s)


def is_too_old(age_s: float, stale_after_s: float | None = None) -> bool:
    return age_s > (stale_after_s or STALE_AFTER_S)


def judge(before: Condition | None, value: float | None, at: int, limits: Limits) -> Condition:
    """The condition at ``at``, when the point reads ``value`` (or still reads it: between readings a value is held).

    A point that nobody judged before is at once what its value says: it may have been so for long. After that a boundary counts
    as passed when values have been beyond it for the on-delay and one of them is now, and as left when all values of the off-delay
    were back by the deadband. Swings shorter than the off-delay neither raise twice nor clear.
    A moment before the last one changes nothing.
    """
    if before is None:
        return _first(value, at, limits)
    if at < before.at:
        return before
    limit = _advanced(before.limit, _distance(value, limits, 0.0), at, limits)
    alarm = _advanced(before.alarm, _distance(value, limits, limits.band), at, limits)
    level: Level = "alarm" if alarm.active else "warning" if limit.active else "normal"
    if level == before.level:
        worst = _worse(before.worst, value, limits) if level != "normal" else None
        return replace(before, at=at, worst=worst, limit=limit, alarm=alarm)
    worst = _worse(before.worst, value, limits) if level != "normal" else None
    return Condition(level, at, at, worst, before.level, before.worst, limit, alarm)


def reset(before: Condition, at: int) -> Condition:
    """A person puts a latched condition back. What is still beyond its limit is raised again after its delay."""
    if before.level == "normal":
        return before
    return Condition("normal", at, at, None, before.level, before.worst)


def restored(level: Level, since: int, worst: float | None) -> Condition:
    """A condition that was recorded before a restart: it goes on, and is not told again."""
    limit = Timer(True, since) if level != "normal" else Timer()
    alarm = Timer(True, since) if level == "alarm" else Timer()
    return Condition(level, since, since, worst, None, None, limit, alarm)


def worst_of(statuses: Iterable[Status | None]) -> Status:
    """What an asset is, by what its points are: the worst of them; ``unknown`` only where nothing better is known."""
    found = set(statuses)
    for status in WORST_FIRST:
        if status in found:
            return status
    return "unknown"


def _towards(begin: float, end: float, step: float) -> float:
    return min(end, begin + step) if end >= begin else max(end, begin - step)


def _first(value: float | None, at: int, limits: Limits) -> Condition:
    level = level_of(value, limits)
    return Condition(
        level, at, None, value if level != "normal" else None, None, None,
        Timer(level != "normal", at if level != "normal" else None), Timer(level == "alarm", at if level == "alarm" else None),
    )  # fmt: skip


def _distance(value: float | None, limits: Limits, margin: float) -> float:
    """From the boundary that lies ``margin`` beyond the limits; positive beyond it. Without limits or number far inside."""
    if value is None or not limits.exist:
        return float("-inf")
    above = value - (limits.high + margin) if limits.high is not None else float("-inf")
    below = (limits.low - margin) - value if limits.low is not None else float("-inf")
    return max(above, below)


def _advanced(timer: Timer, distance: float, at: int, limits: Limits) -> Timer:
    if distance > 0:
        since = timer.beyond_since if timer.beyond_since is not None else at
        return Timer(timer.active or at - since >= limits.on_ms, since)
    if distance > -limits.back and timer.active:
        return replace(timer, back_since=None)  # in the deadband: neither beyond nor back
    if timer.beyond_since is None:
        return timer
    back = timer.back_since if timer.back_since is not None else at
    if at - back < limits.off_ms or (timer.active and limits.latched):
        return replace(timer, back_since=back)
    return Timer()


def _worse(known: float | None, value: float | None, limits: Limits) -> float | None:
    beyond = excess(value, limits.low, limits.high)
    return value if beyond > excess(known, limits.low, limits.high) else known
