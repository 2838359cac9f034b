"""Conversations: what goes on from the question before, what is asked back, and what is a question of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent.planning.memory import kept, remembered
from agent.planning.understanding import Understanding, Understood
from tests.agent.language.conftest import NOW

PUMPS = ["chwp-1", "chwp-2", "hwp-1"]


def said(
    understanding: Understanding, own: str, turns: Sequence[str], focus: Sequence[str] = ()
) -> Sequence[Understood]:
    """``focus`` is what the last answer told about."""
    found: list[Understood] = []
    before = None
    for turn in turns:
        one = understanding.understand(turn, own, NOW, focus, before)
        assert one is not None, turn
        found.append(one)
        keep = one.open_question if one.problem is not None else one.asked
        before = remembered(kept(keep)) if keep is not None else before
    return found


def last_call(found: Sequence[Understood]) -> tuple[str, Mapping[str, Any]]:
    assert found[-1].problem is None, found[-1].problem
    return found[-1].calls[0].tool, found[-1].calls[0].args


_WITHOUT = {"class": "VAV", "fed_by": {"ids": ["ahu-1"]}, "lacks_point": ["co2"]}


@pytest.mark.parametrize(
    ("own", "turns", "tool", "args"),
    [
        ("en", ["how is chiller 1", "and chiller 2?"], "asset_status", {"asset": "chiller-2"}),
        ("de", ["Wie geht es Kältemaschine 1?", "und Kältemaschine 2?"], "asset_status", {"asset": "chiller-2"}),
        ("es", ["¿cómo está la enfriadora 1?", "¿y la enfriadora 2?"], "asset_status", {"asset": "chiller-2"}),
        (
            "en",
            ["bearing temperature of CHWP-2", "and a week ago?"],
            "query_telemetry",
            {"aggregate": "at", "at": "2026-02-23T18:00:00+00:00"},
        ),
        (
            "de",
            ["Lagertemperatur der CHWP-2", "und vor einer Woche?"],
            "query_telemetry",
            {"aggregate": "at", "at": "2026-02-23T18:00:00+00:00"},
        ),
        (
            "en",
            ["power of chiller 1 yesterday at 15:00", "and a week ago?"],
            "query_telemetry",
            {"aggregate": "at", "at": "2026-02-23T15:00:00+00:00"},
        ),
        (
            "en",
            ["power of chiller 1 yesterday", "and a week ago?"],
            "query_telemetry",
            {"aggregate": "mean", "start": "2026-02-23T00:00:00+00:00"},
        ),
        ("en", ["supply air temperature of AHU-1", "the same for AHU-3"], "query_telemetry", {"asset": "ahu-3"}),
        ("de", ["Zulufttemperatur der AHU-1", "dasselbe für AHU-3"], "query_telemetry", {"asset": "ahu-3"}),
        (
            "es",
            ["temperatura de impulsión de AHU-1", "lo mismo para AHU-3"],
            "query_telemetry",
            {"asset": "ahu-3"},
        ),
        (
            "en",
            ["power of chiller 1 yesterday", "no, I meant last week"],
            "query_telemetry",
            {"asset": "chiller-1", "start": "2026-02-23T00:00:00+00:00"},
        ),
        (
            "de",
            ["Leistung von Kältemaschine 1 gestern", "nein, ich meinte letzte Woche"],
            "query_telemetry",
            {"asset": "chiller-1", "start": "2026-02-23T00:00:00+00:00"},
        ),
        (
            "es",
            ["potencia de la enfriadora 1 ayer", "no, me refería a la semana pasada"],
            "query_telemetry",
            {"asset": "chiller-1", "start": "2026-02-23T00:00:00+00:00"},
        ),
        ("en", ["what is the power of the chiller", "the second"], "query_telemetry", {"asset": "chiller-2"}),
        ("en", ["what is the power of the chiller", "2"], "query_telemetry", {"asset": "chiller-2"}),
        (
            "en",
            ["what is the power of the chiller", "both"],
            "query_telemetry",
            {"asset": ["chiller-1", "chiller-2"]},
        ),
        ("de", ["Leistung der Kältemaschine", "die zweite"], "query_telemetry", {"asset": "chiller-2"}),
        ("de", ["Leistung der Kältemaschine", "beide"], "query_telemetry", {"asset": ["chiller-1", "chiller-2"]}),
        ("es", ["potencia de la enfriadora", "la segunda"], "query_telemetry", {"asset": "chiller-2"}),
        ("es", ["potencia de la enfriadora", "las dos"], "query_telemetry", {"asset": ["chiller-1", "chiller-2"]}),
        ("en", ["how is chiller 1", "what about it?"], "asset_status", {"asset": "chiller-1"}),
        ("en", ["how is chiller 1", "and its power?"], "query_telemetry", {"asset": "chiller-1"}),
        ("de", ["Wie geht es Kältemaschine 1?", "und ihre Leistung?"], "query_telemetry", {"asset": "chiller-1"}),
        ("es", ["¿cómo está la enfriadora 1?", "¿y su potencia?"], "query_telemetry", {"asset": "chiller-1"}),
        (
            "en",
            ["supply air temperature of AHU-1", "and the others?"],
            "query_telemetry",
            {"asset": ["ahu-2", "ahu-3", "ahu-4"]},
        ),
        (
            "de",
            ["Zulufttemperatur der AHU-1", "und die anderen?"],
            "query_telemetry",
            {"asset": ["ahu-2", "ahu-3", "ahu-4"]},
        ),
        (
            "es",
            ["temperatura de impulsión de AHU-1", "¿y las otras?"],
            "query_telemetry",
            {"asset": ["ahu-2", "ahu-3", "ahu-4"]},
        ),
        ("en", ["how is AHU-1", "why?"], "diagnose", {"asset": "ahu-1"}),
        ("de", ["Wie geht es AHU-1?", "warum?"], "diagnose", {"asset": "ahu-1"}),
        ("es", ["¿cómo está AHU-1?", "¿por qué?"], "diagnose", {"asset": "ahu-1"}),
        ("en", ["how is AHU-1", "since when?"], "alarm_history", {"asset": "ahu-1"}),
        ("de", ["Wie geht es AHU-1?", "seit wann?"], "alarm_history", {"asset": "ahu-1"}),
        ("es", ["¿cómo está AHU-1?", "¿desde cuándo?"], "alarm_history", {"asset": "ahu-1"}),
    ],
)
def test_a_question_goes_on(
    own: str, turns: Sequence[str], tool: str, args: Mapping[str, Any], understanding: Understanding
) -> None:
    called, given = last_call(said(understanding, own, turns))
    assert called == tool
    assert {name: given.get(name) for name in args} == args


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["list the pumps", "which of them are off?"]),
        ("de", ["Liste die Pumpen auf", "welche davon sind aus?"]),
        ("es", ["lista las bombas", "¿cuáles de ellas están paradas?"]),
    ],
)
def test_of_what_was_listed_some_are_picked(own: str, turns: Sequence[str], understanding: Understanding) -> None:
    tool, args = last_call(said(understanding, own, turns, PUMPS))
    assert tool == "find_assets"
    assert args["query"]["class"] == "Pump"
    assert args["query"]["where"][0]["value"] == "off"


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["list the pumps", "how many are that?"]),
        ("de", ["Liste die Pumpen auf", "wie viele sind das?"]),
        ("es", ["lista las bombas", "¿cuántas son?"]),
    ],
)
def test_what_was_listed_is_counted(own: str, turns: Sequence[str], understanding: Understanding) -> None:
    found = said(understanding, own, turns, PUMPS)
    assert found[-1].asked.intent == "count"
    assert last_call(found)[1]["query"] == {"class": "Pump"}


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["list the pumps", "show me the first"]),
        ("de", ["Liste die Pumpen auf", "zeig mir die erste"]),
        ("es", ["lista las bombas", "muéstrame la primera"]),
    ],
)
def test_the_first_of_what_was_listed(own: str, turns: Sequence[str], understanding: Understanding) -> None:
    assert last_call(said(understanding, own, turns, PUMPS)) == ("asset_status", {"asset": "chwp-1"})


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["outside air temperature", "in °F"]),
        ("de", ["Außentemperatur", "in °F"]),
        ("es", ["temperatura exterior", "en °F"]),
    ],
)
def test_a_unit_alone_is_for_the_question_before(own: str, turns: Sequence[str], understanding: Understanding) -> None:
    first, second = said(understanding, own, turns)
    assert second.calls == first.calls
    assert second.asked.unit == "°F"


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["and then?"]),
        ("en", ["what is in alarm", "and its power?"]),
        ("en", ["how is AHU-1", "and then?"]),
        ("en", ["list the pumps", "show me the ninth", "and its power?"]),
        ("en", ["power of the chiller", "in kW"]),
        ("de", ["Wie geht es AHU-1?", "und dann?"]),
        ("de", ["Was ist in Alarm?", "und seine Leistung?"]),
        ("es", ["¿cómo está AHU-1?", "¿y luego?"]),
        ("es", ["¿qué está en alarma?", "¿y su potencia?"]),
    ],
)
def test_what_cannot_be_placed_is_asked_back(own: str, turns: Sequence[str], understanding: Understanding) -> None:
    found = said(understanding, own, turns, PUMPS)
    assert not found[-1].calls
    assert found[-1].problem is not None


@pytest.mark.parametrize(
    ("own", "turns", "not_in"),
    [
        ("en", ["power of chiller 1 yesterday", "any alarms"], ("chiller", "2026")),
        ("en", ["power of chiller 1 yesterday", "how warm is the boardroom"], ("chiller", "start")),
        ("en", ["power of chiller 1 yesterday", "list the pumps"], ("chiller", "2026")),
        ("de", ["Leistung von Kältemaschine 1 gestern", "Gibt es Alarme?"], ("chiller", "2026")),
        ("de", ["Leistung von Kältemaschine 1 gestern", "Wie warm ist es draußen?"], ("chiller", "2026")),
        ("es", ["potencia de la enfriadora 1 ayer", "¿hay alarmas?"], ("chiller", "2026")),
        ("es", ["potencia de la enfriadora 1 ayer", "temperatura exterior"], ("chiller", "2026")),
    ],
)
def test_another_subject_brings_nothing_along(
    own: str, turns: Sequence[str], not_in: Sequence[str], understanding: Understanding
) -> None:
    found = said(understanding, own, turns)
    assert found[-1].problem is None, found[-1].problem
    assert not any(word in repr(found[-1].calls) for word in not_in), found[-1].calls


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["supply air temperature of AHU-2", "what is its return air temperature"]),
        ("de", ["Zulufttemperatur von AHU-2", "wie hoch ist ihre Ablufttemperatur"]),
        ("es", ["temperatura de impulsión de AHU-2", "cuál es su temperatura de retorno"]),
    ],
)
def test_its_value_is_that_of_what_was_spoken_of(understanding: Understanding, own: str, turns: Sequence[str]) -> None:
    tool, args = last_call(said(understanding, own, turns))
    assert (tool, args["asset"]) == ("query_telemetry", "ahu-2")


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["how many VAVs does AHU-1 feed", "which ones?", "which of them is the hottest", "and the coldest?"]),
        ("de", ["Wie viele VAVs speist AHU-1?", "welche?", "welche davon ist am wärmsten?", "und die kälteste?"]),
        ("es", ["¿cuántas VAVs alimenta AHU-1?", "¿cuáles?", "¿cuál de ellas es la más caliente?", "¿y la más fría?"]),
    ],
)
def test_the_other_end_of_a_ranking_is_of_the_same_assets(
    understanding: Understanding, own: str, turns: Sequence[str]
) -> None:
    _, args = last_call(said(understanding, own, turns))
    assert (args["assets"], args["order"]) == ({"class": "VAV", "fed_by": {"ids": ["ahu-1"]}}, "asc")


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["is the chiller running", "2"]),
        ("es", ["¿está en marcha la enfriadora?", "2"]),
    ],
)
def test_the_state_that_was_asked_for_is_that_of_the_one_chosen(
    understanding: Understanding, own: str, turns: Sequence[str]
) -> None:
    first, _ = found = said(understanding, own, turns)
    assert first.problem is not None
    assert first.problem.kind == "ambiguous"
    running = [{"quantity": "run_status", "comparison": "=", "value": "on"}]
    assert last_call(found)[1]["query"] == {"ids": ["chiller-2"], "where": running}


@pytest.mark.parametrize(
    ("own", "turns", "tools"),
    [
        ("en", ["how is CHWP-2", "what can I do about it"], ["diagnose", "explain_risk"]),
        ("de", ["Wie geht es CHWP-2?", "was kann ich dagegen tun"], ["diagnose", "explain_risk"]),
        ("es", ["¿cómo está CHWP-2?", "¿qué hago?"], ["diagnose", "explain_risk"]),
        ("en", ["how is CHWP-2", "is it getting worse"], ["asset_status"]),
        ("de", ["Wie geht es CHWP-2?", "wird es schlimmer"], ["asset_status"]),
        ("es", ["¿cómo está CHWP-2?", "¿está empeorando?"], ["asset_status"]),
        ("en", ["when will CHWP-2 fail", "how sure are you"], ["explain_risk"]),
        ("en", ["what is in alarm", "which one is worst"], ["explain_risk"]),
        ("de", ["was ist in Alarm", "welcher ist der schlimmste"], ["explain_risk"]),
        ("es", ["¿qué está en alarma?", "¿cuál es la peor?"], ["explain_risk"]),
    ],
)
def test_state_is_asked_on(understanding: Understanding, own: str, turns: Sequence[str], tools: Sequence[str]):
    found = said(understanding, own, turns, ["chwp-2"])
    assert found[-1].problem is None, found[-1].problem
    assert [call.tool for call in found[-1].calls] == tools


def test_why_after_a_list_without_a_name_is_about_what_was_told(understanding: Understanding):
    found = said(understanding, "en", ["what is in alarm", "why?"], ["chwp-2", "vav-202"])
    assert [(call.tool, call.args["asset"]) for call in found[-1].calls] == [
        ("diagnose", "chwp-2"),
        ("diagnose", "vav-202"),
    ]


@pytest.mark.parametrize(
    ("own", "turns", "query"),
    [
        ("en", ["how many rooms on floor 2", "main"], {"class": "Room", "within": {"ids": ["main-2"]}}),
        ("en", ["rooms on the main second floor", "and the third?"], {"class": "Room", "within": {"ids": ["main-3"]}}),
        (
            "de",
            ["welche VAVs sind im Main Second Floor", "und im dritten?"],
            {"class": "VAV", "within": {"ids": ["main-3"]}},
        ),
        ("es", ["salas de Main Second Floor", "¿y la tercera?"], {"class": "Room", "within": {"ids": ["main-3"]}}),
        (
            "en",
            ["how many pumps are in the plant room", "and boilers"],
            {"class": "Boiler", "within": {"ids": ["plant-room"]}},
        ),
        ("de", ["welche VAVs versorgt AHU-1", "und ohne CO2-Fühler"], _WITHOUT),
        ("en", ["which VAVs does AHU-1 feed", "and no CO2 sensor"], _WITHOUT),
        ("es", ["¿qué VAV alimenta AHU-1?", "y sin sensor de CO2"], _WITHOUT),
    ],
)
def test_what_is_said_of_those_that_were_spoken_of_narrows_or_moves_them(
    understanding: Understanding, own: str, turns: Sequence[str], query: Mapping[str, Any]
) -> None:
    tool, args = said(understanding, own, turns)[-1].calls[0].tool, said(understanding, own, turns)[-1].calls[0].args
    assert (tool, args["query"]) == ("find_assets", query)


def test_another_kind_in_a_relation_that_may_be_another_one_is_asked_back(understanding: Understanding) -> None:
    last = said(understanding, "en", ["how many VAVs does AHU-1 feed", "and filters?"])[-1]
    assert last.problem is not None
    assert last.problem.kind == "not_placed"


def test_a_number_alone_is_that_of_what_was_named(understanding: Understanding) -> None:
    last = said(understanding, "en", ["can I shut CHWP-2", "and number 1?"])[-1]
    assert [dict(call.args) for call in last.calls] == [{"asset": "chwp-1"}]


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["is the frobnicator of chiller 1 fine", "and chiller 2?"]),
        ("en", ["is the frobnicator of chiller 1 fine", "AHU-2"]),
        ("de", ["wie frobt die Kältemaschine 1 gerade", "und die AHU-2?"]),
        ("es", ["cómo frobea la enfriadora 1", "¿y la AHU-2?"]),
    ],
)
def test_nothing_goes_on_from_a_question_that_was_not_understood(
    understanding: Understanding, own: str, turns: Sequence[str]
):
    first, last = said(understanding, own, turns)
    assert first.problem is not None
    assert first.problem.kind == "left_out"
    assert last.problem is not None
    assert last.problem.kind == "not_placed"


def test_a_whole_question_is_answered_after_one_that_was_not_understood(understanding: Understanding):
    found = said(understanding, "en", ["is the frobnicator of chiller 1 fine", "power of chiller 2"])
    assert last_call(found)[1]["asset"] == "chiller-2"


@pytest.mark.parametrize(
    ("own", "turns", "quantities", "assets"),
    [
        ("en", ["plot the supply air temperature of AHU-1 yesterday", "add AHU-2"], 1, ["ahu-1", "ahu-2"]),
        ("en", ["plot the supply air temperature of AHU-1 yesterday", "with the return temp in it too"], 2, ["ahu-1"]),
        ("de", ["zeichne die Zulufttemperatur von AHU-1 gestern", "nimm AHU-2 dazu"], 1, ["ahu-1", "ahu-2"]),
        ("es", ["grafica la temperatura de impulsión de AHU-1 de ayer", "añade la AHU-2"], 1, ["ahu-1", "ahu-2"]),
    ],
)
def test_what_is_added_stands_beside_what_was_drawn(
    understanding: Understanding, own: str, turns: Sequence[str], quantities: int, assets: Sequence[str]
):
    tool, args = last_call(said(understanding, own, turns))
    assert tool == "plot"
    assert (len(args["quantity"]), args["asset"]) == (quantities, assets)


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["max power of chiller 1 yesterday", "when was that"]),
        ("de", ["maximale Leistung der Kältemaschine 1 gestern", "wann war das?"]),
        ("es", ["potencia máxima de la enfriadora 1 ayer", "¿a qué hora fue?"]),
    ],
)
def test_when_the_highest_value_was(understanding: Understanding, own: str, turns: Sequence[str]):
    tool, args = last_call(said(understanding, own, turns))
    assert tool == "extremes"
    assert (args["asset"], args["window"]["start"][:10]) == ("chiller-1", "2026-03-01")


@pytest.mark.parametrize(
    ("own", "turns"),
    [
        ("en", ["chiller 2 on or off", "and chiller 1"]),
        ("de", ["Kältemaschine 2 an oder aus", "und Kältemaschine 1"]),
        ("es", ["enfriadora 2 encendida o apagada", "¿y la enfriadora 1?"]),
    ],
)
def test_a_state_is_asked_of_the_other_as_well(understanding: Understanding, own: str, turns: Sequence[str]):
    tool, args = last_call(said(understanding, own, turns))
    assert tool == "find_assets"
    assert args["query"]["ids"] == ["chiller-1"]
    assert args["query"]["where"][0]["quantity"] == "run_status"


@pytest.mark.parametrize(("turn", "kind"), [("and right now", "latest"), ("what was it two hours ago", "at")])
def test_another_moment_of_what_was_read(understanding: Understanding, turn: str, kind: str):
    _, args = last_call(said(understanding, "en", ["wet well level one week ago", turn]))
    assert (args["quantity"], args["aggregate"]) == ("water_level", kind)


def test_the_worst_of_what_was_read_is_ranked_by_it(understanding: Understanding):
    turns = ["compare the filter dp of AHU-1 and AHU-2", "which is the worst of them"]
    _, args = last_call(said(understanding, "en", turns))
    assert (args["quantity"], args["order"]) == ("filter_air_differential_pressure", "desc")


@pytest.mark.parametrize(
    ("own", "first", "then"),
    [
        ("en", "who supplies compressed air to the biology lab", "what else does it supply"),
        ("de", "wer versorgt das Biology Lab mit Druckluft", "was versorgt er sonst noch"),
        ("es", "¿quién alimenta el Biology Lab?", "¿qué más alimenta?"),
    ],
)
def test_what_else_it_supplies_is_asked_of_who_supplies(understanding: Understanding, own: str, first: str, then: str):
    asked = understanding.understand(first, own, NOW)
    assert asked is not None
    (lab,) = [call.args["asset"] for call in asked.calls]
    told = understanding.understand(then, own, NOW, [lab, "compressor-1"], asked.asked)
    assert told is not None
    assert [(call.args["asset"], call.args["direction"]) for call in told.calls] == [("compressor-1", "downstream")]
    nobody = understanding.understand(then, own, NOW, [lab], asked.asked)
    assert nobody is not None
    assert nobody.problem is not None
