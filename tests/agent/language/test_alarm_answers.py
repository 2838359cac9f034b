"""Alarms in three languages, through the whole agent: what people do about them is proposed and, once approved, done; how they stand, and incidents."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from agent.agent import Agent
from agent.dialogue.model import dialogue_model
from agent.events import Answered
from agent.language.grammar import grammar
from agent.planning.understanding import Understanding, Understood
from agent.vocabulary.lexicon import Lexicons
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.alarms.incidents import Incidents, Placement
from ingestion.history.history import History
from tests.agent.conftest import NOW
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

ANN = Caller("ann")
BOB = Caller("bob", frozenset({"technician"}))
POINT = "ahu-2/supply_air_temperature"
HOUR = timedelta(hours=1)
Ask = Callable[[str], Awaitable[Answered]]


@pytest.fixture
async def context(graph: GraphStore, history: History, ontology: Ontology, demo_plant: Plant) -> ToolContext:
    """AHU-2 has an alarm that nobody has seen, in an incident of its own."""
    await load_plant(graph, ontology, demo_plant)
    alarms, at = Alarms(history), round((NOW - HOUR).timestamp() * 1000)
    await alarms.write([AlarmChange("raised", POINT, POINT, ["ahu-2"], "alarm", at, value=31.0, side="high")])
    number = (await alarms.last([POINT]))[POINT].id
    placed = Placement(None, "ahu-2", "asset", NOW - HOUR, [number], (), ["ahu-2"])
    await Incidents(history).fold(lambda _: [placed], NOW - 2 * HOUR, NOW)
    return ToolContext(
        graph, history, ontology, Reader(graph, history, ontology, lambda: NOW), lambda: NOW, ANN, "UTC",
        propose=Proposing(ProposalRecord(history)).propose,
    )  # fmt: skip


@pytest.fixture
async def ask(context: ToolContext) -> Ask:
    async def of(caller: Caller) -> ToolContext:
        return replace(context, caller=caller)

    lexicons = Lexicons(context.graph, context.ontology, grammar("en").function_words)
    agent = Agent(dialogue_model(lexicons, plant_tools()), plant_tools(), of, lexicons)

    async def asked(question: str) -> Answered:
        last = [event async for event in agent.ask(question, question, ANN)][-1]
        assert isinstance(last, Answered)
        assert last.invented == (), (question, last.text)
        return last

    return asked


async def test_an_act_is_proposed_and_done_when_a_person_approves_it(
    ask: Ask, context: ToolContext, history: History
) -> None:
    answered = await ask("acknowledge the alarm on AHU-2: on my way")
    assert [one.tool for one in answered.proposals] == ["acknowledge_alarm"]
    assert "I propose to acknowledge the alarms of AHU-2" in answered.text
    assert (await history.fetch("select count(*) as acts from alarm_act"))[0]["acts"] == 0
    (row,) = await history.fetch("select id from proposal")
    record = ProposalRecord(history)

    async def of(caller: Caller) -> ToolContext:
        return replace(context, caller=caller)

    settled = await Settlement(record, plant_tools(), of, lambda: NOW).approve(row["id"], BOB)
    assert settled.state == "done", settled
    (row,) = await history.fetch("select act, who, why from alarm_act")
    assert (row["act"], row["who"], row["why"]) == ("acknowledged", "ann", "on my way")


async def test_every_act_is_a_proposal_in_its_language(ask: Ask) -> None:
    for question, tool, holds in (
        ("shelve the alarm of AHU-2 for 8 hours", "shelve_alarm", "I propose to shelve the alarms of AHU-2"),
        ("take the alarms of AHU-2 out of service", "hold_alarm", "act: out of service"),
        ("acknowledge I-1", "acknowledge_alarm", "I-1"),
        ("quittiere den Alarm an AHU-2", "acknowledge_alarm", "Ich schlage vor, die Alarme von AHU-2 zu quittieren"),
        ("stelle den Alarm von AHU-2 bis morgen zurück", "shelve_alarm", "Ein Mensch muss das genehmigen"),
        ("unterdrücke die Alarme von AHU-2", "hold_alarm", "nach Plan unterdrückt"),
        ("reconoce la alarma de AHU-2", "acknowledge_alarm", "Una persona tiene que aprobarlo"),
        ("silencia la alarma de AHU-2 durante 2 horas", "shelve_alarm", "Propongo"),
        ("pon las alarmas de AHU-2 fuera de servicio", "hold_alarm", "fuera de servicio"),
    ):
        answered = await ask(question)
        assert [one.tool for one in answered.proposals] == [tool], answered.text
        assert holds in answered.text, (question, answered.text)


async def test_how_alarms_stand_and_what_belongs_together_is_told(ask: Ask) -> None:
    for question, holds in (
        ("which alarms are not acknowledged", "AHU-2 supply air temperature: to be acknowledged, priority"),
        ("which alarms are shelved", "No alarm is shelved."),
        ("welche Alarme sind nicht quittiert", "zu quittieren, Priorität"),
        ("qué alarmas están sin reconocer", "por reconocer, prioridad"),
        ("which alarms belong together", "I-1, AHU-2 (one asset): 1 alarm, 1 active, 1 to be acknowledged"),
        ("welche Alarme gehören zusammen", "I-1, AHU-2 (eine Anlage): 1 Alarm"),
        ("qué alarmas van juntas", "I-1, AHU-2 (un equipo): 1 alarma"),
        ("show I-1", "I-1, AHU-2"),
        ("show I-7", "There is no incident I-7."),
    ):
        answered = await ask(question)
        assert holds in answered.text, (question, answered.text)


async def test_what_can_no_longer_be_done_is_said_and_nothing_is_proposed(ask: Ask) -> None:
    answered = await ask("unshelve the alarm on AHU-2")
    assert not answered.proposals
    assert "No alarm of AHU-2 can be unshelved now" in answered.text


@pytest.mark.parametrize(
    ("question", "until"),
    [
        ("shelve AHU-2 for 3 days", "2026-03-05T18:00:00+00:00"),
        ("shelve AHU-2 until 06:00", "2026-03-03T06:00:00+00:00"),
        ("stelle den Alarm von AHU-2 für eine Woche zurück", "2026-03-09T18:00:00+00:00"),
        ("aplaza AHU-2 durante una semana", "2026-03-09T18:00:00+00:00"),
    ],
)
def test_a_shelf_ends_when_it_is_said(understanding: Understanding, question: str, until: str) -> None:
    (call,) = _understood(understanding, question).calls
    assert (call.tool, call.args["until"]) == ("shelve_alarm", until)


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ("shelve AHU-2", "missing"),
        ("shelve AHU-2 over the weekend", "missing"),  # it would begin at once
        ("shelve AHU-2 yesterday", "too_late"),
        ("acknowledge all alarms", "missing"),
        ("acknowledge the alarms of the chiller", "ambiguous"),
        ("acknowledge all alarms above 26 °C of chiller 1", "not_named"),
    ],
)
def test_what_is_not_clear_is_asked_back(understanding: Understanding, question: str, problem: str) -> None:
    found = _understood(understanding, question)
    assert (found.calls, found.problem and found.problem.kind) == ((), problem)


def test_that_one_is_what_was_spoken_of(talk: Callable[..., list[Understood]]) -> None:
    *_, last = talk("how is AHU-2 doing", "acknowledge that")
    assert [(one.tool, one.args["asset"]) for one in last.calls] == [("acknowledge_alarm", "ahu-2")]


def _understood(understanding: Understanding, question: str) -> Understood:
    found = understanding.understand(question, "en", datetime.fromisoformat("2026-03-02T18:00:00+00:00"))
    assert found is not None
    return found
