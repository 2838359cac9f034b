"""What a symptom comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.condition import Side
from graph_schema.question import Value, Window
from tools.analysis.causes import CauseKind, Certainty, Siblings
from tools.results.analysis.reading import PointReading
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import CLASS, NAME, PLACE, STATUS, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary, Term


class PointEvidence(PointReading):
    """A reading that stands behind a statement."""

    since: AwareDatetime | None = None
    doubts: str | None = None


class SymptomNow(Value):
    """The point in question, with the limit or set point it is away from; ``since`` is the onset where it is recorded."""

    reading: PointEvidence
    side: Side | None = None
    limit: float | None = None
    set_point: float | None = None
    since: AwareDatetime | None = None
    so: bool | None = Field(default=None, description="whether it is as it was said to be; none where nothing tells")


class LikelyCause(Value):
    """One cause: what, at which asset, how sure, on which readings, since which moment, and what to check next."""

    kind: CauseKind
    asset: EntityRef
    certainty: Certainty
    moment: AwareDatetime | None = None
    mode: str | None = None
    text: str | None = None
    check: str | None = None
    steps_upstream: int = 0
    readings: list[PointEvidence] = []


class KnownMode(Value):
    """What the library says that a quantity of such an asset reveals."""

    asset: EntityRef
    mode: str
    advice: str | None = None


class RecentChange(Value):
    """What changed around the onset: an alarm raised or cleared, a status, a work order."""

    kind: Literal["alarm raised", "alarm cleared", "status changed", "work order opened", "work order closed"]
    asset: EntityRef
    at: AwareDatetime
    quantity: str | None = None
    state: str | None = None
    value: float | None = None
    unit: str | None = None
    text: str | None = None
    point: str | None = None


class SupplierNow(Value):
    """Something upstream. ``sole``: the asset has no other supply of what it gives; None where that was not asked because nothing is amiss with it."""

    entity: EntityRef
    steps: int
    running: Literal["running", "stopped"] | None = None
    outlook: str | None = None
    sole: bool | None = None


class Diagnosis(ToolResult):
    """``causes`` are ranked, the likeliest first; none where nothing points to a cause. ``siblings`` says who shares the symptom."""

    asset: EntityRef
    symptom: SymptomNow | None = None
    siblings: Siblings
    siblings_alike: int
    siblings_total: int
    sibling_readings: list[PointEvidence]
    causes: list[LikelyCause]
    causes_total: int
    library: list[KnownMode] = Field(
        default=[], description="where nothing points to a cause: what the library says that the quantity reveals"
    )
    alarms: list[PointEvidence] = Field(description="what is beyond its limits now at the asset and its parts")
    suppliers: list[SupplierNow]
    suppliers_total: int
    changes: list[RecentChange] = Field(description="the newest first")
    changes_total: int
    window: Window = Field(description="in which changes were looked for")

    def summary(self) -> Summary[Literal["nothing", "cause"]]:
        if not self.causes:
            return Summary("nothing", {"asset": self.asset.name})
        first = self.causes[0]
        said = {"asset": self.asset.name, "count": Count(self.causes_total, "cause"), "of": first.asset.name}
        return Summary("cause", {**said, "first": Term(first.mode or first.kind), "certainty": Term(first.certainty)})

    def tables(self) -> Sequence[Table]:
        of = (self.asset.id,)
        itself = record(
            "diagnosis", (NAME, self.asset.name), (PLACE, self.asset.place), (STATUS, self.asset.status),
            (Column("causes", "count"), self.causes_total), (Column("points_to_a_cause", "state"), "yes" if self.causes else "no"),
            (Column("siblings", "state"), self.siblings), (Column("siblings_alike", "count"), self.siblings_alike),
            (Column("siblings_total", "count"), self.siblings_total), (Column("suppliers_total", "count"), self.suppliers_total), of=of,
        )  # fmt: skip
        readings = [one for cause in self.causes for one in cause.readings]
        tables = [
            itself,
            *([self._symptom(self.symptom)] if self.symptom else []),
            self._causes(),
            self._library(),
            _readings("values", list({one.point: one for one in readings}.values())),
            _readings("alarms_now", self.alarms),
            _readings("siblings", self.sibling_readings),
            self._suppliers(),
            self._changes(),
        ]
        return [one for one in tables if one.rows]

    def _symptom(self, symptom: SymptomNow) -> Table:
        one = symptom.reading
        columns = (
            NAME, Column("quantity", "name"), Column("value", "number"), Column("state", "state"), Column("at", "time"), STATUS,
            Column("side", "state"), Column("limit", "number"), Column("set_point", "number"), Column("since", "time"), Column("doubts", "text"),
        )  # fmt: skip
        cells = (
            one.asset.name, one.quantity.replace("_", " "), one.value, one.text, one.at, one.status, symptom.side, symptom.limit,
            symptom.set_point, symptom.since, one.doubts,
        )  # fmt: skip
        row = TableRow((one.asset.id, one.point), cells, one.unit, one.quantity, one.status == "stale")
        return Table("symptom", columns, (row,), (self.asset.id,))

    def _causes(self) -> Table:
        columns = (
            NAME, CLASS, Column("cause", "state"), Column("certainty", "state"), Column("mode", "text"), Column("since", "time"),
            Column("points", "name"), Column("reasons", "text"), Column("advice", "text"), Column("steps_upstream", "count"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                (one.asset.id, *(reading.point for reading in one.readings)),
                (
                    one.asset.name, one.asset.class_, one.kind, one.certainty, one.mode, one.moment,
                    ", ".join(reading.quantity.replace("_", " ") for reading in one.readings) or None, one.text, one.check, one.steps_upstream,
                ),
            )
            for one in self.causes
        )  # fmt: skip
        return Table("causes", columns, rows, (), self.causes_total)

    def _library(self) -> Table:
        columns = (NAME, Column("mode", "text"), Column("advice", "text"))
        rows = tuple(TableRow((one.asset.id,), (one.asset.name, one.mode, one.advice)) for one in self.library)
        return Table("library", columns, rows, ())

    def _suppliers(self) -> Table:
        columns = (
            NAME,
            CLASS,
            STATUS,
            Column("state", "state"),
            Column("outlook", "state"),
            Column("only_supply", "state"),
            Column("steps", "count"),
        )
        rows = tuple(
            TableRow(
                (one.entity.id,),
                (
                    one.entity.name, one.entity.class_, one.entity.status, one.running, one.outlook,
                    None if one.sole is None else "yes" if one.sole else "no", one.steps,
                ),
            )
            for one in self.suppliers
        )  # fmt: skip
        return Table("upstream", columns, rows, (self.asset.id,), self.suppliers_total)

    def _changes(self) -> Table:
        columns = (
            NAME, Column("change", "state"), Column("at", "time"), Column("quantity", "name"), Column("level", "state"),
            Column("value", "number"), Column("text", "text"),
        )  # fmt: skip
        rows = tuple(
            TableRow(
                tuple(id_ for id_ in (one.asset.id, one.point) if id_),
                (one.asset.name, one.kind, one.at, one.quantity.replace("_", " ") if one.quantity else None, one.state, one.value, one.text),
                one.unit, one.quantity,
            )
            for one in self.changes
        )  # fmt: skip
        return Table("changes", columns, rows, (), self.changes_total, window=self.window)

    def subjects(self) -> list[str]:
        return list(dict.fromkeys([self.asset.id, *(one.asset.id for one in self.causes)]))


def _readings(name: str, found: Sequence[PointEvidence]) -> Table:
    columns = (
        NAME, Column("quantity", "name"), Column("value", "number"), Column("state", "state"), Column("at", "time"), STATUS,
        Column("since", "time"), Column("low", "number"), Column("high", "number"), Column("doubts", "text"),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            (one.asset.id, one.point),
            (
                one.asset.name, one.quantity.replace("_", " "), one.value, one.text, one.at, one.status, one.since, one.low, one.high,
                one.doubts,
            ),
            one.unit, one.quantity, one.status == "stale",
        )
        for one in found
    )  # fmt: skip
    return Table(name, columns, rows)
