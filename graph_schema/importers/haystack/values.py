"""The values that the tags of a Haystack record hold, whatever file they stood in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


class Mark(Enum):
    """Tags that hold no value: ``M`` says that the tag applies."""

    MARKER = "marker"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Ref:
    """A record's id, without its @."""

    id: str
    dis: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit as the file writes it."""

    number: float
    unit: str | None = None


Value = Mark | Ref | Quantity | str | bool | Sequence["Value"]
Record = Mapping[str, Value]


def markers(record: Record) -> set[str]:
    return {name for name, value in record.items() if value is Mark.MARKER}


def refs(record: Record) -> Iterable[tuple[str, Ref]]:
    for name, value in record.items():
        if isinstance(value, Ref) and name != "id":
            yield name, value


def text(record: Record, name: str) -> str | None:
    value = record.get(name)
    return value if isinstance(value, str) and value else None


def written(value: Value) -> str:
    """A value as people write it."""
    match value:
        case Ref():
            return value.dis or value.id
        case Quantity():
            return f"{value.number:g}{value.unit or ''}"
        case bool():
            return "true" if value else "false"
        case Mark():
            return value.value
        case str():
            return value
        case _:
            return ", ".join(written(one) for one in value)
