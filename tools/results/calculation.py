"""What was calculated, and from what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime

from graph_schema.question import Value
from tools.results.result import ToolResult
from tools.results.table import CellKind, Column, Table, TableRow, record
from tools.sentences.summary import Amount, Summary


class CalculationInput(Value):
    """``cited`` is the id of the evidence that it comes from; a moment has no value."""

    role: Literal["operand", "base", "tariff"] = "operand"
    cited: str | None = None
    value: float | None = None
    unit: str | None = None
    moment: AwareDatetime | None = None


class Calculation(ToolResult):
    """``formula`` says in words what was done with the inputs, in their order."""

    operation: str
    formula: str
    inputs: list[CalculationInput]
    result: float
    unit: str | None = None

    def summary(self) -> Summary[Literal["calculated"]]:
        return Summary("calculated", {"formula": self.formula, "result": Amount(self.result, None, self.unit)})

    def tables(self) -> Sequence[Table]:
        kind: CellKind = "percent" if self.unit == "%" else "hours" if self.unit == "h" else "number"
        found = record(
            "calculation",
            (Column("result", kind, self.unit), self.result),
            (Column("operation", "text"), self.operation),
            (Column("formula", "text"), self.formula),
        )
        columns = (Column("value", "number"), Column("moment", "time"), Column("role", "text"), Column("from", "text"))
        rows = tuple(TableRow((), (one.value, one.moment, one.role, one.cited), one.unit) for one in self.inputs)
        return [found, Table("inputs", columns, rows)]

    def subjects(self) -> list[str]:
        return []
