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


async def answer(agent: Agent, question: str) -> str:
    last = [event async for event in agent.ask(question, "c", SPANIARD)][-1]
    assert isinstance(last, Answered)
    assert not last.invented, last.text
    return last.text


async def test_answers_are_spanish(agent: Agent) -> None:
    status = await answer(agent, "¿Cómo va la enfriadora 1?")
    assert status.startswith("Chiller 1: los 10 puntos están dentro de sus límites.")
    assert "\n- temperatura de impulsión de agua fría " in status
    assert re.search(r"Chiller 1: [\d,]+ h en marcha, 1 arranque; ahora en marcha desde las \d\d:\d\d\.", status)
    assert re.search(r"Desde el 1 mar, \d\d:\d\d: ninguna alarma\.", status)

    ran = await answer(agent, "¿Cuánto tiempo funcionó ayer la bomba 2 de agua fría?")
    assert ran.startswith(
        "Chilled Water Pump 2 estuvo en marcha 24 h el 1 mar (100 % del tiempo), con 0 arranques y 0 paradas."
    )

    outside = await answer(agent, "máxima y mínima de la temperatura exterior de ayer")
    assert re.fullmatch(r"Temperatura exterior el 1 mar: máximo [\d,]+ °C \(.*\), mínimo [\d,]+ °C \(.*\)\.", outside)

    shut = await answer(agent, "¿Qué pasa si paro la enfriadora 1?")
    assert "Si se para Chiller 1, nada se queda sin servicio. 3 conservan otra alimentación (desde Chiller 2)." in shut
    assert "- Main Switchgear (lado de alimentación, hacia Campus Electrical Meter, electricidad)" in shut

    comfort = await answer(agent, "confort de ayer")
    assert comfort.startswith("Las zonas estuvieron en su banda de confort el ")

    assert await answer(agent, "notas de AHU-2") == "Nadie ha dejado ninguna nota sobre AHU-2."
    assert await answer(agent, "¿qué dice el manual sobre filtros?") == "No hay documentos."
    assert await answer(agent, "¿Cómo va el chiller?") == "¿A cuál se refiere con «el chiller»: Chiller 1 o Chiller 2?"
