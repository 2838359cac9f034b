"""Signals side by side: charts, and what each line comes to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from graph_schema.question import Value, Window
from tools.results.assets import EntityRef
from tools.results.jobs.asset_status import Trend
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow, assets_table, record
from tools.sentences.summary import Count, Measured, Names, Summary


class PlottedLine(Value):
    """One point over the window; ``unit`` is that of its chart. ``lowest``, ``highest`` and ``mean`` are of the readings, weighted by time;
    ``trend`` is from the first quarter of the window to its last, missing where it cannot be told."""

    entity: EntityRef
    point: str
    quantity: str
    unit: str | None = None
    lowest: float | None = None
    highest: float | None = None
    mean: float | None = None
    trend: Trend | None = None


class Plot(ToolResult):
    """``step_s`` is how long each value of a chart is the mean of. ``no_readings`` have such a point, ``missing`` have none."""

    quantities: list[str]
    window: Window
    step_s: int
    plotted: list[PlottedLine]
    total: int
    no_readings: list[EntityRef] = []
    missing: list[EntityRef] = []

    def summary(self) -> Summary[Literal["plotted", "nothing"]]:
        names = Names([Measured(one) for one in self.quantities])
        if not self.plotted:
            return Summary("nothing", {"quantities": names})
        return Summary("plotted", {"lines": Count(len(self.plotted), "line"), "quantities": names})

    def tables(self) -> Sequence[Table]:
        window = record(
            "window", (Column("from", "time"), self.window.start), (Column("until", "time"), self.window.end)
        )
        columns = (
            NAME, Column("lowest", "number", aggregate="min"), Column("highest", "number", aggregate="max"),
            Column("mean", "number", aggregate="mean"), Column("trend", "state"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (one.entity.id, one.point),
                (one.entity.name, one.lowest, one.highest, one.mean, one.trend),
                one.unit,
                one.quantity,
            )
            for one in self.plotted
        )
        found = [Table("lines", columns, rows, total=self.total, window=self.window)] if rows else []
        without = {"no_readings": self.no_readings, "no_such_point": self.missing}
        return [window, *found, *(assets_table(name, refs) for name, refs in without.items() if refs)]

    def subjects(self) -> list[str]:
        refs = [*(one.entity for one in self.plotted), *self.no_readings, *self.missing]
        return list(dict.fromkeys(ref.id for ref in refs))
