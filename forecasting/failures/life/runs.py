"""What one asset's signals read from its first day on."""

from __future__ import annotations

from dataclasses import dataclass

from forecasting.series import Floats


@dataclass(frozen=True, slots=True)
class Run:
    """``signals`` is (n, signals), one row a step (a cycle, an hour, a day), the oldest first; NaN where nothing was read.

    ``failed`` says that the last row was its last. ``age`` is how many steps it had run at its last row; by default
    it was new at the first.
    """

    asset: str
    signals: Floats
    failed: bool = True
    age: float | None = None

    def __len__(self) -> int:
        return len(self.signals)

    @property
    def last_age(self) -> float:
        return float(len(self)) if self.age is None else self.age
