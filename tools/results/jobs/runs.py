"""When equipment ran."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value, Window
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow, assets_table, record
from tools.sentences.summary import Amount, Count, Names, Summary, Term


class AssetRuns(Value):
    """``hours`` of the window in the state, ``longest_h`` the longest time at a stretch. ``state`` is the present one, and missing where the
    newest reading is too old; ``since`` is when it came to it, ``at_least_since`` where that was before what is read."""

    asset: EntityRef
    point: str
    quantity: str
    unit: str | None = Field(default=None, description="of the values that a comparison is about")
    starts: int | None = None
    stops: int | None = None
    hours: float | None = None
    percent: float | None = Field(default=None, description="of the window, as far as it has come")
    known_h: float | None = Field(default=None, description="hours of the window that readings say anything about")
    longest_h: float | None = None
    longest_from: AwareDatetime | None = None
    first_from: AwareDatetime | None = Field(default=None, description="when it first came to the state in the window")
    state: str | None = None
    in_state: bool | None = None
    since: AwareDatetime | None = None
    at_least_since: AwareDatetime | None = None


class Runs(ToolResult):
    """``rows`` are at most the limit, those with the most hours first; ``total`` counts all with such a point. ``missing`` have none,
    ``no_data`` have no reading."""

    window: Window
    state: str
    rows: list[AssetRuns]
    total: int
    running: int | None = Field(
        default=None, description="how many are in the state now; None of a window that is over"
    )
    missing: list[EntityRef] = []
    no_data: list[EntityRef] = []

    @property
    def is_unrecorded(self) -> bool:
        return not self.rows

    def summary(self) -> Summary[Literal["one", "several", "no_readings", "no_such_point"]]:
        if len(self.rows) == 1:
            row = self.rows[0]
            said = {"asset": row.asset.name, "hours": Amount(row.hours, None, "h"), "state": Term(self.state)}
            return Summary("one", {**said, "starts": Count(row.starts or 0, "start")})
        if self.rows:
            hours = Amount(sum(row.hours or 0.0 for row in self.rows), None, "h")
            return Summary("several", {"assets": Count(self.total, "asset"), "hours": hours, "state": Term(self.state)})
        if self.no_data:
            return Summary("no_readings", {"names": Names([ref.name for ref in self.no_data])})
        return Summary("no_such_point", {"names": Names([ref.name for ref in self.missing])})

    def tables(self) -> Sequence[Table]:
        counts = record(
            "runs", (Column("total", "count"), self.total),
            *([] if self.running is None else [(Column("running" if self.state == "on" else "in_state", "count"), self.running)]),
            window=self.window,
        )  # fmt: skip
        found = [runs_table(self.rows, self.window, self.total)] if self.rows else []
        without = {"no_readings": self.no_data, "no_such_point": self.missing}
        return [counts, *found, *(assets_table(name, refs) for name, refs in without.items() if refs)]

    def subjects(self) -> list[str]:
        return [*(row.asset.id for row in self.rows), *(ref.id for ref in (*self.no_data, *self.missing))]


def runs_table(found: Sequence[AssetRuns], window: Window, total: int | None = None) -> Table:
    """A row for each that runs, or ran."""
    columns = (
        NAME, Column("hours", "hours", "h"), Column("share", "percent"), Column("starts", "count"), Column("stops", "count"),
        Column("state", "state"), Column("since", "time"), Column("at_least_since", "time"), Column("longest_h", "hours", "h"),
        Column("longest_from", "time"), Column("first_from", "time"), Column("known_h", "hours", "h"),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            (row.asset.id, row.point),
            (
                row.asset.name, row.hours, row.percent, row.starts, row.stops, row.state, row.since, row.at_least_since,
                row.longest_h, row.longest_from, row.first_from, row.known_h,
            ),
            None, row.quantity,
        )
        for row in found
    )  # fmt: skip
    return Table("running", columns, rows, (), total, window=window)
