"""Alarms as the record has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.condition import Level
from graph_schema.question import Value, Window
from tools.results.table import NAME, Column, Table, TableRow


class AlarmSpell(Value):
    """One time that a point was beyond its limits; open while ``cleared_at`` is missing. ``minutes`` are to its end or to now."""

    point: str
    assets: list[str] = Field(default=[], description="whose point it is")
    name: str
    level: Level = Field(description="the worst it came to")
    raised_at: AwareDatetime
    cleared_at: AwareDatetime | None = None
    minutes: float
    value: float | None = Field(default=None, description="when it was raised")
    worst: float | None = None
    limit: float | None = None
    side: Literal["high", "low"] | None = None
    unit: str | None = None
    reason: str | None = Field(default=None, description="why it was closed, where not by its value")


def spells_table(
    spells: Sequence[AlarmSpell], window: Window, of: Sequence[str] = (), total: int | None = None
) -> Table:
    """A row for each time; ``of`` are the ids of the asset that was asked about."""
    columns = (
        NAME, Column("level", "state"), Column("raised", "time"), Column("cleared", "time"), Column("lasted", "count", "min"),
        Column("value", "number"), Column("worst", "number"), Column("limit", "number"), Column("side", "state"), Column("reason", "text"),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            tuple(dict.fromkeys([*of, *one.assets, one.point])),
            (one.name, one.level, one.raised_at, one.cleared_at, one.minutes, one.value, one.worst, one.limit, one.side, one.reason),
            one.unit,
        )
        for one in spells
    )  # fmt: skip
    return Table("spells", columns, rows, tuple(of), total, window=window)
