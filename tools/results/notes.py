"""What people wrote about an asset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import AwareDatetime

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import NAME, Column, Table, TableRow
from tools.sentences.summary import Count, Summary

_COLUMNS = (NAME, Column("written_at", "time"), Column("author", "text"), Column("text", "text"))


class WrittenNote(Value):
    """``text`` is what somebody wrote, and nothing that the plant states."""

    asset: EntityRef
    written_at: AwareDatetime
    author: str
    text: str


class AssetNotes(ToolResult):
    """The newest first; ``total`` counts all."""

    asset: EntityRef
    written: list[WrittenNote]
    total: int

    def summary(self) -> Summary[Literal["counted"]]:
        return Summary("counted", {"count": Count(self.total, "note"), "asset": self.asset.name})

    def tables(self) -> Sequence[Table]:
        return [notes_table(self.asset, self.written, self.total)]

    def subjects(self) -> list[str]:
        return [self.asset.id]


class NoteLeft(ToolResult):
    note: WrittenNote

    def summary(self) -> Summary[Literal["left"]]:
        return Summary("left", {"asset": self.note.asset.name})

    def tables(self) -> Sequence[Table]:
        return [notes_table(self.note.asset, [self.note], 1)]

    def subjects(self) -> list[str]:
        return [self.note.asset.id]


def notes_table(asset: EntityRef, written: Sequence[WrittenNote], total: int) -> Table:
    rows = tuple(TableRow((one.asset.id,), (one.asset.name, one.written_at, one.author, one.text)) for one in written)
    return Table("notes", _COLUMNS, rows, (asset.id,), total)
