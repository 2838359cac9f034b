"""The demo plant behind the doors for other systems, served on a port of this machine."""

import secrets
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from psycopg.conninfo import make_conninfo
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection

from agent.agent import Agent
from agent.dialogue.model import dialogue_model
from agent.language.grammar import grammar
from agent.vocabulary.lexicon import Lexicons
from graph_schema.errors import NotAllowed
from graph_schema.model import Plant as Described
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History, open_history
from ingestion.orders.order import WorkOrder
from ingestion.orders.work_orders import WorkOrders
from ingestion.pipeline.service import build
from ingestion.simulator.simulator import Simulator
from interfaces.http.api.limits import Limiter
from interfaces.http.api.problems import refusal
from interfaces.http.api.served import Served
from interfaces.http.auth.account import Unauthenticated
from interfaces.http.bodies import Bodies
from interfaces.http.doors import Doors
from tests.conftest import GraphServer, emptied
from tests.interfaces.web.conftest import served_app
from tools.alarms.folding import Folding
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


async def caller_of(connection: HTTPConnection) -> Caller:
    """As a test says: ``Bearer NAME``, or ``Bearer NAME:role,role``; without it the person is not known."""
    scheme, _, key = connection.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer":
        raise Unauthenticated
    if key == "stranger":
        raise NotAllowed("The key has no scope for that. Ask for one with the scope read.")
    name, _, roles = key.partition(":")
    return Caller(name, frozenset(roles.split(",")) if roles else frozenset({"technician"}))


@dataclass(frozen=True)
class Plant:
    """``http`` asks as ann, a technician."""

    url: str
    http: httpx.AsyncClient
    history: History
    graph: GraphStore
    served: Served
    app: FastAPI
    dsn: str


@pytest.fixture(scope="module")
async def database(embedded_postgres: tuple[str, str]) -> AsyncGenerator[str]:
    """A database of the module's own."""
    admin_dsn, template = embedded_postgres
    name = f"test_{secrets.token_hex(6)}"
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        await admin.execute(f"create database {name} template {template}")
        yield make_conninfo(admin_dsn, dbname=name)
        await admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
async def plant(
    arcadedb: GraphServer, database: str, ontology: Ontology, demo_plant: Described
) -> AsyncGenerator[Plant]:
    """The demo plant with two days behind it."""
    graph = await emptied(arcadedb, ontology)
    await load_plant(graph, ontology, demo_plant)
    clock: Callable[[], datetime] = lambda: NOW  # noqa: E731
    async with open_history(database) as history:
        ingestion = build(history, graph, None, clock)
        await ingestion.projection.tick()
        for batch in Simulator(demo_plant).history(NOW - timedelta(days=2), NOW + timedelta(milliseconds=1)):
            await ingestion.pipeline.accept(batch)
        await ingestion.projection.tick()
        orders = [
            WorkOrder("WO-1", "ahu-2", opened_at=NOW - timedelta(days=20), text="Belt."),
            WorkOrder("4711", "ahu-2", opened_at=NOW - timedelta(days=3), text="Fan is loud."),
            WorkOrder(
                "4712",
                "ahu-1",
                "preventive",
                opened_at=NOW - timedelta(days=9),
                closed_at=NOW - timedelta(days=8),
                text="Filter.",
            ),
        ]
        await WorkOrders(history).put(orders)
        at = round(NOW.timestamp() * 1000)
        low = AlarmChange(
            "raised", "ahu-3/supply_air_static_pressure", "", ["ahu-3"], "alarm", at, value=80.0, side="low"
        )
        await Alarms(history).write([low])
        await Folding(history, graph, ontology, clock).once()
        served = _served(graph, history, ontology, clock)
        doors = Doors(served, history, clock)
        layers = [Middleware(Bodies, refusal=refusal)]
        app = FastAPI(middleware=layers, openapi_url=None, lifespan=lambda _: doors.open())
        doors.mount(app)
        async with served_app(app) as port:
            url = f"http://127.0.0.1:{port}"
            headers = {"authorization": "Bearer ann"}
            async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as http:
                yield Plant(url, http, history, graph, served, app, database)


def _served(graph: GraphStore, history: History, ontology: Ontology, clock: Callable[[], datetime]) -> Served:
    proposals = ProposalRecord(history)
    reader = Reader(graph, history, ontology, clock)
    bare = ToolContext(
        graph,
        history,
        ontology,
        reader,
        clock,
        Caller("nobody"),
        "America/Los_Angeles",
        propose=Proposing(proposals).propose,
    )

    async def context(caller: Caller) -> ToolContext:
        return replace(bare, caller=caller)

    registry = plant_tools()
    lexicons = Lexicons(graph, ontology, grammar("en").function_words)
    agent = Agent(dialogue_model(lexicons, registry), registry, context, lexicons)
    settlement = Settlement(proposals, registry, context, clock)
    return Served(registry, context, settlement, agent, caller_of, Limiter(1_000_000))
