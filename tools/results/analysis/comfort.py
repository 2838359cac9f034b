"""How comfortable zones were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.condition import Side
from graph_schema.question import Value, Window
from tools.analysis.comfort_band import BandKind
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import NAME, PLACE, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary


class ZoneComfort(Value):
    """Of one sensor: the share of its known hours in the band, and the worst of them. ``low`` and ``high`` are missing where the set point moved."""

    zone: EntityRef
    sensor_of: EntityRef = Field(description="the asset whose sensor it is, such as its VAV box")
    point: str
    percent: float
    hours: int
    band: BandKind
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    mean: float
    worst_away: float | None = Field(default=None, description="how far the worst hour was out of the band")
    worst_value: float | None = None
    worst_at: AwareDatetime | None = None
    side: Side | None = None


class AirQuality(Value):
    """CO₂ or humidity of a zone: mean and highest hour, and the share of hours within its limits where it has any."""

    zone: EntityRef
    point: str
    quantity: str
    mean: float
    highest: float
    highest_at: AwareDatetime
    percent: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None


class ComfortReport(ToolResult):
    """``zones`` are the worst first, at most the limit; ``total`` counts all with readings; ``percent`` is of all their hours."""

    asset: EntityRef | None = None
    window: Window
    percent: float | None
    total: int
    comfortable: int = Field(description="zones that were in their band in every known hour")
    bands: dict[BandKind, int] = Field(description="how many zones were judged by which band")
    zones: list[ZoneComfort]
    air: list[AirQuality]
    air_total: int
    without_readings: list[EntityRef] = []

    def summary(self) -> Summary[Literal["none", "judged"]]:
        of = f"{self.asset.name} " if self.asset else ""
        if self.percent is None:
            return Summary("none", {"of": of})
        worst = self.zones[0]
        said = {
            "of": of,
            "percent": f"{self.percent:.0f}",
            "zones": Count(self.total, "zone"),
            "worst": worst.zone.name,
        }
        return Summary("judged", {**said, "least": f"{worst.percent:.0f}"})

    def tables(self) -> Sequence[Table]:
        of = (self.asset.id,) if self.asset else ()
        whole = record(
            "comfort", (NAME, self.asset.name if self.asset else None), (_WITHIN, self.percent), (Column("total", "count"), self.total),
            (Column("comfortable", "count"), self.comfortable),
            *((Column(f"by_{kind.replace(' ', '_')}", "count"), count) for kind, count in self.bands.items()),
            of=of, window=self.window,
        )  # fmt: skip
        without = tuple(TableRow((one.id,), (one.name, one.place)) for one in self.without_readings)
        tables = [whole, self._zones(), self._air(), Table("no_readings", (NAME, PLACE), without, of)]
        return [one for one in tables if one.rows]

    def _zones(self) -> Table:
        columns = (
            NAME, PLACE, Column("sensor_of", "name"), _WITHIN, Column("hours", "count"), Column("band", "state"), Column("low", "number"),
            Column("high", "number"), Column("value", "number", None, "zone_air_temperature", "mean"), Column("worst_away", "number"),
            Column("worst", "number"), Column("worst_at", "time"), Column("side", "state"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                tuple(dict.fromkeys([one.zone.id, one.sensor_of.id, one.point])),
                (
                    one.zone.name, one.zone.place, one.sensor_of.name, one.percent, one.hours, one.band, one.low, one.high, one.mean,
                    one.worst_away, one.worst_value, one.worst_at, one.side,
                ),
                one.unit, "zone_air_temperature",
            )
            for one in self.zones
        )  # fmt: skip
        return Table("zones", columns, rows, (), self.total, window=self.window)

    def _air(self) -> Table:
        columns = (
            NAME, Column("quantity", "name"), Column("value", "number", None, None, "mean"), Column("highest", "number", None, None, "max"),
            Column("highest_at", "time"), _WITHIN, Column("low", "number"), Column("high", "number"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (one.zone.id, one.point),
                (one.zone.name, one.quantity.replace("_", " "), one.mean, one.highest, one.highest_at, one.percent, one.low, one.high),
                one.unit, one.quantity,
            )
            for one in self.air
        )  # fmt: skip
        return Table("air", columns, rows, (), self.air_total, window=self.window)

    def subjects(self) -> list[str]:
        return list(dict.fromkeys([*([self.asset.id] if self.asset else []), *(one.zone.id for one in self.zones)]))


_WITHIN = Column("within_band", "percent")
