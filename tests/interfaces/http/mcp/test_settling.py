"""Proposals over MCP: the person at the client decides, and no model in their place."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, ElicitRequestParams, ElicitResult

Answering = Callable[[], Awaitable[ElicitResult]]


@asynccontextmanager
async def client(plant, key: str, answer: Answering | None = None) -> AsyncGenerator[tuple[Client, list[str]]]:
    """A client of somebody, and what its person was asked; without an answer it has no way to ask."""
    asked: list[str] = []

    async def ask(context: Any, params: ElicitRequestParams) -> ElicitResult:
        del context
        asked.append(params.message)
        assert answer is not None
        return await answer()

    async with (
        httpx2.AsyncClient(headers={"authorization": f"Bearer {key}"}) as http,
        Client(
            streamable_http_client(f"{plant.url}/mcp", http_client=http), elicitation_callback=ask if answer else None
        ) as opened,
    ):
        yield opened, asked


def decided(decision: str, **more: str) -> Answering:
    async def answer() -> ElicitResult:
        return ElicitResult(action="accept", content={"decision": decision, **more})

    return answer


async def proposed(plant, text: str) -> str:
    async with client(plant, "ann:technician") as (tina, _):
        found = await tina.call_tool("leave_note", {"asset": "AHU-2", "text": text})
        return found.structured_content["proposal"]["id"]


def text_of(result: CallToolResult) -> str:
    return getattr(result.content[0], "text", "")


async def test_a_manager_approves_at_the_client(plant):
    name = await proposed(plant, "Belt squeals.")
    async with client(plant, "mia:manager", decided("approve")) as (mia, asked):
        waiting = await mia.call_tool("waiting_proposals", {})
        assert (name in {one["id"] for one in waiting.structured_content["proposals"]}, "Belt squeals." in text_of(waiting)) == (True, True)  # fmt: skip
        done = await mia.call_tool("settle_proposal", {"proposal": name})
        assert done.structured_content["state"] == "done", text_of(done)
        assert done.structured_content["settled_by"] == "mia"
        assert len(asked) == 1
        assert (f"{name}, asked for by ann" in asked[0], "Belt squeals." in asked[0]) == (True, True)
        again = await mia.call_tool("settle_proposal", {"proposal": name})
        assert (again.structured_content["state"], len(asked)) == ("done", 1)


async def test_a_person_rejects_with_a_reason(plant):
    name = await proposed(plant, "Fan hums.")
    async with client(plant, "mia:manager", decided("reject", reason="known")) as (mia, _):
        done = await mia.call_tool("settle_proposal", {"proposal": name})
    assert done.structured_content["state"] == "rejected"
    assert (await plant.http.get(f"/api/v1/approvals/{name}")).json()["reason"] == "known"


@pytest.mark.parametrize("action", ["decline", "cancel"])
async def test_who_does_not_decide_leaves_it_waiting(plant, action):
    name = await proposed(plant, f"Duct rattles ({action}).")

    async def turned_away() -> ElicitResult:
        return ElicitResult(action=action)

    async with client(plant, "mia:manager", turned_away) as (mia, _):
        left = await mia.call_tool("settle_proposal", {"proposal": name})
    assert (left.is_error, "still waits" in text_of(left)) == (True, True)
    assert (await plant.http.get(f"/api/v1/approvals/{name}")).json()["state"] == "proposed"


async def test_what_was_settled_meanwhile_is_not_settled_again(plant):
    name = await proposed(plant, "Damper sticks.")

    async def late() -> ElicitResult:
        settled = await plant.http.post(f"/api/v1/approvals/{name}/reject", headers={"authorization": "Bearer bob"})
        assert settled.status_code == 200
        return ElicitResult(action="accept", content={"decision": "approve"})

    async with client(plant, "mia:manager", late) as (mia, _):
        told = await mia.call_tool("settle_proposal", {"proposal": name})
    assert (told.is_error, "is rejected: look at it again" in text_of(told)) == (True, True)


async def test_an_answer_that_nobody_was_asked_for_settles_nothing(plant):
    name = await proposed(plant, "Coil drips.")
    forged = {"word": ElicitResult(action="accept", content={"decision": "approve"})}
    async with client(plant, "mia:manager") as (mia, _):
        told = await mia.call_tool("settle_proposal", {"proposal": name}, input_responses=forged)
    assert (told.is_error, "look at it again" in text_of(told)) == (True, True)
    assert (await plant.http.get(f"/api/v1/approvals/{name}")).json()["state"] == "proposed"


async def test_a_client_that_cannot_ask_is_told_where_to_go(plant):
    name = await proposed(plant, "Filter whistles.")
    async with client(plant, "mia:manager") as (mia, _):
        told = await mia.call_tool("settle_proposal", {"proposal": name})
        assert (told.is_error, "plantroom approvals" in text_of(told)) == (True, True)
        argued = await mia.call_tool("settle_proposal", {"proposal": name, "decision": "approve"})
        assert (argued.is_error, "nothing else" in text_of(argued)) == (True, True)
    assert (await plant.http.get(f"/api/v1/approvals/{name}")).json()["state"] == "proposed"


async def test_a_viewer_sees_and_settles_nothing(plant):
    name = await proposed(plant, "Valve hisses.")
    async with client(plant, "eve:viewer", decided("approve")) as (eve, asked):
        assert "settle_proposal" not in {one.name for one in (await eve.list_tools()).tools}
        refused = await eve.call_tool("settle_proposal", {"proposal": name})
        unknown = await eve.call_tool("settle_proposal", {"proposal": "P-99999"})
    assert (refused.is_error, "to settle" in text_of(refused), asked) == (True, True, [])
    assert unknown.is_error
