"""A file as lines of cells, whatever program wrote it: encodings, separators, workbooks. What the cells mean is not known here."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from charset_normalizer import from_bytes
from python_calamine import CalamineError, CalamineWorkbook

from graph_schema.errors import InvalidInput

SPACES = "spaces"
SEPARATORS = (",", ";", "\t", "|", SPACES)
_WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_GUESSED = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman", "shift_jis", "gb18030", "big5", "euc_kr")
_HEAD = 1 << 18  # bytes
_LOOKED_AT = 300  # lines
_MOMENT = re.compile(
    r"\D{0,4}(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[-. ]{1,2}[^\W\d]{3,9}\.?[-, ]{1,2}\d{2,4}"
    r"|[^\W\d]{3,9}\.? \d{1,2},? \d{4}|[^\W\d]{3} [^\W\d]{3} [ \d]\d \d\d:\d\d:\d\d(?: [A-Z]{2,5})? \d{4}|\d{10}|\d{13}|\d{14}|\d{5}\.\d{3,})(?:\D.*)?"
)

Line = tuple[int, list[str]]
"""Its number, from 1, and its cells."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is read. ``encoding`` and ``separator`` are None for a workbook, ``sheet`` for anything else."""

    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None


def dialect_of(
    path: Path, encoding: str | None = None, separator: str | None = None, sheet: str | None = None
) -> Dialect:
    """What is stated, and else what the file itself shows. Raises ``InvalidInput``."""
    if path.suffix.lower() in _WORKBOOKS:
        return Dialect(sheet=sheet or _fullest(path))
    encoding = encoding or _encoding_of(path)
    return Dialect(encoding, separator or _separator_of(_text(path, encoding, _LOOKED_AT)))


def lines(path: Path, dialect: Dialect) -> Iterator[Line]:
    """All of them, empty ones as well. Raises ``InvalidInput``."""
    if dialect.encoding is None:
        yield from _of_sheet(path, dialect.sheet)
        return
    try:
        with path.open(encoding=dialect.encoding, newline="") as file:
            yield from _split(file, dialect.separator or ",")
    except OSError as error:
        raise _unreadable(path, error) from error
    except (UnicodeError, LookupError, csv.Error) as error:
        raise InvalidInput(
            f"The file {path} cannot be read as {dialect.encoding}: {error}. Say in the map which encoding it has, as encoding: cp1252."
        ) from error


def is_moment(text: str) -> bool:
    """Whether a cell begins with a date, or is an epoch: a first look that knows no format."""
    return len(text) < 60 and _MOMENT.fullmatch(text.strip()) is not None


def _split(file: Iterator[str] | Sequence[str], separator: str) -> Iterator[Line]:
    if separator == SPACES:
        for number, text in enumerate(file, start=1):
            yield number, text.split()
        return
    reader = csv.reader(file, delimiter=separator, skipinitialspace=separator != "\t")
    for cells in reader:
        yield reader.line_num, cells


# Which text it is


def _encoding_of(path: Path) -> str:
    """A mark at the beginning, UTF-8 where all of it is, else what the letters speak for."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise _unreadable(path, error) from error
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if b"\x00" in head:
        return _wide(path, head)
    return "utf-8" if _is_utf8(path) else _narrow(path, head)


def _wide(path: Path, head: bytes) -> str:
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 4:
        raise InvalidInput(f"The file {path} is no text: it holds bytes that are zero.")
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_HEAD):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _narrow(path: Path, head: bytes) -> str:
    """Western Windows text unless the letters speak clearly for another one; a degree sign alone speaks for nothing."""
    letters = {byte for byte in head if byte >= 0x80}
    is_western = letters <= _WESTERN and not _SIGN_IN_WORD.search(head)
    if not is_western and letters <= _CENTRAL:
        return "cp1250"
    if is_western or len(letters) <= 8:
        return "cp1252"
    best = from_bytes(_telling_lines(head), cp_isolation=list(_GUESSED)).best()
    if best is None:
        raise InvalidInput(
            f"The file {path} is text in no encoding that is known. Say in the map which, as encoding: cp1252."
        )
    return best.encoding


_SIGN_IN_WORD = re.compile(rb"[A-Za-z][\xb2\xb3\xb9\xbf][A-Za-z]{2}")
"""A superscript within a word: a letter of another encoding."""
_CENTRAL = frozenset("°˛łµ·ąćęńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűöüÖÜŐŰ–’€ ".encode("cp1250"))
_WESTERN = frozenset("°²³µ·ÄÖÜäöüßÀÂÇÈÉÊËÎÏÔÙÛàâçèéêëîïôùûñÑáíóúÁÍÓÚ¿¡ãõåæøÅÆØ–’€ ".encode("cp1252"))


def _telling_lines(head: bytes) -> bytes:
    """Those with letters beyond ASCII: rows of digits would drown them."""
    return b"\n".join([line for line in head.splitlines() if any(byte >= 0x80 for byte in line)][:200])


def _text(path: Path, encoding: str, most: int) -> list[str]:
    try:
        with path.open(encoding=encoding, newline="", errors="replace") as file:
            return [line for line, _ in zip(file, range(most), strict=False)]
    except OSError as error:
        raise _unreadable(path, error) from error
    except LookupError as error:
        raise InvalidInput(f"There is no encoding called {encoding}.") from error


# Which separator it has


def _separator_of(text: Sequence[str]) -> str:
    stated = re.fullmatch(r"\W*sep=(.)\s*", text[0]) if text else None
    if stated:
        return stated[1]
    best = max(SEPARATORS[:-1], key=lambda separator: _fitness(text, separator))
    return best if _fitness(text, best)[0] or not _fitness(text, SPACES)[0] else SPACES


def _fitness(text: Sequence[str], separator: str) -> tuple[int, int, int]:
    """How many lines with a moment have the same number of cells, how many, and the earlier one of the list."""
    try:
        rows = [cells for _, cells in _split(text, separator)]
    except csv.Error:
        return (0, 0, 0)
    widths = Counter(len(cells) for cells in rows if len(cells) > 1 and any(_is_bare_moment(cell) for cell in cells))
    width, times = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
    headed = any(len(cells) == width and not any(map(is_moment, cells)) for cells in rows)
    return (times + times * headed, width, -SEPARATORS.index(separator))


def _is_bare_moment(cell: str) -> bool:
    """A moment that no other separator divides."""
    return is_moment(cell) and not re.search(r"[;\t|]", cell) and (cell.count(",") <= 1)


# Workbooks


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise InvalidInput(f"The workbook {path} cannot be read: {error}.") from error


def _fullest(path: Path) -> str:
    """The sheet with most rows."""
    with _workbook(path) as book:
        return max(book.sheet_names, key=lambda name: book.get_sheet_by_name(name).height)


def _of_sheet(path: Path, sheet: str | None) -> Iterator[Line]:
    with _workbook(path) as book:
        if sheet not in book.sheet_names:
            raise InvalidInput(f"The workbook {path} has no sheet “{sheet}”. It has: {', '.join(book.sheet_names)}.")
        for number, cells in enumerate(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False), start=1):
            yield number, [_cell_text(cell) for cell in cells]


def _cell_text(cell: Any) -> str:
    match cell:
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case datetime():
            return (cell + timedelta(microseconds=500)).replace(microsecond=0).isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def _unreadable(path: Path, error: OSError) -> InvalidInput:
    return InvalidInput(f"The file {path} cannot be read: {error.strerror}.")
