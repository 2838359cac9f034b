"""Points as they were known at a moment: the graph keeps the newest value alone, history all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from graph_schema.condition import Limits, is_too_old, level_of
from graph_schema.model import Status
from graph_schema.store.graph import Row
from ingestion.history.history import History

_NOW_ONLY = ("value", "text", "at", "status_since", "quality_kinds", "quality_issues")


async def points_at(history: History, rows: Sequence[Row], moment: datetime) -> list[Row]:
    """Rows of points (``source``, ``value``, ``text``, ``at`` in epoch milliseconds, ``status``, limits) as of a moment, judged by the
    limits of now. What was wrong with their data and since when is not kept."""
    sources = sorted({row["source"] for row in rows if row["source"]})
    found = {row["source"]: row for row in await history.last_seen(sources, moment)} if sources else {}
    return [_at(row, found.get(row["source"]), moment) for row in rows]


def _at(row: Row, reading: Mapping[str, Any] | None, moment: datetime) -> Row:
    then: dict[str, Any] = {**row, **{key: None for key in _NOW_ONLY if key in row}, "status": "unknown"}
    if reading is None or reading["at"] > moment:
        return then
    at: datetime = reading["at"]
    then |= {"value": reading["value"], "text": reading["text"], "at": round(1000 * at.timestamp())}
    return {**then, "status": _status(row, reading["value"], (moment - at).total_seconds())}


def _status(row: Row, value: float | None, age_s: float) -> Status:
    if is_too_old(age_s, row["stale_after_s"]):
        return "stale"
    return level_of(value, Limits(row["low"], row["high"]))
