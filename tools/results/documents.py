"""What documents say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from graph_schema.question import Value
from tools.results.assets import EntityRef
from tools.results.result import ToolResult
from tools.results.table import Column, Table, TableRow
from tools.sentences.summary import Count, Summary


class DocumentPassage(Value):
    """``text`` is what the file says, and nothing that the plant states."""

    file: str
    page: int | None = None
    section: str | None = None
    text: str = Field(max_length=300)


class DocumentPassages(ToolResult):
    """The best first. ``searched`` counts the documents that belong to the asset, or all."""

    words: str
    asset: EntityRef | None = None
    passages: list[DocumentPassage]
    total: int
    searched: int

    @property
    def is_unrecorded(self) -> bool:
        return not self.passages

    def summary(self) -> Summary[Literal["found", "nothing", "none"]]:
        if not self.searched:
            return Summary("none")
        documents = Count(self.searched, "document")
        if not self.passages:
            return Summary("nothing", {"words": self.words, "documents": documents})
        return Summary(
            "found", {"passages": Count(self.total, "passage"), "documents": documents, "file": self.passages[0].file}
        )

    def tables(self) -> Sequence[Table]:
        of = (self.asset.id,) if self.asset else ()
        columns = (Column("file", "text"), Column("page", "text"), Column("section", "text"), Column("text", "text"))
        rows = tuple(
            TableRow(of, (one.file, str(one.page) if one.page else None, one.section, one.text))
            for one in self.passages
        )
        return [Table("passages", columns, rows, of, self.total)] if rows else []

    def subjects(self) -> list[str]:
        return [self.asset.id] if self.asset else []
