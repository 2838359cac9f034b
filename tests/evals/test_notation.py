import pytest

from evals.notation import in_english
from evals.numbers import numbers_in, says_none, states, without_moments


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "Es sind 2.224,2 kWh, 15,8 °C und -0,5 K.", [2224.2, 15.8, -0.5]),
        ("de", "12.345.678 und 1.234", [12345678.0, 1234.0]),
        ("de", "am 1. März um 18 Uhr: 7 kW, am 2.3.2026 und am 03.03. waren es 8", [7.0, 8.0]),
        ("de", "Verbraucht am 20 Jan. 1.504,6 kWh", [1504.6]),
        ("de", "Es laufen drei.", [3.0]),
        ("es", "Consumió 1.234,5 kWh el 1 de marzo, a las 6: 16,3 °C", [1234.5, 16.3]),
        ("es", "Hay doce, el 2/3/2026 había once.", [12.0, 11.0]),
        ("en", "1,234.5 kWh", [1234.5]),
    ],
)
def test_figures_are_read_in_the_notation_of_the_answer(language: str, text: str, expected: list[float]):
    assert [one.value for one in numbers_in(without_moments(in_english(text, language)))] == expected


@pytest.mark.parametrize(("language", "text"), [("de", "Keine Pumpe läuft."), ("es", "Ninguna bomba está en marcha.")])
def test_none_is_said_in_the_language_of_the_answer(language: str, text: str):
    assert says_none(in_english(text, language))
    assert not says_none(text)


def test_a_fall_and_units_are_told_in_the_language_of_the_answer():
    assert states(in_english("Er ist um 3,2 Pa gefallen.", "de"), -3.2, unit="Pa")
    assert states(in_english("Lief 2,5 Stunden.", "de"), 2.5, unit="h")
    assert states(in_english("Bajó 3,2 Pa.", "es"), -3.2, unit="Pa")
    assert not states(in_english("Subió 3,2 Pa.", "es"), -3.2, unit="Pa")
