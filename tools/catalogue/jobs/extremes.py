"""The tool that finds the highest and the lowest value of each asset, and when they were read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Aggregate, AssetQuery, Measure, Value, Window
from graph_schema.units import convert
from tools.context import EVERYBODY, ToolContext
from tools.query.assets import named_or_queried
from tools.registry.tool import Tool
from tools.results.assets import EntityRef
from tools.results.result import Evidence, Scene, ToolResult
from tools.results.table import NAME, Column, Table, TableRow, assets_table, record
from tools.results.telemetry import Telemetry, TelemetryRow
from tools.sentences.summary import Amount, Measured, Names, Summary

_MARKED = 500
_Key = tuple[str | None, str | None, datetime | None]


class Extreme(Value):
    """The lowest and the highest value that one point read in the window, or in the hour or day that begins at ``bucket``."""

    asset: EntityRef
    point: str
    quantity: str
    unit: str | None = None
    bucket: AwareDatetime | None = None
    lowest: float
    lowest_at: AwareDatetime
    highest: float
    highest_at: AwareDatetime
    samples: int | None = None


class Extremes(ToolResult):
    """``rows`` are at most the limit; ``lowest`` and ``highest`` are over all ``total`` of them. ``missing`` have no such point, ``no_data``
    no reading in the window."""

    quantity: str
    window: Window
    group_by: Literal["hour", "day"] | None = None
    rows: list[Extreme]
    total: int
    lowest: Extreme | None = None
    highest: Extreme | None = None
    missing: list[EntityRef] = []
    no_data: list[EntityRef] = []

    def summary(self) -> Summary[Literal["found", "no_readings", "no_sensor"]]:
        quantity = Measured(self.quantity)
        if self.lowest and self.highest:
            low, high = self.lowest, self.highest
            return Summary(
                "found",
                {
                    "quantity": quantity,
                    "lowest": Amount(low.lowest, None, low.unit),
                    "highest": Amount(high.highest, None, high.unit),
                    "low_of": low.asset.name,
                    "high_of": high.asset.name,
                },
            )
        if self.no_data:
            return Summary("no_readings", {"quantity": quantity, "names": _names(self.no_data)})
        return Summary("no_sensor", {"quantity": quantity, "names": _names(self.missing)})

    def tables(self) -> Sequence[Table]:
        lowest, highest = (Column(key, "number", None, self.quantity, aggregate) for key, aggregate in _SIDES)
        columns = (
            NAME,
            Column("from", "time"),
            lowest,
            Column("lowest_at", "time"),
            highest,
            Column("highest_at", "time"),
        )
        rows = tuple(
            TableRow(
                (one.asset.id, one.point),
                (one.asset.name, one.bucket, one.lowest, one.lowest_at, one.highest, one.highest_at),
                one.unit, one.quantity,
            )
            for one in self.rows
        )  # fmt: skip
        found = [Table("extremes", columns, rows, (), self.total, window=self.window)] if rows else []
        without = {"no_readings": self.no_data, "no_such_point": self.missing}
        return [*self._over_all(), *found, *(assets_table(name, refs) for name, refs in without.items() if refs)]

    def _over_all(self) -> list[Table]:
        """Each extreme with whose it is; the two may be of different units."""
        if not (self.lowest and self.highest):
            return []
        low, high = self.lowest, self.highest
        lowest = (
            (Column("lowest", "number", low.unit, low.quantity, "min"), low.lowest), (Column("lowest_of", "name"), low.asset.name),
            (Column("lowest_at", "time"), low.lowest_at),
        )  # fmt: skip
        highest = (
            (Column("highest", "number", high.unit, high.quantity, "max"), high.highest), (Column("highest_of", "name"), high.asset.name),
            (Column("highest_at", "time"), high.highest_at),
        )  # fmt: skip
        return [
            record("lowest_of_all", *lowest, of=[low.asset.id], window=self.window),
            record("highest_of_all", *highest, of=[high.asset.id], window=self.window),
        ]

    def subjects(self) -> list[str]:
        refs = [*(one.asset for one in (self.highest, self.lowest, *self.rows) if one), *self.no_data, *self.missing]
        return list(dict.fromkeys(ref.id for ref in refs))


_SIDES: tuple[tuple[str, Aggregate], ...] = (("lowest", "min"), ("highest", "max"))


async def extremes(
    context: ToolContext,
    quantity: Annotated[
        str, Field(description="what is measured, in snake case: supply_air_temperature, electric_power, temperature")
    ],
    asset: Annotated[str | list[str] | None, Field(description="id or exact name of the asset, or several")] = None,
    assets: Annotated[AssetQuery | None, Field(description="the assets, instead of asset")] = None,
    window: Annotated[Window | None, Field(description="the last 24 hours when left out")] = None,
    group_by: Annotated[Literal["hour", "day"] | None, Field(description="a row per hour or day")] = None,
    limit: Annotated[int, Field(ge=1, le=1000, description="how many rows")] = 50,
) -> Extremes:
    """The highest and the lowest value of a quantity over a window, and when they were read: of each asset, in each hour or day where asked, and over all of them. For peaks, minima and "when was it hottest"."""
    now = context.clock()
    window = window or Window(start=now - timedelta(days=1), end=now)
    selection = await context.reader.select(await named_or_queried(context.graph, asset, assets))
    lowest, highest = await asyncio.gather(
        *(
            context.reader.measure(
                selection, Measure(quantity=quantity, aggregate=one, window=window, group_by=group_by), context.timezone
            )
            for _, one in _SIDES
        )
    )
    rows = _paired(lowest.rows, highest.rows)
    low, high = _over_all(rows)
    marked = list(dict.fromkeys(one.asset.id for one in (high, low, *rows) if one))[:_MARKED]
    return Extremes(
        quantity=quantity,
        window=window,
        group_by=group_by,
        rows=rows[:limit],
        total=len(rows),
        lowest=low,
        highest=high,
        missing=highest.missing,
        no_data=highest.no_data,
        evidence=_evidence(lowest, highest),
        scene=Scene(highlight=marked, focus=high.asset.id if high else None) if marked else None,
        notes=list(dict.fromkeys([*highest.notes, *_left_out(rows, low)])),
    )


def _paired(lowest: Iterable[TelemetryRow], highest: Iterable[TelemetryRow]) -> list[Extreme]:
    """In the order of the assets and of time."""
    lows: Mapping[_Key, TelemetryRow] = {_key(row): row for row in lowest}
    found: list[Extreme] = []
    for high in highest:
        low = lows.get(_key(high))
        if low is None or high.entity is None or low.value is None or high.value is None or not (low.at and high.at):
            continue
        found.append(
            Extreme(
                asset=high.entity,
                point=high.point or "",
                quantity=high.quantity,
                unit=high.unit,
                bucket=high.bucket,
                lowest=low.value,
                lowest_at=low.at,
                highest=high.value,
                highest_at=high.at,
                samples=high.samples,
            )
        )
    return found


def _key(row: TelemetryRow) -> _Key:
    return row.entity.id if row.entity else None, row.point, row.bucket


def _over_all(rows: Sequence[Extreme]) -> tuple[Extreme | None, Extreme | None]:
    """Of those that are in the first one's unit or can be turned into it."""
    alike = [(one, low, high) for one, low, high in _turned(rows) if low is not None and high is not None]
    if not alike:
        return None, None
    lowest = min(alike, key=lambda some: (some[1], some[0].lowest_at))[0]
    highest = max(alike, key=lambda some: (some[2], -some[0].highest_at.timestamp()))[0]
    return lowest, highest


def _turned(rows: Sequence[Extreme]) -> list[tuple[Extreme, float | None, float | None]]:
    unit = rows[0].unit if rows else None
    return [(one, _in(one.lowest, one.unit, unit), _in(one.highest, one.unit, unit)) for one in rows]


def _in(value: float, given: str | None, wanted: str | None) -> float | None:
    if given == wanted or given is None or wanted is None:
        return value
    return convert(value, given, wanted)


def _left_out(rows: Sequence[Extreme], low: Extreme | None) -> list[str]:
    left = sum(value is None for _, value, _ in _turned(rows))
    return [f"{left} values in other units than {rows[0].unit} do not count over all."] if low and left else []


def _evidence(lowest: Telemetry, highest: Telemetry) -> list[Evidence]:
    return [*highest.evidence, *(one for one in lowest.evidence if one not in highest.evidence)]


def _names(refs: Sequence[EntityRef]) -> Names:
    return Names([ref.name for ref in refs])


TOOL = Tool.of(
    extremes,
    effect="read",
    roles=EVERYBODY,
    past="Names and relations are those of now.",
    group="time",
    brief="Highest and lowest value in a window and when, by asset and over all: peaks, “when was it hottest”.",
)
