"""A plant whose names hold words that are verbs elsewhere: “feed pump”, “drive fan”."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from agent.dialogue.model import respond
from agent.language.grammar import grammar
from agent.models.chat_model import ChatReply, ChatRequest
from agent.planning.understanding import Understanding
from agent.vocabulary.grounding import Grounding
from agent.vocabulary.lexicon import Lexicon, owned_by_class
from graph_schema.model import Entity, Relation
from graph_schema.ontology.ontology import Ontology
from tools.catalogue.plant import plant_tools

RESULTS = {tool.name: tool.result for tool in plant_tools()}

Calls = Callable[[str], list[tuple[str, dict[str, Any]]]]


@pytest.fixture(scope="module")
def reply(ontology: Ontology) -> Callable[[str], ChatReply]:
    entities = [
        Entity("plant", "Building", "Plant 7", "Building"),
        Entity("bfp1", "Asset", "Boiler Feed Pump 1", "Pump"),
        Entity("bfp2", "Asset", "Boiler Feed Pump 2", "Pump"),
        Entity("fp", "Asset", "Feed Pump", "Pump"),
        Entity("boiler", "Asset", "Boiler", "Boiler"),
        Entity("fan", "Asset", "Cooling Drive Fan", "Fan"),
        Entity("fp/pressure", "Point", "Feed Pump Pressure", "Water_Pressure_Sensor", {"quantity": "water_pressure"}),
    ]
    relations = [Relation("HAS_POINT", "fp", "fp/pressure"), Relation("FEEDS", "fp", "boiler")]
    lexicon = Lexicon.from_entities(
        entities, ontology, grammar("en").function_words, owned=owned_by_class(entities, relations), version=1
    )
    understanding = Understanding(lexicon)

    def ask(text: str) -> ChatReply:
        request = ChatRequest([{"role": "user", "content": text}], (), Grounding((), ()), 1_772_474_400_000, "UTC")
        return respond(request, understanding, RESULTS)

    return ask


@pytest.fixture(scope="module")
def calls(reply: Callable[[str], ChatReply]) -> Calls:
    def ask(text: str) -> list[tuple[str, dict[str, Any]]]:
        return [
            (call["function"]["name"], json.loads(call["function"]["arguments"])) for call in reply(text).tool_calls
        ]

    return ask


@pytest.mark.parametrize(
    ("sentence", "tool", "args"),
    [
        ("What is the pressure of the feed pump?", "query_telemetry", {"quantity": "water_pressure", "asset": "fp"}),
        ("how is boiler feed pump 1?", "asset_status", {"asset": "bfp1"}),
        ("what does the feed pump feed?", "trace_connections", {"asset": "fp", "direction": "downstream"}),
        ("where is the cooling drive fan?", "describe_asset", {"asset": "fan"}),
        (
            "which pump feeds the boiler?",
            "find_assets",
            {"query": {"class": "Pump", "feeds": {"ids": ["boiler"]}}},
        ),
        (
            "how many feed pumps are there?",
            "find_assets",
            {"query": {"class": "Pump", "name": "feed pump"}},
        ),
    ],
)
def test_a_name_is_a_name_whatever_its_words_mean(calls: Calls, sentence: str, tool: str, args: dict[str, Any]):
    called, given = calls(sentence)[0]
    assert called == tool
    assert {name: given.get(name) for name in args} == args


def test_what_no_point_reports_is_said_of_the_asset_that_was_named(reply: Callable[[str], ChatReply]):
    said = reply("is boiler feed pump 1 running?")
    assert not said.tool_calls
    assert said.text.startswith("Nothing in this plant reports whether “Boiler Feed Pump 1” is running.")
