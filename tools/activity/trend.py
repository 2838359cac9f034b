"""Where values went over a window: from its first quarter to its last, against how much they vary anyway."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from math import hypot, sqrt

from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from ingestion.history.history import History
from tools.query.history_aggregates import Asked, Cell
from tools.query.point_past import Known, known
from tools.query.points import Point
from tools.results.jobs.asset_status import Trend

_QUARTERS = 4
_ROUND_S = 900
_SLIGHT = 0.005
"""Of the value: a smaller difference is none, however quiet the point is."""


def trend_of(first: float, last: float, noise: float) -> Trend:
    """Of the means of the first and the last quarter; ``noise`` is the standard deviation within them."""
    difference = last - first
    if abs(difference) <= max(noise, _SLIGHT * max(abs(first), abs(last))):
        return "steady"
    return "rising" if difference > 0 else "falling"


async def trends(
    history: History, ontology: Ontology, points: Sequence[Point], window: Window, now: datetime
) -> tuple[Mapping[str, Trend], Sequence[str]]:
    """By point's id, of gauges with readings in both quarters; and the statements that gave them."""
    gauges = [point for point in points if point.source and _is_gauge(ontology, point)]
    if not gauges:
        return {}, []
    asked = Asked("mean", window, _quarters(window, now), now)
    means, deviations = await asyncio.gather(
        known(history, ontology, gauges, asked), known(history, ontology, gauges, replace(asked, aggregate="stddev"))
    )
    found: dict[str, Trend | None] = {
        point.id: _trend(_cells(means, point), _cells(deviations, point)) for point in gauges
    }
    told: dict[str, Trend] = {id_: trend for id_, trend in found.items() if trend is not None}
    return told, [*means.statements, *deviations.statements]


def _is_gauge(ontology: Ontology, point: Point) -> bool:
    return (point.series_kind or ontology.series_kind(point.quantity)) == "gauge"


def _quarters(window: Window, now: datetime) -> list[datetime]:
    """Where each begins: on whole quarters of an hour, which are summed up already."""
    begin, end = window.start.timestamp(), min(window.end, now).timestamp()
    step = (end - begin) / _QUARTERS
    grid = _ROUND_S if step > 4 * _ROUND_S else 1
    starts = [begin, *((begin + step * place) // grid * grid for place in range(1, _QUARTERS))]
    return [datetime.fromtimestamp(one, UTC) for one in starts]


def _cells(past: Known, point: Point) -> Mapping[int, Cell]:
    return {cell.bucket: cell for cell in past.of[point.source or ""].cells if cell.value is not None}


def _trend(means: Mapping[int, Cell], deviations: Mapping[int, Cell]) -> Trend | None:
    if not {1, _QUARTERS} <= means.keys():
        return None
    first, last = (means[place].value or 0.0 for place in (1, _QUARTERS))
    spread = [deviations[place].value or 0.0 if place in deviations else 0.0 for place in (1, _QUARTERS)]
    return trend_of(first, last, hypot(*spread) / sqrt(len(spread)))
