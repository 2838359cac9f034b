"""The kind of forecast for each class of points: the one whose backtest lost least, and of equals the simplest.

The boosting model learns from all classes together; what differs from class to class is who is champion and the calibration.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from forecasting.series import NotEnoughData, Series
from forecasting.telemetry.backtest import Trial, first_origin, guess, losses, trial
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.candidates import Candidate, CandidateFailed, Fitted, Guess
from forecasting.telemetry.conformal import FEWEST, calibrated
from forecasting.telemetry.model import Score, TelemetryModel
from forecasting.telemetry.plausibility.continuity import Continuity, learn_continuity
from forecasting.telemetry.prophet_model import FlatProphet
from forecasting.telemetry.seasonal_naive import SeasonalNaive
from forecasting.telemetry.windows import NEED_DAYS, check, common_step, steps_of_a_day

CANDIDATES: tuple[Candidate, ...] = (SeasonalNaive("day"), SeasonalNaive("week"), Boosting(), FlatProphet())
PLAIN_CANDIDATES: tuple[Candidate, ...] = (SeasonalNaive("day"), SeasonalNaive("week"))
TIE = 0.01  # a loss that is higher by less than this share is no worse
_MOST_SERIES = 2_000
_FIRST = 24  # windows on which a slow kind may show that it is behind
_log = logging.getLogger(__name__)

Drivers = Sequence[Sequence[Series]]
Rows = np.ndarray[tuple[int], np.dtype[np.intp]]


@dataclass(frozen=True, slots=True)
class Settings:
    """How champions are chosen. ``windows`` is what a class's backtest takes, over the last ``span_days`` (None: by the horizon)."""

    candidates: tuple[Candidate, ...] = CANDIDATES
    windows: int = 600
    span_days: float | None = None
    seed: int = 0


def fit(
    train: Sequence[Series],
    regressors: Drivers | None = None,
    *,
    horizon: int,
    settings: Settings | None = None,
) -> TelemetryModel:
    """The champion of one class of points, ready to forecast up to ``horizon`` steps ahead of any history of that step.

    ``regressors[i]`` are what explains ``train[i]`` (outdoor temperature, occupancy), of each series the same kinds in the same order.
    Raises ``NotEnoughData`` where no series holds a week and a backtest after it, ``CandidateFailed`` where no kind can be made.
    """
    given = {"": regressors} if regressors else None
    return fit_classes({"": train}, given, horizon=horizon, settings=settings)[""]


def fit_classes(
    train: Mapping[str, Sequence[Series]],
    regressors: Mapping[str, Drivers] | None = None,
    *,
    horizon: int,
    settings: Settings | None = None,
    progress: Callable[[str], None] | None = None,
) -> dict[str, TelemetryModel]:
    """A model for each class that has enough data; the others are left out. Raises ``NotEnoughData`` where none has."""
    settings = settings or Settings()
    rng = np.random.default_rng(settings.seed)
    sound: dict[str, tuple[list[Series], Drivers | None]] = {}
    short: NotEnoughData | None = None
    for name, series in train.items():
        try:
            sound[name] = _sound(series, regressors[name] if regressors else None, horizon, settings, rng)
        except NotEnoughData as error:
            short = short if short and short.have_days >= error.have_days else error
    if not sound:
        raise short or NotEnoughData(0, NEED_DAYS, "nothing was read")
    learnt = Learnt(early := _learnt(sound, horizon, settings), _learnt(sound, horizon, settings, only=early))
    found: dict[str, TelemetryModel] = {}
    for name, (series, drivers) in sound.items():
        if progress:
            progress(name)
        try:
            found[name] = _model(learnt, series, drivers, horizon, settings)
        except NotEnoughData as error:
            short = error
    if not found:
        raise short or NotEnoughData(0, NEED_DAYS)
    return found


@dataclass(frozen=True)
class Learnt:
    """Each kind as it was before the backtests, and as it is now; what all classes have in common."""

    early: Mapping[str, tuple[Candidate, Fitted]]
    late: Mapping[str, tuple[Candidate, Fitted]]


