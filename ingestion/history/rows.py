"""Readings as the bytes that PostgreSQL takes in by binary COPY, sorted by key and without repetitions.

Whole columns at a time: a call for each row would cost more than the database's own work.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingestion.history.dirty_hours import Hours
from ingestion.reading import Reading

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_PIECE = 1 << 19
_EPOCH_MS = 946_684_800_000  # PostgreSQL counts from 2000-01-01, in microseconds
_FIRST_MS, _LAST_MS = -210_866_803_200_000, 9_224_318_016_000_000  # what a timestamptz can be
_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000

# Four columns, each with its length before it; the text is null.
_RECORD = np.dtype(
    [
        ("columns", ">i2"),
        ("series_size", ">i4"),
        ("series", ">i4"),
        ("at_size", ">i4"),
        ("at", ">i8"),
        ("value_size", ">i4"),
        ("value", ">f8"),
        ("text_size", ">i4"),
    ]
)


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns in the order of the key. ``texts`` holds, by place, what is not a plain number."""

    series: NDArray[np.int64]
    at: NDArray[np.int64]
    value: NDArray[np.float64]
    texts: Mapping[int, Reading]

    def __len__(self) -> int:
        return len(self.series)

    def hours(self) -> Hours:
        """Each hour of a series that the rows touch, in their order."""
        hour = self.at // _HOUR_MS
        return Hours(self.series, hour * _HOUR_MS).where(_differs_from_the_one_before(self.series, hour))

    def days(self) -> list[int]:
        """The first epoch millisecond of each day that the rows touch."""
        return (np.unique(self.at // _DAY_MS) * _DAY_MS).tolist()

    def copy_data(self) -> Iterator[bytes]:
        """The stream of ``copy (series, at, value, text) from stdin (format binary)``. Raises ``UnicodeEncodeError``."""
        yield _HEADER
        numbers = self._numbers()
        begin = 0
        for place, reading in self.texts.items():
            yield from _pieces(numbers[begin:place])
            yield _text_record(numbers[place], reading)
            begin = place + 1
        yield from _pieces(numbers[begin:])
        yield _TRAILER

    def _numbers(self) -> NDArray[Any]:
        records = np.empty(len(self), _RECORD)
        records["columns"] = 4
        records["series_size"], records["at_size"], records["value_size"], records["text_size"] = 4, 8, 8, -1
        records["series"] = self.series
        records["at"] = (self.at - _EPOCH_MS) * 1000
        records["value"] = self.value
        return records


def rows_of(readings: Sequence[Reading], ids: Mapping[str, int]) -> Rows:
    """Sorted; of two readings of one series and moment the later in the list counts. Raises ``OverflowError`` for a
    moment that no timestamp can be."""
    series = np.array([ids[reading.source] for reading in readings], np.int64)
    at = np.array([reading.at for reading in readings], np.int64)
    if len(at) and not _FIRST_MS <= at.min() <= at.max() <= _LAST_MS:
        raise OverflowError("a timestamp is out of range")
    value = np.array([reading.value for reading in readings], np.float64)  # None becomes NaN
    order = np.lexsort((at, series))  # stable
    series, at = series[order], at[order]
    last = np.append(_differs_from_the_one_before(series, at)[1:], True)[: len(order)]
    order, series, at = order[last], series[last], at[last]
    value = value[order]
    odd: list[int] = np.flatnonzero(np.isnan(value)).tolist()
    origins: list[int] = order[odd].tolist()
    texts = {place: readings[i] for place, i in zip(odd, origins, strict=True) if readings[i].value is None}
    return Rows(series, at, value, texts)


def _differs_from_the_one_before(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
    differs = np.ones(len(first), np.bool_)
    differs[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    return differs


def _pieces(records: NDArray[Any]) -> Iterator[bytes]:
    """Not too long each: what libpq cannot send at once it copies."""
    step = _PIECE // _RECORD.itemsize
    for start in range(0, len(records), step):
        yield records[start : start + step].tobytes()


def _text_record(number: Any, reading: Reading) -> bytes:
    """The same record with a null for the value and the text at its end."""
    beginning = number.tobytes()[: _RECORD.fields["value_size"][1]]  # pyright: ignore[reportOptionalSubscript]
    if reading.text is None:
        return beginning + b"\xff" * 8
    text = reading.text.encode()
    return beginning + b"\xff" * 4 + len(text).to_bytes(4) + text
