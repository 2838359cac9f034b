"""InfluxDB's line protocol: ``measurement,tag=value field=1i,other="text" 1465839830100400200``."""

import re
from typing import Any

from graph_schema.errors import InvalidInput

_LINE = re.compile(r"((?:\\.|[^ \\])+) +((?:\"(?:\\.|[^\"\\])*\"|\\.|[^ \"\\])+)(?: +(-?\d+))?\s*")
_FIELD = re.compile(r"((?:\\.|[^,=\\])+)=(\"(?:\\.|[^\"\\])*\"|[^,]*)(?:,|$)")
_COMMA = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\([,= \"\\])")
_TRUE, _FALSE = ("t", "true"), ("f", "false")
_HOST = "host"


def parse_lines(payload: bytes) -> list[dict[str, Any]]:
    """A member for each line: its ``time`` and its ``fields`` by the measurement, its tags but for the host, and their name.

    Raises ``InvalidInput``.
    """
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput("The payload is not text in UTF-8.") from error
    return [_line(line) for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _line(text: str) -> dict[str, Any]:
    found = _LINE.fullmatch(text.strip())
    fields = list(_FIELD.finditer(found[2])) if found else []
    if found is None or not fields:
        raise InvalidInput(f"“{text[:60]}” is no line of InfluxDB's protocol.")
    series = ",".join(part for part in map(_plain, _COMMA.split(found[1])) if not part.startswith(f"{_HOST}="))
    values = {f"{series}.{_plain(field[1])}": _value(field[2]) for field in fields}
    return {"time": int(found[3]) if found[3] else None, "fields": values}


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _value(text: str) -> Any:
    if text.startswith('"'):
        return _plain(text[1:-1])
    if text.lower() in _TRUE + _FALSE:
        return text.lower() in _TRUE
    try:
        return float(text.rstrip("iu"))
    except ValueError as error:
        raise InvalidInput(f"“{text[:40]}” is no value of a field.") from error
