"""German questions through the whole agent: graph, history, tools, and answers in German."""

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.agent import Agent
from agent.conversation.memory import open_memory
from agent.events import Answered, ToolFinished, ToolStarted
from agent.offline.model import offline_model
from agent.offline.words import ENGLISH
from agent.vocabulary.lexicon import Lexicons
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import open_history
from ingestion.pipeline.service import build
from ingestion.simulator.demo import demo_plant_file
from ingestion.simulator.simulator import Simulator
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ANNA = Caller("anna", language="de")
ENGLISH_WORDS = re.compile(r"\b(the|is|are|of|from|to|and|within|limits|since|alarms?|points?|running|without|None)\b")


@pytest.fixture
async def agent(graph: GraphStore, postgres_dsn: str, ontology: Ontology) -> AsyncGenerator[Agent]:
    """Of the demo plant with two days behind it."""
    plant = read_plant(demo_plant_file(), ontology)
    await load_plant(graph, ontology, plant)
    async with open_history(postgres_dsn) as history, open_memory(postgres_dsn) as memory:
        ingestion = build(history, graph, None, lambda: NOW)
        await ingestion.projection.tick()
        for batch in Simulator(plant).history(NOW - timedelta(days=2), NOW + timedelta(milliseconds=1)):
            await ingestion.pipeline.accept(batch)
        await ingestion.projection.tick()
        reader = Reader(graph, history, ontology, lambda: NOW)
        bare = ToolContext(graph, history, ontology, reader, lambda: NOW, ANNA, "America/Los_Angeles")
        lexicons = Lexicons(graph, ontology, ENGLISH)

        async def context(caller: Caller) -> ToolContext:
            return replace(bare, caller=caller)

        yield Agent(offline_model(lexicons, plant_tools()), plant_tools(), context, lexicons, memory)


async def test_german_questions_are_answered_in_german(agent: Agent) -> None:
    expected = {
        "Wie geht es AHU-2?": "AHU-2: ",
        "Was ist heute passiert?": "gekommen",
        "Kann ich CHWP-2 abschalten?": "ohne Chilled Water Pump 2",
        "Vergleiche die Zulufttemperatur von AHU-1 und AHU-2 gestern": "Zulufttemperatur, Mittelwert am 1 März:",
        "Warum ist die Zulufttemperatur der AHU-2 so hoch?": "AHU-2",
        "Höchstwert und Tiefstwert der Außentemperatur gestern": "höchster Wert",
        "Wie viel Strom hat die Anlage gestern verbraucht?": "verbraucht",
        "Zeichne die Zulufttemperatur der AHU-2 gestern": "Zulufttemperatur am 1 März:",
        "Notizen zu AHU-2": "Zu AHU-2 hat niemand eine Notiz hinterlassen.",
    }
    wrong: list[str] = []
    for question, part in expected.items():
        events = [event async for event in agent.ask(question, "c", ANNA)]
        last = events[-1]
        assert isinstance(last, Answered)
        steps = [one.title for one in events if isinstance(one, ToolStarted)]
        found = [one.summary for one in events if isinstance(one, ToolFinished)]
        wrong += [] if part in last.text else [last.text]
        wrong += ENGLISH_WORDS.findall(" ".join((*steps, *found)))
    assert not wrong
