"""Two series: how they go together, and with which lag."""

import math
from typing import Any, cast

import numpy as np
import pytest
from scipy import stats

from tools.analysis.relation import relation

STATS = cast(Any, stats)
WAVE = {n: math.sin(2 * math.pi * n / 24) + 0.3 * math.sin(2 * math.pi * n / 11) for n in range(1, 169)}


def test_coefficients_are_those_of_scipy():
    other = {n: round(value**3 + 0.2 * math.cos(n), 1) for n, value in WAVE.items()}
    found = relation(WAVE, other)
    assert found
    assert found.hours == 168
    assert found.pearson == pytest.approx(float(np.corrcoef(list(WAVE.values()), list(other.values()))[0, 1]))
    assert found.spearman == pytest.approx(STATS.spearmanr(list(WAVE.values()), list(other.values())).statistic)


def test_the_lag_is_by_how_much_the_first_follows():
    late = {n + 3: value for n, value in WAVE.items()}
    found = relation(late, WAVE)
    assert found
    assert (found.lag_h, found.at_lag) == (3, pytest.approx(1.0))
    turned = relation(WAVE, late)
    assert turned
    assert turned.lag_h == -3


def test_opposites_are_minus_one_and_what_stands_still_is_nothing():
    found = relation(WAVE, {n: -2 * value for n, value in WAVE.items()})
    assert found
    assert (found.pearson, found.lag_h) == (pytest.approx(-1.0), 0)
    still = relation(WAVE, dict.fromkeys(WAVE, 21.3))
    assert still
    assert (still.pearson, still.spearman, still.lag_h) == (None, None, None)


def test_too_few_common_hours_say_nothing():
    assert relation({n: WAVE[n] for n in range(1, 40)}, {n: WAVE[n] for n in range(20, 43)}) is None
