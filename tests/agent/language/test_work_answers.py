"""Questions about work in three languages, through the whole agent: what waits, what was done, what is due, and changes that are only proposed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.agent import Agent
from agent.dialogue.model import dialogue_model
from agent.events import Answered
from agent.language.grammar import grammar
from agent.vocabulary.lexicon import Lexicons
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.orders.order import WorkOrder
from ingestion.orders.plans import Every, MaintenancePlans, Plan, PlanFile, SparePart
from ingestion.orders.work_orders import WorkOrders
from tests.agent.conftest import NOW
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

ANN = Caller("ann")
DAY = timedelta(days=1)
ASKED = (
    ("open work orders", "Open work orders:", "WO-1, AHU-2: “Belt squeaks” (open, priority high, due"),
    ("what have we done on chiller 1 this year", "Finished work orders of Chiller 1", "WO-2, Chiller 1: “Oil changed” (done, priority medium"),
    ("overdue work orders", "There are no overdue work orders.", ""),
    ("when was chiller 1 last serviced", "Chiller 1 was last serviced", "WO-2"),
    ("when was boiler 1 last serviced", "No finished work is recorded for Boiler 1.", ""),
    ("what maintenance is due", "Maintenance, the most urgent first:", "“Change the oil” (overdue"),
    ("spare parts", "Spare parts, what has to be ordered first:", "O-1, “Oil”: 1 in stock"),
    ("how good are the forecasts", "Nothing was flagged yet", ""),
    ("show WO-1", "WO-1, AHU-2: “Belt squeaks” (open, priority high", ""),
    ("approve P-12", "Nothing that is written to me approves or rejects a change", "plantroom approvals approve"),
    ("create a work order for AHU-1", "What is to be done?", ""),
    ("offene Aufträge", "Offene Arbeitsaufträge:", "WO-1, AHU-2: „Belt squeaks“ (offen, Priorität hoch"),
    ("was haben wir dieses Jahr an Kältemaschine 1 gemacht", "Erledigte Arbeitsaufträge zu", "WO-2"),
    ("welche Wartungen sind fällig", "Wartungen, die dringendsten zuerst:", "„Change the oil“ (überfällig"),
    ("genehmige P-12", "Nichts, was mir geschrieben wird, genehmigt", ""),
    ("órdenes de trabajo abiertas", "Órdenes de trabajo abiertas:", "WO-1, AHU-2: «Belt squeaks» (abierta, prioridad alta"),
    ("qué mantenimiento toca", "Mantenimientos, primero los más urgentes:", "«Change the oil» (vencida"),
    ("aprueba la propuesta", "Nada de lo que se me escribe aprueba", ""),
)  # fmt: skip
WISHED = (
    ("create a work order for AHU-2: check the belt", "create_work_order", "A person has to approve it"),
    ("assign WO-1 to Bob", "update_work_order", "I propose to change WO-1: for: Bob."),
    ("close WO-1 with code PLU: filter changed", "close_work_order", "I propose to close WO-1 as done (code: PLU; remark: filter changed)."),
    ("create a work order for CHWP-1: the seal is leaking", "create_work_order", "A person has to approve it"),
    ("erstelle einen Auftrag für AHU-2: Riemen prüfen", "create_work_order", "Ein Mensch muss das genehmigen"),
    ("erstelle einen Auftrag für CHWP-2: Dichtung tropft", "create_work_order", "Ich schlage vor, für Chilled Water Pump 2 einen Arbeitsauftrag zu eröffnen"),
    ("cancela la orden 1", "update_work_order", "Una persona tiene que aprobarlo"),
    ("crea una orden para CHWP-3: el sello gotea", "create_work_order", "Propongo abrir una orden de trabajo"),
)  # fmt: skip


@pytest.fixture
async def ask(graph: GraphStore, history: History, ontology: Ontology, demo_plant: Plant) -> Callable[[str], object]:
    await load_plant(graph, ontology, demo_plant)
    orders = WorkOrders(history)
    await orders.create(
        WorkOrder("", "ahu-2", text="Belt squeaks", priority="high", due_at=NOW + DAY), "ann", NOW - DAY
    )
    done = WorkOrder("", "chiller-1", "preventive", NOW - 3 * DAY, text="Oil changed", closed_at=NOW - 2 * DAY)
    await orders.create(done, "bob", NOW - 3 * DAY)
    plan = Plan.model_validate({
        "id": "oil", "task": "Change the oil", "assets": ["boiler-1"], "every": Every(days=90), "last_done": NOW - 200 * DAY, "parts": [{"part": "O-1"}],
    })  # fmt: skip
    await MaintenancePlans(history).put(
        PlanFile(plans=[plan], parts=[SparePart(number="O-1", name="Oil", stock=1, minimum=3)])
    )
    reader = Reader(graph, history, ontology, lambda: NOW)
    bare = ToolContext(
        graph,
        history,
        ontology,
        reader,
        lambda: NOW,
        ANN,
        "America/Los_Angeles",
        propose=Proposing(ProposalRecord(history)).propose,
    )
    lexicons = Lexicons(graph, ontology, grammar("en").function_words)

    async def context(caller: Caller) -> ToolContext:
        return replace(bare, caller=caller)

    agent = Agent(dialogue_model(lexicons, plant_tools()), plant_tools(), context, lexicons)

    async def asked(question: str) -> Answered:
        last = [event async for event in agent.ask(question, question, ANN)][-1]
        assert isinstance(last, Answered)
        return last

    return asked


async def test_work_is_told_as_it_is_recorded(ask: Callable[..., object]) -> None:
    for question, begins, holds in ASKED:
        answered: Answered = await ask(question)  # pyright: ignore[reportGeneralTypeIssues]
        assert answered.invented == (), (question, answered.text)
        assert answered.text.startswith(begins), (question, answered.text)
        assert holds in answered.text, (question, answered.text)


async def test_how_right_forecasts_were_is_told_of_models_with_numbers_in_their_names(
    ask: Callable[..., object], history: History
) -> None:
    await history.fetch(
        "insert into forecasting.told (asset, what, at, horizon_days, flagged, model) values ('ahu-1', 'limits', %s, 30, true, 'slow change 1, anomalies 2')",
        [NOW - DAY],
    )
    answered: Answered = await ask("how good are the forecasts")  # pyright: ignore[reportGeneralTypeIssues]
    assert "slow change 1, anomalies 2: 1 finding, 0 came" in answered.text
    assert answered.invented == ()


async def test_an_order_because_of_a_forecast_is_one(ask: Callable[..., object], history: History) -> None:
    for question, text in (
        ("create a work order for AHU-2 because of the forecast: replace the bearing", "replace the bearing"),
        ("erstelle einen Auftrag für AHU-2 wegen der Vorhersage: Lager wechseln", "Lager wechseln"),
        ("crea una orden para AHU-2 por el pronóstico: cambiar el rodamiento", "cambiar el rodamiento"),
    ):
        await ask(question)  # pyright: ignore[reportGeneralTypeIssues]
        (row,) = await history.fetch("select arguments from proposal order by id desc limit 1")
        given = row["arguments"]
        assert (given["because"], given["kind"], given["text"]) == ("forecast", "predictive", text), question


async def test_a_sentence_only_proposes(ask: Callable[..., object], history: History) -> None:
    for question, tool, holds in WISHED:
        answered: Answered = await ask(question)  # pyright: ignore[reportGeneralTypeIssues]
        assert holds in answered.text, (question, answered.text)
        assert [one.tool for one in answered.proposals] == [tool]
    assert await history.fetch(
        "select count(*) as n, count(*) filter (where status = 'open') as open from work_order"
    ) == [{"n": 2, "open": 1}]
    states = await history.fetch("select distinct state from proposal")
    assert [row["state"] for row in states] == ["proposed"]
