"""Reads what is judged: points from the graph, their past from history and its rollups, and what was rejected."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.history.segments import Piece, parameters, pieces, segments
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.quality.series import Past, Record, Sensor

_HOURS, _DAYS = timedelta(days=14), timedelta(days=29)
_NEWEST = (200, 2000)
_IN_ALL = 100_000
_EMPTY = np.empty(0)
_COLUMNS = ("start", "samples", "mean", "low", "high", "first", "last")


async def read_sensors(graph: GraphStore) -> list[Sensor]:
    """All points that telemetry is addressed to."""
    (found,) = await graph.read(_CYPHER["sensors"])
    return [_sensor(row) for row in found["rows"]]


async def read_clocks(graph: GraphStore) -> dict[str, float]:
    """Seconds by which the clocks of devices are ahead, by the device's name; only of those that are wrong."""
    return {row["id"].removeprefix("device:"): row["ahead_s"] for row in await graph.read(_CYPHER["clocks"])}


async def read_records(
    history: History, sensors: Sequence[Sensor], now: datetime, window: timedelta, clocks: Mapping[str, float]
) -> list[Record]:
    """What history has of these points until ``now``, and of what clocks that run ahead said beyond."""
    if not sensors:
        return []
    sources = sorted({sensor.source for sensor in sensors})
    fine = _floor(now - window, timedelta(hours=1))
    hours = _floor(min(now - _HOURS, fine), timedelta(days=1))
    given = {**parameters(sources, _pieces(hours - (_DAYS - _HOURS), hours, fine, now)), "fine": fine, "hours": hours}
    pasts = {row["source"]: row for row in await history.fetch(segments() + _SQL["buckets"], given)}
    most = min(max(_IN_ALL // len(sources), _NEWEST[0]), _NEWEST[1])
    newest_of = {"sources": sources, "since": now - max(window, timedelta(days=3)), "most": most}
    newest = {row["source"]: row for row in await history.fetch(_SQL["newest"], newest_of)}
    rejected = await DeadLetters(history).suspected(now - window)
    return [_record(sensor, pasts, newest, rejected, clocks) for sensor in sensors]


_SQL = statements("ingestion.quality", "quality.sql")
_CYPHER = statements("ingestion.quality", "quality.cypher")


def _pieces(days: datetime, hours: datetime, fine: datetime, now: datetime) -> list[Piece]:
    return [*pieces(days, hours), *pieces(hours, fine, 3600), *pieces(fine, now + timedelta(microseconds=1), 900)]


def _floor(moment: datetime, width: timedelta) -> datetime:
    return moment - (moment - datetime(1970, 1, 1, tzinfo=UTC)) % width


def _sensor(row: Sequence[Any]) -> Sensor:
    id_, name, source, quantity, unit, stale_after_s, owners = row
    owner, class_ = min(owners, key=lambda one: one[0], default=(None, None))
    like = (quantity, unit or "", class_) if class_ and quantity else ()
    return Sensor(id_, name or id_, source, quantity, unit, owner, like, stale_after_s)


def _record(
    sensor: Sensor,
    pasts: Mapping[str, Mapping[str, Any]],
    newest: Mapping[str, Mapping[str, Any]],
    rejected: Mapping[str, tuple[int, str]],
    clocks: Mapping[str, float],
) -> Record:
    past, recent = pasts.get(sensor.source), newest.get(sensor.source)
    times, objection = rejected.get(sensor.source, (0, ""))
    return Record(
        sensor,
        np.asarray(recent["at"]) if recent else _EMPTY,
        np.asarray(recent["value"]) if recent else _EMPTY,
        Past(*(np.asarray(past[name]) if past else _EMPTY for name in _COLUMNS)),
        clocks.get(sensor.source.partition("/")[0], 0.0),
        times,
        objection,
    )
