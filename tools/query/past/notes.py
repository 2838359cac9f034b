"""What a reader of measures over a window should know: what was inferred, what is missing, which counters fell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tools.query.history_aggregates import Asked, Fallen
from tools.query.point_past import PointPast
from tools.query.points import Point

_SHOWN = 3
_ENOUGH = 0.9
"""Share of a window from which on what is known of it counts as all."""

_TAKEN_FOR = {
    "rolled over": "its register rolled over",
    "started again": "it started again from zero",
    "corrected": "it was put right, and nothing was counted",
    "replaced": "it was replaced, and what was used in between is not known",
}


def notes_of(points: Sequence[Point], past: Mapping[str, PointPast], asked: Asked, timezone: str) -> list[str]:
    named = [(point, past[point.source]) for point in points if point.source and past[point.source].cells]
    return [*_inferred(named), *_fallen(named, ZoneInfo(timezone)), *_unknown(named, asked)]


def _inferred(named: Iterable[tuple[Point, PointPast]]) -> list[str]:
    names = [point.name for point, known in named if known.inferred and known.rule == "amounts"]
    if not names:
        return []
    return [
        f"The readings of {_listed(names)} rise and fall: they are taken for the amounts of their intervals, and not for a counter. "
        "“kind: counter” or “kind: amount” in the plant file settles it."
    ]


def _fallen(named: Iterable[tuple[Point, PointPast]], zone: ZoneInfo) -> list[str]:
    return [f"{point.name} fell {_falls(known.falls, point.unit, zone)}." for point, known in named if known.falls][
        :_SHOWN
    ]


def _falls(falls: Sequence[Fallen], unit: str | None, zone: ZoneInfo) -> str:
    first = falls[0]
    when = _clock(first.until, zone)
    said = f"from {_value(first.high, unit)} to {_value(first.low, unit)} at {when}: {_TAKEN_FOR[first.what.reason]}"
    more = len(falls) - 1
    return f"{len(falls)} times, first {said}" if more else said


def _unknown(named: Iterable[tuple[Point, PointPast]], asked: Asked) -> list[str]:
    """Where readings tell of a part of the window only."""
    hours = (asked.end - asked.window.start).total_seconds() / 3600
    lacking = [
        (point.name, sum(cell.known_h or 0.0 for cell in known.cells))
        for point, known in named
        if all(cell.known_h is not None for cell in known.cells)
    ]
    lacking = [(name, known) for name, known in lacking if known < _ENOUGH * hours]
    if not lacking:
        return []
    least = min(known for _, known in lacking)
    names = _listed([name for name, _ in lacking])
    return [f"Of {names} {least:.3g} of {hours:.3g} h are known; the rest has no readings."]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return f"{', '.join(names[:_SHOWN])} and {more} more" if more > 0 else " and ".join(names)


def _value(value: float, unit: str | None) -> str:
    return f"{value:,.6g} {unit or ''}".strip()


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y %H:%M}"
