"""A proposal in the chat of a real browser: what would be done is read word for word, and a button settles it."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from playwright.async_api import async_playwright, expect

from agent.agent import ANYBODY
from agent.events import Answered, Event
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.live.values import Values
from ingestion.simulator.demo import demo_plant_file
from interfaces.app.web_server import serve_web
from interfaces.health import Health
from interfaces.web.server import create_app
from tests.conftest import Services
from tests.interfaces.web.test_browser import FLAGS, PATIENCE_MS, Visit, violations
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.catalogue.reference import leave_note
from tools.context import Caller, Origin, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.results.proposals import Proposed

pytestmark = [pytest.mark.service, pytest.mark.parametrize("servers", ["embedded"], indirect=True)]

HOSTILE = "See https://evil.example/<b>x</b> **now**"
NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


@dataclass(frozen=True)
class Proposer:
    """Proposes to leave a hostile note on AHU-2, one for each question."""

    registry: Registry
    context: ToolContext

    async def ask(self, question: str, conversation: str) -> AsyncIterator[Event]:
        asked = replace(self.context, caller=ANYBODY, origin=Origin("scripted", conversation))
        found = await self.registry.call("leave_note", {"asset": "AHU-2", "text": f"{question} {HOSTILE}"}, asked)
        assert isinstance(found, Proposed)
        yield Answered(found.notes[0], proposals=[found.proposal])


async def los_angeles() -> str:
    return "America/Los_Angeles"


@pytest.fixture
async def visit(graph: GraphStore, history: History, ontology: Ontology, services: Services) -> AsyncGenerator[Visit]:
    await load_plant(graph, ontology, read_plant(demo_plant_file(), ontology))
    record, registry = ProposalRecord(history), Registry([leave_note.TOOL])
    reader = Reader(graph, history, ontology, lambda: NOW)
    bare = ToolContext(
        graph, history, ontology, reader, lambda: NOW, Caller("nobody"), "UTC", propose=Proposing(record).propose
    )

    async def context(caller: Caller) -> ToolContext:
        return replace(bare, caller=caller)

    app = create_app(
        agent=Proposer(registry, bare),
        graph=graph,
        history=history,
        values=Values(history),
        ontology=ontology,
        clock=lambda: round(NOW.timestamp() * 1000),
        timezone=los_angeles,
        health=Health("home", {}),
        settlement=Settlement(record, registry, context, lambda: NOW),
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready = asyncio.Event()
        serving = asyncio.create_task(serve_web(app, listener, ready.set))
        await asyncio.wait({serving, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=services["chromium"]["path"], args=FLAGS)
            context_ = await browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
            context_.set_default_timeout(PATIENCE_MS)
            visit = Visit(await context_.new_page())
            await visit.open(f"http://127.0.0.1:{listener.getsockname()[1]}")
            yield visit
            await browser.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_proposal_is_approved_or_rejected_on_its_card(visit: Visit, history: History):
    expect.set_options(timeout=PATIENCE_MS)
    page = visit.page
    await visit.ask("Belt squeaks.")
    card = page.locator("#chat .bot .message-content", has_text="Proposal P-1 waits for approval")
    await expect(card).to_contain_text("**now**")
    answer = page.locator("#chat .bot .message-content", has_text="I propose to leave this note on AHU-2")
    assert await answer.locator("a, b, strong").count() == 0
    assert await card.locator("a, b, strong:has-text('now')").count() == 0
    await expect(page.get_by_role("button", name="Approve")).to_be_visible()
    await page.screenshot(path="/tmp/card.png")
    assert await violations(page.main_frame) == []
    assert await history.fetch("select 1 from note") == []
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator("#chat", has_text="Proposal P-1 was approved, and is done (anybody)")).to_be_visible()
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    await page.reload()
    await expect(page.locator("#chat", has_text="Proposal P-1 was approved, and is done (anybody)")).to_be_visible()
    rows = await history.fetch("select text from note")
    assert [row["text"] for row in rows] == [f"Belt squeaks. {HOSTILE}"]

    await visit.ask("Fan hums.")
    await page.get_by_role("button", name="Reject").click()
    await expect(page.locator("#chat", has_text="Proposal P-2 was rejected (anybody)")).to_be_visible()
    assert len(await history.fetch("select text from note")) == 1
