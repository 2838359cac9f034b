"""What is reached along the supply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import CLASS, NAME, Column, Table, TableRow, record
from tools.sentences.summary import Count, Kinds, Summary

Direction = Literal["upstream", "downstream", "loses_service", "path"]


class Connected(Value):
    entity: EntityRef
    hops: int
    via: str | None = Field(default=None, description="name of the neighbour it is reached through")
    alternatives: list[EntityRef] = Field(default=[], description="for loses_service: what still supplies it")


class Connections(ToolResult):
    """For ``loses_service``, ``connected`` are those left with no other supply and ``backed_up`` those that keep one."""

    asset: EntityRef
    direction: Direction
    total: int
    connected: list[Connected]
    backed_up: list[Connected] = []
    by_class: dict[str, int] = {}

    def summary(self) -> Summary[Direction]:
        total = Count(self.total, "asset")
        return Summary(self.direction, {"asset": self.asset.name, "total": total, "kinds": Kinds(self.by_class)})

    def tables(self) -> Sequence[Table]:
        of = [self.asset.id]
        total = record(self.direction, (NAME, self.asset.name), (Column("total", "count"), self.total), of=of)
        kinds = tuple(TableRow((), (class_, count)) for class_, count in self.by_class.items())
        tables = [
            total,
            Table("by_class", (CLASS, Column("count", "count")), kinds, (self.asset.id,)),
            connected_table(self.direction, self.connected, of, self.total),
            connected_table("backed_up", self.backed_up, of, None),
        ]
        return [one for one in tables if one.rows]

    def subjects(self) -> list[str]:
        return [self.asset.id, *(one.entity.id for one in self.connected)]


def connected_table(name: str, found: Sequence[Connected], of: Sequence[str], total: int | None) -> Table:
    """Assets that are reached from those in ``of``; ``total`` counts them before a limit."""
    columns = (NAME, CLASS, Column("steps", "count"), Column("through", "name"), Column("still_fed_by", "name"))
    rows = tuple(
        TableRow(
            (one.entity.id,),
            (one.entity.name, one.entity.class_, one.hops, one.via, ", ".join(ref.name for ref in one.alternatives) or None),
        )
        for one in found
    )  # fmt: skip
    return Table(name, columns, rows, tuple(of), total)
