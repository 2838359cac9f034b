"""What a result has to say in one line: which sentence, and the values in it. A language puts them into words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from tools.sentences.language import Language

Key = TypeVar("Key", bound=str, covariant=True)
NAMED = 6


class Sayable(Protocol):
    def said(self, language: Language) -> str: ...


@dataclass(frozen=True, slots=True)
class Summary(Generic[Key]):
    """``key`` names the sentence; the type ``Summary[Literal["found", "named"]]`` says which ones a result needs."""

    key: Key
    values: Mapping[str, Sayable | str | int] = field(default_factory=dict[str, Sayable | str | int])

    def said(self, template: str, language: Language) -> str:
        return template.format(
            **{
                name: str(value) if isinstance(value, str | int) else value.said(language)
                for name, value in self.values.items()
            }
        )


@dataclass(frozen=True, slots=True)
class Count:
    """“2 pumps”; the noun is a word or a class."""

    count: int
    noun: str

    def said(self, language: Language) -> str:
        return language.counted(self.count, language.noun(self.noun))


@dataclass(frozen=True, slots=True)
class Names:
    """“A, B and C”."""

    names: Sequence[Sayable | str]

    def said(self, language: Language) -> str:
        names = [one if isinstance(one, str) else one.said(language) for one in self.names]
        return language.listed(names, len(names), NAMED)


@dataclass(frozen=True, slots=True)
class Label:
    """“fan coil unit”, of a class or of a noun of the product."""

    class_: str | None

    def said(self, language: Language) -> str:
        return language.noun(self.class_)


@dataclass(frozen=True, slots=True)
class Term:
    """A word for one of a few values that a result has: “running”, “likely”."""

    name: str

    def said(self, language: Language) -> str:
        return language.values.get(self.name, self.name)


@dataclass(frozen=True, slots=True)
class Kinds:
    """“ (2 VAVs, 1 fan coil unit)”, the first few; nothing where there are none."""

    by_class: Mapping[str, int]

    def said(self, language: Language) -> str:
        kinds = [
            language.counted(count, language.noun(class_)) for class_, count in list(self.by_class.items())[:NAMED]
        ]
        return f" ({', '.join(kinds)})" if kinds else ""


@dataclass(frozen=True, slots=True)
class Measured:
    """“average zone air temperature”."""

    quantity: str
    aggregate: str = "latest"

    def said(self, language: Language) -> str:
        return language.measured(self.quantity, self.aggregate)


@dataclass(frozen=True, slots=True)
class Amount:
    """“21.4 °C”, “on”."""

    value: float | None
    text: str | None = None
    unit: str | None = None

    def said(self, language: Language) -> str:
        return language.with_unit(self.value, self.text, self.unit)


@dataclass(frozen=True, slots=True)
class Age:
    """“12 s ago”."""

    seconds: float

    def said(self, language: Language) -> str:
        return language.age(self.seconds)
