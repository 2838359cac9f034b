"""What needs attention first, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.forecasts import FailureForecast, outlook_table
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary


class Risk(Value):
    asset: EntityRef
    score: float = Field(description="0 to 100")
    reasons: list[str]
    dependents: int = Field(description="how many assets depend on it")
    judged_by: Literal["outlook", "status", "outlook and status"] = Field(
        default="status", description="the newest forecasts, what is read now, or both"
    )
    probability_percent: float | None = Field(
        default=None, description="of leaving its limits, or of failing, within 30 days"
    )
    expected_at: AwareDatetime | None = None
    since: AwareDatetime | None = Field(default=None, description="since when it shows")
    certainty: Literal["possible", "likely", "certain"] | None = Field(
        default=None, description="how sure it is that something is wrong"
    )
    mode: str | None = Field(default=None, description="the failure mode that the signs point to")


def risks_table(risks: Sequence[Risk], total: int | None = None) -> Table:
    """A row for each asset, the most urgent first."""
    columns = (
        NAME, Column("score", "number"), Column("probability", "percent"), Column("expected", "time"), Column("since", "time"),
        Column("certainty", "state"), Column("mode", "text"), Column("reasons", "text"), Column("dependents", "count"),
    )  # fmt: skip
    rows = tuple(
        TableRow(
            (one.asset.id,),
            (
                one.asset.name, one.score, one.probability_percent, one.expected_at, one.since, one.certainty, one.mode,
                " ".join(one.reasons) or None, one.dependents,
            ),
        )
        for one in risks
    )  # fmt: skip
    return Table("risks", columns, rows, (), total)


class RankedRisks(ToolResult):
    """``risks`` are at most the limit, of ``total`` assets that need attention."""

    risks: list[Risk]
    assessed: int
    total: int = 0

    def summary(self) -> Summary[Literal["none", "some"]]:
        if not self.risks:
            return Summary("none", {"assessed": self.assessed})
        first = self.risks[0].asset.name
        return Summary("some", {"risks": Count(len(self.risks), "risk"), "assessed": self.assessed, "first": first})

    def tables(self) -> Sequence[Table]:
        counted = record(
            "assessed", (Column("assessed", "count"), self.assessed), (Column("total", "count"), self.total)
        )
        return [counted, risks_table(self.risks)]

    def subjects(self) -> list[str]:
        return [risk.asset.id for risk in self.risks]


class RiskExplained(ToolResult):
    """``score`` and ``reasons`` judge the present, ``forecasts`` the asset's own outlook and those of parts that are flagged."""

    asset: EntityRef
    forecasts: list[FailureForecast]
    score: float = Field(description="0 to 100")
    reasons: list[str]
    dependents: int = Field(description="how many assets depend on it")

    def summary(self) -> Summary[Literal["explained"]]:
        outlooks = Count(len(self.forecasts), "outlook")
        return Summary("explained", {"asset": self.asset.name, "score": f"{self.score:g}", "outlooks": outlooks})

    def tables(self) -> Sequence[Table]:
        itself = record(
            "risk", (NAME, self.asset.name), (Column("score", "number"), self.score),
            (Column("reasons", "text"), " ".join(self.reasons) or None), (Column("dependents", "count"), self.dependents),
            of=[self.asset.id],
        )  # fmt: skip
        return [itself, *([outlook_table(self.forecasts)] if self.forecasts else [])]

    def subjects(self) -> list[str]:
        return list(dict.fromkeys([self.asset.id, *(one.asset.id for one in self.forecasts)]))
