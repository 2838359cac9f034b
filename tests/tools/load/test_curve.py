"""A part-load curve is learnt where enough is known, and says how well it is known."""

import numpy as np
import pytest

from tools.load.curve import CENTRIFUGAL, Samples, from_library, learnt, through


def _ran(count: int = 400, noise: float = 0.02, low: float = 0.3) -> Samples:
    random = np.random.default_rng(5)
    load = random.uniform(low * 200, 200, count)
    outside = random.uniform(10, 32, count)
    power = (8 + 0.10 * load + 0.0003 * load**2 + 0.003 * load * (outside - 21)) * random.normal(1, noise, count)
    return Samples(load, power, outside)


def test_the_curve_of_a_machine_is_found_with_its_spread():
    curve = learnt(_ran(), 200)
    assert curve is not None
    assert curve.source == "learnt"
    assert curve.samples == 400
    for load in (80.0, 120.0, 190.0):
        expected = 8 + 0.10 * load + 0.0003 * load**2 + 0.003 * load * (30 - 21)
        assert curve.power(load, 30.0) == pytest.approx(expected, rel=0.02)
    assert curve.spread == pytest.approx(0.02, abs=0.006)


@pytest.mark.parametrize(
    "samples",
    [
        _ran(count=40),
        Samples(np.full(300, 90.0), np.full(300, 20.0)),
        Samples(np.linspace(50, 200, 300), np.linspace(60, 10, 300)),
        Samples(np.full(300, np.nan), np.full(300, 20.0)),
    ],
    ids=["few", "one load", "less power for more load", "nothing read"],
)
def test_too_little_or_no_machine_teaches_nothing(samples: Samples):
    assert learnt(samples, 200) is None


def test_a_curve_never_bends_down():
    load = np.linspace(40, 200, 200)
    curve = learnt(Samples(load, 5 * np.sqrt(load)), 200)
    assert curve is not None
    assert curve.c == 0
    assert curve.a >= 0


def test_stated_points_and_the_library_meet_the_rated_power():
    assert through([(50, 12), (200, 40)]).power(200) == pytest.approx(40)
    assert through([(50, 12), (120, 22), (200, 40)]).power(120) == pytest.approx(22)
    library = from_library(200, 40, CENTRIFUGAL)
    assert library.power(200) == pytest.approx(40)
    assert library.power(60) > 12, "three tenths of the load take more than three tenths of the power"
    assert library.spread > through([(50, 12), (200, 40)]).spread
