"""How likely an asset is to fail, as the graph keeps it: one ``FailureForecast`` node for each, replaced by every run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from forecasting.node_records import milliseconds, properties_of, record_of
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore

_CYPHER = statements("forecasting", "failure_forecast.cypher")
_TIMES = ("expected_at", "earliest_at", "latest_at", "made_at")
_LISTS = ("reasons", "life_reasons")


@dataclass(frozen=True, slots=True)
class Failing:
    """``probability`` of a failure within ``horizon_days``, ``usual`` that of its kind; both None where ``unknown`` says why.

    ``expected_at`` is when half of those like it have failed, one in ten before ``earliest_at``, nine in ten before ``latest_at``; None
    where that is more than ten years away or not known. ``life_days`` are left by the model of remaining life, where there is one, with
    90% between ``life_low`` and ``life_high``. Reasons are sentences, the weightiest first; models are named with their version.
    """

    asset: str
    horizon_days: int
    made_at: datetime
    probability: float | None = None
    usual: float | None = None
    expected_at: datetime | None = None
    earliest_at: datetime | None = None
    latest_at: datetime | None = None
    reasons: tuple[str, ...] = ()
    model: str | None = None
    unknown: str | None = None
    life_days: float | None = None
    life_low: float | None = None
    life_high: float | None = None
    life_reasons: tuple[str, ...] = ()
    life_model: str | None = None


async def put_failing(graph: GraphStore, found: Sequence[Failing]) -> None:
    """Replace what was said of these assets."""
    if found:
        await graph.write(_CYPHER["put"], rows=[{"asset": one.asset, "told": properties_of(one)} for one in found])


async def drop_failing(graph: GraphStore, before: datetime) -> None:
    """Forget those made before."""
    await graph.write(_CYPHER["drop_others"], before=milliseconds(before))


async def read_failing(graph: GraphStore, assets: Sequence[str] | None = None) -> list[Failing]:
    """Of these assets or all there are, by the asset's id."""
    text = f"{_CYPHER['all' if assets is None else 'some']}\n{_CYPHER['told']}"
    rows = await graph.read(text, ids=list(assets or ()))
    return [record_of(Failing, row["told"], times=_TIMES, lists=_LISTS) for row in rows]


def statement() -> str:
    """What ``read_failing`` asks the graph, as evidence."""
    return f"{_CYPHER['all']}\n{_CYPHER['told']}"
