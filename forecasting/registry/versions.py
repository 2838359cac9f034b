"""What is kept of a model besides itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from graph_schema.errors import InvalidInput

ENOUGH_DAYS = 7  # side by side, to outweigh the backtest
AGAINST = "live version"  # among the metrics: the version that ``loss of the live model`` is of
State = Literal["live", "shadow", "retired"]


class NotBetter(InvalidInput):
    """The backtest does not say that this version is better."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that wants to be kept. ``loss`` of the metrics decides on promotion: smaller is better.

    ``artifact`` is what ``forecasting.registry.artifacts`` made of it; times are aware. ``own`` is the name of an engineer's model.
    """

    name: str
    kind: str
    data_from: datetime
    data_to: datetime
    metrics: Mapping[str, float]
    artifact: bytes
    own: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a model, without its artifact. ``failure`` says why the last run went without it."""

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
    own: str | None = None
    failure: str | None = None
    failed_at: datetime | None = None

    @property
    def label(self) -> str:
        """As people and evidence name it."""
        return f"{self.name} v{self.version}"


@dataclass(frozen=True, slots=True)
class Scored:
    """How a version did on the days that the live one foretold as well: losses are relative to a naive forecast, 1 is no better."""

    version: int
    days: int
    loss: float
    coverage: float | None
    live_loss: float


def check_promotion(candidate: Version, live: Version | None, scores: Mapping[int, Scored]) -> None:
    """Raise ``NotBetter`` unless the candidate lost less than the live version: on common days in shadow, else in the backtest.

    Seven days side by side outweigh the backtest; fewer do not.
    """
    if live is None:
        return
    if candidate.failure:
        raise NotBetter(f"{candidate.label} failed in the last run: {candidate.failure}")
    beside = scores.get(candidate.version)
    if beside and beside.days >= ENOUGH_DAYS:
        _better(candidate, live, beside.loss, beside.live_loss, f"over {beside.days} days side by side")
        return
    ours = candidate.metrics.get("loss")
    # A comparison on the same windows outweighs two backtests, each of its own time.
    same = candidate.metrics.get(AGAINST) == live.version and "loss of the live model" in candidate.metrics
    theirs = candidate.metrics["loss of the live model"] if same else live.metrics.get("loss")
    if ours is not None and candidate.own and not same:
        raise NotBetter(
            f"{candidate.label} was compared with another live version than {live.label}: `plantroom models score {candidate.own}`."
        )
    for version, loss in ((candidate, ours), (live, theirs)):
        if loss is None:
            raise NotBetter(
                f"{version.label} has no backtest yet, and too few days side by side: let it run in shadow for a week."
            )
    assert ours is not None
    assert theirs is not None
    _better(candidate, live, ours, theirs, "in the backtest")


def _better(candidate: Version, live: Version, ours: float, theirs: float, where: str) -> None:
    if not ours < theirs:
        raise NotBetter(
            f"{candidate.label} is not better than {live.label} {where}: its loss is {ours:.4g} against {theirs:.4g}."
        )
