"""Who is champion, and what stands between a class and its model."""

import numpy as np
import pytest

from forecasting.series import NotEnoughData, Series
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.candidates import Guess
from forecasting.telemetry.champion import Settings, choose, fit, fit_classes, learn
from forecasting.telemetry.prophet_model import FlatProphet
from forecasting.telemetry.seasonal_naive import SeasonalNaive
from forecasting.telemetry.windows import Windows

HOUR_S = 3600
NAIVE = Settings(candidates=(SeasonalNaive("day"), SeasonalNaive("week")), windows=80)


def _rhythm(days: int, season: int, noise: float, seed: int) -> Series:
    rng = np.random.default_rng(seed)
    pattern = rng.normal(size=season)
    return Series(
        0, HOUR_S, np.tile(pattern, 24 * days // season + 1)[: 24 * days] + noise * rng.normal(size=24 * days)
    )


def test_each_class_has_the_kind_that_suits_it():
    classes = {
        "daily": [_rhythm(42, 24, 0.2, seed) for seed in range(4)],
        "weekly": [_rhythm(42, 168, 0.2, seed) for seed in range(4)],
    }
    models = fit_classes(classes, horizon=24, settings=NAIVE)
    assert models["daily"].name == "as the day before"
    assert models["weekly"].name == "as the week before"
    assert models["weekly"].scores[0].loss > 2 * models["weekly"].scores[1].loss


def test_of_equals_the_simpler_one_is_chosen():
    """Where days repeat but for noise, the day and the week before are equally good."""
    model = fit([_rhythm(42, 24, 0.5, seed) for seed in range(4)], horizon=24, settings=NAIVE)
    losses = [one.loss for one in model.scores]
    assert abs(losses[0] / losses[1] - 1) < 0.03
    assert model.name == "as the day before"


def test_prophet_is_champion_where_days_repeat_under_noise_and_it_is_tried():
    settings = Settings(candidates=(SeasonalNaive("day"), FlatProphet(most_windows=24)), windows=48)
    series = Series(
        0, HOUR_S, 5 * np.sin(np.arange(24 * 40) * np.pi / 12) + np.random.default_rng(0).normal(size=24 * 40)
    )
    model = fit([series], horizon=24, settings=settings)
    assert model.name == "Prophet, 14 days"
    assert {one.name: one.windows for one in model.scores} == {"as the day before": 48, "Prophet, 14 days": 24}


def test_a_class_without_enough_data_is_left_out_and_alone_it_is_told_why():
    short, constant = Series(0, HOUR_S, np.arange(100.0)), Series(0, HOUR_S, np.full(24 * 30, 7.0))
    models = fit_classes({"ok": [_rhythm(42, 24, 0.2, 0)], "short": [short]}, horizon=24, settings=NAIVE)
    assert list(models) == ["ok"]
    for series, said in ((short, "days of 7"), (constant, "the value was 7 all the time")):
        with pytest.raises(NotEnoughData, match=said):
            fit([series], horizon=24, settings=NAIVE)
    with pytest.raises(NotEnoughData, match="nothing was read"):
        fit([], horizon=24, settings=NAIVE)
    with pytest.raises(NotEnoughData, match="for a backtest"):
        fit([_rhythm(9, 24, 0.2, 0)], horizon=24, settings=NAIVE)


class Slow:
    """The day before, ``wrong`` off; counts what it is asked for."""

    rank, most_windows = 3, 120

    def __init__(self, wrong: float) -> None:
        self.wrong, self.name, self.asked = wrong, f"off by {wrong:g}", 0

    def fit(self, train: object, horizon: int, drivers: object, seed: int) -> "Slow":
        return self

    def guess(self, windows: Windows, horizon: int) -> Guess:
        self.asked += len(windows)
        said = SeasonalNaive("day").guess(windows, horizon)
        turned = np.where(windows.ends_s // HOUR_S % 2, 1, -1)[:, None]  # a constant error would be calibrated away
        return Guess(said.middle + self.wrong * turned, said.below, said.above)


@pytest.mark.parametrize(("wrong", "asked"), [(5.0, 24), (0.0, 120)])
def test_a_slow_kind_is_given_up_once_it_is_clearly_behind(wrong: float, asked: int):
    slow = Slow(wrong)
    settings = Settings(candidates=(SeasonalNaive("day"), slow), windows=240)
    model = fit([_rhythm(60, 24, 0.5, seed) for seed in range(4)], horizon=24, settings=settings)
    assert slow.asked == asked
    assert model.name == "as the day before"
    assert {one.name: one.windows for one in model.scores}[slow.name] == asked


def test_a_slow_kind_that_is_better_is_tried_on_all_windows_and_chosen():
    class Knows(Slow):
        def guess(self, windows: Windows, horizon: int) -> Guess:
            self.asked += len(windows)
            return SeasonalNaive("week").guess(windows, horizon)

    slow = Knows(0.0)
    settings = Settings(candidates=(SeasonalNaive("day"), slow), windows=240)
    model = fit([_rhythm(60, 168, 0.2, seed) for seed in range(4)], horizon=24, settings=settings)
    assert (model.name, slow.asked, len(model.calibration)) == (slow.name, 120, 120)


def test_learning_once_and_choosing_class_by_class_gives_what_both_at_once_do():
    series = [_rhythm(42, 24, 0.2, seed) for seed in range(4)]
    whole = fit(series, horizon=24, settings=NAIVE)
    learnt = learn(series, horizon=24, settings=NAIVE)
    parts = choose(learnt, series, horizon=24, settings=NAIVE)
    assert parts.name == whole.name
    assert [one.loss for one in parts.scores] == pytest.approx([one.loss for one in whole.scores])


def test_boosting_that_cannot_learn_leaves_the_plain_kinds():
    settings = Settings(candidates=(SeasonalNaive("day"), Boosting()), windows=60)
    model = fit([_rhythm(11, 24, 0.2, 0)], horizon=24, settings=settings)
    assert [one.name for one in model.scores] == ["as the day before"]


def test_nothing_after_the_backtest_begins_reaches_the_scores(make):
    """The future of the series is made absurd where no backtest window ends; its scores stay the same."""
    series = make(60, 1)
    settings = Settings(candidates=(Boosting(iterations=10),), windows=40, span_days=10)
    before = fit([series], horizon=24, settings=settings)
    changed = Series(series.start_s, HOUR_S, np.append(series.values[:-24], series.values[-24:] + 1_000))
    after = fit([changed], horizon=24, settings=settings)
    assert np.allclose(before.calibration.shares[0], after.calibration.shares[0])
    assert not np.allclose(before.calibration.shares[-1], after.calibration.shares[-1])
