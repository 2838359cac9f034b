"""What a text means: numbers in any spelling, switches, no value, words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.decoding.values import (
    NO_VALUE,
    Ambiguous,
    Number,
    Objection,
    expected,
    is_no_value,
    known_unit,
    meaning,
    number_in,
    switch_in,
    written,
)

STYLES = [
    (decimal, group)
    for decimal in ",."
    for group in ("", ",", ".", " ", "\u00a0", "\u2009", "\u202f", "'", "’")
    if group != decimal
]


def spelt(value: float, decimals: int, decimal: str, group: str, minus: str) -> str:
    text = f"{abs(value):,.{decimals}f}".replace(",", "G").replace(".", decimal).replace("G", group)
    return f"{minus}{text}" if value < 0 and float(f"{value:.{decimals}f}") else text


@given(
    value=st.floats(-1e9, 1e9),
    decimals=st.integers(0, 6),
    style=st.sampled_from(STYLES),
    minus=st.sampled_from("-−–"),
    unit=st.sampled_from(["", " °C", "°F", " kWh", "%", "\u00a0m³/h", " ppm"]),
)
def test_a_number_in_any_spelling_is_that_number(
    value: float, decimals: int, style: tuple[str, str], minus: str, unit: str
):
    decimal, group = style
    rounded = float(f"{value:.{decimals}f}")
    text = spelt(value, decimals, decimal, group, minus) + unit
    stated = number_in(text, decimal)  # pyright: ignore[reportArgumentType]
    assert isinstance(stated, Number)
    assert stated.value == rounded
    found = number_in(text)
    if group == "." and text.count(".") == 1 and "," not in text:
        return  # a single dot is a decimal point
    assert found == stated or (isinstance(found, Ambiguous) and rounded in (found.as_decimal, found.as_group))


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([",", ".", None]))
def test_what_is_written_for_others_has_one_reading(value: float, decimal):
    assert number_in(written(Number(value, "°C")), decimal) == Number(value, "°C")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("21,5", 21.5, None),
        ("−5.5", -5.5, None),
        ("1,234.5", 1234.5, None),
        ("1.234,5", 1234.5, None),
        ("1 234,5", 1234.5, None),
        ("1'234.50", 1234.5, None),
        ("12,34,567.5", 1234567.5, None),
        ("1.234.567", 1234567.0, None),
        ("0,123", 0.123, None),
        ("1234,567", 1234.567, None),
        (",5", 0.5, None),
        ("+7", 7.0, None),
        ("1,5E+3", 1500.0, None),
        ("70 °F", 70.0, "°F"),
        ("21.5 ºC", 21.5, "°C"),
        ("21.5℃", 21.5, "°C"),
        ("21.5 C", 21.5, "°C"),
        ("45 %RH", 45.0, "%"),
        ("12,5 m3/h", 12.5, "m³/h"),
        ("7 μg/m³", 7.0, "µg/m³"),
    ],
)
def test_numbers_of_the_field(text: str, value: float, unit: str | None):
    assert number_in(text) == Number(value, unit)


@pytest.mark.parametrize("text", ["1,234", "-12,345", "123,456 kWh"])
def test_a_comma_before_three_digits_is_not_guessed(text: str):
    assert isinstance(number_in(text), Ambiguous)


@pytest.mark.parametrize(
    "text",
    ["on", "", "v1.2.3", "192.168.100.200", "28.11.2026", "10:00", "1.2.3,4,5", "12 34", "21.5 foo", "0x1f", "1e999", "5 e", "1" * 80],
)  # fmt: skip
def test_what_is_no_number(text: str):
    assert number_in(text) is None


@pytest.mark.parametrize(
    "text", ["unavailable", "Unknown", "NaN", "n/a", "#N/A", "null", "None", "No Data", "no_data", "---", "???", "--.-", "nicht verfügbar", " "]
)  # fmt: skip
def test_words_for_no_value(text: str):
    assert is_no_value(text)
    assert meaning(text, "number", "measures a temperature") is NO_VALUE
    assert meaning(text, "any", "has numbers") is NO_VALUE


@pytest.mark.parametrize(
    ("text", "on"), [("ON", True), ("off", False), ("Ein", True), ("aus", False), ("running", True), ("Stopped", False), ("closed", False)]
)  # fmt: skip
def test_words_of_switches(text: str, on: bool):
    assert switch_in(text) is on
    assert meaning(text, "switch", "has numbers") == Number(float(on))
    assert meaning(text, "state", "has states") == text
    assert meaning(text, "any", "has numbers") == text
    assert isinstance(meaning(text, "number", "measures a temperature"), Objection)


def test_an_alarm_is_there_or_not():
    assert switch_in("normal", "filter_alarm") is False
    assert switch_in("Alarm", "filter_alarm") is True
    assert switch_in("normal", "run_status") is None


def test_a_state_keeps_every_word():
    assert [meaning(text, "state", "has states") for text in ("unavailable", "3", "21,5")] == [
        "unavailable",
        "3",
        "21,5",
    ]


@pytest.mark.parametrize(
    ("quantity", "unit", "described", "numbers", "texts", "takes"),
    [
        ("mode", "°C", True, False, False, "number"),
        ("supply_air_temperature", None, True, False, True, "number"),
        ("supply_air_temperature", "", True, False, False, "number"),
        ("zone_air_temperature_setpoint", None, True, False, False, "number"),
        ("run_status", None, True, True, False, "switch"),
        ("run_status", None, True, False, False, "state"),
        ("run_status", "on/off", True, True, False, "switch"),
        ("power_status", None, True, False, False, "state"),
        ("operating_mode_status", None, True, False, True, "state"),
        ("operating_mode_status", None, True, True, True, "state"),
        (None, None, True, False, False, "any"),
        (None, None, True, True, False, "switch"),
        ("temperature", None, False, True, False, "any"),
        ("temperature", "°C", False, False, False, "number"),
    ],
)
def test_what_a_point_takes(quantity, unit, described: bool, numbers: bool, texts: bool, takes: str):
    assert expected(quantity, unit, described=described, numbers=numbers, texts=texts) == takes


def test_a_word_that_is_no_unit():
    assert (known_unit("foo"), known_unit("KILOW"), known_unit("%")) == (None, "kW", "%")
