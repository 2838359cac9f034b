"""What is or was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Aggregate, GroupBy, Value, Window
from tools.results.assets import EntityRef
from tools.results.result import Evidence, ToolResult
from tools.results.table import NAME, PLACE, Column, Table, TableRow, assets_table
from tools.sentences.summary import Age, Amount, Count, Measured, Names, Sayable, Summary

OneValue = Literal["value", "value_aged", "stale", "stale_aged"]


class TelemetryRow(Value):
    """One value: of an asset, of a group of assets (``group``) or of a time bucket (``bucket``)."""

    entity: EntityRef | None = None
    group: str | None = None
    bucket: AwareDatetime | None = None
    point: str | None = None
    quantity: str
    value: float | None = None
    text: str | None = None
    unit: str | None = None
    at: AwareDatetime | None = None
    age_s: float | None = Field(
        default=None, description="seconds between the reading and the question, for latest and at"
    )
    stale: bool = False
    samples: int | None = None
    rule: str | None = Field(default=None, description="how it was computed over the window: see tools/query/rules.py")
    known_h: float | None = Field(default=None, description="hours of the window that readings say anything about")


class Telemetry(ToolResult):
    """``missing`` have no such point; ``no_data`` have the point but no reading in the time asked about. ``more`` are the other quantities and
    windows of the same call, each like this one."""

    quantity: str
    aggregate: Aggregate
    window: Window | None = None
    at: AwareDatetime | None = None
    threshold: float | None = None
    state: str | None = None
    group_by: GroupBy | None = None
    rows: list[TelemetryRow]
    total: int = Field(description="rows before the limit")
    missing: list[EntityRef] = []
    no_data: list[EntityRef] = []
    more: list[Telemetry] = []

    @property
    def every(self) -> Sequence[Telemetry]:
        """This one and those of the other quantities and windows."""
        return (self, *self.more)

    @property
    def is_unrecorded(self) -> bool:
        return not any(one.rows for one in self.every)

    def summary(self) -> Summary[Literal[OneValue, "values", "no_readings", "no_sensor", "no_sensor_for"]]:
        rows = [row for one in self.every for row in one.rows if row.value is not None or row.text]
        quantity = Measured(self.quantity, self.aggregate)
        quantities = dict.fromkeys(one.quantity for one in self.every)
        if rows and len(quantities) > 1:
            names = Names([Measured(one) for one in quantities])
            return Summary("values", {"count": Count(len(rows), "value"), "quantity": names})
        if len(rows) == 1:
            return _row_summary(rows[0], quantity)
        if rows:
            return Summary("values", {"count": Count(len(rows), "value"), "quantity": quantity})
        if self.no_data:
            return Summary("no_readings", {"quantity": quantity, "names": _names(self.no_data)})
        if self.missing:
            return Summary("no_sensor_for", {"quantity": Measured(self.quantity), "names": _names(self.missing)})
        return Summary("no_sensor", {"quantity": Measured(self.quantity)})

    def tables(self) -> Sequence[Table]:
        return [table for one in self.every for table in one._tables(several=bool(self.more))]

    def _tables(self, *, several: bool) -> Sequence[Table]:
        """``several``: tables of assets without a reading name the quantity that they lack."""
        columns = (
            NAME, PLACE, Column("from", "time"), Column("value", "number", None, self.quantity, self.aggregate), Column("state", "state"),
            Column("at", "time"), Column("known_h", "hours", "h"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                tuple(one for one in (row.entity.id if row.entity else None, row.point) if one),
                (row.entity.name if row.entity else row.group, row.entity.place if row.entity else None, row.bucket, row.value, row.text, row.at, row.known_h),
                row.unit, row.quantity, row.stale,
            )
            for row in self.rows
        )  # fmt: skip
        found = [Table("values", columns, rows, (), self.total, window=self.window)] if rows else []
        without = {"no_readings": self.no_data, "no_such_point": self.missing}
        lacking = [replace(assets_table(name, refs), window=self.window) for name, refs in without.items() if refs]
        return [*found, *(map(self._of_quantity, lacking) if several else lacking)]

    def _of_quantity(self, table: Table) -> Table:
        rows = tuple(replace(row, cells=(*row.cells, self.quantity)) for row in table.rows)
        return replace(table, columns=(*table.columns, Column("quantity", "name")), rows=rows)

    def subjects(self) -> list[str]:
        refs = [ref for one in self.every for ref in (*(row.entity for row in one.rows), *one.no_data, *one.missing)]
        return list(dict.fromkeys(ref.id for ref in refs if ref is not None))


def joined(results: Sequence[Telemetry]) -> Telemetry:
    """Several as one: the first with the others in ``more``, their evidence and notes together."""
    first, *others = results
    return first.model_copy(
        update={
            "more": [one.model_copy(update={"evidence": [], "notes": []}) for one in others],
            "evidence": evidence_of(results),
            "notes": list(dict.fromkeys(note for result in results for note in result.notes)),
        }
    )


def evidence_of(results: Sequence[ToolResult]) -> list[Evidence]:
    """Of several results, each once."""
    found: list[Evidence] = []
    for one in (evidence for result in results for evidence in result.evidence):
        if one not in found:
            found.append(one)
    return found


def _names(refs: list[EntityRef]) -> Names:
    return Names([ref.name for ref in refs])


def _row_summary(row: TelemetryRow, quantity: Measured) -> Summary[OneValue]:
    who = row.entity.name if row.entity else row.group
    said: dict[str, Sayable | str | int] = {
        "of": f"{who} " if who else "",
        "quantity": quantity,
        "value": Amount(row.value, row.text, row.unit),
    }
    if row.age_s is None:
        return Summary("stale" if row.stale else "value", said)
    return Summary("stale_aged" if row.stale else "value_aged", {**said, "age": Age(row.age_s)})
