import numpy as np
import pytest

from evals.bench.forecast import cwru
from forecasting.anomalies.machine.envelope import BEARINGS, Bearing, EnvelopeCheck, usual_band

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


def test_what_a_recording_lacks_is_said():
    assert CHECK.judge(ringing(104)[:2000], RATE, SHAFT).reasons == (
        "of 20 turns of the shaft that are needed 5 were recorded: at this speed it takes 0.69 seconds",
    )
    assert CHECK.judge(ringing(104), 2000, SHAFT).reasons == (
        "it was recorded at 2000 Hz; what a bearing makes ring takes 5000 Hz",
    )
    assert "do not fit into a band 2000 Hz wide" in CHECK.judge(ringing(104), RATE, 200).reasons[0]
    assert CHECK.judge(np.empty(0), RATE, SHAFT).reasons == ("the recording is empty",)


def test_lines_are_told_with_where_they_should_be_and_are():
    found = CHECK.diagnose(ringing(3.62 * SHAFT), RATE, SHAFT)
    first = found.lines[0]
    assert (first.part, first.multiple) == ("outer race", 1)
    assert first.expected_hz == pytest.approx(3.585 * SHAFT, abs=0.05)
    assert first.found_hz == pytest.approx(3.62 * SHAFT, abs=1)
    assert first.times_out > 4
    assert len(found.lines) == 9
    assert found.spectrum.shape == found.frequencies.shape


@pytest.mark.parametrize(("rate", "band"), [(6_000, (1000, 2000)), (12_000, (2000, 4000)), (48_000, (2000, 4000))])
def test_the_usual_band_is_an_octave_that_sensors_follow(rate, band):
    assert usual_band(rate) == pytest.approx(band)


def test_known_bearings_have_frequencies_as_published():
    assert BEARINGS["6205"].frequencies(1.0)["outer race"] == pytest.approx(3.585, abs=0.002)
    assert BEARINGS["6203"].frequencies(1.0)["outer race"] == pytest.approx(3.053, abs=0.002)
    assert BEARINGS["6203"].frequencies(1.0)["inner race"] == pytest.approx(4.947, abs=0.002)


def test_cwru(shared_data):
    figures = cwru.run(shared_data)
    assert figures["cwru_races_found"] >= 0.9 * figures["cwru_races"]
    assert figures["cwru_sound_false"] == 0
