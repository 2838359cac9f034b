"""Arguments come from outside: bounded and plain before anything reads them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from graph_schema.errors import InvalidInput

_MAX_TEXT = 200_000  # characters of arguments as JSON
_MAX_DEPTH = 32  # of nesting: a question is a handful of levels deep
_MAX_ITEMS = 20_000
_INT64 = 2**63


def object_of(tool: str, arguments: str | Mapping[str, Any]) -> dict[str, Any]:
    """One JSON object, bounded and storable; raises ``InvalidInput`` with a sentence."""
    given: Any = arguments if not isinstance(arguments, str) else _parsed(tool, arguments)
    if not isinstance(given, Mapping):
        raise InvalidInput(f"{tool}: the arguments must be one JSON object.")
    _refuse_oddities(tool, cast(object, given))
    return dict(cast(Mapping[str, Any], given))


def _parsed(tool: str, text: str) -> Any:
    if len(text) > _MAX_TEXT:
        raise InvalidInput(f"{tool}: the arguments are longer than {_MAX_TEXT:,} characters.")
    if not text.strip():
        return {}
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        where = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise InvalidInput(f"{tool}: the arguments are not JSON ({where}).") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{tool}: the arguments are not JSON that can be read.") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _refuse_oddities(tool: str, given: object) -> None:
    """What is JSON and yet breaks a store or a stack: endless nesting, huge numbers, text that is no Unicode."""
    rest: list[tuple[object, int]] = [(given, 1)]
    count = 0
    while rest:
        value, depth = rest.pop()
        count += 1
        if depth > _MAX_DEPTH or count > _MAX_ITEMS:
            raise InvalidInput(f"{tool}: the arguments are too large or nested too deeply.")
        if isinstance(value, Mapping):
            rest.extend((part, depth + 1) for pair in cast(Mapping[object, object], value).items() for part in pair)
        elif isinstance(value, list | tuple):
            rest.extend((part, depth + 1) for part in cast(Sequence[object], value))
        elif (odd := _oddity(value)) is not None:
            raise InvalidInput(f"{tool}: {odd}.")


def _oddity(value: object) -> str | None:
    if isinstance(value, str):
        return None if _storable(value) else "a text in the arguments holds characters that cannot be stored"
    if isinstance(value, int):
        return None if -_INT64 <= value < _INT64 else "a whole number in the arguments is too large"
    if isinstance(value, float):
        return None if math.isfinite(value) else "a number in the arguments is not finite"
    return None if value is None else f"the arguments hold a {type(value).__name__}, which is not JSON"


def _storable(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
