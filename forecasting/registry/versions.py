"""What is kept of a model besides itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from graph_schema.errors import InvalidInput

State = Literal["live", "shadow", "retired"]


class NotBetter(InvalidInput):
    """The backtest does not say that this version is better."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that wants to be kept. ``loss`` of the metrics decides on promotion: smaller is better.

    ``artifact`` is what ``forecasting.registry.artifacts`` made of it; times are aware.
    """

    name: str
    kind: str
    data_from: datetime
    data_to: datetime
    metrics: Mapping[str, float]
    artifact: bytes


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model, without its artifact."""

    name: str
    version: int
    kind: str
    state: State
    data_from: datetime
    data_to: datetime
    metrics: Mapping[str, float]
    code_version: str
    created_at: datetime
    live_since: datetime | None

    @property
    def label(self) -> str:
        """As people and evidence name it."""
        return f"{self.name} v{self.version}"


@dataclass(frozen=True, slots=True)
class Scored:
    """How a version did on the days since it exists: ``loss`` is relative to a naive forecast, 1 is no better."""

    version: int
    days: int
    loss: float
    coverage: float | None


def check_promotion(candidate: Version, live: Version | None, scores: Mapping[int, Scored]) -> None:
    """Raise ``NotBetter`` unless the candidate lost less than the live version: on common days in shadow, else in the backtest.

    Seven days side by side outweigh the backtest; fewer do not.
    """
    if live is None:
        return
    ours, theirs = scores.get(candidate.version), scores.get(live.version)
    if ours and theirs and min(ours.days, theirs.days) >= 7:
        _better(candidate, live, ours.loss, theirs.loss, f"over {min(ours.days, theirs.days)} days side by side")
        return
    for version in (candidate, live):
        if "loss" not in version.metrics:
            raise NotBetter(
                f"{version.label} has no backtest yet, and too few days side by side: let it run in shadow for a week."
            )
    _better(candidate, live, candidate.metrics["loss"], live.metrics["loss"], "in the backtest")


def _better(candidate: Version, live: Version, ours: float, theirs: float, where: str) -> None:
    if not ours < theirs:
        raise NotBetter(
            f"{candidate.label} is not better than {live.label} {where}: its loss is {ours:.4g} against {theirs:.4g}."
        )
