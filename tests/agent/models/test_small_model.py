"""The protocol with a real, very small model behind llama.cpp's server: what it says is bad, and nothing of that is shown."""

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from agent.events import Answered, TextDelta, ToolFinished
from agent.evidence.citations import Style
from agent.evidence.ledger import Ledger
from agent.evidence.moments import zone_of
from agent.evidence.verify import Verifier
from agent.models.chat_model import ChatMessage, ChatRequest
from agent.models.limits import Limits
from agent.models.openai_model import OpenAIModel, openai_model
from agent.vocabulary.grounding import Grounding
from agent.vocabulary.lexicon import Lexicon
from graph_schema.errors import Unavailable
from tests.agent.conftest import NOW
from tests.conftest import Services
from tools.catalogue.plant import plant_tools

pytestmark = [pytest.mark.service, pytest.mark.slow]
QUESTION = "What is the supply air temperature of AHU-2?"
PATIENCE_S = 500.0


@pytest.fixture
def small(services: Services) -> Callable[..., Any]:
    """Alone on its server, so that nobody's question waits behind another's."""
    server = services["smollm"]

    @asynccontextmanager
    async def opened(**limits: Any) -> AsyncGenerator[OpenAIModel]:
        patient = Limits(silence_s=PATIENCE_S, answer_s=PATIENCE_S, retries=0, **limits)
        model = openai_model(server["model"], server["uri"], None, patient)
        async with services.alone("smollm"):
            yield model
        await model.aclose()

    return opened


async def test_it_streams_counts_its_tokens_and_takes_the_tools(small: Any) -> None:
    pieces: list[str] = []
    asked = ChatRequest([{"role": "user", "content": QUESTION}], plant_tools().definitions(), Grounding(), 0)
    async with small() as model:
        reply = await model.reply(asked, pieces.append)
    assert "".join(pieces).strip() == reply.text
    assert len(pieces) > 1 or reply.tool_calls
    assert reply.usage.input_tokens > 100
    assert reply.usage.output_tokens > 1


async def test_its_server_tells_its_context(small: Any, services: Services) -> None:
    async with small() as model:
        assert await model.context_tokens() == services["smollm"]["context"]


async def test_a_request_that_is_too_long_is_told_so_and_sent_again_shorter(small: Any, services: Services) -> None:
    """The limits say that it takes any length; the server says what it does take."""
    turns: list[ChatMessage] = []
    for _ in range(6):
        turns += [{"role": "user", "content": "one two " * 500}, {"role": "assistant", "content": "three four " * 500}]
    async with small(context_tokens=1_000_000) as model:
        asked = ChatRequest([*turns, {"role": "user", "content": "Say hello."}], [], Grounding(), 0)
        # It may talk without end, which ends in a sentence of its own.
        try:
            said = (await model.reply(asked, lambda _: None)).text
        except Unavailable as error:
            said = str(error)
        assert said
        assert "too long for the language model" not in said
        assert await model.context_tokens() == services["smollm"]["context"]


async def test_what_it_makes_up_is_not_shown(small: Any, talk_with: Any, lexicon: Lexicon) -> None:
    async with small() as model:
        told = await talk_with(model).events(QUESTION)
    answered, streamed = told[-1], "".join(one.text for one in told if isinstance(one, TextDelta))
    assert isinstance(answered, Answered)
    assert answered.usage.input_tokens > 100
    # It calls no tool, so that nothing about the plant is known: what it says of it was left out, and is named.
    assert not any(isinstance(one, ToolFinished) for one in told)
    assert answered.invented
    style = Style("en", "metric", zone_of("America/Los_Angeles"), NOW)
    verifier = Verifier(Ledger.of([]), lexicon, QUESTION, frozenset(), style, (), False)
    for text in (answered.text, streamed):
        assert not verifier.verify(without_quotes(text)).unsupported


def without_quotes(text: str) -> str:
    """What was left out stands between “ ”, as something that the answer does not say."""
    return re.sub("“[^”]*”", "", text)
