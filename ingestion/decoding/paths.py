"""Members of a payload by their paths: ``a.b.0.c``, and ``.`` for the payload itself."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, cast

MISSING: Any = object()
"""There is no such member. One that is there and null is None."""
_DEEPEST = 8


def find(document: Any, path: str) -> Any:
    """The member at a path, or ``MISSING``. A key that holds dots is written as it is: the longest key that fits goes first."""
    if isinstance(document, dict) and path in document:
        return cast(dict[str, Any], document)[path]
    return _at(document, _steps(path))


@lru_cache(4096)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(filter(None, path.removeprefix("$").split(".")))


def _at(document: Any, steps: tuple[str, ...]) -> Any:
    if not steps:
        return document
    if isinstance(document, dict):
        return _in_object(cast(dict[str, Any], document), steps)
    if isinstance(document, list) and steps[0].isdecimal():
        members = cast(list[Any], document)
        place = int(steps[0])
        return _at(members[place], steps[1:]) if place < len(members) else MISSING
    return MISSING


def _in_object(document: dict[str, Any], steps: tuple[str, ...]) -> Any:
    for length in range(len(steps), 0, -1):
        key = steps[0] if length == 1 else ".".join(steps[:length])
        if key in document and (found := _at(document[key], steps[length:])) is not MISSING:
            return found
    return MISSING


def leaves(document: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every number, boolean, text and null of a payload with its path, in the payload's order."""
    if isinstance(document, dict | list) and depth < _DEEPEST:
        members = (
            cast(dict[str, Any], document).items()
            if isinstance(document, dict)
            else enumerate(cast(list[Any], document))
        )
        for name, member in members:
            yield from leaves(member, f"{path}.{name}" if path else str(name), depth + 1)
    elif path and not isinstance(document, dict | list):
        yield path, document
