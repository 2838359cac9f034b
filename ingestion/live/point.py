"""A point as the projection knows it, and the decisions about it: how it is, and what of that is news. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from graph_schema.condition import (
    STALE_AFTER_S,
    Condition,
    Limits,
    Timer,
    Weight,
    excess,
    is_stale,
    judge,
    passed,
    reset,
    restored,
    weight_at,
)
from graph_schema.model import Status
from ingestion.alarms.alarms import Alarm, AlarmChange, StatusChange, Worst
from ingestion.decoding.messages import milliseconds

_BLANK = Timer()
_NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Shown:
    """How a point is, as the graph tells it. ``since``: epoch milliseconds, None where it was so when first judged; ``worst`` is
    the value furthest beyond its limits while it is so, ``before`` and ``before_worst`` tell of the status before. ``counted`` is what it
    weighed when it became so (``condition.Weight``); None where what was before counted in full."""

    status: Status | None = None
    since: int | None = None
    before: Status | None = None
    worst: float | None = None
    before_worst: float | None = None
    counted: Weight | None = None

    def left_at(self, since: int, limits: Limits) -> Shown:
        """What there is to tell of it once it is otherwise, from ``since`` on; the status that follows is to be set."""
        before = (self.before, self.before_worst)
        weight = weight_at(since, limits, self.status, self.worst, self.since, before, self.counted)
        return Shown(None, since, self.status, None, self.worst, weight)


_UNKNOWN = Shown()


@dataclass(slots=True)
class LivePoint:
    """``source`` is empty, or no address, as long as nothing was read. ``held`` is what the graph holds, ``shown`` what is recorded and so has to be there; ``alarm`` is the open record.

    ``condition`` is None until the point was judged, and where it has no limits. Moments are epoch milliseconds.
    """

    id: str
    source: str
    owners: list[str] = field(default_factory=list[str])
    limits: Limits = _NO_LIMITS
    stale_after_s: float | None = None
    unassigned: bool = False
    value: float | None = None
    text: str | None = None
    at: int | None = None
    held: Shown = _UNKNOWN
    shown: Shown = _UNKNOWN
    condition: Condition | None = None
    alarm: Alarm | None = None
    worst_at: int | None = None
    kept_worst: float | None = None

    @property
    def rules(self) -> tuple[object, ...]:
        """What it is judged by."""
        return (self.limits, self.stale_after_s)

    @property
    def is_unheard(self) -> bool:
        """Whether nobody has judged it yet: nothing came, or only what was stale when it came."""
        status, since = self.shown.status, self.shown.since
        return status in (None, "unknown") or (status == "stale" and since is None)

    @property
    def unsettled(self) -> bool:
        """Whether time alone may change its condition, or the graph does not hold what is recorded."""
        condition = self.condition
        return self.shown != self.held or (
            condition is not None and (_runs(condition) or condition.level != self.shown.status)
        )

    def goes_on_as(self, before: LivePoint) -> None:
        """The same point when the plant was read anew: judged from the start only where it is judged by other limits."""
        self.shown, self.alarm = before.shown, before.alarm
        self.worst_at, self.kept_worst = before.worst_at, before.kept_worst
        if before.at is not None and (self.at is None or before.at >= self.at):
            self.at, self.value, self.text = before.at, before.value, before.text
        if before.limits == self.limits:
            self.condition = before.condition

    def restore(self, last: Alarm | None) -> None:
        """After a start: what the record says goes on, and is not told again; of what it does not know the graph tells."""
        self.shown = self.held
        if last and last.cleared_at is None:
            self.adopt(last)
        elif last and last.cleared_at and self.held.status in ("warning", "alarm"):  # the graph had not heard of it
            at = milliseconds(last.cleared_at)
            self.shown = replace(
                self.held.left_at(at, self.limits), status="normal", before=last.level, before_worst=last.worst
            )
            self.condition = Condition("normal", at, at, None, last.level, last.worst) if self.limits.exist else None
        elif self.limits.exist and "normal" in (self.held.status, self.held.before):
            self.condition = Condition("normal", self.at or 0, self.held.since)

    def adopt(self, alarm: Alarm) -> None:
        """An open alarm that was recorded before, or by another process."""
        since = milliseconds(alarm.since) if alarm.since else None
        self.alarm, self.kept_worst = alarm, alarm.worst
        self.worst_at = milliseconds(alarm.worst_at) if alarm.worst_at else None
        told = restored(alarm.level, since or milliseconds(alarm.raised_at), alarm.worst)
        self.condition = replace(told, since=since)
        if self.shown.status not in ("stale", alarm.level):
            before = self.shown.left_at(since, self.limits) if since else Shown(before=self.shown.status)
            self.shown = replace(before, status=alarm.level, worst=alarm.worst)

    def forget_the_future(self, now: int, latest: int) -> None:
        """What was stamped by a clock that has been put back since is not the present, and is judged anew."""
        if self.at is not None and self.at > latest:
            self.at = None
        if self.condition and self.condition.at > latest:
            self.condition = None
        if self.shown.since is not None and self.shown.since > latest:
            self.shown = replace(self.shown, since=now)

    def release(self, at: int) -> None:
        """Somebody else cleared its alarm."""
        self.alarm = None
        if self.condition:
            self.condition = reset(self.condition, at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a point is with the value of a reading at ``at``, judged for ``moment``."""

    point: LivePoint
    value: float | None
    text: str | None
    at: int
    moment: int
    condition: Condition | None
    shown: Shown

    @property
    def status(self) -> Status:
        return self.shown.status or "unknown"


