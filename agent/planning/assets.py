"""The assets that a noun phrase means, and what is tested of them."""

from __future__ import annotations

from dataclasses import dataclass

from agent.vocabulary.grounding import Candidate
from agent.vocabulary.quantities import Quantity
from graph_schema.question import AssetQuery, Comparison


@dataclass(frozen=True, slots=True)
class Test:
    """A condition as it was said; its quantity and its window are settled when the whole sentence is known."""

    comparison: Comparison
    value: float | str | None = None
    unit: str | None = None
    quantity: Quantity | None = None
    setpoint: bool = False
    other: Quantity | None = None
    offset: float = 0.0
    either: bool = False
    """“More than 1 degree away from its set point”: so far above it, or so far below."""


@dataclass(frozen=True, slots=True)
class Assets:
    """The assets that a noun phrase means. ``ids`` where they were named; ``choices`` what an ambiguous name may mean."""

    query: AssetQuery
    label: str
    ids: tuple[str, ...] = ()
    class_: str | None = None
    plural: bool = True
    definite: bool = False
    restricted: bool = False
    point: bool = False
    tests: tuple[Test, ...] = ()
    choices: tuple[Candidate, ...] = ()
    text: str = ""
    every: bool = False
    """“all pumps”: whether it is so of each of them is asked."""
    joined: bool = False
    """“AHU-1 and AHU-2”: each of ``ids`` was said."""
    per: tuple[str, Assets] | None = None
    """“VAVs of each AHU”: the relation, and each of what."""
    each: bool = False
    """“each AHU”: said of one at a time."""
    whole_plant: bool = False
    """“the plant”, “the facility”: narrows nothing."""

    through: AssetQuery | None = None
    """“The generator through the transfer switch”: what supply from it, or to it, goes by way of."""

    @property
    def is_everything(self) -> bool:
        """“the equipment”, “all assets”: no more than the plant as a whole."""
        return not self.ids and not self.restricted and not self.tests and self.class_ in (None, "Equipment")


def of_class(class_: str | None) -> AssetQuery:
    """All assets of a class."""
    return AssetQuery.model_validate({"class": class_})
