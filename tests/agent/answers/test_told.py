"""What is said of results: sentences that answer first, counts of everything, readings beside their setpoints."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.dialogue.model import respond
from agent.models.chat_model import ChatMessage, ChatRequest
from agent.planning.understanding import Understanding
from agent.vocabulary.grounding import Grounding
from tools.catalogue.plant import plant_tools

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
"""A Monday, ten in the morning in Los Angeles."""
RESULTS = {tool.name: tool.result for tool in plant_tools()}

Said = Callable[..., str]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def said(understanding: Understanding) -> Said:
    """The answer to a question whose calls give these results."""

    def reply(question: str, *results: Mapping[str, Any], language: str = "en") -> str:
        messages: list[ChatMessage] = [{"role": "user", "content": question}]
        first = respond(_request(messages, language), understanding, RESULTS)
        messages.append({"role": "assistant", "content": "", "tool_calls": list(first.tool_calls)})
        for call, result in zip(first.tool_calls, results, strict=True):
            messages.append({"role": "tool", "content": json.dumps(result), "tool_call_id": call["id"]})
        return respond(_request(messages, language), understanding, RESULTS).text

    return reply


def _request(messages: list[ChatMessage], language: str) -> ChatRequest:
    now = int(NOW.timestamp() * 1000)
    return ChatRequest(messages, (), Grounding((), ()), now, "America/Los_Angeles", language=language)


def _ref(id: str, name: str, class_: str, kind: str = "Asset", **more: Any) -> Row:
    return {"id": id, "name": name, "kind": kind, "class": class_, **more}


def _found(query: Row, *assets: Row, **more: Any) -> Row:
    return {"query": query, "total": len(assets), "assets": list(assets), **more}


def _pumps(count: int) -> Row:
    return _found({"class": "Pump"}, *(_ref(f"p{n}", f"Pump {n}", "Pump") for n in range(count)))


AHUS = [_ref(f"ahu-{n}", f"AHU-{n}", "AHU") for n in (1, 2, 3, 4)]


def _fed(*counts: int) -> Row:
    related = [{"entity": ahu, "count": count} for ahu, count in zip(AHUS, counts, strict=False)]
    return _found({"class": "AHU"}, *AHUS[: len(counts)], related=related)


# -- limits and set points


def _limits(asset: Row, value: float, set_point: float) -> Row:
    read = {"point": "p", "status": "normal", "asset": asset, "quantity": "supply_air_temperature", "unit": "°C"}
    row = {**read, "value": value, "at": (NOW - timedelta(seconds=5)).isoformat(), "set_point": set_point}
    counts = {"total": 1, "measuring": 1, "limited": 0, "judged": 0, "beyond": 0, "without": 1, "undecided": 0}
    return {"quantity": "supply_air_temperature", "rows": [row], **counts}


@pytest.mark.parametrize(
    ("question", "value", "set_point", "text"),
    [
        (
            "compare the supply air temperature of AHU-2 with its setpoint",
            15.8,
            15.3,
            "AHU-2 supply air temperature is 15.8 °C, 0.50 °C above its set point of 15.3 °C.",
        ),
        (
            "Is the supply air temperature of AHU-2 at its setpoint?",
            13.01,
            13.0,
            "AHU-2 supply air temperature is 13.0 °C, 0.01 °C above its set point of 13 °C.",
        ),
    ],
)
def test_a_reading_is_told_beside_its_set_point(said: Said, question: str, value: float, set_point: float, text: str):
    assert said(question, _limits(AHUS[1], value, set_point)) == text


# -- which, and how many


def test_one_that_is_found_is_the_answer(said: Said):
    query = {"class": "AHU", "feeds": {"ids": ["room-303"]}}
    assert said("Which AHU feeds the boardroom?", _found(query, AHUS[2])) == "AHU-3."


def test_where_all_have_it_none_is_without_it(said: Said):
    query = {"class": "AHU", "excluding": {"feeds": {"class": "HVAC_Zone"}}}
    assert said("Which AHU feeds no zone?", _found(query)).startswith("There is none")


def test_those_with_the_same_count_are_all_counted(said: Said):
    zones = [_ref(f"z{n}", f"Zone {n}", "HVAC_Zone", "Space") for n in range(108)]
    counts = [{"entity": zone, "count": 1} for zone in zones]
    found = {"query": {"class": "HVAC_Zone"}, "total": 108, "assets": zones[:60], "related": counts}
    assert said("which zone has the most rooms", found) == "All 108 have the same: 1."


@pytest.mark.parametrize(
    ("language", "question", "text"),
    [
        ("en", "AHUs feeding more than 9 VAVs", "2 of 4:\n\n- AHU-1: 20\n- AHU-2: 12"),
        ("en", "which AHUs feed fewer than 9 VAVs", "1 of 4:\n\n- AHU-4: 0"),
        ("en", "AHUs that feed exactly 9 VAVs", "1 of 4:\n\n- AHU-3: 9"),
        ("en", "AHUs feeding more than 50 VAVs", "None of 4; they have from 0 to 20."),
        ("de", "Welche AHUs versorgen mindestens 12 VAVs?", "2 von 4:\n\n- AHU-1: 20\n- AHU-2: 12"),
        ("es", "¿Qué AHU alimentan más de 50 VAV?", "Ninguno de 4; tienen entre 0 y 20."),
    ],
)
def test_those_beyond_a_count_are_told_with_theirs(said: Said, language: str, question: str, text: str):
    assert said(question, _fed(20, 12, 9, 0), language=language) == text


@pytest.mark.parametrize(
    ("language", "question", "text"),
    [
        ("en", "does AHU-1 feed more VAVs than AHU-2", "Yes: AHU-1 20, AHU-2 12."),
        ("en", "does AHU-2 feed more VAVs than AHU-1", "No: AHU-1 20, AHU-2 12."),
        ("en", "does AHU-2 feed as many VAVs as AHU-1", "No: AHU-1 20, AHU-2 12."),
        ("en", "which feeds more VAVs, AHU-1 or AHU-2", "AHU-1 20, AHU-2 12."),
        ("de", "Versorgt AHU-1 mehr VAVs als AHU-2?", "Ja: AHU-1 20, AHU-2 12."),
        ("es", "¿Alimenta AHU-2 menos VAV que AHU-1?", "Sí: AHU-2 12, AHU-1 20."),
    ],
)
def test_two_are_compared_by_their_counts(said: Said, language: str, question: str, text: str):
    assert said(question, _fed(20, 12), language=language) == text


@pytest.mark.parametrize(
    ("language", "question", "begins"),
    [
        ("en", "are there more pumps than fans?", "Yes: 5 pumps, 3 fans."),
        ("en", "are there fewer pumps than fans?", "No: 5 pumps, 3 fans."),
        ("en", "how many more pumps than fans are there", "2: 5 pumps, 3 fans."),
        ("de", "Gibt es mehr Pumpen als Ventilatoren?", "Ja: 5 Pumpen, 3 Ventilatoren."),
        ("es", "¿Hay más bombas que ventiladores?", "Sí: 5 bombas, 3 ventiladores."),
    ],
)
def test_two_kinds_are_compared_by_how_many_there_are(said: Said, language: str, question: str, begins: str):
    fans = _found({"class": "Fan"}, *(_ref(f"f{n}", f"Fan {n}", "Fan") for n in range(3)))
    assert said(question, _pumps(5), fans, language=language) == begins


def test_both_means_each_of_them(said: Said):
    on = {"where": [{"quantity": "run_status", "comparison": "=", "value": "on"}]}
    first, second = (_ref(f"boiler-{n}", f"Boiler {n}", "Boiler") for n in (1, 2))
    running = _found({"class": "Boiler", **on}, first)
    rest = _found({"class": "Boiler", "excluding": on}, second)
    assert said("Are both boilers on?", running, rest) == "No: 1 of 2 not: Boiler 2."


# -- what is ahead


def test_a_risk_says_what_is_wrong_first(said: Said):
    reasons = ["vibration is 4.64 mm/s, 0.14 mm/s above its limit", "reason two", "this can mean: bearing wear."]
    pump = _ref("chwp-2", "Chilled Water Pump 2", "Chilled_Water_Pump")
    risk = {"asset": pump, "score": 29.9, "reasons": reasons, "dependents": 85, "forecasts": []}
    first, *rest = said("what is the risk of chwp-2?", risk).splitlines()
    begins = "Chilled Water Pump 2: risk 30 of 100: vibration is 4.64 mm/s, 0.14 mm/s above its limit. 85 assets depend"
    assert first.startswith(begins)
    assert [line for line in rest if line] == ["- Reason two.", "- This can mean: bearing wear."]


def _forecast(*steps: tuple[str, float, float, float]) -> Row:
    row = {
        "entity": AHUS[1], "point": "p", "quantity": "supply_air_temperature", "unit": "°C", "model": "m v1",
        "made_at": NOW.isoformat(),
        "steps": [{"at": at, "expected": middle, "low": low, "high": high} for at, middle, low, high in steps],
    }  # fmt: skip
    return {"quantity": "supply_air_temperature", "rows": [row], "total": 1}


def _unforeseen(**why: Sequence[Row]) -> Row:
    return {"quantity": "supply_air_temperature", "rows": [], "total": 0, **why}


def test_what_is_expected_is_told_with_its_interval(said: Said):
    told = said(
        "what will the supply air temperature of AHU-2 be tomorrow at 3 pm",
        _forecast(("2026-03-03T23:00:00Z", 13.1, 12.6, 13.9)),
    )
    assert told == (
        "AHU-2 supply air temperature: 13.1 °C expected 3 Mar, 15:00, with 80% between 12.6 °C and 13.9 °C."
    )


ABOVE = "is the supply air temperature of AHU-2 going to be above 20 °C tonight"


@pytest.mark.parametrize(
    ("language", "question", "middle", "high", "begins"),
    [
        ("en", ABOVE, 20.4, 21.0, "Yes: AHU-2 supply air temperature is expected above 20 °C, first "),
        ("en", ABOVE, 19.5, 20.3, "No: AHU-2 supply air temperature is not expected above 20 °C: "),
        ("en", ABOVE, 18.0, 18.8, "No: AHU-2 supply air temperature is not expected above 20 °C: "),
        ("en", ABOVE.replace("20 °C", "68 °F"), 20.4, 21.0, "Yes: AHU-2 supply air temperature is expected above "),
        ("de", "Wird die Zulufttemperatur der AHU-2 heute Nacht über 20 °C steigen?", 18.0, 18.8, "Nein: AHU-2"),
        ("es", "¿Superará la temperatura de impulsión de AHU-2 los 20 °C esta noche?", 20.4, 21.0, "Sí: AHU-2"),
    ],
)
def test_whether_a_value_will_be_passed_is_answered_by_the_interval(
    said: Said, language: str, question: str, middle: float, high: float, begins: str
):
    steps = (("2026-03-03T04:00:00Z", middle, 17.5, high), ("2026-03-03T05:00:00Z", middle - 0.5, 17.0, high))
    told = said(question, _forecast(*steps), language=language)
    assert told.startswith(begins), told


@pytest.mark.parametrize("question", ["forecast the supply air temperature of AHU-2", ABOVE])
def test_what_cannot_be_foretold_is_said_with_the_reason(said: Said, question: str):
    reason = "it has read 31 of late, and between 12 and 16 in the 32 days that a forecast learns from"
    one = {"entity": AHUS[1], "point": "ahu-2/t", "reason": reason}
    told = said(question, _unforeseen(cannot_tell=[one]))
    assert told == f"How the supply air temperature of AHU-2 goes on is not known: {reason}."


@pytest.mark.parametrize("question", ["forecast the supply air temperature of AHU-2", ABOVE])
def test_where_there_is_no_forecast_that_is_said(said: Said, question: str):
    told = said(question, _unforeseen(no_forecast=[AHUS[1]]))
    assert told == "There is no forecast yet of the supply air temperature of AHU-2: too little history, or no model."


# -- failures and data


def _failures(**more: Any) -> Row:
    return {"forecasts": [], "horizon_days": 30, "flagged": 0, "sound": 1, "cannot_tell": 0, **more}


@pytest.mark.parametrize(
    ("language", "question", "begins"),
    [
        ("en", "when will CHWP-2 fail next Monday", "Failures are forecast for the next 30 days as a whole"),
        ("en", "will CHWP-2 fail next year", "That time is too far ahead"),
        (
            "en",
            "what will fail within the next 3 months",
            "Failures are forecast for the next 30 days: what comes after",
        ),
        ("en", "what will fail in the next 30 days", "No signs of failure"),
        ("de", "Wird CHWP-2 nächste Woche ausfallen?", "Ausfälle werden für die nächsten 30 Tage als Ganzes"),
        ("es", "¿Fallará CHWP-2 el año que viene?", "Ese momento queda demasiado lejos"),
    ],
)
def test_a_failure_forecast_says_how_far_it_goes(said: Said, language: str, question: str, begins: str):
    assert said(question, _failures(), language=language).startswith(begins)


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_what_is_wrong_with_a_reading_is_told_in_the_words_of_the_check(said: Said, language: str):
    sentence = "Shows 13.0 °C unchanged since 08:00, much longer than it ever did."
    issue = {"kind": "stuck", "sentence": sentence, "since": (NOW - timedelta(hours=2)).isoformat()}
    point = {
        "point": _ref("p", "AHU-2 supply air temperature", "Supply_Air_Temperature_Sensor", "Point"),
        "issues": [issue],
    }
    found = {"judged": 9, "amiss": 1, "untold": 0, "kinds": {"stuck": 1}, "points": [point], "hours": 24}
    question = {"en": "data quality", "de": "Datenqualität", "es": "calidad de los datos"}[language]
    assert sentence.rstrip(".") in said(question, found, language=language)


def test_warnings_alone_are_told_where_they_were_asked_for(said: Said):
    spell = {
        "point": "p",
        "name": "CHWP-2 vibration",
        "raised_at": (NOW - timedelta(days=1)).isoformat(),
        "minutes": 60.0,
    }
    window = {"start": "2026-03-01T08:00:00Z", "end": "2026-03-02T08:00:00Z"}
    spells = [{**spell, "level": "alarm"}, {**spell, "name": "AHU-2 filter", "level": "warning"}]
    text = said("warnings yesterday", {"window": window, "total": 2, "active": 2, "points": [], "spells": spells})
    assert text.startswith("1 in warning, of 2 alarms on 1 Mar, 2 still active:")
    assert "CHWP-2" not in text


def test_those_that_have_none_are_not_listed_beside_the_most(said: Said):
    text = said("which AHU directly feeds the most VAVs", _fed(6, 2, 0, 0))
    assert text.split("\n\n")[0] == "AHU-1: 6."
    assert "AHU-3" not in text
    assert text.endswith("2 more have none.")


def test_dampers_that_are_told_by_what_measures_them_are_said_to_be_so(said: Said):
    vav = _ref("vav-201", "VAV-201", "VAV")
    text = said("welche Klappen sind zu", _found({"has_point": ["damper_position"]}, vav), language="de")
    assert text.startswith("Diese Anlage hat keine eigenen Klappen: Gelesen ist die Klappenstellung")
    assert text.endswith("VAV-201.")


@pytest.mark.parametrize(
    ("language", "question"),
    [("en", "any gaps in the data today?"), ("de", "Datenlücken seit gestern"), ("es", "huecos en los datos de hoy")],
)
def test_where_a_fault_is_not_found_the_points_with_another_are_named(said: Said, language: str, question: str):
    point = {
        "point": _ref("compressor-1.oil", "Oil Temperature", "Point", "Point"), "asset": _ref("compressor-1", "Air Compressor", "Compressor"),
        "issues": [{"kind": "silent", "sentence": "No reading for 6.2 h.", "since": "2026-03-02T11:45:00Z"}],
    }  # fmt: skip
    result = {"judged": 364, "amiss": 1, "untold": 0, "kinds": {"silent": 1}, "points": [point], "hours": 10}
    assert "Oil Temperature (Air Compressor)" in said(question, result, language=language)
