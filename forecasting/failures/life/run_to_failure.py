"""Remaining life by telemetry: runs of daily levels from each renewal on, and what a model of them says of a run that goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import GroupKFold

from forecasting.failures.life import baseline, remaining_life
from forecasting.failures.life.remaining_life import LifeModel
from forecasting.failures.life.runs import Run
from forecasting.failures.minimum_data import require_failures
from forecasting.failures.renewal_intervals import at_risk, so_far
from forecasting.failures.windows import Watched
from forecasting.series import DAY_S, NotEnoughData, Series

_EVERY = 10  # days between the steps that a backtest asks at


@dataclass(frozen=True)
class Lives:
    """``model`` counts days, of these signals."""

    what: str
    signals: list[str]
    model: LifeModel

    def predict(self, watched: Watched, at_days: float) -> remaining_life.Life | None:
        """Days left; None of what does not run or was watched for under thirty days since it was as good as new."""
        start = so_far(watched.past, at_days)
        if start is None or not at_risk(watched.past, at_days):
            return None
        run = _run(watched, self.signals, at_days - start, at_days, failed=False)
        try:
            return self.model.predict(run) if run is not None else None
        except NotEnoughData:
            return None


def learn(what: str, fleet: Sequence[Watched], *, seed: int = 0) -> tuple[Lives, Mapping[str, float]]:
    """A model with its backtest: the mean error in days on assets that it has not seen, as a share of that of the mean life left.

    Raises ``TooFewFailures`` under eight runs of thirty days from a renewal to its failure.
    """
    names = [name for name, _ in fleet[0].signals] if fleet else []
    runs = [run for one in fleet for run in _runs(one, names)]
    complete = [run for run in runs if run.failed]
    require_failures(len(complete), why="with thirty days of readings since the renewal before")
    require_failures(len({run.asset for run in complete}), 2, "assets that have failed")
    model = remaining_life.fit(runs, names=names, use_age=False, seed=seed)
    return Lives(what, names, model), _backtest(runs, names, seed)


def _backtest(runs: Sequence[Run], names: Sequence[str], seed: int) -> dict[str, float]:
    assets = [run.asset for run in runs]
    troubled = {run.asset for run in runs if run.failed}
    missed: list[float] = []
    plain: list[float] = []
    split = GroupKFold(min(4, len(troubled)), shuffle=True, random_state=seed).split(assets, groups=assets)
    folds: list[tuple[list[int], list[int]]] = [(others.tolist(), mine.tolist()) for others, mine in split]
    for others, mine in folds:
        seen = [runs[index] for index in others]
        try:
            model = remaining_life.fit(seen, names=names, use_age=False, folds=3, repeats=1, need=4, seed=seed)
        except NotEnoughData:
            continue
        lives = [left for run in seen if run.failed for _, left in _steps(run)]
        asked = [step for index in mine if runs[index].failed for step in _steps(runs[index])]
        if asked and lives:
            true = np.array([left for _, left in asked])
            missed += np.abs(model.expected([step for step, _ in asked]) - true).tolist()
            plain += np.abs(float(np.mean(lives)) - true).tolist()
    metrics = {"failures": float(sum(run.failed for run in runs)), "windows": float(len(missed))}
    return metrics | (
        {"loss": sum(missed) / max(sum(plain), 1e-9), "days off": float(np.mean(missed))} if missed else {}
    )


def _steps(run: Run) -> list[tuple[Run, float]]:
    """The run as it was every ten days, with the days that were left, up to the cap of what is learnt."""
    found: list[tuple[Run, float]] = []
    for end in range(baseline.STEPS, len(run) + 1, _EVERY):
        found.append((Run(run.asset, run.signals[:end], failed=False), min(float(len(run) - end), remaining_life.CAP)))
    return found


def _runs(watched: Watched, names: Sequence[str]) -> list[Run]:
    """From each renewal until the failure or the renewal after it; the last one goes on."""
    past, found = watched.past, list[Run]()
    starts = sorted(set(past.renewals))
    for start, end in zip(starts, [*starts[1:], past.until_days], strict=True):
        failure = min((time for time in past.failures if start < time <= end), default=None)
        run = _run(watched, names, start, end if failure is None else failure, failed=failure is not None)
        if run is not None:
            found.append(run)
    return found


def _run(watched: Watched, names: Sequence[str], start: float, end: float, *, failed: bool) -> Run | None:
    """None under thirty days, or where the readings began later than the renewal: its normal was not seen."""
    known = dict(watched.signals)
    first, last = int(np.ceil(start)), int(np.floor(end))
    if last - first < baseline.STEPS or not names:
        return None
    signals = np.column_stack([_daily(known.get(name), first, last) for name in names])
    if not np.isfinite(signals[: baseline.STEPS]).any(axis=0).all():
        return None
    try:
        baseline.cleaned(signals)
    except NotEnoughData:
        return None
    return Run(watched.past.asset, signals, failed)


def _daily(series: Series | None, first: int, last: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Levels of the days from ``first`` to before ``last``, NaN where there are none."""
    found = np.full(last - first, np.nan)
    if series is not None and len(series):
        begin = series.start_s // DAY_S
        low, high = max(first, begin), min(last, begin + len(series))
        if high > low:
            found[low - first : high - first] = series.values[low - begin : high - begin]
    return found
