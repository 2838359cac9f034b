import numpy as np

from ingestion.simulator.physics.noise import channel, channels, fixed, normal, smooth, uniform

COLUMNS = channels(["a", "b", "c"], "test")
MOMENTS = np.arange(0, 4000, dtype=np.int64) * 900_000


def test_a_moment_has_the_same_noise_however_time_is_cut():
    whole = normal(7, COLUMNS, MOMENTS)
    parts = np.concatenate([normal(7, COLUMNS, MOMENTS[:1234]), normal(7, COLUMNS, MOMENTS[1234:])])
    assert np.array_equal(whole, parts)


def test_normal_noise_has_mean_zero_and_deviation_one():
    noise = normal(7, COLUMNS, MOMENTS)
    assert abs(noise.mean()) < 0.03
    assert abs(noise.std() - 1) < 0.03
    assert np.abs(noise).max() < 3.5


def test_channels_and_seeds_are_independent():
    noise = normal(7, COLUMNS, MOMENTS)
    other = normal(8, COLUMNS, MOMENTS)
    assert np.abs(np.corrcoef(noise.T) - np.eye(3)).max() < 0.06
    assert abs(np.corrcoef(noise[:, 0], other[:, 0])[0, 1]) < 0.06


def test_uniform_numbers_fill_the_unit_interval():
    numbers = uniform(1, COLUMNS, MOMENTS)
    assert 0 <= numbers.min() < 0.01
    assert 0.99 < numbers.max() < 1


def test_a_smooth_curve_has_no_steps_and_stays_within_one():
    hours = np.linspace(0, 100, 10_001)
    curve = smooth(7, COLUMNS, hours, 2.0)
    assert np.abs(curve).max() <= 1
    assert np.abs(np.diff(curve, axis=0)).max() < 0.02


def test_machines_keep_their_differences():
    assert channel("x", "y") == channel("x", "y")
    assert np.array_equal(fixed(7, ["p1", "p2"], "bias", 0.9, 1.1), fixed(7, ["p1", "p2"], "bias", 0.9, 1.1))
    assert np.all((fixed(7, ["p1", "p2"], "bias", 0.9, 1.1) >= 0.9) & (fixed(7, ["p1", "p2"], "bias", 0.9, 1.1) <= 1.1))
