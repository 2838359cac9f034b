"""From what is known around a symptom to causes, each with its evidence, ranked. Pure.

| cause | evidence | how sure |
|---|---|---|
| ``sensor silent`` | the symptom's own sensor has no current reading | certain |
| ``sensor doubted`` | its data are doubted | likely where it is stuck, else possible |
| ``supplier stopped`` | a supplier's running status (its own, else that of all its parts) says off | certain where it is the only supply and stopped before the onset, likely where it is the only supply, else no cause |
| ``stopped`` | the running status of the asset or of a part says off | likely |
| ``supplier in alarm`` | a point of a supplier is in alarm | likely where it is the only supply, else possible |
| ``supplier in warning``, ``supplier silent`` | a point of it is in warning; all of its points are silent | possible |
| ``supplier flagged`` | its newest outlook flags it | likely where the outlook is at least that sure and it is the only supply, else possible |
| ``flagged`` | the asset's or a part's newest outlook flags it | as sure as the outlook, at most likely |
| ``unlike its siblings`` | quantities that reveal a mode of the library read quite otherwise than those of at least four siblings (modified z-score of 3.5, Iglewicz and Hoaglin 1993) | possible |
| ``failure mode`` | quantities that reveal a mode of the library are beyond their limits, at the asset or a part | likely where two or more are, and all that are measured, else possible |
| ``supplier was in alarm`` | an alarm of a supplier was raised in the day before the onset, and is over | possible |
| ``work before`` | a work order on the asset, a part or a supplier was opened or closed in the day before the onset | possible |

The surest come first; among equals the sensor, then what is wrong upstream where all siblings share the symptom, else what is wrong with
the asset itself. Nothing becomes a cause without evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Literal, cast, get_args

from forecasting.outlook import Outlook
from graph_schema.condition import Side
from graph_schema.ontology.twin import FailureMode, Twin
from ingestion.alarms.alarms import Alarm
from ingestion.orders.work_orders import WorkOrder
from tools.analysis.point_states import PointState

Certainty = Literal["certain", "likely", "possible"]
CauseKind = Literal[
    "sensor silent", "sensor doubted", "supplier stopped", "stopped", "supplier in alarm", "unlike its siblings", "failure mode", "flagged",
    "supplier flagged", "supplier in warning", "supplier silent", "supplier was in alarm", "work before",
]  # fmt: skip
Siblings = Literal["alone", "some", "all", "no siblings"]

BEFORE = timedelta(days=1)
"""What happened within this time before the onset may have brought it about."""
_SLACK = timedelta(minutes=10)
"""A status is recorded after its delay: what stopped that much after the onset still came first."""

_FEWEST_SIBLINGS = 4
_ODD, _TO_SIGMA, _FINEST = 3.5, 0.6745, 0.01

_SUREST = cast(tuple[Certainty, ...], get_args(Certainty))
_KINDS = cast(tuple[CauseKind, ...], get_args(CauseKind))
_SENSOR = ("sensor silent", "sensor doubted")


@dataclass(frozen=True, slots=True)
class Symptom:
    """What is wrong: a point with the limit or set point it is away from. ``since`` is its onset, None where nobody recorded it."""

    point: PointState
    side: Side | None = None
    limit: float | None = None
    set_point: float | None = None
    since: datetime | None = None
    away: bool = True
    """Whether it is beyond its limit or away from its set point, on the side that was said; else it was only said to be so."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """``points`` are its own and its parts'. ``sole``: the asset has no other supply of what it gives. ``hops`` steps upstream."""

    id: str
    hops: int
    points: Sequence[PointState]
    sole: bool
    outlook: Outlook | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """``own`` are the points of the asset and its parts, ``modes`` the twins of each of these assets."""

    now: datetime
    symptom: Symptom | None
    own: Sequence[PointState]
    suppliers: Sequence[Supplier]
    twins: Mapping[str, Twin]
    outlooks: Sequence[Outlook] = ()
    alarms: Sequence[Alarm] = ()
    orders: Sequence[WorkOrder] = ()
    siblings: Siblings = "no siblings"
    beside: Sequence[PointState] = ()
    """The points of its siblings."""
    covers: Callable[[str, str], bool] = field(default=lambda general, special: general == special)


@dataclass(frozen=True, slots=True)
class Cause:
    """``points`` and ``moment`` are its evidence, ``text`` what a library, detector or person says of it, ``check`` what to look at next."""

    kind: CauseKind
    asset: str
    certainty: Certainty
    points: tuple[PointState, ...] = ()
    moment: datetime | None = None
    text: str | None = None
    mode: str | None = None
    check: str | None = None
    hops: int = 0


