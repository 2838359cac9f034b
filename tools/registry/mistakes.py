"""What is wrong with a call, in one sentence that a model can act on."""

from __future__ import annotations

from pydantic import ValidationError
from rapidfuzz import process

_SHOWN = 3


def mistake(tool: str, error: ValidationError, names: list[str]) -> str:
    """What is wrong with the arguments, in one sentence; ``names`` are those that there are."""
    problems: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        path = _path(one["loc"])
        stated = _stated(one["type"], one["msg"], path, names)
        if stated not in problems.setdefault(path, []):
            problems[path].append(stated)
    stated = [" or ".join(some) for some in problems.values()]
    more = f"; and {len(stated) - _SHOWN} more" if len(stated) > _SHOWN else ""
    return f"{tool}: {'; '.join(stated[:_SHOWN])}{more}."


def _path(location: tuple[int | str, ...]) -> str:
    """Where it is, without pydantic's names for the branches of a union."""
    return ".".join(str(part)[:60] for part in location if str(part) not in ("str", "float", "int", "list[str]"))


def _stated(kind: str, message: str, path: str, names: list[str]) -> str:
    if kind == "missing":
        return f"“{path}” is needed"
    if kind == "extra_forbidden":
        return f"there is no argument “{path}”" + ("" if "." in path else near(path, names))
    plain = message.removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return f"“{path}”: {plain[:1].lower()}{plain[1:]}" if path else plain


def near(name: str, known: list[str]) -> str:
    """What is close to a name that there is not."""
    found = process.extractOne(name, known, score_cutoff=60)
    return f" (did you mean “{found[0]}”?)" if found else f" (there are {', '.join(known)})" if known else ""


def first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]
