"""What tests need for tools of their own: a result that says nothing but its notes, and English that knows those tools."""

from collections.abc import Mapping
from typing import Literal

from tools.results.result import ToolResult
from tools.results.table import Table
from tools.sentences.language import Language, ToolSentences, language
from tools.sentences.summary import Summary


class Noted(ToolResult):
    def summary(self) -> Summary[Literal["noted"]]:
        return Summary("noted")

    def tables(self) -> list[Table]:
        return []

    def subjects(self) -> list[str]:
        return []


NOTED = ToolSentences(title="Taking a note", summary={"noted": "Done"})


def english(**sentences: ToolSentences) -> Mapping[str, Language]:
    """English with the sentences of these tools."""
    spoken = language()
    return {"en": spoken.model_copy(update={"tools": {**spoken.tools, **sentences}})}
