import numpy as np
import pytest

from evals.bench.forecast import cwru
from forecasting.anomalies.vibration import Bearing, EnvelopeCheck

BEARING = Bearing(elements=9, element_mm=7.94, pitch_mm=39.04)
RATE, SHAFT = 12_000, 29.0
CHECK = EnvelopeCheck(BEARING, band_hz=(2000.0, 4000.0))


def ringing(hit_hz: float, seed: int = 0, strength: float = 2.0) -> np.ndarray:
    """Noise, and a structure that rings at 3 kHz each time it is hit."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 0.3, RATE)
    decay = strength * np.exp(-np.arange(60) / 12) * np.sin(2 * np.pi * 3000 * np.arange(60) / RATE)
    at = np.arange(0.01, 0.99, 1 / hit_hz) + rng.normal(0, 0.00005, len(np.arange(0.01, 0.99, 1 / hit_hz)))
    for start in (at * RATE).astype(int):
        samples[start : start + 60] += decay
    return samples


def test_kinematic_frequencies_are_those_that_the_maker_gives():
    multiples = BEARING.frequencies(1.0)
    assert multiples["outer race"] == pytest.approx(3.585, abs=0.002)
    assert multiples["inner race"] == pytest.approx(5.415, abs=0.002)
    assert 2 * multiples["rolling element"] == pytest.approx(4.714, abs=0.01)
    assert multiples["cage"] == pytest.approx(0.398, abs=0.001)
    assert multiples["outer race"] + multiples["inner race"] == pytest.approx(9)


@pytest.mark.parametrize(("part", "hits"), [("outer race", 3.585), ("inner race", 5.415), ("rolling element", 4.714)])
def test_the_part_that_is_hit_is_named(part, hits):
    verdict = CHECK.judge(ringing(hits * SHAFT), RATE, SHAFT)
    assert verdict.state == "flagged"
    assert verdict.reasons[0].startswith(f"{part}: lines at {hits * SHAFT:.0f} Hz")


def test_noise_alone_is_sound():
    states = {CHECK.judge(np.random.default_rng(seed).normal(size=RATE), RATE, SHAFT).state for seed in range(20)}
    assert states == {"sound"}


def test_short_broken_and_dead_recordings_cannot_be_told():
    gap = ringing(104)
    gap[5] = np.nan
    for samples in (gap, ringing(104)[:2000], np.ones(RATE)):
        assert CHECK.judge(samples, RATE, SHAFT).state == "cannot tell"


def test_cwru(shared_data):
    figures = cwru.run(shared_data)
    assert figures["cwru_races_found"] >= 0.9 * figures["cwru_races"]
    assert figures["cwru_sound_false"] == 0
