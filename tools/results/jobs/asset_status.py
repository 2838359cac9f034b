"""How an asset has been doing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from graph_schema.question import Window
from tools.results.alarms import AlarmSpell, spells_table
from tools.results.assets import EntityRef, PointNow
from tools.results.forecasts import FailureForecast, outlook_table
from tools.results.jobs.orders import OrderTold, orders_table
from tools.results.jobs.runs import AssetRuns, runs_table
from tools.results.result import ToolResult
from tools.results.table import CLASS, NAME, PLACE, STATUS, Column, Table, TableRow, record
from tools.sentences.notation import words
from tools.sentences.summary import Count, Summary

Trend = Literal["rising", "falling", "steady"]


class PointStatus(PointNow):
    """A point of the asset or of a part of it; ``trend`` is over the window, missing where it cannot be told."""

    of: EntityRef
    trend: Trend | None = None


class AssetStatus(ToolResult):
    """``points`` are at most the limit, those beyond their limits first, of ``points_total``; ``beyond`` and ``stale`` count all. ``alarms``
    are the newest of the window, of ``alarms_total``. ``orders`` are the open ones and the last one that was closed. Parts count as well."""

    asset: EntityRef
    window: Window
    points: list[PointStatus]
    points_total: int
    beyond: int
    stale: int
    alarms: list[AlarmSpell]
    alarms_total: int
    alarms_active: int
    forecasts: list[FailureForecast]
    runs: list[AssetRuns]
    orders: list[OrderTold]

    def summary(self) -> Summary[Literal["sound", "beyond", "no_points"]]:
        alarms = Count(self.alarms_total, "alarm")
        if not self.points_total:
            return Summary("no_points", {"asset": self.asset.name, "alarms": alarms})
        said = {"asset": self.asset.name, "points": Count(self.points_total, "point"), "alarms": alarms}
        if not self.beyond:
            return Summary("sound", said)
        return Summary("beyond", {**said, "beyond": self.beyond})

    def tables(self) -> Sequence[Table]:
        of = [self.asset.id]
        itself = record(
            "asset", (NAME, self.asset.name), (CLASS, self.asset.class_), (PLACE, self.asset.place), (STATUS, self.asset.status),
            (Column("points", "count"), self.points_total), (Column("beyond", "count"), self.beyond), (Column("silent", "count"), self.stale),
            of=of, window=self.window,
        )  # fmt: skip
        alarms = record(
            "alarms", (Column("total", "count"), self.alarms_total), (Column("active", "count"), self.alarms_active),
            of=of, window=self.window,
        )  # fmt: skip
        lists = [
            self._points(),
            runs_table(self.runs, self.window),
            spells_table(self.alarms, self.window, of, self.alarms_total),
            outlook_table(self.forecasts),
            orders_table(self.orders),
        ]
        return [itself, alarms, *(one for one in lists if one.rows)]

    def _points(self) -> Table:
        columns = (
            NAME, Column("point", "name"), Column("value", "number"), Column("state", "state"), STATUS, Column("since", "time"),
            Column("trend", "state"), Column("at", "time"), Column("low", "number"), Column("high", "number"), Column("doubts", "text"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (one.of.id, one.id),
                (
                    one.of.name, words(one.quantity), one.value, one.text, one.status, one.since, one.trend, one.at, one.low, one.high,
                    " ".join(one.doubts) or None,
                ),
                one.unit, one.quantity, one.status == "stale",
            )
            for one in self.points
        )  # fmt: skip
        return Table("points", columns, rows, (self.asset.id,), self.points_total, window=self.window)

    def subjects(self) -> list[str]:
        return [self.asset.id]
