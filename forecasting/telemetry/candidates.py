"""What every kind of forecast answers to, so that they can be compared and replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from forecasting.series import Floats, Series
from forecasting.telemetry.windows import Windows
from graph_schema.errors import PlantroomError


class CandidateFailed(PlantroomError):
    """A kind of forecast could not be made for these series."""


@dataclass(frozen=True, slots=True)
class Guess:
    """The middle of what may come, and its spread below and above; each ``(n, horizon)``, in the points' units, spreads positive.

    Spreads need only be right in proportion: the calibration brings them to size.
    """

    middle: Floats
    below: Floats
    above: Floats


class Fitted(Protocol):
    """A forecast that is ready to be made for any windows of the step it was fitted to."""

    @property
    def name(self) -> str: ...

    def guess(self, windows: Windows, horizon: int) -> Guess:
        """For each window. Raises ``CandidateFailed``."""
        ...


class Candidate(Protocol):
    """A kind of forecast. ``rank`` orders kinds from simple to complex: of equals the simpler one is chosen.

    ``most_windows`` is how many windows a backtest may cost; None is no limit.
    """

    @property
    def name(self) -> str: ...

    @property
    def rank(self) -> int: ...

    @property
    def most_windows(self) -> int | None: ...

    def fit(
        self, train: Sequence[Series], horizon: int, drivers: Sequence[Sequence[Series]] | None, seed: int
    ) -> Fitted:
        """Learn from what ``train`` holds, nothing later. Raises ``CandidateFailed``."""
        ...
