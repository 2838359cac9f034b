"""Incidents as they stand, and what somebody did to one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.question import Value
from tools.alarms.incidents import Because
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary

_COLUMNS = (
    NAME, Column("incident", "name"), Column("because", "text"), Column("opened", "time"), Column("alarms", "count"),
    Column("active", "count"), Column("waiting", "count"),
)  # fmt: skip


class IncidentTold(Value):
    """``cause`` is where it most likely began; missing where there is no telling. ``waiting`` are to be acknowledged."""

    id: str
    cause: EntityRef | None = None
    because: Because
    opened_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    last_at: AwareDatetime = Field(description="when its newest alarm was raised")
    alarms: int
    active: int
    waiting: int
    points: list[str] = Field(description="ids of the points, at most twenty")
    by_people: bool = Field(default=False, description="whether somebody split or merged it")


class Incidents(ToolResult):
    """The largest first."""

    incidents: list[IncidentTold]
    total: int
    alarms: int = Field(description="in all of them")

    def summary(self) -> Summary[Literal["none", "some"]]:
        if not self.incidents:
            return Summary("none", {})
        return Summary("some", {"incidents": Count(self.total, "incident"), "alarms": Count(self.alarms, "alarm")})

    def tables(self) -> Sequence[Table]:
        counts = record("found", (Column("total", "count"), self.total), (Column("alarms", "count"), self.alarms))
        rows = tuple(_row(one) for one in self.incidents)
        return [counts, *([Table("incidents", _COLUMNS, rows, total=self.total)] if rows else [])]

    def subjects(self) -> list[str]:
        return [one.cause.id for one in self.incidents if one.cause is not None]


class IncidentChanged(ToolResult):
    """``incident`` is what there is by it: the merged one, or the one that was split off."""

    incident: IncidentTold
    act: Literal["merged", "split"]

    def summary(self) -> Summary[Literal["merged", "split"]]:
        return Summary(self.act, {"id": self.incident.id, "alarms": Count(self.incident.alarms, "alarm")})

    def tables(self) -> Sequence[Table]:
        return [Table("incidents", _COLUMNS, (_row(self.incident),))]

    def subjects(self) -> list[str]:
        return [self.incident.cause.id] if self.incident.cause is not None else []


def _row(one: IncidentTold) -> TableRow:
    name, of = (one.cause.name, (one.cause.id,)) if one.cause is not None else (one.id, ())
    return TableRow(of, (name, one.id, one.because, one.opened_at, one.alarms, one.active, one.waiting))
