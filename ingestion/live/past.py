"""What the readings of a point say of the time before anybody judged it: its alarms until then, and the condition it is in. Pure.

A recording that is replayed, or a history that was there before its plant, is judged as it would have been live.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from graph_schema.condition import STALE_AFTER_S, Condition, Limits, judge, level_of, passed
from ingestion.alarms.alarms import PastAlarm

Past = Sequence[tuple[int, float | None]]
"""Readings in order: epoch milliseconds, and the value."""


@dataclass(frozen=True, slots=True)
class Judged:
    """``over`` are alarms that were raised and cleared, ``open`` is one that goes on. ``condition`` is None where nothing was read."""

    condition: Condition | None
    over: Sequence[PastAlarm]
    open: PastAlarm | None


def judged(past: Past, until: int, limits: Limits, stale_after_s: float | None) -> Judged:
    """Of all readings until a moment, each held until the next or until it is stale."""
    condition: Condition | None = None
    alarm: PastAlarm | None = None
    over: list[PastAlarm] = []
    for (read_at, value), end in _held(past, until, stale_after_s):
        at: int | None = read_at
        while at is not None:
            condition = judge(condition, value, at, limits)
            if condition.level != "normal":
                alarm = _goes_on(alarm or _raised(condition, value, at, limits), condition, at, read_at)
            elif alarm is not None:
                over.append(replace(alarm, cleared_at=at, cleared_value=value))
                alarm = None
            at = _next(condition, at, end, limits)
    return Judged(condition, over, alarm)


def as_read(found: Judged, past: Past, at: int, value: float | None, limits: Limits) -> Judged:
    """With the newest reading, which counts at once: in the level that it says by itself, since the first of the readings in a row that say so. What
    is latched stays."""
    level, known = level_of(value, limits), found.condition
    if known is None or level == known.level or (limits.latched and level == "normal"):
        return found
    since = min(
        (read_at for read_at, _ in takewhile(lambda one: level_of(one[1], limits) == level, reversed(past))), default=at
    )
    condition = replace(judge(None, value, at, limits), since=since, before=known.level, before_worst=known.worst)
    if level == "normal":
        over = [replace(one, cleared_at=since, cleared_value=value) for one in (found.open,) if one]
        return Judged(condition, [*found.over, *over], None)
    condition = replace(condition, worst=known.worst if known.worst is not None else value)
    alarm = found.open or _raised(condition, value, since, limits)
    return Judged(condition, found.over, _goes_on(alarm, condition, since, at))


def _held(past: Past, until: int, stale_after_s: float | None) -> Iterator[tuple[tuple[int, float | None], int]]:
    """Each reading, and until when it holds."""
    longest = round(1000 * (stale_after_s or STALE_AFTER_S))
    for (at, value), (following, _) in pairwise([*past, (until, None)]):
        yield (at, value), min(at + longest, following)


def _next(condition: Condition, at: int, end: int, limits: Limits) -> int | None:
    """When a delay runs out before a moment, so that it is to be judged again."""
    timers = (condition.limit, condition.alarm)
    ons = [round(one.beyond_since + limits.on_ms) for one in timers if one.beyond_since is not None]
    offs = [round(one.back_since + limits.off_ms) for one in timers if one.back_since is not None]
    return min((moment for moment in (*ons, *offs) if at < moment < end), default=None)


def _raised(condition: Condition, value: float | None, at: int, limits: Limits) -> PastAlarm:
    side, limit = passed(value, limits.low, limits.high) or (None, None)
    level = condition.level
    return PastAlarm(level, level, at, condition.since, value, side, limit)


def _goes_on(alarm: PastAlarm, condition: Condition, at: int, read_at: int) -> PastAlarm:
    if condition.level != alarm.level:
        worst_level = "alarm" if "alarm" in (condition.level, alarm.worst_level) else condition.level
        alarm = replace(alarm, level=condition.level, since=at, worst_level=worst_level)
    if condition.worst != alarm.worst:
        alarm = replace(alarm, worst=condition.worst, worst_at=read_at)
    return alarm
