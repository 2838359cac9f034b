"""Alarms as they stand, and what somebody did to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from graph_schema.condition import Level, Side
from graph_schema.ontology.responses import Consequence, Priority
from graph_schema.question import Value
from ingestion.alarms.states import Act, State
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow, record
from tools.sentences.summary import Count, Summary

_STANDING = (
    NAME, Column("state", "text"), Column("priority", "text"), Column("raised", "time"), Column("value", "number"),
    Column("worst", "number"), Column("limit", "number"), Column("by", "text"), Column("until", "time"),
)  # fmt: skip
_ACTS = (NAME, Column("state", "text"), Column("by", "text"), Column("at", "time"), Column("until", "time"))


class ResponseTold(Value):
    """``minutes`` are there to act; ``at_stake`` is the kind of the consequence."""

    at_stake: Consequence
    minutes: int
    cause: str
    consequence: str
    action: str


class AlarmStanding(Value):
    """The alarm of a point. ``why`` and ``held_by`` are of the hold, ``until`` the end of a shelf; ``rule`` is how the priority came."""

    alarm: int | None = Field(default=None, description="number of the newest alarm; none where a point is only held")
    point: str
    name: str
    assets: list[str] = []
    state: State
    active: bool
    priority: Priority
    rule: str
    level: Level | None = None
    raised_at: AwareDatetime | None = None
    cleared_at: AwareDatetime | None = None
    value: float | None = None
    worst: float | None = None
    limit: float | None = None
    side: Side | None = None
    unit: str | None = None
    acknowledged_by: str | None = None
    held_by: str | None = None
    why: str | None = None
    until: AwareDatetime | None = None
    response: ResponseTold


class AlarmStates(ToolResult):
    """The most urgent first. ``total`` counts all that were asked for, ``waiting`` those that nobody acknowledged, ``held`` those that
    are shelved, suppressed or out of service."""

    alarms: list[AlarmStanding]
    total: int
    waiting: int
    held: int
    about: str | None = Field(default=None, description="id of what was asked about")

    def summary(self) -> Summary[Literal["none", "standing"]]:
        if not self.total:
            return Summary("none", {})
        return Summary("standing", {"alarms": Count(self.total, "alarm"), "waiting": self.waiting, "held": self.held})

    def tables(self) -> Sequence[Table]:
        of = (self.about,) if self.about else ()
        counts = record(
            "alarms", (Column("total", "count"), self.total), (Column("waiting", "count"), self.waiting),
            (Column("held", "count"), self.held), of=of,
        )  # fmt: skip
        rows = tuple(
            TableRow(
                tuple(dict.fromkeys([*of, *one.assets, one.point])),
                (one.name, one.state, one.priority, one.raised_at, one.value, one.worst, one.limit,
                 one.held_by or one.acknowledged_by, one.until),
                one.unit,
            )
            for one in self.alarms
        )  # fmt: skip
        return [counts, *([Table("standing", _STANDING, rows, of, self.total)] if rows else [])]

    def subjects(self) -> list[str]:
        return (
            [self.about] if self.about else list(dict.fromkeys(id_ for one in self.alarms for id_ in one.assets))[:20]
        )


class ActTold(Value):
    point: str
    name: str
    state: State = Field(description="how it stands by it")
    who: str
    at: AwareDatetime
    why: str | None = None
    until: AwareDatetime | None = None


class AlarmsActed(ToolResult):
    """What was done, alarm by alarm."""

    act: Act
    acts: list[ActTold]
    asset: str = Field(description="what it was asked for, by its name")
    about: str

    def summary(
        self,
    ) -> Summary[
        Literal["acknowledged", "shelved", "unshelved", "suppressed", "unsuppressed", "out_of_service", "in_service"]
    ]:
        return Summary(self.act, {"alarms": Count(len(self.acts), "alarm"), "asset": self.asset})

    def tables(self) -> Sequence[Table]:
        rows = tuple(
            TableRow((self.about, one.point), (one.name, one.state, one.who, one.at, one.until)) for one in self.acts
        )
        return [Table("acts", _ACTS, rows, (self.about,))]

    def subjects(self) -> list[str]:
        return [self.about]
