"""The words of a plant: which classes and quantities it has, and what is called like a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import CLASS, Column, Table, TableRow, assets_table
from tools.sentences.summary import Count, Label, Measured, Names, Sayable, Summary


class KnownClass(Value):
    """``count`` includes the subclasses, as a question about the class does."""

    name: str
    count: int


class KnownQuantity(Value):
    """``points`` measure it or a kind of it. ``classes`` are of the assets that have most of them."""

    name: str
    points: int
    units: list[str] = []
    classes: list[str] = []
    point_class: str | None = None


class Discovered(ToolResult):
    """The nearest first where there is a ``word``, else the most first."""

    word: str | None = None
    classes: list[KnownClass]
    quantities: list[KnownQuantity]
    names: list[EntityRef] = []
    total_classes: int
    total_quantities: int

    def summary(self) -> Summary[Literal["all", "near", "nothing"]]:
        if self.word is None:
            counts = {
                "classes": Count(self.total_classes, "class"),
                "quantities": Count(self.total_quantities, "quantity"),
            }
            return Summary("all", dict(counts))
        named: list[Sayable | str] = [
            *(Label(one.name) for one in self.classes[:2]),
            *(Measured(one.name) for one in self.quantities[:2]),
            *(one.name for one in self.names[:2]),
        ]
        return (
            Summary("near", {"word": self.word, "names": Names(named)})
            if named
            else Summary("nothing", {"word": self.word})
        )

    def tables(self) -> Sequence[Table]:
        classes = tuple(TableRow((), (one.name, one.count)) for one in self.classes)
        columns = (
            Column("quantity", "text"), Column("points", "count"), Column("unit", "text"), Column("of", "text"), CLASS,
        )  # fmt: skip
        quantities = tuple(
            TableRow(
                (), (one.name, one.points, ", ".join(one.units) or None, ", ".join(one.classes) or None, one.point_class or "Point")
            )
            for one in self.quantities
        )  # fmt: skip
        found = [
            Table("classes", (CLASS, Column("count", "count")), classes, total=self.total_classes),
            Table("quantities", columns, quantities, total=self.total_quantities),
        ]
        return [*(one for one in found if one.rows), *([assets_table("names", self.names)] if self.names else [])]

    def subjects(self) -> list[str]:
        return [one.id for one in self.names]
