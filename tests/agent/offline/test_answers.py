"""What is said of results: sentences that answer first, counts of everything, readings beside their setpoints."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from agent.language.grammar import grammar
from agent.models.chat_model import ChatMessage, ChatRequest
from agent.offline.model import respond
from agent.offline.parser import Parser
from agent.planning.understanding import Understanding
from agent.vocabulary.grounding import Grounding
from agent.vocabulary.lexicon import Lexicon, owned_by_class
from agent.vocabulary.linking import Linker
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from ingestion.simulator.demo import demo_plant_file
from tests.agent.offline.conftest import NOW
from tools.catalogue.plant import plant_tools

RESULTS = {tool.name: tool.result for tool in plant_tools()}

Said = Callable[..., str]


@pytest.fixture(scope="module")
def said(ontology: Ontology) -> Said:
    """The answer to a question whose calls give these results."""
    plant = read_plant(demo_plant_file(), ontology)
    owned = owned_by_class(plant.entities, plant.relations)
    lexicon = Lexicon.from_entities(plant.entities, ontology, grammar("en").function_words, owned=owned, version=1)
    parser, understanding = Parser(Linker(lexicon)), Understanding(lexicon)

    def reply(question: str, *results: Mapping[str, Any]) -> str:
        messages: list[ChatMessage] = [{"role": "user", "content": question}]
        first = respond(_request(messages), parser, understanding, RESULTS)
        messages.append({"role": "assistant", "content": "", "tool_calls": list(first.tool_calls)})
        for call, result in zip(first.tool_calls, results, strict=True):
            messages.append({"role": "tool", "content": json.dumps(result), "tool_call_id": call["id"]})
        return respond(_request(messages), parser, understanding, RESULTS).text

    return reply


def _request(messages: list[ChatMessage]) -> ChatRequest:
    return ChatRequest(messages, (), Grounding((), ()), int(NOW.timestamp() * 1000), "America/Los_Angeles")


def _ref(id: str, name: str, class_: str, kind: str = "Asset", **more: Any) -> dict[str, Any]:
    return {"id": id, "name": name, "kind": kind, "class": class_, **more}


def _row(ref: dict[str, Any], quantity: str, value: float, unit: str | None = None) -> dict[str, Any]:
    at = (NOW - timedelta(seconds=5)).isoformat()
    return {"entity": ref, "quantity": quantity, "value": value, "unit": unit, "at": at, "age_s": 5.0}


def _table(quantity: str, *rows: dict[str, Any]) -> dict[str, Any]:
    return {"quantity": quantity, "aggregate": "latest", "rows": list(rows), "total": len(rows)}


def _limits(asset: dict[str, Any], unit: str, value: float, set_point: float) -> dict[str, Any]:
    read = {"point": "p", "status": "normal", "asset": asset, "quantity": "supply_air_temperature", "unit": unit}
    row = {**read, "value": value, "at": (NOW - timedelta(seconds=5)).isoformat(), "set_point": set_point}
    counts = {"total": 1, "measuring": 1, "limited": 0, "judged": 0, "beyond": 0, "without": 1, "undecided": 0}
    return {"quantity": "supply_air_temperature", "rows": [row], **counts}


def test_a_reading_is_told_beside_its_setpoint(said: Said):
    ahu = _ref("ahu-2", "AHU-2", "AHU")
    limits = _limits(ahu, "°C", 15.8, 15.3)
    answer = said("compare the supply air temperature of AHU-2 with its setpoint", limits)
    assert answer == (
        "AHU-2 supply air temperature: no limits, set point 15.3 °C; now 15.8 °C, 0.50 °C above its set point."
    )


def test_a_relation_of_supply_is_a_sentence(said: Said):
    query = {"class": "AHU", "feeds": {"ids": ["room-303"]}}
    found = {"query": query, "total": 1, "assets": [_ref("ahu-3", "AHU-3", "AHU")]}
    assert said("Which AHU feeds the boardroom?", found) == "AHU-3."


def test_where_all_have_what_is_looked_for_none_lacks_it(said: Said):
    query = {"class": "AHU", "excluding": {"feeds": {"class": "HVAC_Zone"}}}
    answer = said("Which AHU feeds no zone?", {"query": query, "total": 0, "assets": []})
    assert answer == "None: all AHUs feed an HVAC zone."


def test_those_with_the_same_count_are_all_counted(said: Said):
    zones = [_ref(f"z{n}", f"Zone {n}", "HVAC_Zone", "Space") for n in range(108)]
    counts = [{"entity": zone, "count": 1} for zone in zones]
    found = {"query": {"class": "HVAC_Zone"}, "total": 108, "assets": zones[:60], "related": counts}
    assert said("which zone has the most rooms", found) == "All 108 have the same: 1."


def test_both_means_each_of_them(said: Said):
    rows = [
        _row(_ref(f"boiler-{n}", f"Boiler {n}", "Boiler"), "run_status", float(value)) for n, value in ((1, 1), (2, 0))
    ]
    assert said("Are both boilers on?", _table("run_status", *rows)) == "No: 1 of 2 boilers is running: Boiler 1."


def test_a_risk_says_what_is_wrong_first_and_is_short(said: Said):
    reasons = [
        "vibration is 4.64 mm/s, 0.14 mm/s above its limit of 4.5 mm/s (warning)",
        *(f"reason {word}" for word in ("two", "three", "four", "five")),
        "this can mean: bearing wear. Take a spectrum.",
        "this can mean: cavitation. Raise suction pressure.",
    ]
    pump = _ref("chwp-2", "Chilled Water Pump 2", "Chilled_Water_Pump")
    risk = {"asset": pump, "score": 29.9, "reasons": reasons, "dependents": 85}
    first, *rest = said("what is the risk of chwp-2?", {"risks": [risk], "assessed": 1}).splitlines()
    assert first.startswith("Chilled Water Pump 2 needs attention (risk 29.9 of 100): vibration is 4.64 mm/s")
    assert "This can mean bearing wear. Take a spectrum. It can also be cavitation." in first
    assert rest == ["- Reason two.", "- Reason three.", "- Reason four."]


def test_how_far_a_value_is_from_its_setpoint_is_told(said: Said):
    ahu = _ref("ahu-2", "AHU-2", "AHU")
    limits = _limits(ahu, "°C", 13.01, 13.0)
    answer = said("Is the supply air temperature of AHU-2 at its setpoint?", limits)
    assert (
        answer == "AHU-2 supply air temperature: no limits, set point 13 °C; now 13.0 °C, 0.01 °C above its set point."
    )


def test_rooms_that_lose_service_make_their_floors_lose_it(said: Said):
    rooms = [
        {"entity": _ref(id, id, "Office", "Space", place=place), "hops": 2}
        for id, place in (("room-203a", "Main Second Floor"), ("room-101", "Main First Floor"))
    ]
    lost = {"asset": _ref("ahu-1", "AHU-1", "AHU"), "direction": "loses_service", "total": 2, "connected": rooms}
    answer = said("which floors lose air if AHU-1 fails", lost)
    assert answer == "If AHU-1 stops, rooms lose service on Main First Floor and Main Second Floor."


def _forecast(unit: str, *steps: tuple[str, float, float, float]) -> dict[str, Any]:
    row = {
        "entity": _ref("ahu-2", "AHU-2", "AHU"), "point": "p", "quantity": "supply_air_temperature", "unit": unit, "model": "m v1",
        "made_at": NOW.isoformat(),
        "steps": [{"at": at, "expected": middle, "low": low, "high": high} for at, middle, low, high in steps],
    }  # fmt: skip
    return {"quantity": "supply_air_temperature", "rows": [row], "total": 1}


def test_what_is_expected_is_told_with_its_interval(said: Said):
    told = said(
        "what will the supply air temperature of AHU-2 be tomorrow at 3 pm",
        _forecast("°C", ("2026-03-03T23:00:00Z", 13.1, 12.6, 13.9)),
    )
    assert told == (
        "AHU-2 supply air temperature: 13.1 °C expected 3 Mar, 15:00, with 80% between 12.6 °C and 13.9 °C."
    )


@pytest.mark.parametrize(
    ("middle", "high", "answer"),
    [
        (20.4, 21.0, "Yes: AHU-2 supply air temperature is expected above 20 °C, first 20:00"),
        (
            19.5,
            20.3,
            "No: AHU-2 supply air temperature is not expected above 20 °C: between 19 °C and 19.5 °C from 20:00 to 21:00. It is not ruled out",
        ),
        (18.0, 18.8, "No: AHU-2 supply air temperature is not expected above 20 °C"),
    ],
)
def test_whether_a_limit_will_be_passed_is_answered_by_the_interval(
    said: Said, middle: float, high: float, answer: str
):
    told = said(
        "is the supply air temperature of AHU-2 going to be above 20 °C tonight",
        _forecast(
            "°C", ("2026-03-03T04:00:00Z", middle, 17.5, high), ("2026-03-03T05:00:00Z", middle - 0.5, 17.0, high)
        ),
    )
    assert told.startswith(answer), told


def test_after_readings_unlike_any_before_it_says_that_it_cannot_tell_and_why(said: Said):
    reason = "it has read 31 of late, and between 12 and 16 in the 32 days that a forecast learns from"
    table = {
        "quantity": "supply_air_temperature",
        "rows": [],
        "total": 0,
        "cannot_tell": [{"entity": _ref("ahu-2", "AHU-2", "AHU"), "point": "ahu-2/t", "reason": reason}],
    }
    told = said("forecast the supply air temperature of AHU-2", table)
    assert told == f"How the supply air temperature of AHU-2 goes on is not known: {reason}."


def test_where_there_is_no_forecast_that_is_said(said: Said):
    table = {
        "quantity": "supply_air_temperature",
        "rows": [],
        "total": 0,
        "no_forecast": [_ref("ahu-2", "AHU-2", "AHU")],
    }
    told = said("forecast the supply air temperature of AHU-2", table)
    assert told == "There is no forecast yet of the supply air temperature of AHU-2: too little history, or no model."
