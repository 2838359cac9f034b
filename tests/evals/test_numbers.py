import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.numbers import numbers_in, says_none, states, without_emphasis, without_moments


def values(text: str) -> list[float]:
    return [stated.value for stated in numbers_in(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234.5 kWh", [1234.5]),
        ("1\u202f234.5 and 12\u00a0345 and 7\u2009000", [1234.5, 12345.0, 7000.0]),
        ("1'234 and 1’234", [1234.0, 1234.0]),
        ("-3 °C, −4.5 °C and 20-25", [-3.0, -4.5, 20.0, 25.0]),
        ("12kW at 45%", [12.0, 45.0]),
        ("0.5, .25 and 1.2e3", [0.5, 0.25, 1200.0]),
        ("AHU-9 on the 4th floor", []),
        ("1, 2 and 3", [1.0, 2.0, 3.0]),
        ("It feeds seven boxes, and only one fan.", [7.0, 1.0]),
        ("The warmest one is in the tenth room.", []),
        ("1,234,567 in v2.0.1", [1234567.0]),
    ],
)
def test_numbers_are_read_as_people_and_models_write_them(text: str, expected: list[float]):
    assert values(text) == expected


@given(st.integers(-(10**9), 10**9), st.sampled_from([",", "\u202f", "\u00a0", "\u2009", "'"]))
def test_whole_numbers_are_read_whatever_groups_their_digits(value: int, group: str):
    assert values(f"about {value:,} kWh".replace(",", group)) == [value]


@given(st.floats(-1e6, 1e6, allow_nan=False), st.integers(0, 4), st.sampled_from(["", " ", "\u202f"]))
def test_a_figure_states_what_it_was_rounded_from_and_not_two_steps_away(value: float, places: int, space: str):
    text = f"It reads {value:.{places}f}{space}kW."
    step = 10.0**-places
    assert states(text, value, unit="kW")
    assert not states(text, value + 2 * step, unit="kW")
    assert not states(text, value, unit="kWh")


@given(st.floats(-1e5, 1e5, allow_nan=False).filter(lambda value: abs(value) > 0.01))
def test_a_wrong_sign_is_wrong(value: float):
    assert not states(f"It reads {-value:.2f} °C.", value, tolerance=abs(value) / 2)


def test_a_fall_is_a_negative_change():
    assert states("It fell by 3.2 Pa over the week.", -3.2)
    assert not states("It rose by 3.2 Pa over the week.", -3.2)
    assert not states("It fell by -3.2 Pa.", 3.2)


@pytest.mark.parametrize(
    ("text", "unit", "passes"),
    [
        ("18.2 °C", "°C", True),
        ("18.2°C.", "°C", True),
        ("18.2\u202f°C", "°C", True),
        ("18.2 degrees Celsius", "°C", True),
        ("18.2 C", "°C", True),
        ("18.2 K", "°C", False),
        ("18.2 kWh", "kW", False),
        ("18.2 mm/s", "m", False),
        ("18.2 m³/h", "m³", False),
        ("18.2 m3/h", "m³/h", True),
        ("18.2%", "%", True),
        ("18.2 percent", "%", True),
        ("18.2 hours", "h", True),
        ("18.2 hPa", "h", False),
        ("18.2", "°C", False),
        ("**18.2** °C", "°C", True),
    ],
)
def test_the_unit_must_follow_in_one_of_its_spellings(text: str, unit: str, passes: bool):
    assert states(without_emphasis(text), 18.2, unit=unit) is passes


@pytest.mark.parametrize(
    "text", ["None of them.", "There are no pumps there.", "Nothing is in alarm.", "0 pumps", "zero"]
)
def test_none_is_zero(text: str):
    assert states(text, 0)


@pytest.mark.parametrize("text", ["I have no readings of it.", "No, I cannot tell.", "There are 10 pumps.", "no data"])
def test_having_no_readings_is_not_zero(text: str):
    assert not states(text, 0)
    assert not says_none(text)


def test_dates_and_times_of_day_are_no_figures():
    text = "On 2026-03-02 at 10:45, on 1 March 2026 and March 3 it read 21.5 °C; until 2026-03-02T18:00:00Z."
    assert values(without_moments(text)) == [21.5]
    assert values(without_moments("in May 17 pumps")) == []
    assert values(without_moments("it may be 17.5 °C")) == [17.5]


@given(st.text())
def test_any_text_can_be_read(text: str):
    assert all(math.isfinite(stated.value) or "e" in text.lower() for stated in numbers_in(text))
    assert len(without_moments(text)) == len(text)
