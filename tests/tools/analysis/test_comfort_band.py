"""Hours against a band."""

from tools.analysis.comfort_band import Band, judged, set_point_band


def test_hours_within_and_the_worst_of_the_others():
    found = judged({1: 21.0, 2: 26.5, 3: 19.0, 4: 22.0}, Band("limits", 20.0, 26.0))
    assert found
    assert (found.hours, found.within, found.percent) == (4, 2, 50.0)
    assert (found.worst, found.worst_hour, found.worst_value, found.side) == (1.0, 3, 19.0, "low")


def test_a_set_point_holds_until_the_next_one():
    band = set_point_band({2: 22.0, 4: 18.0}, range(1, 6), 0.5)
    assert band
    assert [band.at(hour) for hour in range(1, 6)] == [(21.5, 22.5)] * 3 + [(17.5, 18.5)] * 2
    assert (band.low, band.high) == (None, None)
    steady = set_point_band({1: 22.0}, range(1, 3), 1.0)
    assert steady
    assert (steady.low, steady.high) == (21.0, 23.0)


def test_nothing_known_is_not_judged():
    assert judged({}, Band("limits", 20.0, 26.0)) is None
    assert set_point_band({}, range(1, 3), 1.0) is None


def test_an_open_band_has_one_side():
    found = judged({1: -40.0, 2: 1200.0}, Band("limits", None, 1000.0))
    assert found
    assert (found.within, found.side, found.worst) == (1, "high", 200.0)
