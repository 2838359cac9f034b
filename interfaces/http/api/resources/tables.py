"""Readings in other formats than JSON: CSV for spreadsheets, Arrow for data frames."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Literal

from ingestion.export.files import plain_cell
from interfaces.http.api.problems import ApiError
from interfaces.http.api.resources.models import Reading

Format = Literal["json", "csv", "arrow"]
MEDIA_TYPES: Mapping[Format, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "arrow": "application/vnd.apache.arrow.stream",
}
FORMATS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/vnd.apache.arrow.stream": {"schema": {"type": "string", "format": "binary"}},
        },
        "description": "A page; where there is another, the Link header says where",
    }
}
COLUMNS = ("point", "at", "value", "text", "unit")


def wanted(stated: Format | None, accept: str) -> Format:
    """The format that was asked for, by name or by ``Accept``. Raises ``ApiError`` (406) for one that is not to be had."""
    form = stated or _accepted(accept)
    if form == "arrow" and find_spec("pyarrow") is None:
        raise ApiError(
            406, "Arrow is not installed on the server: `pip install plantroom[arrow]` there, or ask for json or csv."
        )
    return form


def written(form: Format, readings: Sequence[Reading]) -> bytes:
    """A page of readings as CSV or Arrow."""
    return _csv(readings) if form == "csv" else _arrow(readings)


def _accepted(accept: str) -> Format:
    """The first that the caller names and there is; JSON for anything."""
    named = [one.partition(";")[0].strip().lower() for one in accept.split(",") if one.strip()]
    for one in named:
        if one in ("application/json", "*/*", "application/*"):
            return "json"
        if one in ("text/csv", "text/*"):
            return "csv"
        if one == MEDIA_TYPES["arrow"]:
            return "arrow"
    if not named:
        return "json"
    raise ApiError(406, "Readings come as application/json, text/csv or application/vnd.apache.arrow.stream.")


def _csv(readings: Sequence[Reading]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in readings:
        value = "" if one.value is None else repr(one.value)
        writer.writerow([plain_cell(one.point), one.at.isoformat(), value, plain_cell(one.text), plain_cell(one.unit)])
    return buffer.getvalue().encode()


def _arrow(readings: Sequence[Reading]) -> bytes:
    arrow: Any = import_module("pyarrow")  # an extra
    schema = arrow.schema(
        [
            ("point", arrow.string()),
            ("at", arrow.timestamp("us", tz="UTC")),
            ("value", arrow.float64()),
            ("text", arrow.string()),
            ("unit", arrow.string()),
        ]
    )
    columns = {name: [getattr(one, name) for one in readings] for name in COLUMNS}
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(sink, schema) as writer:
        writer.write_table(arrow.table(columns, schema=schema))
    return sink.getvalue().to_pybytes()
