"""Haystack's grids as CSV: a check mark where a tag applies, ids behind an @, numbers with their units."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping

from graph_schema.importers.haystack.values import Mark, Quantity, Record, Ref, Value
from graph_schema.importers.haystack.zinc import NUMBER

_REF = re.compile(r'@([\w:.~-]+)(?: "?(.*?)"?)?')
_KEY = re.compile(r"[A-Za-z_]\w*")
_QUANTITY = re.compile(rf"({NUMBER})\s?([^\W\d_]\S*|[%$°/]\S*)?")
_MARKS: Mapping[str, Value] = {
    "✓": Mark.MARKER, "M": Mark.MARKER, "": Mark.NOTHING, "N": Mark.NOTHING, "NA": Mark.NOTHING, "R": Mark.NOTHING, "true": True, "false": False, "T": True, "F": False,
}  # fmt: skip
_TEXTS = frozenset({"dis", "navName", "disMacro", "unit", "kind", "tz", "doc", "geoCity", "geoCountry", "geoAddr"})
"""Tags that hold a text, however it looks: a room may be called 101."""


def read_csv(lines: Iterable[str]) -> list[Record] | None:
    """The rows of a grid; None for a table that is nothing of Haystack's, which its header and first row say: ids stand behind an @.

    Raises ``csv.Error``.
    """
    rows = csv.reader(lines)
    names = [cell.strip() for cell in next(rows, list[str]())]
    if "id" not in names:
        return None
    first = _record(names, next(rows, list[str]()))
    if not isinstance(first.get("id"), Ref):
        return None
    return [first, *(_record(names, cells) for cells in rows)]


def _record(names: list[str], cells: list[str]) -> Record:
    read = {name: _value(name, cell.strip()) for name, cell in zip(names, cells, strict=False) if _KEY.fullmatch(name)}
    return {name: value for name, value in read.items() if value is not Mark.NOTHING}


def _value(name: str, cell: str) -> Value:
    if name in _TEXTS and cell:
        return cell.removeprefix('"').removesuffix('"')
    if cell in _MARKS:
        return _MARKS[cell]
    if ref := _REF.fullmatch(cell):
        return Ref(ref[1], ref[2] or None)
    if number := _QUANTITY.fullmatch(cell):
        return Quantity(float(number[1].replace("_", "")), number[2])
    return cell
