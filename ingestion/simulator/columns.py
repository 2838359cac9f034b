"""Where each point's value sits in a row of values, and what its sensor is like."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from graph_schema.errors import InvalidInput
from ingestion.simulator.physics.noise import Floats
from ingestion.simulator.site import Site

Slots = NDArray[np.intp]


class Counter:
    """Totals of several assets: energy, volume, running hours."""

    def __init__(self, slots: Slots, total: Floats) -> None:
        self.slots = slots
        self.total = total

    def add(self, row: Floats, amount: Floats | float) -> None:
        self.total = self.total + amount
        row[self.slots] = self.total


class Columns:
    """Physics asks for the columns it fills; a point that the plant lacks goes to a spare last column.

    Also keeps the words of states: a state is a number in the row and becomes a word on the way out.
    """

    def __init__(self, site: Site) -> None:
        self.points = site.points
        self.labels: dict[int, tuple[str, ...]] = {}
        self.counters: list[Counter] = []
        self._index: Mapping[tuple[str, str], int] = {(p.asset, p.quantity): i for i, p in enumerate(self.points)}
        self._filled: set[int] = set()

    def __len__(self) -> int:
        return len(self.points)

    def take(self, assets: Sequence[str | None], quantity: str, labels: tuple[str, ...] = ()) -> Slots:
        """The columns of one quantity of several assets."""
        found = [self._index.get((asset or "", quantity), len(self)) for asset in assets]
        known = [column for column in found if column < len(self)]
        self._filled.update(known)
        if labels:
            self.labels.update(dict.fromkeys(known, labels))
        return np.array(found, dtype=np.intp)

    def count(self, assets: Sequence[str | None], quantity: str, start: Floats) -> "Counter":
        """The columns of a total that only grows."""
        counter = Counter(self.take(assets, quantity), start.copy())
        self.counters.append(counter)
        return counter

    def restore(self, last: Mapping[str, float]) -> None:
        """Let the totals go on from the last values on record, by source."""
        for counter in self.counters:
            for i in range(len(counter.slots)):
                column = int(counter.slots[i])
                if column < len(self):
                    counter.total[i] = last.get(self.points[column].source, counter.total[i])

    def has(self, asset: str, quantity: str) -> bool:
        return (asset, quantity) in self._index

    def check_complete(self) -> None:
        """Raises ``InvalidInput`` when the plant has points that nothing computes."""
        missing = [point.source for i, point in enumerate(self.points) if i not in self._filled]
        if missing:
            raise InvalidInput(f"The simulator has no model of {len(missing)} points: {', '.join(missing[:8])}.")
