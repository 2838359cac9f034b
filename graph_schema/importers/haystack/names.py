"""What a record is called: ``dis``, what ``disMacro`` makes of others' names, ``navName``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from graph_schema.importers.haystack.values import Record, Ref, text, written

_MACRO = re.compile(r"\$\{?(\w+)\}?")
_DEPTH = 5


def called(record: Record, records: Mapping[str, Record]) -> tuple[str | None, list[str]]:
    """The name, None where the record has only an id; and what it is called besides."""
    names = [name for name in (_full(record, records, _DEPTH), text(record, "navName"), _id_name(record)) if name]
    return (names[0], list(dict.fromkeys(names[1:]))) if names else (None, [])


def _full(record: Record, records: Mapping[str, Record], depth: int) -> str | None:
    if told := text(record, "dis"):
        return told
    macro = text(record, "disMacro")
    return _MACRO.sub(lambda found: _part(found[1], record, records, depth), macro) if macro and depth else None


def _part(name: str, record: Record, records: Mapping[str, Record], depth: int) -> str:
    value = record.get(name)
    if isinstance(value, Ref):
        return _full(records.get(value.id, {}), records, depth - 1) or written(value)
    return "" if value is None else written(value)


def _id_name(record: Record) -> str | None:
    id_ = record.get("id")
    return id_.dis if isinstance(id_, Ref) else None
