"""A proposal in the chat of a real browser: what would be done is read word for word, and a button settles it."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, replace

import pytest
from playwright.async_api import expect

from agent.agent import ANYBODY
from agent.events import Answered, Event
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from tests.interfaces.web.chat.conftest import NOW, Visiting
from tests.interfaces.web.test_browser import Visit, violations
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.catalogue.reference import leave_note
from tools.context import Caller, Origin, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.results.proposals import Proposed
from tools.results.result import Evidence

pytestmark = [pytest.mark.service, pytest.mark.parametrize("servers", ["embedded"], indirect=True)]

HOSTILE = "See https://evil.example/<b>x</b> **now**"


@dataclass(frozen=True)
class Proposer:
    """Proposes to leave a hostile note on AHU-2, one for each question."""

    registry: Registry
    context: ToolContext

    async def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]:
        asked = replace(self.context, caller=ANYBODY, origin=Origin("scripted", conversation))
        found = await self.registry.call("leave_note", {"asset": "AHU-2", "text": f"{question} {HOSTILE}"}, asked)
        assert isinstance(found, Proposed)
        evidence = Evidence(store="history", statement="notes of AHU-2", entities=["ahu-2"])
        yield Answered(found.notes[0], proposals=[found.proposal], evidence=[evidence])


@pytest.fixture
async def visit(graph: GraphStore, history: History, ontology: Ontology, visiting: Visiting) -> AsyncGenerator[Visit]:
    record, registry = ProposalRecord(history), Registry([leave_note.TOOL])
    reader = Reader(graph, history, ontology, lambda: NOW)
    bare = ToolContext(
        graph, history, ontology, reader, lambda: NOW, Caller("nobody"), "UTC", propose=Proposing(record).propose
    )

    async def context(caller: Caller) -> ToolContext:
        return replace(bare, caller=caller)

    settlement = Settlement(record, registry, context, lambda: NOW)
    async with visiting(agent=Proposer(registry, bare), settlement=settlement) as visit:
        yield visit


async def test_a_proposal_is_approved_or_rejected_on_its_card(visit: Visit, history: History):
    page = visit.page
    await visit.ask("Belt squeaks.")
    card = page.locator("#chat .bot .message-content", has_text="Proposal P-1 waits for approval")
    await expect(card).to_contain_text("**now**")
    answer = page.locator("#chat .bot .message-content", has_text="I propose to leave this note on AHU-2")
    assert await answer.locator("a, b, strong").count() == 0
    assert await card.locator("a, b, strong:has-text('now')").count() == 0
    await expect(page.get_by_role("button", name="Approve")).to_be_visible()
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
    await visit.ask("Coil drips.")  # buttons stand below the last message: those of what was asked before it as well
    await expect(page.get_by_role("button", name="Approve P-2")).to_be_visible()
    await page.get_by_role("button", name="Approve P-3").click()
    await expect(page.locator("#chat", has_text="Proposal P-3 was approved, and is done (anybody)")).to_be_visible()
    await page.get_by_role("button", name="Reject").click()
    await expect(page.locator("#chat", has_text="Proposal P-2 was rejected (anybody)")).to_be_visible()
    assert len(await history.fetch("select text from note")) == 2
