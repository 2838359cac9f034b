"""What questions cost, on real PostgreSQL."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import pytest
from langgraph.checkpoint.memory import InMemorySaver

from agent.agent import Agent
from agent.dialogue.model import dialogue_model
from agent.models.usage import Budget, Prices, UsageBook
from graph_schema.errors import NotAllowed, Unavailable
from ingestion.history.history import History, open_history
from tests.agent.conftest import NOW, Talk, context
from tools.catalogue.plant import plant_tools

TEMPERATURE = ("query_telemetry", {"quantity": "supply_air_temperature", "asset": "ahu-2"})


@pytest.fixture
async def history(postgres_dsn: str) -> AsyncGenerator[History]:
    async with open_history(postgres_dsn) as opened:
        yield opened


@pytest.fixture
async def talk(script: Any, registry: Any, lexicons: Any, history: History) -> AsyncGenerator[Any]:
    model = script.model(retries=0)

    def make(prices: Prices, budget: Budget, *, fallback: bool = False) -> tuple[Talk, UsageBook]:
        book = UsageBook(history, prices, budget)
        other = dialogue_model(lexicons, plant_tools()) if fallback else None
        return Talk(Agent(model, registry, context, lexicons, InMemorySaver(), other, book)), book

    yield make
    await model.aclose()


async def test_what_people_use_is_kept_by_person(talk: Any, script: Any):
    asking, book = talk(Prices(2.0, 10.0), Budget())
    script.then(script.calls(TEMPERATURE), script.says("AHU-2 is at [a1]."), script.says("Hello."))
    await asking.answer("How warm is the air of AHU-2?", caller=Talk.caller("ann"))
    await asking.answer("Hi", caller=Talk.caller("bob"))
    ann, bob = await book.by_person(NOW - timedelta(days=30))
    assert (ann.person, ann.model, ann.questions, ann.input_tokens, ann.output_tokens) == (
        "ann",
        "test-model",
        1,
        200,
        40,
    )
    assert ann.cost == pytest.approx(200 * 2 / 1e6 + 40 * 10 / 1e6)
    assert (bob.person, bob.input_tokens) == ("bob", 100)
    assert await book.by_person(NOW + timedelta(seconds=1)) == []


async def test_without_a_price_the_cost_is_not_known(talk: Any, script: Any):
    asking, book = talk(Prices(2.0), Budget())
    script.then(script.says("Hello."))
    await asking.answer("Hi")
    (one,) = await book.by_person(NOW - timedelta(days=1))
    assert one.cost is None


async def test_a_question_that_fails_has_cost_what_it_had_used(talk: Any, script: Any):
    asking, book = talk(Prices(), Budget())
    script.then(script.calls(TEMPERATURE), script.status(500))
    with pytest.raises(Unavailable):
        await asking.answer("How warm is the air of AHU-2?")
    assert [one.input_tokens for one in await book.by_person(NOW)] == [100]


async def test_a_budget_that_is_used_up_refuses_with_a_sentence(talk: Any, script: Any):
    asking, _ = talk(Prices(), Budget(tokens=120))
    script.then(script.says("Hello."))
    await asking.answer("Hi", caller=Talk.caller("ann"))
    with pytest.raises(NotAllowed, match=r"today \(120 tokens\) is used up; it begins anew at midnight"):
        await asking.answer("Hi again", caller=Talk.caller("ann"))
    assert (await asking.answer("Hi", caller=Talk.caller("bob"))).text == "Hello."
    assert len(script.requests) == 2


async def test_a_budget_in_money_counts_from_midnight_of_the_plant(talk: Any, script: Any, history: History):
    asking, book = talk(Prices(1000.0, 1000.0), Budget(cost=0.10))
    script.then(script.says("Hello."))
    yesterday = NOW - timedelta(hours=12)  # 22:00 in Los Angeles
    await history.fetch(
        "insert into model_usage (at, person, model, input_tokens, output_tokens, cost, ms) values (%s, 'ann', 'm', 1, 1, 9, 1)",
        [yesterday],
    )
    await asking.answer("Hi", caller=Talk.caller("ann"))
    with pytest.raises(NotAllowed, match=r"today \(0\.10\) is used up"):
        await asking.answer("Hi again", caller=Talk.caller("ann"))
    assert [one.cost for one in await book.by_person(NOW)] == [pytest.approx(0.12)]


async def test_what_the_offline_planner_answers_costs_nothing(lexicons: Any, history: History):
    tools = plant_tools()
    book = UsageBook(history, Prices(), Budget(tokens=1))
    asking = Talk(Agent(dialogue_model(lexicons, tools), tools, context, lexicons, InMemorySaver(), None, book))
    await asking.answer("Thanks")
    await asking.answer("Thanks")
    assert await book.by_person(NOW - timedelta(days=1)) == []