def causes(situation: Situation) -> list[Cause]:
    """All that the evidence points to, the likeliest first; empty where it points to nothing."""
    found = [
        *_of_sensor(situation),
        *(cause for one in situation.suppliers for cause in _of_supplier(situation, one)),
        *_of_asset(situation),
        *_unlike(situation),
        *_failure_modes(situation),
        *_before(situation),
    ]
    return sorted(found, key=lambda one: _rank(one, situation.siblings))


def modes_of(situation: Situation) -> list[tuple[str, FailureMode]]:
    """What the library says that the quantity of the symptom reveals, by asset: no evidence, but what to look for."""
    symptom = situation.symptom
    if symptom is None:
        return []
    own = [(symptom.point.asset, mode) for mode in _modes(situation, symptom.point.asset)]
    return [(asset, mode) for asset, mode in own if _reveals(situation, mode, symptom.point)]


def _modes(situation: Situation, asset: str) -> Sequence[FailureMode]:
    twin = situation.twins.get(asset)
    return twin.failure_modes if twin else ()


def _rank(cause: Cause, siblings: Siblings) -> tuple[object, ...]:
    upstream = cause.kind.startswith("supplier")
    sensor = cause.kind in _SENSOR
    first = upstream if siblings == "all" else not upstream
    return (_SUREST.index(cause.certainty), not sensor, not first, cause.hops, _KINDS.index(cause.kind), cause.asset)


def _of_sensor(situation: Situation) -> Iterator[Cause]:
    if situation.symptom is None:
        return
    point = situation.symptom.point
    if point.is_silent(situation.now):
        yield Cause("sensor silent", point.asset, "certain", (point,), point.at)
    doubts = [(kind, sentence) for kind, sentence in point.doubts if kind != "silent"]
    if doubts:
        certainty: Certainty = "likely" if any(kind == "stuck" for kind, _ in doubts) else "possible"
        text = " ".join(sentence for _, sentence in doubts)
        yield Cause("sensor doubted", point.asset, certainty, (point,), point.doubted_since, text)


def _of_supplier(situation: Situation, one: Supplier) -> Iterator[Cause]:
    now, onset = situation.now, situation.symptom.since if situation.symptom else None
    stopped = stopped_of(one.id, one.points, now)
    if stopped and one.sole:
        first = stopped.since is None or onset is None or stopped.since <= onset + _SLACK
        certainty: Certainty = "certain" if first else "likely"
        yield Cause("supplier stopped", one.id, certainty, (stopped,), stopped.since or stopped.at, hops=one.hops)
    for status, kind in (("alarm", "supplier in alarm"), ("warning", "supplier in warning")):
        beyond = tuple(p for p in one.points if p.status == status and not _tells_of_wear(p))
        if beyond and (status == "alarm" or _is_amiss(situation)):
            sure: Certainty = "likely" if status == "alarm" and one.sole else "possible"
            mode = _revealed(situation, one.id, beyond)
            yield Cause(
                cast(CauseKind, kind), one.id, sure, beyond, _earliest(beyond), None,
                mode.name if mode else None, mode.advice if mode else None, one.hops,
            )  # fmt: skip
    read = [p for p in one.points if p.at is not None]
    if read and all(p.is_silent(now) for p in read):
        yield Cause("supplier silent", one.id, "possible", tuple(read), max(p.at for p in read if p.at), hops=one.hops)
    if one.outlook is not None:
        sure = "likely" if one.sole and one.outlook.certainty in ("likely", "certain") else "possible"
        yield _flagged("supplier flagged", one.outlook, sure, one.hops)


_WEAR = frozenset({"vibration", "bearing", "winding", "oil", "battery"})
"""Of quantities that tell how a machine wears: while it runs it supplies what it did."""


def _tells_of_wear(point: PointState) -> bool:
    return not _WEAR.isdisjoint(point.quantity.split("_"))


def _is_amiss(situation: Situation) -> bool:
    """Whether there is a symptom at all: what is only said to be so, or nothing, does not come from a warning elsewhere."""
    symptom = situation.symptom
    return symptom is not None and (symptom.away or symptom.point.status in ("alarm", "warning", "stale"))


def _of_asset(situation: Situation) -> Iterator[Cause]:
    by_asset: dict[str, list[PointState]] = {}
    for point in situation.own:
        by_asset.setdefault(point.asset, []).append(point)
    for asset, points in by_asset.items():
        stopped = stopped_of(asset, points, situation.now)
        if stopped:
            yield Cause("stopped", asset, "likely", (stopped,), stopped.since or stopped.at)
    for outlook in situation.outlooks:
        yield _flagged("flagged", outlook, "possible" if outlook.certainty == "possible" else "likely")