def learn(train: Sequence[Series], *, horizon: int, settings: Settings | None = None) -> Learnt:
    """From series of all classes; ``choose`` does the rest, class by class. Raises ``NotEnoughData`` where no series says enough."""
    settings = settings or Settings()
    many = replace(settings, windows=_MOST_SERIES)  # series, of which a class's backtest takes one window at least
    sound = {"": _sound(train, None, horizon, many, np.random.default_rng(settings.seed))}
    early = _learnt(sound, horizon, settings)
    return Learnt(early, _learnt(sound, horizon, settings, only=early))


def choose(
    learnt: Learnt, series: Sequence[Series], *, horizon: int, settings: Settings | None = None
) -> TelemetryModel:
    """The champion of one class. Raises ``NotEnoughData``."""
    settings = settings or Settings()
    sound, _ = _sound(series, None, horizon, settings, np.random.default_rng(settings.seed))
    return _model(learnt, sound, None, horizon, settings)


def _model(
    learnt: Learnt, series: Sequence[Series], drivers: Drivers | None, horizon: int, settings: Settings
) -> TelemetryModel:
    tried = trial(series, horizon, drivers, count=settings.windows, span_days=settings.span_days)
    if len(tried) < FEWEST:
        raise NotEnoughData(max(one.days for one in series), _needed(horizon, series[0]), "for a backtest")
    return _champion(learnt.early, learnt.late, tried, series[0].step_s, settings)


def learnt_before(candidate: Candidate, series: Sequence[Series], horizon: int, seed: int = 0) -> Fitted:
    """A kind fitted to what came before the backtests of these series. Raises ``CandidateFailed``."""
    day = steps_of_a_day(common_step(series))
    return candidate.fit(_before_backtest(series, horizon, day, None), horizon, None, seed)


def _before_backtest(series: Sequence[Series], horizon: int, day: int, span_days: float | None) -> list[Series]:
    """What is learnt from has to end where the first origin of the backtest is."""
    return [
        Series(one.start_s, one.step_s, one.values[: first_origin(len(one), horizon, day, span_days)]) for one in series
    ]


def _needed(horizon: int, series: Series) -> float:
    """Days that hold a week, as many origins as a backtest needs, and what comes after the last; twice, to learn before it."""
    day = steps_of_a_day(series.step_s)
    return NEED_DAYS + (2 * FEWEST + horizon) / day


def _sound(
    series: Sequence[Series], drivers: Drivers | None, horizon: int, settings: Settings, rng: np.random.Generator
) -> tuple[list[Series], Drivers | None]:
    """The series that say enough, a sample of them where there are many. Raises ``NotEnoughData`` where none does."""
    kept: list[int] = []
    short: NotEnoughData | None = None
    order: list[int] = rng.permutation(len(series)).tolist()
    for index in order:
        try:
            check(series[index])
            if series[index].days < (need := NEED_DAYS + (1 + horizon) / steps_of_a_day(series[index].step_s)):
                raise NotEnoughData(series[index].days, need)
            kept.append(index)
        except NotEnoughData as error:
            short = short if short and short.have_days >= error.have_days else error
        if len(kept) == min(settings.windows, _MOST_SERIES):
            break
    if not kept:
        raise short or NotEnoughData(0, NEED_DAYS, "nothing was read")
    return [series[index] for index in kept], [drivers[index] for index in kept] if drivers else None


def _learnt(
    sound: Mapping[str, tuple[list[Series], Drivers | None]],
    horizon: int,
    settings: Settings,
    *,
    only: Mapping[str, tuple[Candidate, Fitted]] | None = None,
) -> dict[str, tuple[Candidate, Fitted]]:
    """Each kind fitted to what came before the backtests of all classes; the ``only`` ones to everything. Kinds that fail are left out."""
    series: list[Series] = [one for group, _ in sound.values() for one in group]
    drivers: list[Sequence[Series]] = [one for _, group in sound.values() if group for one in group]
    if len(series) > _MOST_SERIES:
        chosen: list[int] = np.random.default_rng(settings.seed).permutation(len(series))[:_MOST_SERIES].tolist()
        series, drivers = [series[i] for i in chosen], [drivers[i] for i in chosen] if drivers else []
    if only is None:
        day = steps_of_a_day(common_step(series))
        series = _before_backtest(series, horizon, day, settings.span_days)
    found: dict[str, tuple[Candidate, Fitted]] = {}
    for candidate in settings.candidates:
        if only is not None and candidate.name not in only:
            continue
        try:
            found[candidate.name] = (candidate, candidate.fit(series, horizon, drivers or None, settings.seed))
        except CandidateFailed as error:
            _log.info("%s is left out: %s", candidate.name, error)
    return found


