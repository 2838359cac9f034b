"""Which points a quantity means: those of that quantity, else those of the quantities below it."""

from __future__ import annotations

from dataclasses import dataclass

from graph_schema.ontology.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Quantities:
    """``exact`` are the quantity's own names; ``all`` has those of its subclasses too."""

    exact: tuple[str, ...]
    all: tuple[str, ...]

    @staticmethod
    def of(ontology: Ontology, quantity: str) -> Quantities:
        """A quantity that the ontology does not know means itself: devices send what nobody described."""
        point_class = ontology.point_class(quantity)
        own = {quantity, quantity.strip().lower().replace(" ", "_")}
        if point_class is None:
            return Quantities(tuple(sorted(own)), tuple(sorted(own)))
        own.add(ontology.quantity(point_class))
        below = {ontology.quantity(name) for name in ontology.descendants(point_class)}
        return Quantities(tuple(sorted(own)), tuple(sorted(own | below)))