def _flagged(kind: CauseKind, outlook: Outlook, certainty: Certainty, hops: int = 0) -> Cause:
    text = " ".join(outlook.reasons[:2]) or None
    moment = outlook.since or outlook.made_at
    return Cause(kind, outlook.asset, certainty, (), moment, text, outlook.mode, outlook.advice, hops)


def _unlike(situation: Situation) -> Iterator[Cause]:
    """An asset of which something is wrong, and whose damper, valve or flow is not where those of its siblings are."""
    symptom = situation.symptom
    if symptom is None or not _is_amiss(situation):
        return
    for asset in dict.fromkeys(point.asset for point in situation.own):
        points = [p for p in situation.own if p.asset == asset and p.id != symptom.point.id]
        odd = tuple(p for p in points if p.is_current(situation.now) and _is_odd(p, situation))
        mode = _revealed(situation, asset, odd)
        if mode is not None:
            told = tuple(p for p in odd if _reveals(situation, mode, p))
            yield Cause("unlike its siblings", asset, "possible", told, None, None, mode.name, mode.advice)


def _is_odd(point: PointState, situation: Situation) -> bool:
    """By the median of its siblings and the median distance from it, at least a hundredth of the median."""
    known = [
        p.value
        for p in situation.beside
        if p.quantity == point.quantity and p.unit == point.unit and p.value is not None and p.is_current(situation.now)
    ]
    if point.value is None or len(known) < _FEWEST_SIBLINGS:
        return False
    middle = median(known)
    spread = max(median(abs(value - middle) for value in known), abs(middle) * _FINEST)
    return spread > 0 and _TO_SIGMA * abs(point.value - middle) / spread >= _ODD


def _failure_modes(situation: Situation) -> Iterator[Cause]:
    """Of the asset and its parts; a part that reports through its whole is revealed by the whole's points."""
    for asset, twin in situation.twins.items():
        points = [p for p in situation.own if p.asset == asset]
        for mode in twin.failure_modes:
            measured = [p for p in points if _reveals(situation, mode, p)]
            beyond = tuple(p for p in measured if p.status in ("alarm", "warning"))
            if beyond:
                sure: Certainty = "likely" if len(beyond) == len(measured) and len(beyond) > 1 else "possible"
                yield Cause("failure mode", asset, sure, beyond, _earliest(beyond), None, mode.name, mode.advice)


def _before(situation: Situation) -> Iterator[Cause]:
    onset = situation.symptom.since if situation.symptom else None
    if onset is None:
        return
    hops = {one.id: one.hops for one in situation.suppliers}
    for alarm in situation.alarms:
        supplier = next((one for one in alarm.assets if one in hops), None)
        if supplier and alarm.cleared_at and onset - BEFORE <= alarm.raised_at <= onset:
            points = tuple(p for one in situation.suppliers for p in one.points if p.id == alarm.point)
            yield Cause("supplier was in alarm", supplier, "possible", points, alarm.raised_at, hops=hops[supplier])
    for order in situation.orders:
        moments = [at for at in (order.opened_at, order.closed_at) if at and onset - BEFORE <= at <= onset]
        if moments:
            text = f"{order.number}: {order.text}" if order.text else order.number
            yield Cause("work before", order.asset, "possible", (), max(moments), text, hops=hops.get(order.asset, 0))


def stopped_of(id_: str, points: Iterable[PointState], now: datetime) -> PointState | None:
    """The status by which an asset does not run: its own, else that of its parts where none of them runs."""
    known = [p for p in points if p.runs is not None and p.is_current(now)]
    deciding = [p for p in known if p.asset == id_] or known
    return deciding[0] if deciding and not any(p.runs for p in deciding) else None


def _earliest(points: Sequence[PointState]) -> datetime | None:
    return min((p.since for p in points if p.since), default=None)


def _revealed(situation: Situation, asset: str, beyond: Sequence[PointState]) -> FailureMode | None:
    """The mode of a supplier that most of its points beyond their limits reveal."""
    counted = [(sum(_reveals(situation, mode, p) for p in beyond), mode) for mode in _modes(situation, asset)]
    best = max((count for count, _ in counted), default=0)
    return next((mode for count, mode in counted if count == best and best), None)


def _reveals(situation: Situation, mode: FailureMode, point: PointState) -> bool:
    return any(situation.covers(one, point.quantity) for one in mode.quantities)
