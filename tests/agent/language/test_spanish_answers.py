"""Spanish questions and answers through everything there is, without a language model."""

import re
from collections.abc import Callable

import pytest

from agent.agent import Agent
from agent.events import Answered
from tools.context import Caller

SPANIARD = Caller("ana", language="es")


@pytest.fixture
def agent(agent_with: Callable[..., Agent]) -> Agent:
    """Of the demo plant with two days behind it."""
    return agent_with()


async def answer(agent: Agent, question: str) -> str:
    last = [event async for event in agent.ask(question, "c", SPANIARD)][-1]
    assert isinstance(last, Answered)
    assert not last.invented, last.text
    return last.text


async def test_answers_are_spanish(agent: Agent) -> None:
    status = await answer(agent, "¿Cómo va la enfriadora 1?")
    assert status.startswith("Chiller 1 (Plant Room): los 10 puntos están dentro de sus límites.")
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
    assert (
        "Si se para Chiller 1, nada se queda sin servicio. 3 conservan otra alimentación (desde Chiller 2): Chilled Water Pump 1"
        in shut
    )
    assert "- Main Switchgear (lado de alimentación, hacia Campus Electrical Meter, electricidad)" in shut

    comfort = await answer(agent, "confort de ayer")
    assert comfort.startswith("Las zonas estuvieron en su banda de confort el ")

    assert await answer(agent, "notas de AHU-2") == "Nadie ha dejado ninguna nota sobre AHU-2."
    assert await answer(agent, "¿qué dice el manual sobre filtros?") == "No hay documentos."
    assert await answer(agent, "¿Cómo va el chiller?") == "¿A cuál se refiere con «el chiller»: Chiller 1 o Chiller 2?"
