"""Trio, the text in which people write Haystack records by hand: a tag a line, a line of dashes between records."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph_schema.errors import InvalidInput
from graph_schema.importers.haystack.values import Mark, Record, Value
from graph_schema.importers.haystack.zinc import read_value

_BETWEEN = re.compile(r"-{3,}\s*")
_TAG = re.compile(r"([A-Za-z_]\w*)\s*(?::(.*))?")
_REMARK = re.compile(r"\s*(?://.*)?")


def read_trio(text: str) -> list[Record]:
    """The records of a text. Raises ``InvalidInput`` with the line that cannot be read."""
    found: list[Record] = []
    record: dict[str, Value] = {}
    for number, line, below in _tags(text.removeprefix("\ufeff").splitlines()):
        if _BETWEEN.fullmatch(line):
            found.append(record)
            record = {}
        else:
            name, value = _tag(number, line, below)
            record[name] = value
    kept = [{name: value for name, value in one.items() if value is not Mark.NOTHING} for one in (*found, record)]
    return [one for one in kept if one]


def _tags(lines: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Lines that begin at the margin, with their numbers and the lines indented below them."""
    place = 0
    while place < len(lines):
        first = place
        place += 1
        while place < len(lines) and lines[place][:1] in (" ", "\t") and lines[first].rstrip().endswith(":"):
            place += 1
        if not _REMARK.fullmatch(lines[first]):
            yield first + 1, lines[first], lines[first + 1 : place]


def _tag(number: int, line: str, below: list[str]) -> tuple[str, Value]:
    found = _TAG.fullmatch(line.rstrip())
    if found is None:
        raise InvalidInput(f"line {number}: “{line.strip()[:30]}” is no tag, as in dis: AHU-1")
    name, said = found[1], found[2]
    if said is None:
        return name, Mark.MARKER
    if said.strip():
        return name, _value(number, said.strip())
    if below and below[0].strip() == "Zinc:":  # a grid in a tag describes nothing of the plant
        return name, Mark.NOTHING
    return name, "\n".join(part.strip() for part in below)


def _value(number: int, text: str) -> Value:
    """As Zinc has it; what begins with a letter and is none of that is a text without quotation marks."""
    try:
        return read_value(text)
    except InvalidInput as error:
        if text[0].isalpha():
            return text
        raise InvalidInput(f"line {number}: “{text[:30]}” is no value") from error
