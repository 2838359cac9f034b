"""A tool's result on a terminal: its tables, its notes, and a line of blocks for each line of a chart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, tzinfo

from rich import table as rich_table
from rich.console import Console
from rich.markup import escape

from interfaces.cli.payloads import plain
from tools.results.result import Chart, ChartLine, ToolResult
from tools.results.table import Cell, Column, Table, TableRow
from tools.sentences.notation import number

ROWS = 200
"""Of a longer table the first ones are printed."""
WIDTH = 60
_BLOCKS = "▁▂▃▄▅▆▇█"
_RIGHT = ("number", "count", "percent", "hours")
_LONGEST = 200


def print_result(out: Console, result: ToolResult, zone: tzinfo) -> None:
    """Times are those of the zone."""
    for table in result.tables():
        out.print()
        (_print_record if table.single else _print_rows)(out, table, zone)
    for chart in result.charts:
        _print_chart(out, chart, zone)
    if result.notes:
        out.print()
    for note in result.notes:
        out.print(f"[yellow]•[/] {escape(plain(note))}", soft_wrap=True)


def _print_record(out: Console, table: Table, zone: tzinfo) -> None:
    (row,) = table.rows
    grid = rich_table.Table(box=None, pad_edge=False, show_header=False, title=_words(table.name), title_justify="left")
    for column, cell in zip(table.columns, row.cells, strict=True):
        if cell is not None:
            grid.add_row(_words(column.key), _said(cell, _unit(column, row), zone))
    out.print(grid)


def _print_rows(out: Console, table: Table, zone: tzinfo) -> None:
    used = [i for i in range(len(table.columns)) if any(row.cells[i] is not None for row in table.rows)]
    grid = rich_table.Table(box=None, pad_edge=False, title=_words(table.name), title_justify="left")
    units = {i: _shared_unit(table, i) for i in used}
    for i in used:
        column, unit = table.columns[i], units[i]
        heading = _words(column.key) + (f" ({escape(plain(unit))})" if unit else "")
        grid.add_column(heading, justify="right" if column.kind in _RIGHT else "left", overflow="fold")
    if any(row.stale for row in table.rows):
        grid.add_column("")
    for row in table.rows[:ROWS]:
        cells = [_said(row.cells[i], None if units[i] else _unit(table.columns[i], row), zone) for i in used]
        grid.add_row(*cells, *(["stale"] if row.stale else []))
    out.print(grid)
    total = table.total if table.total is not None else len(table.rows)
    if total > min(len(table.rows), ROWS):
        out.print(f"… and {total - min(len(table.rows), ROWS):,} more of {total:,}")


def _shared_unit(table: Table, index: int) -> str | None:
    """The unit of all numbers of a column, which then stands in its heading."""
    column = table.columns[index]
    found = {_unit(column, row) for row in table.rows if row.cells[index] is not None}
    return next(iter(found)) if len(found) == 1 else None


def _unit(column: Column, row: TableRow) -> str | None:
    if column.kind == "percent":
        return "%"
    return column.unit or (row.unit if column.kind == "number" else None)


def _said(cell: Cell, unit: str | None, zone: tzinfo) -> str:
    match cell:
        case None:
            return "–"
        case datetime():
            return f"{cell.astimezone(zone):%Y-%m-%d %H:%M}"
        case str():
            shown = plain(cell)
            return escape(shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…")
        case _:
            return number(cell) + (f" {escape(plain(unit))}" if unit else "")


def _words(name: str) -> str:
    return escape(plain(name.replace("_", " ")))


def _print_chart(out: Console, chart: Chart, zone: tzinfo) -> None:
    lines = [line for line in chart.lines if line.values]
    if not lines:
        return
    unit = f" ({escape(plain(chart.unit))})" if chart.unit else ""
    ends = min(line.at[0] for line in lines), max(line.at[-1] for line in lines)
    start, end = (_said(at, None, zone) for at in ends)
    out.print(f"\n{escape(plain(chart.title))}{unit}, {start} to {end}", soft_wrap=True)
    longest = max(len(line.name) for line in lines)
    for line in lines:
        name = escape(plain(line.name).ljust(longest))
        between = f"{number(min(line.values))} to {number(max(line.values))}"
        out.print(f"  {name} {sparkline(line)} {between}", soft_wrap=True)


def sparkline(line: ChartLine, width: int = WIDTH) -> str:
    """Blocks between the line's lowest and highest value, each the mean of a stretch of readings."""
    means = _means(line.values, width)
    low, high = min(means), max(means)
    span = (high - low) or 1.0
    return "".join(_BLOCKS[round((one - low) / span * (len(_BLOCKS) - 1))] for one in means)


def _means(values: Sequence[float], width: int) -> list[float]:
    count = min(width, len(values))
    edges = [round(i * len(values) / count) for i in range(count + 1)]
    return [sum(values[a:b]) / (b - a) for a, b in itertools.pairwise(edges)]
