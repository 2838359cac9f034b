"""Assets, places and points: found, described, shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from graph_schema.model import Kind, Status
from graph_schema.question import AssetQuery, Value
from tools.results.result import StaleReading, ToolResult
from tools.sentences.notation import class_label
from tools.sentences.summary import NAMED, Count, Names, Summary


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


class FoundAssets(ToolResult):
    """``total`` counts all; ``assets`` lists at most the limit. ``related`` is ordered by its count when that was asked."""

    free_text: ClassVar[frozenset[str]] = frozenset({"value"})

    total: int
    assets: list[EntityRef]
    groups: list[Group] | None = None
    related: list[RelatedCount] | None = None
    query: AssetQuery

    def summary(self) -> Summary[Literal["found", "named", "related"]]:
        total = Count(self.total, self.query.class_ or "asset")
        if self.related:
            first = self.related[0]
            return Summary("related", {"total": total, "first": first.entity.name, "count": first.count})
        if 0 < self.total <= NAMED and self.assets:
            return Summary("named", {"total": total, "names": Names([ref.name for ref in self.assets])})
        return Summary("found", {"total": total})

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
    free_text: ClassVar[frozenset[str]] = frozenset({"definition", "maintenance", "advice", "text", "doubts"})

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
        said = {"asset": self.asset.name, "class": class_label(self.asset.class_), "points": points}
        if not self.located_in:
            return Summary("unplaced", said)
        return Summary("placed", {**said, "place": self.located_in[0].name})

    def subjects(self) -> list[str]:
        return [self.asset.id]

    def stale(self) -> Iterator[StaleReading]:
        for point in self.points:
            if point.status == "stale":
                yield StaleReading(self.asset.name, point.quantity, point.value, point.text)


class Highlighted(ToolResult):
    only_shows: ClassVar[bool] = True

    assets: list[EntityRef]

    def summary(self) -> Summary[Literal["highlighted"]]:
        return Summary("highlighted", {"assets": Count(len(self.assets), "asset")})

    def subjects(self) -> list[str]:
        return [ref.id for ref in self.assets]
