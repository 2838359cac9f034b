"""How two quantities go together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from graph_schema.question import Value, Window
from tools.analysis.relation import LEAST_HOURS
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow, record
from tools.sentences.summary import Measured, Summary


class CorrelatedSeries(Value):
    """One of the two: ``hours`` with a mean, and their mean."""

    entity: EntityRef
    point: str
    quantity: str
    unit: str | None = None
    hours: int
    mean: float | None = None


class Correlation(ToolResult):
    """Over hourly means. ``lag_h``: by how many hours the first follows the other where they go together most, negative where it goes before."""

    first: CorrelatedSeries
    other: CorrelatedSeries
    window: Window
    hours: int = Field(description="common to both")
    pearson: float | None = None
    spearman: float | None = None
    lag_h: int | None = None
    at_lag: float | None = Field(default=None, description="Pearson at that lag")
    lag_hours: int | None = Field(default=None, description="hours common to both at that lag")
    causation: Literal["not shown"] = Field(default="not shown", description="a relation is no cause")

    def summary(self) -> Summary[Literal["too_few", "steady", "related"]]:
        said = {"first": Measured(self.first.quantity), "other": Measured(self.other.quantity), "hours": self.hours}
        if self.pearson is None:
            return Summary("too_few" if self.hours < LEAST_HOURS else "steady", said)
        return Summary("related", {**said, "pearson": f"{self.pearson:+.2f}"})

    def tables(self) -> Sequence[Table]:
        of = tuple(dict.fromkeys([self.first.entity.id, self.first.point, self.other.entity.id, self.other.point]))
        whole = record(
            "correlation", (Column("first", "name"), self.first.entity.name), (Column("other", "name"), self.other.entity.name),
            (Column("hours", "hours", "h"), self.hours), (Column("pearson", "number"), self.pearson), (Column("spearman", "number"), self.spearman),
            (Column("lag", "hours", "h"), self.lag_h), (Column("pearson_at_lag", "number"), self.at_lag), (Column("hours_at_lag", "hours", "h"), self.lag_hours),
            (Column("causation", "state"), self.causation), of=of, window=self.window,
        )  # fmt: skip
        columns = (
            NAME,
            Column("quantity", "name"),
            Column("value", "number", None, None, "mean"),
            Column("hours", "hours", "h"),
        )
        rows = tuple(
            TableRow((one.entity.id, one.point), (one.entity.name, one.quantity.replace("_", " "), one.mean, one.hours), one.unit, one.quantity)
            for one in (self.first, self.other)
        )  # fmt: skip
        return [whole, Table("series", columns, rows, window=self.window)]

    def subjects(self) -> list[str]:
        return list(dict.fromkeys([self.first.entity.id, self.other.entity.id]))
