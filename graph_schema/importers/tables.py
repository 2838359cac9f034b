"""Rows of spreadsheets saved as CSV, as fields by name, with the line that each stands on."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from graph_schema.errors import InvalidInput

BEYOND = "(cells beyond the last column)"
_SEPARATORS = ",;\t"


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Rows without their empty cells, by line number; lines that begin with # are remarks.

    Columns go by their names without case, "Fed by" being ``fed_by``, and may be separated by commas, semicolons or tabs.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read as a table in UTF-8 (save it as “CSV UTF-8”): {error}") from error
    lines = (re.sub(r"^\s*#.*", "", line) for line in io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=_separator(text), strict=True)
    try:
        yield from named_rows(path, ((reader.line_num, cells) for cells in reader))
    except csv.Error as error:
        hint = " (is a quotation mark left open?)" if "unexpected end" in str(error) else ""
        raise InvalidInput(f"{path}, line {reader.line_num}: this is no table of cells: {error}{hint}") from error


def named_rows(path: Path, lines: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows below the header, which is the first line that is not empty."""
    columns: list[str] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if columns:
            yield number, _row(columns, cells)
        else:
            columns = _columns(path, cells)


def _separator(text: str) -> str:
    head = next((line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")), "")
    return max(_SEPARATORS, key=head.count)


def _columns(path: Path, cells: list[str]) -> list[str]:
    columns = [re.sub(r"[\s_-]+", "_", cell.strip().lower()) for cell in cells]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise InvalidInput(f"{path} has the column {twice[0]} twice.")
    return columns


def _row(columns: list[str], cells: list[str]) -> dict[str, Any]:
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if cell.strip()}
    if any(cell.strip() for cell in cells[len(columns) :]):
        row[BEYOND] = "; ".join(cells[len(columns) :])
    return row
