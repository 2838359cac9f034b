"""Changes that were asked for, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import Column, Table, TableRow
from tools.sentences.summary import Summary

TABLE = "proposals"
"""What somebody asks for is no finding: its words prove nothing about the plant."""

State = Literal["proposed", "approved", "running", "done", "failed", "ambiguous", "rejected", "expired"]
_COLUMNS = (
    Column("id", "name"), Column("state", "state"), Column("what", "text"), Column("asked_by", "text"), Column("asked_at", "time"),
    Column("expires_at", "time"), Column("settled_by", "text"), Column("settled_at", "time"), Column("outcome", "text"),
)  # fmt: skip


class ProposedChange(Value):
    """``what`` it would do, in words, cut and leading nowhere; ``sentence`` is all of it, for the person who settles it. ``assets`` are those
    that it touches."""

    id: str
    state: State
    tool: str
    what: str
    sentence: str
    assets: list[EntityRef]
    asked_by: str
    asked_at: AwareDatetime
    expires_at: AwareDatetime
    approvers: list[str]
    settled_by: str | None = None
    settled_at: AwareDatetime | None = None
    outcome: str | None = None

    def row(self) -> TableRow:
        ids = tuple(one.id for one in self.assets)
        expires = self.expires_at if self.state == "proposed" else None
        return TableRow(
            ids,
            (self.id, self.state, self.what, self.asked_by, self.asked_at, expires, self.settled_by, self.settled_at, self.outcome),
        )  # fmt: skip


class Proposed(ToolResult):
    """What a call of a tool that changes something comes to; ``new`` where it was not asked for before."""

    proposal: ProposedChange
    new: bool

    def summary(self) -> Summary[State]:
        return Summary(self.proposal.state, {"id": self.proposal.id, "what": self.proposal.what})

    def tables(self) -> Sequence[Table]:
        return [Table(TABLE, _COLUMNS, (self.proposal.row(),), tuple(self.subjects()))]

    def subjects(self) -> list[str]:
        return [one.id for one in self.proposal.assets]