def verdict(
    point: LivePoint, value: float | None, text: str | None, at: int, now: int, moment: int | None = None
) -> Verdict:
    """Of a reading of ``at``, judged for ``moment`` where it is held until then.

    What is stale is not judged: its condition stands until it is read again. A clock that is behind does not turn time back.
    """
    if is_stale(at, now, point.stale_after_s):
        gone = min(now, at + round(1000 * (point.stale_after_s or STALE_AFTER_S)))
        return Verdict(point, value, text, at, gone, point.condition, _shown(point, "stale", None, gone))
    moment = moment or at
    condition = _judged(point, value, moment)
    moment = max(moment, condition.at) if condition and condition is not point.condition else moment
    return Verdict(
        point,
        value,
        text,
        at,
        moment,
        condition,
        _shown(point, condition.level if condition else "normal", condition, moment),
    )


def undated(point: LivePoint, value: float | None, text: str | None, at: int, now: int) -> Verdict:
    """Of a reading whose moment nobody knows: it is there, and is not judged."""
    return Verdict(point, value, text, at, now, point.condition, _shown(point, "stale", None, now))


def _judged(point: LivePoint, value: float | None, moment: int) -> Condition | None:
    limits, before = point.limits, point.condition
    if not limits.exist:
        return None
    if before is None:
        return judge(None, value, moment, limits)
    if before.level == "normal" and not _runs(before) and excess(value, limits.low, limits.high) <= 0:
        return before  # nearly all of them, nearly always
    return judge(before, value, max(moment, before.at), limits)


def _runs(condition: Condition) -> bool:
    return condition.limit != _BLANK or condition.alarm != _BLANK


def _shown(point: LivePoint, status: Status, condition: Condition | None, at: int) -> Shown:
    known = point.shown
    worst = condition.worst if condition else None
    if status == known.status:
        return known if worst == known.worst else replace(known, worst=worst)
    if point.is_unheard:
        return _first_shown(status, condition)
    since = condition.since if condition and condition.since and known.status != "stale" else at
    return replace(known.left_at(since, point.limits), status=status, worst=worst)


def _first_shown(status: Status, condition: Condition | None) -> Shown:
    """With what its past tells of it, if there is one."""
    if condition is None or condition.since is None:
        return Shown(status, None, None, condition.worst if condition else None)
    return Shown(status, condition.since, condition.before, condition.worst, condition.before_worst)


def status_change(verdict: Verdict) -> StatusChange | None:
    """What is to be recorded. A point that is sound or silent when it is first judged is no news."""
    p, before = verdict.point, verdict.point.shown.status
    if verdict.status == before or (p.is_unheard and verdict.status in ("normal", "stale")):
        return None
    return StatusChange(p.id, p.owners, verdict.status, before, verdict.moment, verdict.value, verdict.text)


def alarm_change(verdict: Verdict) -> AlarmChange | None:
    """What the record lacks. A stale point's alarm stays open as it was."""
    p, condition = verdict.point, verdict.condition
    if condition is None or verdict.status == "stale" or condition.level == (p.alarm.level if p.alarm else "normal"):
        return None
    side, limit = passed(verdict.value, p.limits.low, p.limits.high) or (None, None)
    if p.alarm and condition.level == "normal":
        return AlarmChange(
            "cleared", p.id, p.source, p.owners, p.alarm.level, verdict.moment, value=verdict.value,
            worst=condition.before_worst, worst_at=p.worst_at,
        )  # fmt: skip
    return AlarmChange(
        "changed" if p.alarm else "raised", p.id, p.source, p.owners, condition.level, verdict.moment, condition.since,
        verdict.value, side, limit, condition.worst, worst_moment(verdict),
    )  # fmt: skip


def worst_moment(verdict: Verdict) -> int | None:
    """When the furthest value was read."""
    p, condition = verdict.point, verdict.condition
    if condition is None or condition.worst is None:
        return p.worst_at
    return p.worst_at if p.condition and p.condition.worst == condition.worst and p.worst_at else verdict.at


def worsened(points: Sequence[LivePoint]) -> list[Worst]:
    """Open alarms whose furthest value is further than the record says."""
    return [
        Worst(p.id, p.condition.worst, p.worst_at)
        for p in points
        if p.alarm and p.condition and p.condition.worst is not None and p.condition.worst != p.kept_worst
    ]
