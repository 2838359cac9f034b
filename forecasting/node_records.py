"""Records as properties of graph nodes: moments in milliseconds of Unix time, tuples as lists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def properties_of(record: DataclassInstance) -> dict[str, Any]:
    """By the names of its fields."""
    return {field.name: _kept(getattr(record, field.name)) for field in fields(record)}


def record_of(kind: type[T], properties: Mapping[str, Any], *, times: Collection[str], lists: Collection[str]) -> T:
    """The record again, from the properties that it has fields for; a property that is not there is None, of ``lists`` an empty tuple."""
    found: dict[str, Any] = {field.name: properties.get(field.name) for field in fields(kind)}
    for name in times:
        if found[name] is not None:
            found[name] = datetime.fromtimestamp(found[name] / 1000, UTC)
    for name in lists:
        found[name] = tuple(found[name] or ())
    return kind(**found)


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _kept(value: Any) -> Any:
    if isinstance(value, datetime):
        return milliseconds(value)
    return list(value) if isinstance(value, tuple) else value  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
