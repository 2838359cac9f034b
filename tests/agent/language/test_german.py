"""German as technicians, managers and caretakers write it: formal and informal, short and long, with and without umlauts."""

from typing import Any

import pytest

from agent.answers.speaker import Speaker
from agent.answers.telling import told_problem
from agent.evidence.citations import Style
from agent.language.grammar import grammar
from agent.planning.understanding import Understanding, Understood
from tests.agent.language.conftest import NOW

YESTERDAY = {"start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00Z"}


@pytest.fixture(scope="module")
def german(understanding: Understanding) -> Understanding:
    return Understanding(understanding.lexicon, ["de"])


def read(german: Understanding, text: str) -> Understood:
    found = german.understand(text, "de", NOW)
    assert found is not None, text
    return found


def answered(german: Understanding, found: Understood) -> str:
    assert found.problem is not None
    words = german.reader("de").words
    return told_problem(found.problem, Speaker(words.lexicon, Style("de", "metric", NOW.tzinfo, NOW)))  # pyright: ignore


@pytest.mark.parametrize(
    ("text", "tool", "args"),
    [
        ("Wie geht's AHU-2?", "asset_status", {"asset": "ahu-2"}),
        ("status ahu-3", "asset_status", {"asset": "ahu-3"}),
        ("Kessel 1 Status", "asset_status", {"asset": "boiler-1"}),
        ("Was macht Kessel 2?", "asset_status", {"asset": "boiler-2"}),
        ("Ist mit der AHU-1 alles in Ordnung?", "asset_status", {"asset": "ahu-1"}),
        ("Können Sie mir bitte etwas über Kältemaschine 2 sagen?", "asset_status", {"asset": "chiller-2"}),
        ("Kannst du mal nach CHWP-1 schauen?", "asset_status", {"asset": "chwp-1"}),
        ("Zustand des Kessels 1", "asset_status", {"asset": "boiler-1"}),
        ("Wie steht es um die Kaltwasserpumpe 2?", "asset_status", {"asset": "chwp-2"}),
        ("Wie gehts der kaltemaschine 1", "asset_status", {"asset": "chiller-1"}),
        ("Wie geht es der Kaeltemaschine 1?", "asset_status", {"asset": "chiller-1"}),
        ("Warum ist es im Boardroom so kalt?", "diagnose", {"asset": "room-303", "symptom": "zone_air_temperature too low"}),
        ("Wieso is es in der Library zu warm?", "diagnose", {"asset": "room-106", "symptom": "zone_air_temperature too high"}),
        ("AHU-2 Fehlersuche", "diagnose", {"asset": "ahu-2"}),
        ("Warum vibriert CHWP-2 so stark?", "diagnose", {"asset": "chwp-2", "symptom": "vibration too high"}),
        ("Warum laeuft AHU-2 so laut?", "diagnose", {"asset": "ahu-2", "symptom": "vibration too high"}),
        (
            "Warum ist die Vorlauftemperatur von Kessel 1 zu niedrig?",
            "diagnose",
            {"asset": "boiler-1", "symptom": "leaving_hot_water_temperature too low"},
        ),
        ("Was hat AHU-2 denn?", "diagnose", {"asset": "ahu-2"}),
        ("Gibt's was Neues?", "summarize", {}),
        ("Was ist im Boardroom passiert?", "summarize", {"asset": "room-303"}),
        ("Übergabe bitte", "summarize", {}),
        ("Was frisst am meisten Strom?", "energy", {}),
        ("Ist es allen warm genug?", "comfort", {}),
        ("Kann man Kessel 2 einfach abstellen?", "isolate", {"asset": "boiler-2"}),
        ("Was fällt alles aus, wenn Kältemaschine 2 abgeschaltet wird?", "isolate", {"asset": "chiller-2"}),
        ("Was ist betroffen, wenn AHU-2 ausfällt?", "trace_connections", {"asset": "ahu-2", "direction": "loses_service"}),
        ("Wie kann ich AHU-1 sicher abschalten?", "isolate", {"asset": "ahu-1"}),
        ("Wie nehme ich Kältemaschine 1 außer Betrieb?", "isolate", {"asset": "chiller-1"}),
        ("Laeuft Kaeltemaschine 1?", "runs", {"asset": ["chiller-1"], "state": "on"}),
        ("Läuft der Kesel 1?", "runs", {"asset": ["boiler-1"], "state": "on"}),
        ("Wie lange steht Kältemaschine 2 still?", "runs", {"asset": ["chiller-2"], "state": "off"}),
        ("Wann lief Kessel 2 zuletzt?", "runs", {"asset": ["boiler-2"], "state": "on"}),
        ("Laufen die Kältemaschinen?", "runs", {"assets": {"class": "Chiller"}, "state": "on"}),
        ("Laufen die Kessel?", "runs", {"assets": {"class": "Boiler"}, "state": "on"}),
        (
            "Welche Pumpen laufen?",
            "find_assets",
            {"query": {"class": "Pump", "where": [{"quantity": "run_status", "comparison": "=", "value": "on"}]}},
        ),
        ("Betriebsstunden der von AHU-1 versorgten VAVs", "runs", {"assets": {"class": "VAV", "fed_by": {"ids": ["ahu-1"]}}}),
        (
            "Laufzeit der Pumpen, die von Kessel 1 versorgt werden",
            "runs",
            {"assets": {"class": "Pump", "fed_by": {"ids": ["boiler-1"]}}},
        ),
        ("Zulufttemperatur AHU-1 gegenüber AHU-2", "compare", {"asset": ["ahu-1", "ahu-2"], "quantity": "supply_air_temperature"}),
        (
            "Vergleich der Zulufttemperatur von AHU-1, AHU-2 und AHU-3",
            "compare",
            {"asset": ["ahu-1", "ahu-2", "ahu-3"], "quantity": "supply_air_temperature"},
        ),
        (
            "Gibt es einen Zusammenhang zwischen der Leistung von Kältemaschine 1 und der Außentemperatur?",
            "correlate",
            {"asset": "chiller-1", "quantity": "electric_power", "other_quantity": "outside_air_temperature"},
        ),
        (
            "Hängt die Leistung von Kältemaschine 1 mit der Außentemperatur zusammen?",
            "correlate",
            {"asset": "chiller-1", "quantity": "electric_power", "other_quantity": "outside_air_temperature"},
        ),
        ("Verlauf Zulufttemperatur AHU-2", "plot", {"quantity": ["supply_air_temperature"], "asset": "ahu-2"}),
        ("Stell mir die Leistung der Kältemaschine 1 grafisch dar", "plot", {"quantity": ["electric_power"], "asset": "chiller-1"}),
        ("Zeig mir die Außentemperatur als Diagramm", "plot", {"quantity": ["outside_air_temperature"]}),
        ("Was sagt das Handbuch zu Lagerschäden?", "documents", {"words": "Lagerschäden"}),
        ("Such mal im Handbuch nach Kondensat", "documents", {"words": "Kondensat"}),
        ("Gibt es Anmerkungen zu Kessel 1?", "notes", {"asset": "boiler-1"}),
        ("Was haben die Kollegen zu AHU-2 notiert?", "notes", {"asset": "ahu-2"}),
        ("Schichtbuch Kessel 2", "notes", {"asset": "boiler-2"}),
    ],
)  # fmt: skip
def test_what_is_asked(german: Understanding, text: str, tool: str, args: dict[str, Any]) -> None:
    assert text not in {sample for samples in grammar("de").samples.values() for sample in samples}
    found = read(german, text)
    assert found.problem is None, found.explained()
    assert found.frame.is_whole
    assert found.calls[0].tool == tool
    assert {name: found.calls[0].args.get(name) for name in args} == args


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("Wie lange ist Kessel 1 gestern gelaufen?", "runs"),
        ("War AHU-1 gestern in Betrieb?", "runs"),
        ("Wie oft ist Kessel 1 gestern angesprungen?", "runs"),
        ("Wieviel kWh hat die Kältemaschine 1 gestern gezogen?", "energy"),
        ("Wie hoch war der Energieverbrauch gestern?", "energy"),
        ("Komfort im Lab Building gestern", "comfort"),
        ("Min und Max der Vorlauftemperatur von Kessel 1 gestern", "extremes"),
        ("Spitzenwert der Leistung von Kältemaschine 1 gestern", "extremes"),
    ],
)
def test_a_time_is_in_the_call(german: Understanding, text: str, tool: str) -> None:
    found = read(german, text)
    assert found.problem is None, found.explained()
    assert (found.calls[0].tool, "window" in found.calls[0].args) == (tool, True)


