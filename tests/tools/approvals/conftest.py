"""A house of two air handlers over real stores, with the tool that leaves notes, and two people."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from tests.tools.own_tools import NOTED, Noted, english
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.approvals.terms import Terms
from tools.catalogue.reference import leave_note
from tools.context import EVERYBODY, Caller, Origin, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.registry.tool import Tool
from tools.results.proposals import Proposed

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ANN, BOB = Caller("ann"), Caller("bob", frozenset({"manager"}))


@dataclass
class House:
    """``now`` may be moved. ``ran`` counts the runs of ``shut_valve``, which waits at the ``gate`` and raises what ``shutting`` is."""

    history: History
    record: ProposalRecord
    bare: ToolContext
    now: datetime = NOW
    ran: int = 0
    shutting: Any = None
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        async def shut_valve(context: ToolContext, asset: str) -> Noted:
            """Shuts a valve."""
            self.ran += 1
            self.entered.set()
            await self.gate.wait()
            if self.shutting is not None:
                raise self.shutting
            return Noted()

        self.gate.set()
        terms = Terms(frozenset({"manager"}), within=timedelta(hours=1))
        valve = NOTED.model_copy(update={"proposal": "shut {asset}"})
        shut = Tool.of(shut_valve, effect="write", roles=EVERYBODY, terms=terms)
        self.registry = Registry([leave_note.TOOL, shut], english(shut_valve=valve))
        self.settlement = Settlement(self.record, self.registry, self.context, lambda: self.now)

    async def context(self, caller: Caller) -> ToolContext:
        return replace(self.bare, caller=caller, clock=lambda: self.now, propose=Proposing(self.record).propose)

    async def call(
        self,
        tool: str,
        caller: Caller = ANN,
        conversation: str = "c-1",
        asked_at: datetime | None = None,
        **arguments: Any,
    ) -> Proposed:
        origin = Origin("scripted", conversation, (("a", "AHU-2 is at 13.2 °C"),), asked_at)
        found = await self.registry.call(tool, arguments, replace(await self.context(caller), origin=origin))
        assert isinstance(found, Proposed)
        return found

    async def notes(self) -> list[str]:
        return [row["text"] for row in await self.history.fetch("select text from note order by id")]

    async def changes(self) -> list[tuple[str, str]]:
        rows = await self.history.fetch("select kind, subject from change order by seq")
        return [(row["kind"], row["subject"]) for row in rows]


@pytest.fixture
async def house(graph: GraphStore, history: History, ontology: Ontology) -> House:
    assets = (Entity("a1", "Asset", "AHU-1", "AHU"), Entity("a2", "Asset", "AHU-2", "AHU"))
    await load_plant(graph, ontology, Plant("House", assets, ()))
    await history.fetch("delete from change")
    reader = Reader(graph, history, ontology, lambda: NOW)
    bare = ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("nobody"), "UTC")
    return House(history, ProposalRecord(history), bare)
