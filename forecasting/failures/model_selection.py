"""The model of failures of one kind of equipment: of a plain rate, a survival model and trees over telemetry the one that errs least.

Each is asked at the same moments of every asset's past whether a failure follows within the horizon, by a fit that has not seen the
asset (grouped cross-validation). What counts is the Brier score; a loss is its share of what the plain rate has. A simpler model goes
before one that is not at least a hundredth better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize
from sklearn.model_selection import StratifiedGroupKFold

from forecasting.failures import classifier, survival, windows
from forecasting.failures.classifier import FailureModel
from forecasting.failures.minimum_data import NEED_FAILURES, require_failures
from forecasting.failures.moments import (
    HORIZON_DAYS,
    RECORD,
    Moment,
    knowing,
    moment_at,
    moments_of,
    table_of,
)
from forecasting.failures.renewal_intervals import YEAR_DAYS, pieces
from forecasting.failures.scores import area
from forecasting.failures.survival import SurvivalModel
from forecasting.failures.windows import Watched
from forecasting.registry.versions import AGAINST
from forecasting.series import DAY_S, Floats, NotEnoughData, Series

_optimize: Any = optimize  # partly typed

RATE, SURVIVAL, TREES = "plain rate", "survival", "boosting"
_FOLDS = 5
_BETTER = 0.99  # of the simpler one's loss


@dataclass(frozen=True)
class FailingModel:
    """``share`` is how often a failure follows within the horizon, ``offset`` what makes the survival model's log-odds agree with that
    (assets that are renewed in time do not fail), ``usual_days`` the median age since the last renewal, ``a_year`` the failures of an asset."""

    kind: str
    what: str
    share: float
    a_year: float
    offset: float
    usual_days: float
    signals: list[str]
    survival: SurvivalModel | None
    trees: FailureModel | None

    def moment(self, watched: Watched, at_days: float) -> Moment | None:
        """The asset as this model sees it."""
        known = dict(watched.signals)
        signals = [(name, known.get(name, Series(0, DAY_S, np.zeros(0)))) for name in self.signals]
        return moment_at(Watched(signals, watched.past), at_days, None, knowing(self.a_year))

    def probabilities(self, moments: Sequence[Moment]) -> Floats:
        """Trees say nothing where telemetry is missing: there the survival model does, else the rate."""
        plain = np.full(len(moments), self.share)
        if self.kind == RATE:
            return plain
        said = plain if self.survival is None else _shifted(_survived(self.survival, moments), self.offset)
        if self.trees is not None:
            seen = [index for index, one in enumerate(moments) if one.row is not None]
            if seen:
                said[seen] = self.trees.probability(table_of([moments[index] for index in seen]))
        return said

    def days_until(self, share: float, moment: Moment) -> float | None:
        """Days until that share of the assets like this one have failed, if none is renewed in time; None where telemetry decides."""
        if self.kind == RATE:
            return HORIZON_DAYS * float(np.log1p(-share) / np.log1p(-min(self.share, 1 - 1e-6)))
        if self.kind == TREES or self.survival is None:
            return None
        return self.survival.days_until(share, moment.so_far, moment.known)


@dataclass(frozen=True, slots=True)
class Rival:
    """The version that is live, and until when it knows failures."""

    model: FailingModel
    version: int
    until_days: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """``metrics`` are those of the backtest, by name; ``loss`` decides on promotion."""

    model: FailingModel
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])


def choose(what: str, fleet: Sequence[Watched], rival: Rival | None = None, *, seed: int = 0) -> Chosen:
    """The model of a kind of equipment. With a ``rival`` that has not seen eight failures, both are compared on what came since.

    Raises ``TooFewFailures`` under eight failures, or where a single asset had all of them.
    """
    require_failures(sum(len(one.past.watched_failures) for one in fleet))
    require_failures(sum(bool(one.past.watched_failures) for one in fleet), 2, "assets that have failed")
    a_year = _a_year(fleet)
    moments = [moment for one in fleet for moment in moments_of(one, knowing(a_year))]
    if _failures_of([one for one in moments if one.row is not None], fleet) >= NEED_FAILURES:
        moments = [one for one in moments if one.row is not None]
    require_failures(_failures_of(moments, fleet), why="with thirty days known before and after")
    failed = np.array([one.failed for one in moments])
    candidates = _candidates(moments, fleet, seed)
    losses = {name: _brier(said, failed) for name, said in candidates.items()}
    kind = RATE
    for name in (SURVIVAL, TREES):
        if name in losses and losses[name] < _BETTER * losses[kind]:
            kind = name
    model = _fitted(kind, what, moments, fleet, candidates, seed)
    return Chosen(model, _metrics(kind, moments, fleet, candidates, losses, rival))


def _candidates(moments: Sequence[Moment], fleet: Sequence[Watched], seed: int) -> dict[str, Floats]:
    """What each kind of model says of moments of assets that it has not seen."""
    fits: dict[str, _Fit] = {RATE: _fit_rate, SURVIVAL: _fit_survival(_a_year(fleet))}
    if all(one.row is not None for one in moments):
        fits[TREES] = _fit_trees(_names(fleet), seed)
    found: dict[str, Floats] = {}
    for name, fit in fits.items():
        try:
            found[name] = _out_of_fold(moments, fleet, fit, seed)
        except NotEnoughData:
            if name == RATE:
                raise
    if SURVIVAL in found:
        failed = np.array([one.failed for one in moments])
        found[SURVIVAL] = _shifted(found[SURVIVAL], _offset(found[SURVIVAL], failed))
    return found


_Fit = Callable[[Sequence[Moment], Sequence[Watched]], Callable[[Sequence[Moment]], Floats]]


def _out_of_fold(moments: Sequence[Moment], fleet: Sequence[Watched], fit: _Fit, seed: int) -> Floats:
    failed = np.array([one.failed for one in moments])
    assets = np.array([one.asset for one in moments])
    folds = min(_FOLDS, len(np.unique(assets[failed])))
    if folds < 2:
        require_failures(folds, 2, "assets that have failed")
    said = np.zeros(len(moments))
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(assets, failed, assets)
    pairs: list[tuple[list[int], list[int]]] = [(others.tolist(), mine.tolist()) for others, mine in split]
    for others, mine in pairs:
        hidden = {moments[index].asset for index in mine}
        model = fit([moments[index] for index in others], [one for one in fleet if one.past.asset not in hidden])
        said[mine] = model([moments[index] for index in mine])
    return said


def _fit_rate(moments: Sequence[Moment], fleet: Sequence[Watched]) -> Callable[[Sequence[Moment]], Floats]:
    del fleet
    share = float(np.mean([one.failed for one in moments]))
    return lambda asked: np.full(len(asked), share)


def _fit_survival(a_year: float) -> _Fit:
    def fit(moments: Sequence[Moment], fleet: Sequence[Watched]) -> Callable[[Sequence[Moment]], Floats]:
        del moments
        model = _survival(fleet, a_year, 2)
        return lambda asked: _survived(model, asked)

    return fit


def _fit_trees(names: Sequence[str], seed: int) -> _Fit:
    def fit(moments: Sequence[Moment], fleet: Sequence[Watched]) -> Callable[[Sequence[Moment]], Floats]:
        del fleet
        model = _trees(moments, names, seed)
        return lambda asked: model.probability(table_of(asked))

    return fit


def _fitted(
    kind: str,
    what: str,
    moments: Sequence[Moment],
    fleet: Sequence[Watched],
    candidates: Mapping[str, Floats],
    seed: int,
) -> FailingModel:
    failed = np.array([one.failed for one in moments])
    model = _survival(fleet, _a_year(fleet), NEED_FAILURES) if kind != RATE and SURVIVAL in candidates else None
    offset = _offset(_survived(model, moments), failed) if model is not None else 0.0
    return FailingModel(
        kind,
        what,
        float(failed.mean()),
        _a_year(fleet),
        offset,
        float(np.median([one.so_far for one in moments])),
        [name for name, _ in fleet[0].signals] if kind == TREES else [],
        model,
        _trees(moments, _names(fleet), seed) if kind == TREES else None,
    )


def _metrics(
    kind: str,
    moments: Sequence[Moment],
    fleet: Sequence[Watched],
    candidates: Mapping[str, Floats],
    losses: Mapping[str, float],
    rival: Rival | None,
) -> dict[str, float]:
    failed = np.array([one.failed for one in moments])
    metrics = {
        "loss": losses[kind] / losses[RATE],
        "windows": float(len(moments)),
        "failures": float(_failures_of(moments, fleet)),
        "assets": float(len(fleet)),
        "Brier score": losses[kind],
        "mean probability": float(candidates[kind].mean()),
        "AUC": area(failed, candidates[kind]),
        **{f"loss of {name}": loss / losses[RATE] for name, loss in losses.items() if name not in (kind, RATE)},
    }
    if rival is None:
        return metrics
    since = np.array([one.at_days >= rival.until_days for one in moments])
    by_asset = {one.past.asset: one for one in fleet}
    fresh = [one for one, new in zip(moments, since, strict=True) if new]
    if _failures_of(fresh, fleet) < NEED_FAILURES:
        return metrics
    plain = _brier(candidates[RATE][since], failed[since])
    theirs = rival.model.probabilities(
        [seen for one in fresh if (seen := rival.model.moment(by_asset[one.asset], one.at_days)) is not None]
    )
    return metrics | {
        "loss": _brier(candidates[kind][since], failed[since]) / plain,
        "loss of the live model": _brier(theirs, failed[since]) / plain,
        AGAINST: float(rival.version),
    }


def _failures_of(moments: Sequence[Moment], fleet: Sequence[Watched]) -> int:
    """How many different failures follow these moments."""
    times = {one.past.asset: one.past.failures for one in fleet}
    found = {(one.asset, min(time for time in times[one.asset] if time > one.at_days)) for one in moments if one.failed}
    return len(found)


def _a_year(fleet: Sequence[Watched]) -> float:
    """Failures of an asset in a year."""
    watched = sum(max(one.past.until_days - one.past.since_days, 1.0) for one in fleet) / YEAR_DAYS
    return sum(len(one.past.watched_failures) for one in fleet) / watched


def _survival(fleet: Sequence[Watched], a_year: float, need: int) -> SurvivalModel:
    known = knowing(a_year)
    cut = [piece for one in fleet for piece in pieces(one.past, float(HORIZON_DAYS), known=known)]
    return survival.fit(cut, need)


def _trees(moments: Sequence[Moment], names: Sequence[str], seed: int) -> FailureModel:
    failed = np.array([one.failed for one in moments])
    assets = [one.asset for one in moments]
    return classifier.fit(table_of(moments), failed, assets, names=names, folds=_FOLDS, need=2, seed=seed)


def _names(fleet: Sequence[Watched]) -> list[str]:
    return [*windows.names(fleet[0]), RECORD]


def _survived(model: SurvivalModel, moments: Sequence[Moment]) -> Floats:
    return np.array([model.failing_within(HORIZON_DAYS, one.so_far, one.known) for one in moments])


def _shifted(probabilities: Floats, offset: float) -> Floats:
    inside = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return 1 / (1 + np.exp(-(np.log(inside / (1 - inside)) + offset)))


def _offset(probabilities: Floats, failed: npt.NDArray[np.bool_]) -> float:
    """What to add to the log-odds so that the mean probability is how often it happened."""
    share = float(failed.mean())

    def away(offset: float) -> float:
        return float(_shifted(probabilities, offset).mean()) - share

    return float(_optimize.brentq(away, -15.0, 15.0))


def _brier(said: Floats, failed: npt.NDArray[np.bool_]) -> float:
    return float(np.mean((said - failed) ** 2))