def _champion(
    early: Mapping[str, tuple[Candidate, Fitted]],
    late: Mapping[str, tuple[Candidate, Fitted]],
    tried: Trial,
    step_s: int,
    settings: Settings,
) -> TelemetryModel:
    said: dict[str, tuple[Guess, Trial]] = {}
    pulls: dict[str, Continuity] = {}
    rows = _few_enough([candidate for candidate, _ in early.values()], len(tried), settings.seed)
    scores: list[Score] = []
    behind: set[str] = set()
    for name, (candidate, fitted) in sorted(early.items(), key=lambda one: one[1][0].rank):
        few = candidate.most_windows is not None and len(rows) < len(tried)
        own = tried.take(rows) if few else tried
        try:
            if candidate.most_windows is not None and said and len(own) >= 2 * _FIRST:
                part, lost = _first_look(fitted, own, said, rows)
                if lost is not None:
                    behind.add(name)
                    scores.append(Score(name, lost, _FIRST))
                    continue
                said[name] = _completed(fitted, own, part), own
            else:
                said[name] = guess(fitted, own), own
        except CandidateFailed as error:
            _log.info("%s is left out: %s", name, error)
            continue
        pulls[name] = learn_continuity(said[name][0], said[name][1].windows, said[name][1].came)
        lost = losses(pulls[name].joined(said[name][0], own.windows), own)
        scores.append(Score(name, float(lost[rows].mean() if own is tried else lost.mean()), len(own)))
    if not scores:
        raise CandidateFailed("No kind of forecast could be made for these series.")
    best = min(one.loss for one in scores if one.name not in behind)
    chosen = next(one for one in scores if one.name not in behind and one.loss <= best * (1 + TIE))
    guessed, own = said[chosen.name]
    pull = pulls[chosen.name]
    calibration = calibrated(pull.joined(guessed, own.windows), own.came, settings.seed)
    return TelemetryModel(late[chosen.name][1], calibration, own.came.shape[1], step_s, tuple(scores), pull)


def _first_look(
    fitted: Fitted, tried: Trial, said: Mapping[str, tuple[Guess, Trial]], rows: Rows
) -> tuple[Guess, float | None]:
    """What a slow kind says of a few windows, and its loss there where it is clearly behind another kind on the same ones.

    Clearly is by more than three standard errors of the difference from window to window, and by a twentieth.
    """
    first = _evenly(len(tried))
    part = tried.take(first)
    guessed = guess(fitted, part)
    lost = losses(guessed, part)
    for other, of in said.values():
        theirs = losses(_taken(other, first if len(of) == len(tried) else rows[first]), part)
        more = lost - theirs
        if more.mean() > max(3 * more.std(ddof=1) / np.sqrt(len(more)), 0.05 * theirs.mean()):
            return guessed, float(lost.mean())
    return guessed, None


def _completed(fitted: Fitted, tried: Trial, part: Guess) -> Guess:
    """The guess of all windows, from that of the first look and one of the others."""
    first = _evenly(len(tried))
    rest = np.setdiff1d(np.arange(len(tried)), first).astype(np.intp)
    other = guess(fitted, tried.take(rest))
    order = np.argsort(np.concatenate([first, rest]))
    joined = (
        np.concatenate([one, two])[order]
        for one, two in ((part.middle, other.middle), (part.below, other.below), (part.above, other.above))
    )
    return Guess(*joined)


def _evenly(count: int) -> Rows:
    return np.linspace(0, count - 1, _FIRST).round().astype(np.intp)


def _taken(said: Guess, rows: Rows) -> Guess:
    return Guess(said.middle[rows], said.below[rows], said.above[rows])


def _few_enough(candidates: Sequence[Candidate], count: int, seed: int) -> Rows:
    """The windows on which all kinds are compared: as many as the slowest of them can afford."""
    most = min([count, *(one.most_windows for one in candidates if one.most_windows is not None)])
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False)).astype(np.intp)
