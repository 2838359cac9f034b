"""The points of assets as they are now: value, status, limits, and what speaks against trusting them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from graph_schema.condition import Side, is_too_old, passed
from graph_schema.model import Status
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.units import convert
from ingestion.decoding.values import switch_in
from tools.activity.run_status import RUN_STATUSES
from tools.query.points import moment

_CYPHER = statements("tools.analysis", "point_states.cypher")
STATEMENT = _CYPHER["points"]
_POWERS = ("electric_power", "active_power")


@dataclass(frozen=True, slots=True)
class PointState:
    """``doubts`` are pairs of kind and sentence of what is wrong with its data, since ``doubted_since``. Moments are aware."""

    asset: str
    id: str
    name: str
    quantity: str
    unit: str | None = None
    source: str | None = None
    value: float | None = None
    text: str | None = None
    at: datetime | None = None
    status: Status = "unknown"
    since: datetime | None = None
    low: float | None = None
    high: float | None = None
    deadband: float | None = None
    stale_after_s: float | None = None
    doubts: tuple[tuple[str, str], ...] = ()
    doubted_since: datetime | None = None

    def is_silent(self, now: datetime) -> bool:
        """Whether its newest reading is too old to go by."""
        if self.at is None:
            return False
        return self.status == "stale" or is_too_old((now - self.at).total_seconds(), self.stale_after_s)

    def is_current(self, now: datetime) -> bool:
        return self.at is not None and not self.is_silent(now)

    @property
    def beyond(self) -> tuple[Side, float] | None:
        """The limit that its value has passed, where its status says that this counts."""
        return passed(self.value, self.low, self.high) if self.status in ("alarm", "warning") else None

    @property
    def runs(self) -> bool | None:
        """What a running status says: True running, False stopped; None of anything else."""
        if not self.quantity.endswith(RUN_STATUSES):
            return None
        if self.text is not None:
            return switch_in(self.text)
        return None if self.value is None or self.unit else self.value > 0

    @property
    def kilowatts(self) -> float | None:
        """Its electric power, where that is what it measures; without a unit it is taken to be in kW."""
        if self.quantity not in _POWERS or self.value is None:
            return None
        return convert(self.value, self.unit or "kW", "kW")


async def read_states(graph: GraphStore, ids: Iterable[str]) -> Mapping[str, list[PointState]]:
    """By asset, in the order of their quantities. A point that is named itself is its own."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, list[PointState]] = {id_: [] for id_ in wanted}
    (row,) = await graph.read(STATEMENT, ids=wanted)
    for values in row["rows"]:
        point = _state(values)
        found[point.asset].append(point)
    return {id_: sorted(some, key=lambda one: (one.quantity, one.name, one.id)) for id_, some in found.items()}


async def read_rated(graph: GraphStore, ids: Sequence[str]) -> Mapping[str, float]:
    """Rated power in kW, of the assets that state it."""
    rows = await graph.read(_CYPHER["rated"], ids=list(ids)) if ids else []
    return {row["id"]: float(row["kw"]) for row in rows}


def load_of(points: Iterable[PointState], now: datetime) -> float | None:
    """Present electric power in kW; None where nothing current measures it."""
    return next((kw for one in points if one.is_current(now) and (kw := one.kilowatts) is not None), None)


def _state(values: Sequence[Any]) -> PointState:
    asset, id_, name, quantity, unit, source, value, text, at, status, since, low, high, deadband, stale, kinds, issues, doubted = values  # fmt: skip
    return PointState(
        asset, id_, name or id_, quantity or "unknown", unit, source, value, text, _moment(at), cast(Status, status or "unknown"),
        _moment(since), low, high, deadband, stale, tuple(zip(kinds or (), issues or (), strict=False)), _moment(doubted),
    )  # fmt: skip


def _moment(at: int | None) -> datetime | None:
    return None if at is None else moment(at)
