"""The resources as they are told: what the stores keep, in the words of the trade."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, RootModel

from graph_schema.condition import Level, Side
from graph_schema.model import Kind, Status
from ingestion.orders.order import WorkOrder


class Asset(BaseModel):
    """A piece of equipment, or a place."""

    id: str
    name: str
    kind: Kind
    class_: str | None = Field(default=None, alias="class", description="its Brick class")
    place: str | None = None
    status: Status | None = None

    model_config = ConfigDict(populate_by_name=True)


class Point(BaseModel):
    """A point with its newest value. ``assets`` are the ids of those whose point it is; ``doubts`` say why its readings cannot be trusted."""

    id: str
    name: str
    quantity: str
    assets: list[str]
    unit: str | None = None
    value: float | None = None
    text: str | None = None
    at: AwareDatetime | None = None
    status: Status = "unknown"
    since: AwareDatetime | None = None
    low: float | None = None
    high: float | None = None
    doubts: list[str] = []
    source: str | None = Field(default=None, exclude=True)


class Reading(BaseModel):
    """What a point read at a moment: a number or a text."""

    point: str
    at: AwareDatetime
    value: float | None = None
    text: str | None = None
    unit: str | None = None


class Alarm(BaseModel):
    """One time that a point was beyond its limits; open while ``cleared_at`` is null."""

    model_config = ConfigDict(extra="ignore")

    id: int
    point: str
    assets: list[str]
    level: Level
    worst_level: Level
    raised_at: AwareDatetime
    since: AwareDatetime | None = None
    value: float | None = None
    side: Side | None = None
    limit_value: float | None = None
    worst: float | None = None
    worst_at: AwareDatetime | None = None
    cleared_at: AwareDatetime | None = None
    cleared_value: float | None = None
    reason: str | None = None
    acknowledged_at: AwareDatetime | None = None
    acknowledged_by: str | None = None


class Order(RootModel[WorkOrder]):
    """A work order, as the store knows it."""


def point_of(owners: list[str], row: Mapping[str, Any]) -> Point:
    """From a row of the graph, whose times are epoch milliseconds."""
    kinds, issues = row["quality_kinds"] or (), row["quality_issues"] or ()
    return Point(
        id=row["id"],
        name=row["name"],
        quantity=row["quantity"] or "unknown",
        assets=sorted(owners),
        unit=row["unit"],
        value=row["value"],
        text=row["text"],
        at=_moment(row["at"]),
        status=row["status"] or "unknown",
        since=_moment(row["status_since"]),
        low=row["low"],
        high=row["high"],
        doubts=[sentence for kind, sentence in zip(kinds, issues, strict=True) if kind != "silent"],
        source=row["source"],
    )


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
