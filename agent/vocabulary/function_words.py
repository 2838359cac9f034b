"""The words of a language that name nothing in a plant: what linking has to know of it, and no more."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FunctionWords:
    """All in lower case. ``known`` are words that are never respelt and never a name by themselves."""

    known: frozenset[str]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    """“ground”, “first”: the level of a floor."""
    ordinal_endings: frozenset[str]
    lowest_level: str
    """“ground”: the lowest floor that is not below the earth."""
    topmost: frozenset[str]
    bottommost: frozenset[str]
    numbering: frozenset[str]
    """“number”, “no”: stand between a class and an ident."""
    singular_pronouns: frozenset[str]
    plural_pronouns: frozenset[str]
    pointing: frozenset[str]
    """“that”, “this”: a pronoun with a following “one”."""
    one: str
    definite: frozenset[str]
    inside: frozenset[str]
    """Prepositions after which a bare number is a room."""
    restricting: frozenset[str]
    """After them a noun phrase goes on, so that “the chillers that …” is no name."""
    never_alone: frozenset[str]
    units: frozenset[str]
    measure_units: frozenset[str]
    """Units that are never letters of a name."""
    levels: Mapping[str, int] = field(default_factory=dict[str, int])
    """Words that are a floor by themselves: “Erdgeschoss”."""
    joining: frozenset[str] = frozenset()
    """“and”, “,”: between the idents of “chillers 1, 2 and 3”."""
    passed_over: frozenset[str] = frozenset()
    """“air”: inside the name of a class it says nothing, “outside air damper” is the outside damper."""
