"""What shutting an asset costs, and how it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value
from tools.results.analysis.reading import PointReading
from tools.results.assets import EntityRef
from tools.results.connections import Connected, connected_table
from tools.results.result import ToolResult
from tools.results.table import CLASS, NAME, STATUS, Column, Table, TableRow, record
from tools.sentences.summary import Count, Kinds, Summary

Enough = Literal["enough", "too little", "unknown"]
Running = Literal["running", "stopped"]


class Alternative(Value):
    """What goes on supplying assets that the isolated one supplies. Power in kW; None where the plant does not say or measure it."""

    entity: EntityRef
    backs_up: int = Field(description="how many assets it keeps supplied")
    same_class: bool = Field(
        description="whether it is of the isolated asset's class, so that it can take over its load"
    )
    running: Running | None = None
    rated_kw: float | None = None
    load_kw: float | None = None
    spare_kw: float | None = None


class IsolatingDevice(Value):
    """``device`` shuts the feed of ``medium`` between the asset and ``neighbour``; none where the model has none there."""

    device: EntityRef | None = None
    neighbour: EntityRef
    side: Literal["supply", "outlet"]
    medium: str | None = None
    position: float | None = None
    unit: str | None = None
    state: str | None = None
    at: AwareDatetime | None = None


class WatchedPoint(PointReading):
    """A point of something that is affected, with its present value and limits."""

    loses_service: bool


class IsolationPlan(ToolResult):
    """``total`` lose service, ``backed_up_total`` keep another supply. ``capacity`` compares the present load with what the alternatives of its class can take on."""

    asset: EntityRef
    together: list[EntityRef] = Field(default=[], description="shut with it")
    total: int
    loses_service: list[Connected]
    by_class: dict[str, int] = {}
    backed_up_total: int
    backed_up: list[Connected]
    load_kw: float | None = None
    rated_kw: float | None = None
    spare_kw: float | None = Field(
        default=None, description="of the alternatives of its class together, where all is known"
    )
    capacity: Enough
    alternatives: list[Alternative]
    isolating: list[IsolatingDevice] = Field(description="feeds with the device that shuts them")
    without_device: list[IsolatingDevice] = Field(description="feeds on which the model has no isolating device")
    watch: list[WatchedPoint]
    watch_total: int

    def summary(self) -> Summary[Literal["isolated"]]:
        said = {"asset": self.asset.name, "total": Count(self.total, "asset"), "kinds": Kinds(self.by_class)}
        return Summary("isolated", {**said, "backed_up": self.backed_up_total})

    def tables(self) -> Sequence[Table]:
        of = (self.asset.id,)
        itself = record(
            "isolation", (NAME, self.asset.name), (STATUS, self.asset.status),
            (Column("total", "count"), self.total), (Column("backed_up", "count"), self.backed_up_total),
            (Column("load", "number", "kW", "electric_power"), self.load_kw), (Column("rated", "number", "kW"), self.rated_kw),
            (Column("spare", "number", "kW"), self.spare_kw), (Column("capacity", "state"), self.capacity), of=of,
        )  # fmt: skip
        kinds = tuple(TableRow((), (class_, count)) for class_, count in self.by_class.items())
        tables = [
            itself,
            Table("by_class", (CLASS, Column("count", "count")), kinds, of),
            connected_table("loses_service", self.loses_service, of, self.total),
            connected_table("backed_up", self.backed_up, of, self.backed_up_total),
            self._alternatives(),
            _devices("isolating_devices", self.isolating, of),
            _devices("without_isolating_device", self.without_device, of),
            self._watched(),
        ]
        return [one for one in tables if one.rows]

    def _alternatives(self) -> Table:
        columns = (
            NAME, STATUS, Column("state", "state"), Column("backs_up", "count"), Column("rated", "number", "kW"),
            Column("load", "number", "kW", "electric_power"), Column("spare", "number", "kW"), Column("capacity", "state"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (one.entity.id,),
                (
                    one.entity.name, one.entity.status, one.running, one.backs_up, one.rated_kw, one.load_kw,
                    one.spare_kw, "known" if one.spare_kw is not None else "unknown",
                ),
            )
            for one in self.alternatives
        )  # fmt: skip
        return Table("alternatives", columns, rows)

    def _watched(self) -> Table:
        columns = (
            NAME, Column("quantity", "name"), Column("value", "number"), Column("state", "state"), Column("at", "time"), STATUS,
            Column("low", "number"), Column("high", "number"), Column("affected", "state"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (one.asset.id, one.point),
                (
                    one.asset.name, one.quantity.replace("_", " "), one.value, one.text, one.at, one.status, one.low, one.high,
                    "loses service" if one.loses_service else "backed up",
                ),
                one.unit, one.quantity, one.status == "stale",
            )
            for one in self.watch
        )  # fmt: skip
        return Table("watch", columns, rows, (), self.watch_total)

    def subjects(self) -> list[str]:
        return [self.asset.id, *(one.entity.id for one in self.loses_service)]


def _devices(name: str, found: Sequence[IsolatingDevice], of: tuple[str, ...]) -> Table:
    columns = (
        NAME, CLASS, Column("neighbour", "name"), Column("side", "state"), Column("medium", "name"), Column("value", "number"),
        Column("state", "state"), Column("at", "time"),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            (one.device.id if one.device else one.neighbour.id,),
            (
                one.device.name if one.device else None, one.device.class_ if one.device else None, one.neighbour.name, one.side,
                one.medium, one.position, one.state, one.at,
            ),
            one.unit,
        )
        for one in found
    )  # fmt: skip
    return Table(name, columns, rows)
