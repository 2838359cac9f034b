"""Spanish questions and answers through everything there is, without a language model."""

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.agent import Agent
from agent.conversation.memory import open_memory
from agent.events import Answered
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
SPANIARD = Caller("ana", language="es")


def clock() -> datetime:
    return NOW


@pytest.fixture
async def agent(graph: GraphStore, postgres_dsn: str, ontology: Ontology) -> AsyncGenerator[Agent]:
    """Of the demo plant with two days behind it."""
    plant = read_plant(demo_plant_file(), ontology)
    await load_plant(graph, ontology, plant)
    async with open_history(postgres_dsn) as history, open_memory(postgres_dsn) as memory:
        ingestion = build(history, graph, None, clock)
        await ingestion.projection.tick()
        for batch in Simulator(plant).history(NOW - timedelta(days=2), NOW + timedelta(milliseconds=1)):
            await ingestion.pipeline.accept(batch)
        await ingestion.projection.tick()
        reader = Reader(graph, history, ontology, clock)
        bare = ToolContext(graph, history, ontology, reader, clock, SPANIARD, "America/Los_Angeles")

        async def context(caller: Caller) -> ToolContext:
            return replace(bare, caller=caller)

        lexicons = Lexicons(graph, ontology, ENGLISH)
        yield Agent(offline_model(lexicons, plant_tools()), plant_tools(), context, lexicons, memory)


async def answer(agent: Agent, question: str, conversation: str = "c") -> str:
    last = [event async for event in agent.ask(question, conversation, SPANIARD)][-1]
    assert isinstance(last, Answered)
    print(">>", question, "\n", last.text, "\n")
    return last.text


async def test_answers_are_spanish(agent: Agent) -> None:
    status = await answer(agent, "¿Cómo va la enfriadora 1?")
    for q in ["¿Qué pasó desde ayer?", "¿Por qué hace calor en la sala 303?", "¿Cuánta energía consumió la planta ayer?", "confort de ayer", "¿Qué pasa si paro la enfriadora 1?", "¿Cuánto tiempo funcionó ayer la enfriadora 1?", "horas de marcha de las bombas ayer", "máxima y mínima de la temperatura exterior de ayer", "compara la temperatura de impulsión de AHU-1 y AHU-2 ayer", "correlaciona la potencia de la enfriadora 1 con la temperatura exterior ayer", "gráfica de la temperatura de impulsión de AHU-2 ayer", "¿qué dice el manual sobre filtros?", "notas de AHU-2", "¿por qué vibra CHWP-2?", "¿y CHWP-1?", "estado de AHU-2", "¿Qué horas de marcha tiene Main Building?", "hola", "¿cuántas bombas hay?"]:
        await answer(agent, q)
    assert status
    assert re
