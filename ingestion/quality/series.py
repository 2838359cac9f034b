"""What is judged: a point, its recent readings one by one, and its further past summed up."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
IssueKind = Literal["silent", "gaps", "stuck", "spikes", "drift", "clock", "rejected"]

MINUTE_S, HOUR_S, DAY_S = 60.0, 3600.0, 86_400.0
FEW = 12
"""Of fewer readings than this nothing can be said."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """A point of the graph. ``like`` is what it has in common with its siblings: the same quantity of the same sort of asset."""

    id: str
    name: str
    source: str
    quantity: str | None = None
    unit: str | None = None
    owner: str | None = None
    like: tuple[str, ...] = ()
    stale_after_s: float | None = None

    @property
    def is_measured(self) -> bool:
        """States, commands, limits and counters may rest for as long as they like."""
        name = self.quantity or ""
        rests = (
            "_status",
            "_command",
            "_setpoint",
            "_count",
            "_energy",
            "_usage",
            "run_time",
            "_mode",
            "_state",
            "_alarm",
        )
        return not name.endswith(rests) and name != "online"


@dataclass(frozen=True, slots=True)
class Past:
    """Buckets in order of time, those without readings left out: days, then hours, then quarters of an hour. Epoch seconds."""

    start: Floats
    samples: Floats
    mean: Floats
    low: Floats
    high: Floats
    first: Floats
    last: Floats

    def since(self, moment: float) -> "Past":
        return self._part(self.start >= moment)

    def until(self, moment: float) -> "Past":
        return self._part(self.start < moment)

    def _part(self, chosen: NDArray[np.bool_]) -> "Past":
        return Past(
            *(
                values[chosen]
                for values in (self.start, self.samples, self.mean, self.low, self.high, self.first, self.last)
            )
        )


@dataclass(frozen=True, slots=True)
class Record:
    """What history has of a point. ``at`` and ``value`` are its newest readings, oldest first; ``ahead_s`` is what its device's
    clock is ahead; ``rejected`` are messages whose value of it could not be, with what the newest of them said."""

    sensor: Sensor
    at: Floats
    value: Floats
    past: Past
    ahead_s: float = 0.0
    rejected: int = 0
    objection: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """``since`` is epoch seconds; ``share`` is how much of the window it spoils."""

    kind: IssueKind
    sentence: str
    since: float
    share: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """``score`` is the share of the window whose data are there and look right; None where there is too little to tell."""

    sensor: Sensor
    score: float | None
    issues: tuple[Issue, ...] = ()
    step_s: float | None = field(default=None)
    """How often it usually reports."""
