"""``plantroom models usage``, after questions to a language model."""

import pytest
from pydantic import ValidationError

from interfaces.settings import Settings
from tests.agent.conftest import Script


async def test_what_people_asked_of_a_language_model_is_shown(served, script: Script):
    terminal, _ = served
    assert "Nobody asked a language model in the last 30 days." in (await terminal.run("models", "usage")).out
    script.then(script.says("Hello."))
    settings = {"OPENAI_BASE_URL": script.url, "PLANTROOM_OPENAI_MODEL": "qwen"}
    asked = await terminal.run("ask", "Hello?", LOGNAME="ann", **settings)
    assert asked.out.strip() == "Hello."
    shown = await terminal.run("models", "usage", "--days", "2", COLUMNS="120")
    (row,) = [line for line in shown.out.splitlines() if "qwen" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")][:6] == ["ann", "qwen", "1", "100", "20", "not known"]


def test_a_budget_in_money_needs_prices():
    with pytest.raises(ValidationError, match="a daily cost needs the prices"):
        Settings(_env_file=None, model_daily_cost=2)
    assert Settings(_env_file=None, model_daily_cost=2, model_input_price=1, model_output_price=3).model_daily_cost == 2
