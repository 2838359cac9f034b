"""Many signals at once: whether they still move together as they did while the asset was sound.

Principal components: Hotelling's T² is how unusual the pattern is among those learned, Q (squared prediction error) how far it lies
outside them. Limits: T² after Tracy, Young and Mason (1992), k (n² - 1) / (n (n - k)) F(k, n - k); Q after Jackson and Mudholkar (1979).
They hold for single, normal, independent rows. Telemetry is none of that, so the limit of the smoothed score is the quantile that the
training part itself reached; the formulas' limits weigh T² against Q. Contributions split the index without remainder ("complete
decomposition", Alcala and Qin 2009).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Protocol

import numpy as np
from scipy import stats
from sklearn.ensemble import IsolationForest

from forecasting.anomalies.smoothing import trailing_mean
from forecasting.anomalies.verdict import Verdict, Window, cannot_tell, flagged, missing, plain, sound, span, table
from forecasting.series import DAY_S, Floats, NotEnoughData

_ROWS_PER_SIGNAL = 20
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """What each signal was like while all was well; shapes (signals,)."""

    signals: tuple[str, ...]
    mean: Floats
    deviation: Floats

    def standard(self, rows: Floats) -> Floats:
        return (rows - self.mean) / self.deviation


@dataclass(frozen=True, slots=True)
class Components:
    """``loadings`` (signals, kept) and ``variances`` (kept) of the standardised signals; limits are for single rows."""

    scale: Scale
    loadings: Floats
    variances: Floats
    t2_limit: float
    q_limit: float

    def indices(self, rows: Floats) -> tuple[Floats, Floats]:
        """T² and Q of rows (n, signals); each has shape (n,)."""
        standard = self.scale.standard(rows)
        scores = standard @ self.loadings
        return np.sum(scores**2 / self.variances, axis=1), np.sum((standard - scores @ self.loadings.T) ** 2, axis=1)

    def scores(self, rows: Floats) -> Floats:
        """T² and Q as shares of their limits, added (the combined index of Yue and Qin 2001); shape (n,)."""
        t2, q = self.indices(rows)
        return t2 / self.t2_limit + q / self.q_limit

    def contributions(self, row: Floats) -> Floats:
        """Of each signal to the score of one row; they add up to it."""
        kept = self.loadings @ np.diag(1 / self.variances) @ self.loadings.T / self.t2_limit
        outside = (np.eye(len(row)) - self.loadings @ self.loadings.T) / self.q_limit
        values, vectors = np.linalg.eigh(kept + outside)
        root = vectors @ np.diag(np.sqrt(np.clip(values, 0, None))) @ vectors.T
        return (root @ self.scale.standard(row)) ** 2


@dataclass(frozen=True, slots=True)
class Forest:
    """An isolation forest over the standardised signals (Liu, Ting and Zhou 2008)."""

    scale: Scale
    trees: IsolationForest

    def scores(self, rows: Floats) -> Floats:
        """From 0 to 1, higher is stranger; shape (n,)."""
        return -np.asarray(self.trees.score_samples(self.scale.standard(rows)), dtype=np.float64)

    def contributions(self, row: Floats) -> Floats:
        """A forest gives no shares; squared distance from the usual stands in."""
        return self.scale.standard(row) ** 2


class Model(Protocol):
    @property
    def scale(self) -> Scale: ...
    def scores(self, rows: Floats) -> Floats: ...
    def contributions(self, row: Floats) -> Floats: ...


def fit_components(sound_windows: Sequence[Window], *, explained: float = 0.9, alpha: float = 0.01) -> Components:
    """From windows in which all was well. ``explained`` is the share of variance that the kept components hold; 1 keeps all.

    Raises ``NotEnoughData`` with fewer than 20 whole rows per signal.
    """
    scale, standard = _learned(sound_windows)
    n, size = standard.shape
    values, vectors = np.linalg.eigh(np.cov(standard.T).reshape(size, size))
    order = np.argsort(-values)
    values, vectors = np.clip(values[order], 1e-9, None), vectors[:, order]
    share = np.cumsum(values) / values.sum()
    kept = size if explained >= 1 else int(np.searchsorted(share, explained) + 1)
    t2 = kept * (n**2 - 1) / (n * (n - kept)) * float(stats.f.ppf(1 - alpha, kept, n - kept))
    return Components(scale, vectors[:, :kept], values[:kept], t2, _q_limit(values[kept:], alpha))


def fit_forest(sound_windows: Sequence[Window], *, seed: int, trees: int = 200) -> Forest:
    """Raises ``NotEnoughData`` with fewer than 20 whole rows per signal."""
    scale, standard = _learned(sound_windows)
    return Forest(scale, IsolationForest(n_estimators=trees, random_state=seed, n_jobs=1).fit(standard))


@dataclass(frozen=True, slots=True)
class Watch:
    """A model with its limit for scores smoothed over ``steps``; what begins is seen within as many."""

    model: Model
    steps: int
    limit: float

    def ratios(self, window: Window) -> Floats:
        """Smoothed scores as shares of the limit, NaN where a signal is missing; shape (steps,)."""
        rows = table(window, self.model.scale.signals)
        whole = np.isfinite(rows).all(axis=1)
        scores = np.full(len(rows), np.nan)
        if whole.any():
            scores[whole] = self.model.scores(rows[whole])
        return trailing_mean(scores, self.steps) / self.limit

    def judge(self, window: Window) -> Verdict:
        """Of the end of the window."""
        signals = self.model.scale.signals
        if lacking := missing(window, signals):
            return cannot_tell(f"no readings of {', '.join(map(plain, lacking))}", lacking)
        rows = table(window, signals)[-self.steps :]
        rows = rows[np.isfinite(rows).all(axis=1)]
        if 2 * len(rows) < self.steps:
            return cannot_tell(
                f"only {len(rows)} of the last {self.steps} steps have readings of every signal", signals
            )
        ratio = float(self.ratios(window)[-1])
        if ratio <= 1:
            return sound(ratio)
        shares: Floats = np.asarray([self.model.contributions(row) for row in rows]).mean(axis=0)
        order: list[int] = np.argsort(-shares)[:_NAMED].tolist()
        delay = span(self.steps * window[signals[0]].step_s)
        reasons = [
            f"the signals do not move together as they did: {ratio:.2g} times the limit over the last {delay}",
            *(self._share(i, float(shares[i] / shares.sum()), float(np.mean(rows[:, i]))) for i in order),
        ]
        return flagged(ratio, reasons, [signals[i] for i in order])

    def _share(self, i: int, share: float, mean: float) -> str:
        scale = self.model.scale
        away = (mean - scale.mean[i]) / scale.deviation[i]
        return (
            f"{plain(scale.signals[i])} makes up {share:.0%} of it: it is {mean:.3g}, {abs(away):.1f} standard deviations "
            f"{'above' if away > 0 else 'below'} its usual {scale.mean[i]:.3g}"
        )


def watch(model: Model, sound_windows: Sequence[Window], *, steps: int, quantile: float = 0.99) -> Watch:
    """The limit is what the smoothed scores of sound windows stay under for ``quantile`` of the time."""
    unlimited = Watch(model, steps, 1.0)
    scores = np.concatenate([unlimited.ratios(window) for window in sound_windows])
    return Watch(model, steps, float(np.nanquantile(scores, quantile)))


def _learned(windows: Sequence[Window]) -> tuple[Scale, Floats]:
    signals = tuple(name for name in sorted(windows[0]) if all(name in window for window in windows))
    rows = np.concatenate([table(window, signals) for window in windows])
    rows = rows[np.isfinite(rows).all(axis=1)]
    step = windows[0][signals[0]].step_s
    needed = _ROWS_PER_SIGNAL * len(signals)
    if len(rows) < needed:
        raise NotEnoughData(len(rows) * step / DAY_S, needed * step / DAY_S, f"{len(signals)} signals read together")
    deviation = rows.std(axis=0)
    moving = deviation > 1e-9
    if not moving.any():
        raise NotEnoughData(0, needed * step / DAY_S, "no signal ever changed")
    scale = Scale(tuple(compress(signals, moving.tolist())), rows.mean(axis=0)[moving], deviation[moving])
    return scale, scale.standard(rows[:, moving])


def _q_limit(left: Floats, alpha: float) -> float:
    """Jackson and Mudholkar; infinite where no component is left out."""
    if not len(left):
        return float("inf")
    first, second, third = (float(np.sum(left**power)) for power in (1, 2, 3))
    h = max(1 - 2 * first * third / (3 * second**2), 1e-3)
    normal = float(stats.norm.ppf(1 - alpha))
    return first * (normal * np.sqrt(2 * second * h**2) / first + 1 + second * h * (h - 1) / first**2) ** (1 / h)
