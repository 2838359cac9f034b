"""A champion with its calibration: forecasts, sample paths, and what its backtest said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.series import Floats, NotEnoughData, Series
from forecasting.telemetry.candidates import Fitted, Guess
from forecasting.telemetry.conformal import Calibration
from forecasting.telemetry.plausibility.continuity import NO_PULL, Continuity
from forecasting.telemetry.plausibility.within import ANYTHING, Within
from forecasting.telemetry.result import LEVELS, Forecast, checked_levels
from forecasting.telemetry.windows import NEED_DAYS, Windows, check, current

_AT_ONCE = 500  # histories: some 5 MB a table at hourly steps, 60 MB at five minutes


@dataclass(frozen=True)
class Score:
    """A kind's mean pinball loss in the backtest, in units of the change from day to day, over ``windows`` windows."""

    name: str
    loss: float
    windows: int


@dataclass(frozen=True)
class TelemetryModel:
    """Forecasts up to ``horizon`` steps of ``step_s`` seconds. ``scores`` are all kinds that were tried, the simplest first."""

    fitted: Fitted
    calibration: Calibration
    horizon: int
    step_s: int
    scores: tuple[Score, ...]
    continuity: Continuity = NO_PULL

    @property
    def name(self) -> str:
        return self.fitted.name

    def forecast(
        self,
        history: Series,
        horizon: int,
        levels: Sequence[float] = LEVELS,
        regressors: Sequence[Series] = (),
        within: Within = ANYTHING,
    ) -> Forecast:
        """What comes after the end of ``history``, held ``within`` what the point can be. Regressors may reach beyond it as far as they are known.

        Raises ``NotEnoughData`` where history is short, constant, gappy or silent for a day; ``ValueError`` beyond the model's horizon,
        at another step, or at levels further out than the backtest can tell.
        """
        guess = self._guess(history, horizon, regressors)
        return self._forecasts([history], guess, self._told(levels), [within])[0]

    def forecast_many(
        self,
        histories: Sequence[Series],
        horizon: int,
        levels: Sequence[float] = LEVELS,
        regressors: Sequence[Sequence[Series]] | None = None,
        within: Sequence[Within] | None = None,
    ) -> list[Forecast | NotEnoughData]:
        """The same for many series at once; for those with too little history the reason stands in its place."""
        told = self._told(levels)
        found: list[Forecast | NotEnoughData] = []
        held = iter(within or [ANYTHING] * len(histories))
        for part, reasons, guess in self._batches(histories, horizon, regressors):
            pairs = [(one, next(held), reason) for one, reason in zip(part, reasons, strict=True)]
            sound = [one for one, _, reason in pairs if reason is None]
            kept = [one for _, one, reason in pairs if reason is None]
            made = iter(self._forecasts(sound, guess, told, kept) if guess else ())
            found += [reason if reason is not None else next(made) for reason in reasons]
        return found

    def paths(
        self,
        history: Series,
        horizon: int,
        count: int,
        seed: int,
        regressors: Sequence[Series] = (),
        within: Within = ANYTHING,
    ) -> Floats:
        """Ways in which it may go on, shape ``(count, horizon)``; at each step they are spread as the quantiles are. Raises as ``forecast``."""
        return within.paths(self.calibration.paths(self._guess(history, horizon, regressors), count, seed), history)

    def paths_many(
        self,
        histories: Sequence[Series],
        horizon: int,
        count: int,
        seed: int,
        regressors: Sequence[Sequence[Series]] | None = None,
    ) -> Iterator[Floats | NotEnoughData]:
        """The same for many series, one after the other; for those with too little history the reason stands in its place."""
        for _, reasons, guess in self._batches(histories, horizon, regressors):
            row = 0
            for reason in reasons:
                if reason is not None or guess is None:
                    yield reason or NotEnoughData(0, NEED_DAYS)
                    continue
                one = slice(row, row + 1)
                yield self.calibration.paths(Guess(guess.middle[one], guess.below[one], guess.above[one]), count, seed)
                row += 1

    def _batches(
        self, histories: Sequence[Series], horizon: int, regressors: Sequence[Sequence[Series]] | None
    ) -> Iterator[tuple[Sequence[Series], list[NotEnoughData | None], Guess | None]]:
        """Some histories at a time: what is wrong with each, and the guess for those that are sound (None: there are none)."""
        for first in range(0, len(histories), _AT_ONCE):
            part = histories[first : first + _AT_ONCE]
            reasons = [_reason(one) for one in part]
            sound = [index for index, reason in enumerate(reasons) if reason is None]
            series = [part[index] for index in sound]
            outside = [regressors[first + index] for index in sound] if regressors else None
            guess = None
            if series:
                self._allow(series, horizon)
                guess = self._guessed(current(series, horizon, outside), horizon)
            yield part, reasons, guess

    def _guess(self, history: Series, horizon: int, regressors: Sequence[Series]) -> Guess:
        self._allow([history], horizon)
        check(history)
        return self._guessed(current([history], horizon, [regressors]), horizon)

    def _guessed(self, windows: Windows, horizon: int) -> Guess:
        return self.continuity.joined(self.fitted.guess(windows, horizon), windows)

    def _allow(self, series: Sequence[Series], horizon: int) -> None:
        if not 1 <= horizon <= self.horizon:
            raise ValueError(f"this model forecasts 1 to {self.horizon} steps, not {horizon}")
        other = next((one.step_s for one in series if one.step_s != self.step_s), None)
        if other is not None:
            raise ValueError(f"this model is for steps of {self.step_s} s, not {other} s")

    def _told(self, levels: Sequence[float]) -> tuple[float, ...]:
        checked = checked_levels(levels)
        edge = 1 / (len(self.calibration) + 1)
        if checked[0] < edge or checked[-1] > 1 - edge:
            raise ValueError(
                f"a backtest of {len(self.calibration)} windows tells levels from {edge:.3g} to {1 - edge:.3g}"
            )
        return checked

    def _forecasts(
        self, series: Sequence[Series], guess: Guess, levels: tuple[float, ...], within: Sequence[Within]
    ) -> list[Forecast]:
        quantiles = self.calibration.quantiles(guess, levels)
        return [
            Forecast(one.end_s, one.step_s, levels, np.ascontiguousarray(held.quantiles(found, one)), self.name)
            for one, found, held in zip(series, quantiles, within, strict=True)
        ]


def _reason(history: Series) -> NotEnoughData | None:
    try:
        check(history)
    except NotEnoughData as error:
        return error
    return None