def test_what_shutting_costs_is_told_to_be_so_at_any_time(german: Understanding) -> None:
    found = read(german, "Dürfen wir CHWP-1 heute außer Betrieb nehmen?")
    assert (found.asked.says.get("at_any_time"), found.calls[0].tool) == ("true", "isolate")


@pytest.mark.parametrize(
    "text",
    [
        "Wie lange ist Kessel 1 nicht gelaufen?",
        "Welche Pumpen laufen nicht?",
        "War AHU-1 nicht in Betrieb?",
        "Warum läuft AHU-2 nie?",
        "Wie geht es keiner Kältemaschine?",
    ],
)
def test_what_would_change_the_meaning_is_never_dropped(german: Understanding, text: str) -> None:
    found = read(german, text)
    assert found.problem is not None, found.explained()
    assert not found.calls


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Wie geht es der Kältemaschine?", "Was ist mit „Kältemaschine“ gemeint: Chiller 1 oder Chiller 2?"),
        (
            "Wie geht es Kessel 7?",
            "„Kessel 7“ gibt es in dieser Anlage nicht. Es gibt zum Beispiel Boiler 1 und Boiler 2.",
        ),
        ("Läuft der Kessel?", "Was ist mit „Kessel“ gemeint: Boiler 1 oder Boiler 2?"),
        ("Was hat Kältemaschine 1 gestern gekostet?", "In den Aufzeichnungen steht kein Strompreis."),
        ("Warum ist die Klappe zu?", "Dafür brauche ich Anlagen mit ihrem Namen"),
    ],
)
def test_it_is_asked_back_in_german(german: Understanding, text: str, said: str) -> None:
    assert answered(german, read(german, text)).startswith(said)


def test_prices_are_read_with_a_comma_and_in_cents(german: Understanding) -> None:
    euros = read(german, "Was hat Kältemaschine 1 gestern bei 0,25 Euro pro kWh gekostet?")
    cents = read(german, "Was hat Kältemaschine 1 gestern bei 25 Cent pro kWh gekostet?")
    assert [one.calls[0].args["tariff"] for one in (euros, cents)] == [0.25, 0.25]


@pytest.mark.parametrize(
    "text",
    ["Wie geht es der 2. Etage?", "Wie geht es dem 2. OG?", "Wie geht es dem 2.OG?", "Wie geht es dem zweiten Stock?"],
)
def test_floors_are_counted_as_people_write_them(german: Understanding, text: str) -> None:
    found = read(german, text)
    assert {one.id for one in found.problem.choices} == {"main-2", "lab-2"} if found.problem else False


def test_a_conversation_goes_on(german: Understanding) -> None:
    first = read(german, "Wie lange lief Kältemaschine 1 gestern?")
    more = german.understand("Und bei der Kältemaschine 2?", "de", NOW, (), first.asked)
    assert more is not None
    assert more.calls[0].args["asset"] == ["chiller-2"]
    assert more.calls[0].args["window"] == first.calls[0].args["window"]
