"""How English says counts, lists, ages and values."""

import pytest

from tools.sentences.language import language, languages

ENGLISH = language()


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("pump", "pumps"), ("battery", "batteries"), ("relay", "relays"), ("box", "boxes"), ("bus", "buses"), ("gas", "gases"),
        ("switch", "switches"), ("AHUs", "AHUs"), ("series", "series"), ("glass", "glasses"), ("plant equipment", "pieces of plant equipment"), ("", ""),
    ],
)  # fmt: skip
def test_more_than_one(noun: str, many: str) -> None:
    assert ENGLISH.plural(noun) == many


def test_a_count_has_its_noun() -> None:
    assert [ENGLISH.counted(count, "pump") for count in (0, 1, 2)] == ["0 pumps", "1 pump", "2 pumps"]
    assert ENGLISH.counted(1, "equipment") == "1 piece of equipment"


def test_lists_are_joined_and_cut() -> None:
    names = [f"VAV-{n}" for n in range(1, 15)]
    assert ENGLISH.joined(["A"]) == "A"
    assert ENGLISH.joined(["A", "B", "C"], "or") == "A, B or C"
    assert ENGLISH.listed(names, most=6).endswith("VAV-12 and 2 more")
    assert ENGLISH.listed(["A", "B"], 40) == "A, B and 38 more"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "0 s ago"), (89, "89 s ago"), (90, "2 min ago"), (5400, "2 h ago"), (172_800, "2 days ago"), (None, "")],
)
def test_ages(seconds: float | None, said: str) -> None:
    assert ENGLISH.age(seconds) == said


def test_values_have_their_unit() -> None:
    assert ENGLISH.with_unit(21.37, None, "°C") == "21.4 °C"
    assert ENGLISH.with_unit(None, "open", None) == "“open”"
    assert ENGLISH.with_unit(None, None, "°C") == "without a value"
    assert ENGLISH.measured("zone_air_temperature", "max") == "highest zone air temperature"
    assert ENGLISH.measured("co2", "sum") == "sum of CO2"


def test_a_language_that_is_not_spoken_here_is_english() -> None:
    assert language("tlh") is ENGLISH
    assert {"en", "de"} <= set(languages())


@pytest.mark.parametrize(
    ("class_", "many"),
    [
        ("Pump", "2 Pumpen"), ("Valve", "2 Ventile"), ("Boiler", "2 Kessel"), ("Room", "2 Räume"), ("Fan", "2 Ventilatoren"), ("Filter", "2 Filter"),
        ("Cooling_Tower", "2 Kühltürme"), ("Damper", "2 Klappen"), ("UPS", "2 USVs"), ("point", "2 Messpunkte"), ("alarm", "2 Alarme"),
        ("start", "2 Starts"), ("Office", "2 Büros"), ("Laboratory", "2 Labore"), ("Library", "2 Bibliotheken"), ("cause", "2 mögliche Ursachen"),
    ],
)  # fmt: skip
def test_more_than_one_in_german(class_: str, many: str) -> None:
    german = language("de")
    assert german.counted(2, german.noun(class_)) == many


def test_german_calls_things_by_the_words_of_the_trade() -> None:
    german = language("de")
    assert german.measured("supply_air_temperature", "mean") == "Zulufttemperatur im Mittel"
    assert german.age(7_200) == "vor 2 h"
    assert language().measured("supply_air_temperature", "mean") == "average supply air temperature"


@pytest.mark.parametrize("code", sorted(languages()))
def test_each_language_tells_what_became_of_a_proposal(code: str) -> None:
    said = language(code).proposals
    assert set(said) == set(ENGLISH.proposals)
    assert all("{what}" in one and "{id}" in one for one in said.values())
