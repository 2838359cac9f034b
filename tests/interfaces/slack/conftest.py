"""A Slack of this machine, and the real door to it, over a real database and an agent that says what it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo

import pytest
from fastapi import FastAPI

from agent.events import Answered, Event, TextDelta, ToolFinished, ToolStarted
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.tasks import end
from interfaces.http.auth.identity import Identity
from interfaces.slack.access import Access, Readers
from interfaces.slack.acting import Acting
from interfaces.slack.asking import Asking
from interfaces.slack.door import EVENTS, SlackDoor, client_of
from interfaces.slack.people import SlackPeople
from interfaces.slack.record import Events
from interfaces.slack.views.board import Board
from interfaces.slack.views.home import Home
from interfaces.slack.views.standing import Standings
from interfaces.web.chat.conversations import Answering
from interfaces.web.sessions import Sessions
from tests.interfaces.slack.loopback import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, Slack, loopback
from tests.interfaces.web.conftest import served_app
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.results.result import Evidence

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ANN, VIC, EVE = "U0000ANN", "U0000VIC", "U0000EVE"
"""A technician, a viewer, and somebody whom the plant does not know."""


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Scripted:
    """Answers with the conversation's questions so far. ``last`` is what it ends with; ``gate`` keeps it waiting."""

    asked: list[tuple[str, str, Caller]] = field(default_factory=list[tuple[str, str, Caller]])
    last: Answered | None = None
    gate: asyncio.Event | None = None

    async def ask(self, question: str, conversation: str, caller: Caller) -> AsyncGenerator[Event]:
        self.asked.append((question, conversation, caller))
        earlier = [one for one, where, who in self.asked if where == conversation and who.name == caller.name]
        yield ToolStarted("1", "find_assets", {"class": "AHU"}, "Looking for air handling units")
        if self.gate is not None:
            await self.gate.wait()
        yield ToolFinished("1", "4 air handling units")
        text = f"{caller.name} asked: {' | '.join(earlier)}."
        yield TextDelta(text[:12])
        yield TextDelta(text[12:])
        evidence = [Evidence(store="graph", statement="MATCH", entities=["ahu-2"])]
        yield self.last or Answered(text, evidence=evidence)


@dataclass
class Served:
    door: SlackDoor
    url: str


Open = Callable[..., AbstractAsyncContextManager[Served]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def agent() -> Scripted:
    return Scripted()


@pytest.fixture
async def slack() -> AsyncGenerator[Slack]:
    async with loopback() as found:
        yield found


@pytest.fixture
async def identity(history: History, clock: Clock) -> Identity:
    found = Identity(history, clock)
    await found.people.add("ann", "correct horse battery", {"*": "technician"}, "test")
    await found.people.add("vic", "correct horse battery", {"*": "viewer"}, "test")
    await found.people.set_slack("ann", ANN, "test")
    await found.people.set_slack("vic", VIC, "test")
    return found


async def zone() -> tzinfo:
    return UTC


async def names() -> dict[str, str]:
    return {"ahu-2": "AHU-2"}


Context = Callable[[Caller], Awaitable[ToolContext]]


@pytest.fixture
def context(graph: GraphStore, history: History, ontology: Ontology, clock: Clock) -> Context:
    reader = Reader(graph, history, ontology, clock)
    proposals = Proposing(ProposalRecord(history))
    bare = ToolContext(graph, history, ontology, reader, clock, Caller("nobody"), "UTC", propose=proposals.propose)

    async def of(caller: Caller) -> ToolContext:
        return replace(bare, caller=caller)

    return of


@pytest.fixture
def settlement(history: History, context: Context, clock: Clock) -> Settlement:
    return Settlement(ProposalRecord(history), plant_tools(), context, clock)


@pytest.fixture
def opened(
    slack: Slack,
    agent: Scripted,
    history: History,
    identity: Identity,
    context: Context,
    settlement: Settlement,
    clock: Clock,
) -> Open:
    """The door, connected by Socket Mode and behind a web app, while the context lasts; again for a process after the first."""

    @asynccontextmanager
    async def opening(readers: Readers = "users", *, socket: bool = True) -> AsyncGenerator[Served]:
        access = Access(BOT_TOKEN, APP_TOKEN if socket else None, SIGNING_SECRET, slack.url, readers)
        client = client_of(access)
        answering = Answering(agent, Sessions(), names, lambda: round(clock().timestamp() * 1000), zone, settlement)
        people, board = SlackPeople(client, identity, readers, clock), Board(client, history, clock)
        asking = Asking(client, people, answering, board)
        acting = Acting(client, people, answering, plant_tools(), context, Standings(history), clock)
        home = Home(client, people, plant_tools(), context, settlement)
        door = SlackDoor(access, client, Events(history), asking, acting, board, home, clock)
        app = FastAPI()
        app.include_router(door.routes())
        before = slack.connections
        keeping = asyncio.create_task(door.keep())
        try:
            async with served_app(app) as port:
                if socket:
                    await slack.connected(before + 1)
                yield Served(door, f"http://127.0.0.1:{port}{EVENTS}")
        finally:
            await end(keeping)

    return opening
