"""What a run of a sentence's pieces was read as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Parts = tuple[tuple[str, "Phrase"], ...]
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """Pieces ``start`` up to ``end`` as a phrase of a kind. ``says`` are the constants of its rule (``op: ">"``), ``parts`` the phrases in it
    by their slots; ``value`` is what the plant's vocabulary or a number gives. ``cost`` weighs it against other readings."""

    kind: str
    start: int
    end: int
    says: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    parts: Parts = ()
    value: Any = None
    cost: float = 0.0

    def part(self, slot: str) -> Phrase | None:
        return next((phrase for name, phrase in self.parts if name == slot), None)

    def all(self, slot: str) -> Iterator[Phrase]:
        return (phrase for name, phrase in self.parts if name == slot)

    def get(self, name: str) -> Any:
        """A constant of its rule."""
        return self.says.get(name)

    def key(self) -> tuple[Any, ...]:
        """Equal for equal readings."""
        return (self.kind, self.start, self.end, *self.says.items(), *((slot, one.key()) for slot, one in self.parts))
