"""What is ahead of a thing, as the graph keeps it: one ``Forecast`` node for each, replaced by every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from forecasting.anomalies.verdict import State
from graph_schema.statements import statements
from graph_schema.store import GraphStore, Row

_CYPHER = statements("forecasting", "outlook.cypher")

_TIMES = ("expected_at", "earliest_at", "latest_at", "made_at", "since")
_LISTS = ("reasons", "points", "unknown")

Certainty = Literal["possible", "likely", "certain"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """``probability`` that the thing leaves its limits within ``horizon_days``; None where that cannot be told.

    ``expected_at`` is the median of when, ``earliest_at`` and ``latest_at`` hold 80% of it. ``mode`` and ``advice`` are the failure mode
    that the signs point to and what to do. ``reasons`` are sentences, the weightiest first, ``points`` what they speak of. ``since`` is when
    the signs began, ``certainty`` how sure it is that something is wrong; both are None of what is not flagged. ``unknown`` says of what
    it cannot be told, and why.
    """

    asset: str
    state: State
    probability: float | None
    horizon_days: int
    expected_at: datetime | None
    earliest_at: datetime | None
    latest_at: datetime | None
    mode: str | None
    advice: str | None
    reasons: tuple[str, ...]
    points: tuple[str, ...]
    model: str
    made_at: datetime
    since: datetime | None = None
    certainty: Certainty | None = None
    unknown: tuple[str, ...] = ()


async def put_outlooks(graph: GraphStore, outlooks: Sequence[Outlook]) -> None:
    """Replace what was said of these things."""
    await graph.write(_CYPHER["put"], rows=[_row(one) for one in outlooks])


async def drop_outlooks(graph: GraphStore, before: datetime) -> None:
    """Forget those made before: their things are gone, or no longer measured."""
    await graph.write(_CYPHER["drop_others"], before=_ms(before))


async def read_outlooks(graph: GraphStore) -> list[Outlook]:
    """All there are, by the thing's id."""
    return [_outlook(row) for row in await graph.read(_CYPHER["all"])]


def statement() -> str:
    """What ``read_outlooks`` asks the graph, as evidence."""
    return _CYPHER["all"]


def _row(outlook: Outlook) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(outlook, name) for name in Outlook.__slots__}
    for name in _TIMES:
        row[name] = _ms(row[name]) if row[name] is not None else None
    return {**row, **{name: list(row[name]) for name in _LISTS}}


def _outlook(row: Row) -> Outlook:
    for name in _TIMES:
        row[name] = datetime.fromtimestamp(row[name] / 1000, UTC) if row[name] is not None else None
    for name in _LISTS:
        row[name] = tuple(row[name] or ())
    return Outlook(**row)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
