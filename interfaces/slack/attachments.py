"""What goes along with an answer as files: charts as pictures, tables as CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from io import StringIO

from agent.events import Answered
from interfaces.chart_image import png
from interfaces.web.chat.charts import description
from tools.results.result import Chart
from tools.results.table import Cell, Table

MOST_CHARTS = 3
MOST_TABLES = 2
ROWS = 6
"""A shorter table stands in the answer."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Attachment:
    """``described`` is for who does not see it."""

    filename: str
    title: str
    content: bytes
    described: str | None = None


def attachments(answer: Answered, zone: tzinfo) -> Sequence[Attachment]:
    """Takes some hundred milliseconds of a processor where there are charts."""
    charts = [one for one in answer.charts if any(line.values for line in one.lines)][:MOST_CHARTS]
    tables = [one for one in answer.tables if len(one.rows) >= ROWS and not one.single][:MOST_TABLES]
    return [*(_picture(one, zone) for one in charts), *(_file(one, zone) for one in tables)]


def _picture(chart: Chart, zone: tzinfo) -> Attachment:
    return Attachment(f"{_named(chart.title)}.png", chart.title, png(chart, zone), description(chart, zone)[:1000])


def _file(table: Table, zone: tzinfo) -> Attachment:
    whole = "" if table.whole else f", {len(table.rows):,} of {table.total:,}"
    return Attachment(
        f"{_named(table.name)}.csv", f"{table.name.replace('_', ' ')}{whole}", comma_separated(table, zone)
    )


def comma_separated(table: Table, zone: tzinfo) -> bytes:
    """With a mark by which a spreadsheet reads it as UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([f"{one.key} ({one.unit})" if one.unit else one.key for one in table.columns])
    writer.writerows([[_written(cell, zone) for cell in row.cells] for row in table.rows])
    return text.getvalue().encode("utf-8-sig")


def _written(cell: Cell, zone: tzinfo) -> str | float:
    """What somebody wrote is no formula in a spreadsheet."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.astimezone(zone).isoformat(sep=" ", timespec="seconds")
        case str():
            return f"'{cell}" if cell.startswith(_FORMULA) else cell
        case _:
            return cell


def _named(title: str) -> str:
    return re.sub(r"[^\w-]+", "-", title).strip("-").lower()[:60] or "plant"
