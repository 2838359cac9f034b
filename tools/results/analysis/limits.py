"""What points may read, and how near to that they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from graph_schema.condition import Side
from graph_schema.question import Window
from tools.results.analysis.reading import PointReading
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow, assets_table, record
from tools.sentences.notation import words
from tools.sentences.summary import Count, Measured, Names, Summary

Rule = Literal["limits", "set point"]


class PointLimits(PointReading):
    """A point beside its limits and its set point. ``beyond`` is the side on which its value has passed them, by ``rule``: its limits, else its set
    point with its ``deadband``. ``margin`` is from the value to the nearest limit, negative beyond it, in the point's unit. Over a window
    ``lowest`` and ``highest`` are judged in place of the value."""

    stale: bool = False
    set_point: float | None = None
    deadband: float | None = None
    rule: Rule | None = None
    beyond: Side | None = None
    margin: float | None = None
    lowest: float | None = None
    highest: float | None = None

    @property
    def limited(self) -> bool:
        return self.low is not None or self.high is not None

    @property
    def judged(self) -> bool:
        """Whether there is a value, and something to compare it with."""
        return self.rule is not None and (self.value is not None or self.highest is not None)


class Limits(ToolResult):
    """``rows`` are at most the limit of ``total``: those beyond first, then those nearest to a limit. ``measuring`` points were looked at, ``limited`` of
    them have limits; ``judged`` could be compared on the ``side`` that was asked about, ``beyond`` of them are beyond. ``missing`` have no such
    point."""

    quantity: str | None = None
    side: Side | None = None
    window: Window | None = None
    rows: list[PointLimits]
    total: int
    measuring: int
    limited: int
    judged: int
    beyond: int = Field(description="how many are beyond their limits or set point")
    without: int = Field(description="how many have no limits")
    undecided: int = Field(description="how many could not be compared")
    missing: list[EntityRef] = []

    def summary(self) -> Summary[Literal["limits", "beyond", "none", "no_sensor"]]:
        if not self.measuring:
            return Summary(
                "no_sensor", {"names": Names([ref.name for ref in self.missing]), "quantity": self._measured}
            )
        if not self.judged and not self.limited:
            return Summary("none", {"points": Count(self.measuring, "point")})
        said = {"points": Count(self.measuring, "point"), "limited": self.limited}
        return Summary("beyond", {**said, "beyond": self.beyond}) if self.beyond else Summary("limits", said)

    @property
    def _measured(self) -> Measured:
        return Measured(self.quantity or "quantity")

    def tables(self) -> Sequence[Table]:
        counts = record(
            "points", (Column("measuring", "count"), self.measuring), (Column("with_limits", "count"), self.limited),
            (Column("without_limits", "count"), self.without), (Column("judged", "count"), self.judged),
            (Column("not_judged", "count"), self.undecided), (Column("beyond", "count"), self.beyond), window=self.window,
        )  # fmt: skip
        columns = (
            NAME, Column("point", "name"), Column("value", "number"), Column("low", "number"), Column("high", "number"),
            Column("set_point", "number"), Column("deadband", "number"), Column("margin", "number"), Column("beyond", "state"),
            Column("lowest", "number"), Column("highest", "number"), Column("at", "time"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                tuple(dict.fromkeys((one.asset.id, one.point))),
                (
                    one.asset.name, words(one.quantity), one.value, one.low, one.high, one.set_point, one.deadband, one.margin, one.beyond,
                    one.lowest, one.highest, one.at,
                ),
                one.unit, one.quantity, one.stale,
            )
            for one in self.rows
        )  # fmt: skip
        found = [Table("limits", columns, rows, (), self.total, window=self.window)] if rows else []
        return [counts, *found, *([assets_table("no_such_point", self.missing)] if self.missing else [])]

    def subjects(self) -> list[str]:
        return list(dict.fromkeys(ref.id for ref in (*(one.asset for one in self.rows), *self.missing)))
