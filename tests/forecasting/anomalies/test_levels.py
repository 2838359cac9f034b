import numpy as np
import pytest

from evals.bench.forecast import nab
from forecasting.anomalies.levels import LevelWatch, episodes
from forecasting.anomalies.smoothing import trailing_mean, trailing_median
from forecasting.series import NotEnoughData, Series


def daily(n: int = 4000, seed: int = 0) -> np.ndarray:
    return 80 + 5 * np.sin(np.arange(n) * 2 * np.pi / 288) + np.random.default_rng(seed).normal(0, 1, n)


def test_what_is_said_of_a_moment_does_not_depend_on_what_follows():
    values = daily()
    values[2500:2700] -= 40
    whole = LevelWatch().scores(Series(0, 300, values))
    early = LevelWatch().scores(Series(0, 300, values[:2600]))
    assert np.allclose(whole[:2600], early, equal_nan=True)


def test_a_lasting_fall_is_flagged_in_words_and_a_single_bad_reading_is_not():
    values = daily()
    values[3000] = 0
    assert np.nanmax(np.abs(LevelWatch().scores(Series(0, 300, values)))) < 1
    values[-60:] -= 50
    verdict = LevelWatch().judge(Series(0, 300, values), "oil_temperature", "°C")
    assert verdict.state == "flagged"
    assert "below its usual" in verdict.reasons[0]


def test_a_level_flagged_for_long_does_not_become_usual():
    values = daily()
    values[1500:] -= 50
    assert (np.abs(LevelWatch().scores(Series(0, 300, values))[1600:]) > 1).all()


def test_short_history_and_silence_cannot_be_told():
    assert LevelWatch().judge(Series(0, 300, daily(200)), "oil_temperature").state == "cannot tell"
    with pytest.raises(NotEnoughData):
        LevelWatch().scores(Series(0, 300, daily(200)))
    values = daily()
    values[-80:] = np.nan
    assert "has not been read" in LevelWatch().judge(Series(0, 300, values), "oil_temperature").reasons[0]


@pytest.mark.parametrize("steps", [1, 2, 3, 12])
def test_trailing_statistics_are_those_of_the_last_steps(steps):
    values = np.random.default_rng(1).normal(size=60)
    values[[5, 6, 7, 30]] = np.nan
    for i in range(steps - 1, 60):
        last = values[i - steps + 1 : i + 1]
        expected = [np.nan] * 2 if np.isnan(last).all() else [np.nanmean(last), np.nanmedian(last)]
        found = [trailing_mean(values, steps)[i], trailing_median(values, steps)[i]]
        assert np.allclose(found, expected, equal_nan=True)


def test_episodes_join_over_short_gaps():
    assert episodes(np.array([0, 1, 1, 0, 1, 0, 0, 0, 1]), gap_steps=2) == [(1, 4), (8, 8)]
    assert episodes(np.zeros(4), gap_steps=2) == []


def test_nab(shared_data):
    figures = nab.run(shared_data)
    assert figures["nab_found"] >= 3
    assert figures["nab_false"] <= 4
