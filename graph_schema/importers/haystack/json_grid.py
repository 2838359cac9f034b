"""Haystack's JSON: the one of version 3, where letters say what a text is (``n:72 °F``), and Hayson, where ``_kind`` does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, cast

from graph_schema.importers.haystack.values import Mark, Quantity, Record, Ref, Value

_LETTERED = re.compile(r"([-mrnsdhtucbxyz]):(.*)", re.DOTALL)
_NUMBERS = {"INF": float("inf"), "-INF": float("-inf"), "NaN": float("nan")}


def records(document: object) -> list[Record] | None:
    """The rows of a grid, of several, or of a bare list of records; None where it is nothing of Haystack's."""
    grids = cast(list[Any], document) if isinstance(document, list) else [document]
    rows = [row for grid in grids if isinstance(grid, dict) for row in _rows(cast(dict[str, Any], grid))]
    if not rows:
        return None
    reader = _hayson if _has_kinds(rows) else _lettered
    read: list[Record] = [
        {name: value for name, cell in row.items() if (value := reader(cell)) is not Mark.NOTHING} for row in rows
    ]
    return read if any(Mark.MARKER in row.values() for row in read) else None


def _rows(grid: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    if isinstance(listed := grid.get("rows"), list):
        yield from (cast(dict[str, Any], row) for row in cast(list[Any], listed) if isinstance(row, dict))
    elif "id" in grid:
        yield dict(grid)


def _has_kinds(rows: Iterable[Mapping[str, Any]]) -> bool:
    return any(isinstance(cell, dict) and "_kind" in cell for row in rows for cell in row.values())


def _lettered(cell: object) -> Value:
    match cell:
        case str():
            found = _LETTERED.fullmatch(cell)
            return _BY_LETTER[found[1]](found[2]) if found else cell
        case list():
            return [_lettered(one) for one in cast(list[object], cell)]
        case _:
            return _plain(cell)


def _lettered_ref(text: str) -> Ref:
    id_, _, dis = text.partition(" ")
    return Ref(id_, dis or None)


def _lettered_number(text: str) -> Value:
    number, _, unit = text.partition(" ")
    return _number(number, unit or None)


def _marker(_: str) -> Value:
    return Mark.MARKER


def _nothing(_: str) -> Value:
    return Mark.NOTHING


_BY_LETTER: Mapping[str, Callable[[str], Value]] = {
    "m": _marker, "-": _nothing, "z": _nothing, "r": _lettered_ref, "n": _lettered_number, **dict.fromkeys("sdhtucbxy", str),
}  # fmt: skip


def _hayson(cell: object) -> Value:
    match cell:
        case dict():
            return _of_kind(cast(dict[str, Any], cell))
        case list():
            return [_hayson(one) for one in cast(list[object], cell)]
        case _:
            return _plain(cell)


def _of_kind(cell: Mapping[str, Any]) -> Value:
    value = cell.get("val")
    match cell.get("_kind"):
        case "marker":
            return Mark.MARKER
        case "ref":
            return Ref(str(value).removeprefix("@"), cell.get("dis"))
        case "number":
            return _number(str(value), cell.get("unit"))
        case "coord":
            return f"{cell.get('lat')},{cell.get('lng')}"
        case "remove" | "na" | "grid":
            return Mark.NOTHING
        case None | "dict":
            return [name for name in cell if name != "_kind"]
        case _:
            return str(value)


def _number(text: str, unit: str | None) -> Value:
    try:
        return Quantity(_NUMBERS[text] if text in _NUMBERS else float(text), unit)
    except ValueError:
        return text


def _plain(cell: object) -> Value:
    match cell:
        case bool() | str():
            return cell
        case int() | float():
            return Quantity(float(cell))
        case _:
            return Mark.NOTHING
