"""A result for a foreign language model: its tables as text, and its values with all that comes from outside between “ ”."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo

from agent.evidence.compact import compact, name, plain
from agent.evidence.ledger import Entry
from tools.context import ToolContext
from tools.registry.tool import Tool
from tools.results.result import ToolResult
from tools.results.table import Table
from tools.sentences.outside import reads_like_sentence

_LONGEST = 2_000
_IDS = frozenset({"id", "ids", "entities", "points", "highlight", "focus"})
"""What another call names: it stays as it is."""
_OURS = frozenset({"statement"})


def told(tool: Tool, result: ToolResult, context: ToolContext) -> str:
    """The summary, and the tables as language models of the product read them."""
    entry = Entry("a", tool.name, result, result.tables())
    summary = plain(tool.summary(result, context.caller.language), _LONGEST)
    return f"{summary}\n{compact(entry, ZoneInfo(context.timezone), context.clock())}"


def fenced(result: ToolResult) -> dict[str, Any]:
    """The result's JSON. A text of a person, a device or a document stands between “ ” on one line, and so does a name that reads like a sentence."""
    content = result.model_dump(mode="json", by_alias=True)
    outside = frozenset(_texts(result.tables()))
    names = sorted((one for one in _names(result.tables()) if reads_like_sentence(one)), key=len, reverse=True)
    notes = [_with_fenced(names, note) for note in cast(list[str], content.get("notes", []))]
    return {**{key: _walked(value, key, outside) for key, value in content.items()}, "notes": notes}


def _texts(tables: Sequence[Table]) -> set[str]:
    return {
        cell
        for table in tables
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if column.kind == "text" and isinstance(cell, str)
    }


def _names(tables: Sequence[Table]) -> set[str]:
    return {
        cell
        for table in tables
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if column.kind == "name" and isinstance(cell, str)
    }


def _walked(value: Any, key: str, outside: frozenset[str]) -> Any:
    if isinstance(value, str):
        return value if key in _IDS or key in _OURS else _marked(value, outside)
    if isinstance(value, list):
        return [_walked(one, key, outside) for one in cast(list[Any], value)]
    if isinstance(value, Mapping):
        return {name: _walked(one, str(name), outside) for name, one in cast(Mapping[str, Any], value).items()}
    return value


def _marked(text: str, outside: frozenset[str]) -> str:
    return f"“{plain(text, _LONGEST)}”" if text in outside or reads_like_sentence(text) else text


def _with_fenced(names: Sequence[str], note: str) -> str:
    for called in names:
        note = note.replace(called, name(called))
    return note
