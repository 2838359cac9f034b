"""What is ahead of an asset, as the graph keeps it: one ``Forecast`` node for each, replaced by every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from forecasting.anomalies.verdict import State
from forecasting.node_records import milliseconds, properties_of, record_of
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore

_CYPHER = statements("forecasting", "outlook.cypher")

_TIMES = ("expected_at", "earliest_at", "latest_at", "made_at", "since")
_LISTS = ("reasons", "points", "unknown")

Certainty = Literal["possible", "likely", "certain"]


HORIZON_DAYS = 30
"""How far ahead it is told what is going to fail."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """``probability`` that the asset leaves its limits within ``horizon_days``; None where that cannot be told.

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
    """Replace what was said of these assets."""
    await graph.write(_CYPHER["put"], rows=[properties_of(one) for one in outlooks])


async def drop_outlooks(graph: GraphStore, before: datetime) -> None:
    """Forget those made before: their assets are gone, or no longer measured."""
    await graph.write(_CYPHER["drop_others"], before=milliseconds(before))


async def read_outlooks(graph: GraphStore, assets: Sequence[str] | None = None) -> list[Outlook]:
    """Of these assets or all there are, by the asset's id."""
    text = f"{_CYPHER['all' if assets is None else 'some']}\n{_CYPHER['told']}"
    return [
        record_of(Outlook, row, times=_TIMES, lists=_LISTS) for row in await graph.read(text, ids=list(assets or ()))
    ]


async def read_flagged(graph: GraphStore) -> list[Outlook]:
    """Of the assets with which something is wrong or ahead, by their ids."""
    rows = await graph.read(f"{_CYPHER['flagged']}\n{_CYPHER['told']}")
    return [record_of(Outlook, row, times=_TIMES, lists=_LISTS) for row in rows]


async def read_outlooks_of(graph: GraphStore, assets: Sequence[str]) -> list[Outlook]:
    """Those of these assets, by the asset's id."""
    rows = await graph.read(_CYPHER["of"], ids=list(assets)) if assets else []
    found = [record_of(Outlook, {**row["told"], "asset": row["asset"]}, times=_TIMES, lists=_LISTS) for row in rows]
    return sorted(found, key=lambda one: one.asset)


def statement() -> str:
    """What ``read_outlooks`` asks the graph, as evidence."""
    return f"{_CYPHER['all']}\n{_CYPHER['told']}"
