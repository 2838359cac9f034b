"""Assets, places and points: found, described, shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from graph_schema.model import Kind, Status
from graph_schema.question import AssetQuery, Value
from tools.results.result import ToolResult
from tools.results.table import CLASS, NAME, PLACE, STATUS, Column, Table, TableRow, assets_table, record
from tools.sentences.notation import words
from tools.sentences.summary import NAMED, Count, Label, Names, Summary


class EntityRef(Value):
    id: str
    name: str
    kind: Kind
    class_: str | None = Field(default=None, alias="class")
    place: str | None = Field(default=None, description="name of the room, floor or building it is in")
    status: Status | None = None


class Group(Value):
    """One group of a grouped count: the key (a class, a floor's or parent's name) and how many."""

    key: str
    count: int
    entity: EntityRef | None = None


class RelatedCount(Value):
    entity: EntityRef
    count: int


class AssetColumn(Value):
    """One more fact of each asset that is listed, in their order; a quantity's cells are newest values."""

    key: str
    kind: Literal["number", "state", "name", "text"]
    unit: str | None = None
    quantity: str | None = None
    cells: Sequence[float | str | None]


class FoundAssets(ToolResult):
    """``total`` counts all; ``assets`` lists at most the limit. ``related`` is ordered by its count when that was asked.

    ``columns`` belong to the assets that are listed; ``stale`` are the ids of those with a value that is not current.
    """

    total: int
    assets: list[EntityRef]
    groups: list[Group] | None = None
    related: list[RelatedCount] | None = None
    columns: list[AssetColumn] = []
    stale: list[str] = []
    query: AssetQuery
    all_ids: list[str] = Field(default=[], exclude=True, description="of all that were found, whatever the limit")

    def summary(self) -> Summary[Literal["found", "named", "related"]]:
        total = Count(self.total, self.query.class_ or "asset")
        if self.related:
            first = self.related[0]
            return Summary("related", {"total": total, "first": first.entity.name, "count": first.count})
        if 0 < self.total <= NAMED and self.assets:
            return Summary("named", {"total": total, "names": Names([ref.name for ref in self.assets])})
        return Summary("found", {"total": total})

    def found(self) -> list[str]:
        return self.all_ids or self.subjects()

    def tables(self) -> Sequence[Table]:
        total = record("found", (Column("total", "count"), self.total), query=self.query)
        if self.groups is not None:
            return [total, self._grouped(self.groups)]
        if self.related:
            rows = tuple(TableRow((one.entity.id,), (one.entity.name, one.count)) for one in self.related)
            return [total, Table("related", (NAME, Column("count", "count")), rows, (), self.total, self.query)]
        listed = assets_table("assets", self.assets, total=self.total, query=self.query)
        return [total, self._with_columns(listed) if self.columns else listed]

    def _with_columns(self, listed: Table) -> Table:
        more = tuple(
            Column(one.key, one.kind, one.unit, one.quantity, "latest" if one.quantity else None)
            for one in self.columns
        )
        rows = tuple(
            replace(
                row,
                cells=(*row.cells, *(one.cells[index] for one in self.columns)),
                stale=row.of[0] in self.stale,
            )
            for index, row in enumerate(listed.rows)
        )
        return replace(listed, columns=(*listed.columns, *more), rows=rows)

    def _grouped(self, groups: Sequence[Group]) -> Table:
        rows = tuple(TableRow((one.entity.id,) if one.entity else (), (one.key, one.count)) for one in groups)
        return Table("groups", (Column("group", "name"), Column("count", "count")), rows, query=self.query)

    def subjects(self) -> list[str]:
        if self.related:
            return [one.entity.id for one in self.related if one.count == self.related[0].count]
        return [ref.id for ref in self.assets]


class PointNow(Value):
    id: str
    name: str
    quantity: str
    unit: str | None = None
    value: float | None = None
    text: str | None = None
    at: AwareDatetime | None = None
    age_s: float | None = None
    status: Status = "unknown"
    since: AwareDatetime | None = Field(default=None, description="since when it has this status, where that is known")
    low: float | None = None
    high: float | None = None
    doubts: list[str] = Field(default=[], description="why its readings cannot be trusted")


class FailureMode(Value):
    """An ISO 14224-style failure mode of a class of equipment and the quantities that reveal it."""

    code: str
    name: str
    revealed_by: list[str] = []
    advice: str | None = None


class AssetDescription(ToolResult):
    asset: EntityRef
    aliases: list[str] = []
    definition: str | None = None
    located_in: list[EntityRef] = Field(default=[], description="innermost place first")
    part_of: list[EntityRef] = []
    parts: list[EntityRef] = []
    fed_by: list[EntityRef] = []
    feeds: list[EntityRef] = []
    points: list[PointNow] = []
    failure_modes: list[FailureMode] = []
    maintenance: list[str] = []

    def summary(self) -> Summary[Literal["placed", "unplaced"]]:
        points = Count(len(self.points), "point")
        said = {"asset": self.asset.name, "class": Label(self.asset.class_), "points": points}
        if not self.located_in:
            return Summary("unplaced", said)
        return Summary("placed", {**said, "place": self.located_in[0].name})

    def tables(self) -> Sequence[Table]:
        asset = self.asset
        itself = record(
            "asset", (NAME, asset.name), (CLASS, asset.class_), (PLACE, asset.place), (STATUS, asset.status),
            (Column("also_called", "text"), ", ".join(self.aliases) or None), (Column("definition", "text"), self.definition),
            of=[asset.id],
        )  # fmt: skip
        relations = {
            "located_in": self.located_in, "part_of": self.part_of, "parts": self.parts, "fed_by": self.fed_by, "feeds": self.feeds,
        }  # fmt: skip
        related = [assets_table(name, refs, of=[asset.id]) for name, refs in relations.items() if refs]
        return [itself, *related, *([self._points()] if self.points else []), *self._library()]

    def _points(self) -> Table:
        columns = (
            Column("point", "name"), Column("value", "number"), Column("state", "state"), STATUS, Column("since", "time"), Column("at", "time"),
            Column("low", "number"), Column("high", "number"), Column("doubts", "text"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (self.asset.id, one.id),
                (words(one.quantity), one.value, one.text, one.status, one.since, one.at, one.low, one.high, " ".join(one.doubts) or None),
                one.unit, one.quantity, one.status == "stale",
            )
            for one in self.points
        )  # fmt: skip
        return Table("points", columns, rows, (self.asset.id,))

    def _library(self) -> list[Table]:
        """What is typical of its class."""
        modes = tuple(
            TableRow((self.asset.id,), (one.name, ", ".join(map(words, one.revealed_by)) or None, one.advice))
            for one in self.failure_modes
        )
        tasks = tuple(TableRow((self.asset.id,), (one,)) for one in self.maintenance)
        columns = (Column("mode", "text"), Column("revealed_by", "text"), Column("advice", "text"))
        found = [
            Table("failure_modes", columns, modes, (self.asset.id,)),
            Table("maintenance", (Column("task", "text"),), tasks, (self.asset.id,)),
        ]
        return [one for one in found if one.rows]

    def subjects(self) -> list[str]:
        return [self.asset.id]


class Highlighted(ToolResult):
    only_shows: ClassVar[bool] = True

    assets: list[EntityRef]

    def summary(self) -> Summary[Literal["highlighted"]]:
        return Summary("highlighted", {"assets": Count(len(self.assets), "asset")})

    def tables(self) -> Sequence[Table]:
        return [assets_table("highlighted", self.assets)]

    def subjects(self) -> list[str]:
        return [ref.id for ref in self.assets]
