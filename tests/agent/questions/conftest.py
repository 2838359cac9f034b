"""Sentences in, tool calls out: the offline planner over plants in memory, without servers."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.dialogue.model import respond
from agent.models.chat_model import ChatMessage, ChatReply, ChatRequest
from agent.vocabulary.grounding import Grounding
from evals.metamorphic.plants import understanding_of
from graph_schema.ontology.ontology import Ontology
from ingestion.simulator.demo import demo_plant_file
from tools.catalogue.plant import plant_tools

RESULTS = {tool.name: tool.result for tool in plant_tools()}

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
"""A Monday, ten in the morning in Los Angeles."""


@dataclass(frozen=True)
class Plan:
    text: str
    calls: list[tuple[str, dict[str, Any]]]

    @property
    def tool(self) -> str:
        return self.calls[0][0] if self.calls else ""

    @property
    def args(self) -> dict[str, Any]:
        return self.calls[0][1] if self.calls else {}


Ask = Callable[..., Plan]


def asking(path: Path, ontology: Ontology) -> Ask:
    understanding = understanding_of(path, ontology)

    def step(messages: Sequence[ChatMessage], focus: Sequence[str], keep: Any) -> ChatReply:
        now = int(NOW.timestamp() * 1000)
        request = ChatRequest(messages, (), Grounding((), tuple(focus)), now, "America/Los_Angeles", kept=keep)
        return respond(request, understanding, RESULTS)

    def ask(*turns: str, focus: Sequence[str] = ()) -> Plan:
        messages: list[ChatMessage] = []
        keep: Any = None
        for turn in turns[:-1]:  # what is kept of a question is known when it is answered
            messages.append({"role": "user", "content": turn})
            reply = step(messages, focus, keep)
            answered = step([*messages, *_away(reply)], focus, keep) if reply.tool_calls else reply
            keep = answered.keep
        reply = step([*messages, {"role": "user", "content": turns[-1]}], focus, keep)
        calls = [(call["function"]["name"], json.loads(call["function"]["arguments"])) for call in reply.tool_calls]
        return Plan(reply.text, calls)

    return ask


def _away(reply: ChatReply) -> list[ChatMessage]:
    """The calls of a reply, with stores that do not answer."""
    told: list[ChatMessage] = [{"role": "assistant", "content": "", "tool_calls": list(reply.tool_calls)}]
    away = json.dumps({"error": "unavailable", "message": "The store does not answer."})
    return [*told, *({"role": "tool", "content": away, "tool_call_id": call["id"]} for call in reply.tool_calls)]


@pytest.fixture(scope="session")
def demo(ontology: Ontology) -> Ask:
    return asking(demo_plant_file(), ontology)


@pytest.fixture(scope="session")
def soda(ontology: Ontology, buildings: Path) -> Ask:
    return asking(buildings / "soda_brick.ttl", ontology)


@pytest.fixture(scope="session")
def dief(ontology: Ontology, buildings: Path) -> Ask:
    return asking(buildings / "DIEF_Site_B.ttl", ontology)
