"""Tables as files: CSV for spreadsheets, Parquet for data frames (extra ``arrow``)."""

import csv
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Literal, Protocol

from graph_schema.errors import InvalidInput
from ingestion.export.readings import Batch

Format = Literal["csv", "parquet"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table(Protocol):
    """A file that takes rows."""

    def add(self, batch: Batch) -> None: ...


def format_of(path: Path, stated: Format | None) -> Format:
    """By the name of the file, where nobody says. Raises ``InvalidInput`` where the extra is missing."""
    form = stated or ("parquet" if path.suffix.lower() in (".parquet", ".pq") else "csv")
    if form == "parquet" and find_spec("pyarrow") is None:
        raise InvalidInput(
            "Parquet needs an extra that is not installed here: `pip install plantroom[arrow]`, or ask for csv."
        )
    return form


def open_table(path: Path, form: Format, columns: Mapping[str, type]) -> AbstractContextManager[Table]:
    """A new file, which has its name only once it is whole. Raises ``OSError``."""
    return _parquet(path, columns) if form == "parquet" else _csv_file(path, columns)


class CsvTable:
    """Times are ISO 8601 in UTC, numbers have all their digits."""

    def __init__(self, file: IO[str], columns: Mapping[str, type]) -> None:
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(columns)

    def add(self, batch: Batch) -> None:
        self._writer.writerows([_cell(value) for value in row] for row in batch)


def plain_cell(text: str | None) -> str:
    """A text of a device is no formula of a spreadsheet."""
    return f"'{text}" if text and text.startswith(_FORMULA) else text or ""


def _cell(value: Any) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case float():
            return repr(value)
        case str() | None:
            return plain_cell(value)
        case _:
            return str(value)


@contextmanager
def _csv_file(path: Path, columns: Mapping[str, type]) -> Generator[Table]:
    with _whole(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        yield CsvTable(file, columns)


class _ParquetTable:
    def __init__(self, arrow: Any, writer: Any, schema: Any) -> None:
        self._arrow = arrow
        self._writer = writer
        self._schema = schema

    def add(self, batch: Batch) -> None:
        arrays = [
            self._arrow.array(values, field.type)
            for values, field in zip(zip(*batch, strict=True), self._schema, strict=True)
        ]
        self._writer.write_table(self._arrow.table(arrays, schema=self._schema))


@contextmanager
def _parquet(path: Path, columns: Mapping[str, type]) -> Generator[Table]:
    arrow: Any = import_module("pyarrow")  # an extra
    parquet: Any = import_module("pyarrow.parquet")
    types = {
        datetime: arrow.timestamp("us", tz="UTC"), float: arrow.float64(), int: arrow.int64(), str: arrow.dictionary(arrow.int32(), arrow.string())
    }  # fmt: skip
    schema = arrow.schema([(name, types[kind]) for name, kind in columns.items()])
    with _whole(path) as part, parquet.ParquetWriter(part, schema) as writer:
        yield _ParquetTable(arrow, writer, schema)


@contextmanager
def _whole(path: Path) -> Generator[Path]:
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    part.replace(path)
