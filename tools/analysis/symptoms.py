"""From words to a symptom: which point of an asset is meant, and what it is away from. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from graph_schema.condition import WORST_FIRST, Side, passed
from graph_schema.ontology.ontology import Ontology
from tools.analysis.causes import Symptom
from tools.analysis.point_states import PointState

_HIGH = frozenset(["high", "higher", "hot", "hotter", "warm", "warmer", "above", "over", "much", "rising", "stuffy"])
_LOW = frozenset(["low", "lower", "cold", "colder", "cool", "cooler", "below", "under", "little", "falling"])
BAND = 1.0
"""How far from a set point without a stated deadband a value has to be, in the point's unit."""


def side_in(words: str) -> Side | None:
    """Too high or too low, where the words say one of them."""
    said = set(re.findall(r"[a-z]+", words.casefold()))
    high, low = bool(said & _HIGH), bool(said & _LOW)
    return None if high == low else "high" if high else "low"


def meant_by(words: str, points: Sequence[PointState], ontology: Ontology) -> list[PointState]:
    """The points whose quantity the words name, those named at most length first: by the quantity itself or by what people call it."""
    said = f" {' '.join(re.findall(r'[a-z0-9]+', words.casefold().replace('_', ' ')))} "
    lengths = [
        (max((len(name) for name in _names(point, ontology) if f" {name} " in said), default=0), point)
        for point in points
    ]
    most = max((length for length, _ in lengths), default=0)
    return [point for length, point in lengths if most and length == most]


def _names(point: PointState, ontology: Ontology) -> Iterable[str]:
    """Its own, and those of the quantities that it is a kind of: a zone air temperature is a temperature."""
    plain = point.quantity.replace("_", " ")
    shorter = plain.split()[-1]
    return (
        plain,
        *ontology.quantity_words(point.quantity),
        *((shorter,) if ontology.covers(shorter, point.quantity) else ()),
    )


def worst(points: Iterable[PointState]) -> PointState | None:
    """The point in the worst condition, of equals the one that came to it first; None where none is amiss."""
    amiss = [
        p for p in points if p.status in ("alarm", "warning", "stale") or any(kind != "silent" for kind, _ in p.doubts)
    ]
    return min(
        amiss,
        key=lambda p: (WORST_FIRST.index(p.status), p.since is None, p.since.timestamp() if p.since else 0.0, p.id),
        default=None,
    )


def symptom_of(
    point: PointState, beside: Sequence[PointState], side: Side | None, raised_at: datetime | None
) -> Symptom:
    """A point with the limit it has passed, else the set point it is away from. ``beside`` are the points of its asset.

    ``side`` is what was said of it; without a word it is what the value says.
    """
    limit = passed(point.value, point.low, point.high)
    wanted = next((p for p in beside if p.quantity == f"{point.quantity}_setpoint" and p.value is not None), None)
    set_point = wanted.value if wanted else None
    since = point.since if point.status in ("alarm", "warning", "stale") else None
    if limit and raised_at is not None:
        since = min(since or raised_at, raised_at)  # it may have been in warning before it was in alarm
    away = _away(point, set_point)
    shown = limit[0] if limit else away
    return Symptom(
        point=point,
        side=shown or side,
        limit=limit[1] if limit else _limit(point, side),
        set_point=set_point,
        since=since,
        away=shown is not None and side in (None, shown),
    )


def _away(point: PointState, set_point: float | None) -> Side | None:
    if point.value is None or set_point is None or abs(point.value - set_point) <= (point.deadband or BAND):
        return None
    return "high" if point.value > set_point else "low"


def _limit(point: PointState, side: Side | None) -> float | None:
    """The limit that what was said is about, though the value has not passed it."""
    return None if side is None else point.high if side == "high" else point.low


def shares(symptom: Symptom, point: PointState, beside: Sequence[PointState]) -> bool:
    """Whether a sibling's point shows the same: beyond its own limit, or away from its own set point, on the same side."""
    own = symptom_of(point, beside, None, None)
    if symptom.point.status == "stale":
        return point.status == "stale"
    return own.side is not None and own.side == symptom.side
