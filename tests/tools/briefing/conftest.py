"""The demo plant with faults and two days behind it, and a record of alarms, work, proposals and forecasts that a seed has drawn."""

from __future__ import annotations

import random
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from graph_schema.model import Plant as Described
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History, open_history
from ingestion.notes.notes import Notes
from ingestion.orders.order import Priority, Status, WorkOrder
from ingestion.orders.work_orders import WorkOrders
from ingestion.pipeline.service import build
from ingestion.simulator.demo import demo_faults
from ingestion.simulator.simulator import Simulator
from tests.conftest import GraphServer, emptied
from tools.alarms.folding import Folding
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext, up_to
from tools.query.reader import Reader
from tools.registry.registry import Registry

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ZONE = "America/Los_Angeles"
ANN = Caller("ann", up_to("manager"))


@dataclass(frozen=True)
class Drawn:
    """``context`` is that of a manager called ann."""

    graph: GraphStore
    history: History
    registry: Registry
    context: ToolContext


@asynccontextmanager
async def database_of_its_own(embedded_postgres: tuple[str, str]) -> AsyncGenerator[str]:
    admin_dsn, template = embedded_postgres
    name = f"test_{secrets.token_hex(6)}"
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        await admin.execute(f"create database {name} template {template}")
        yield make_conninfo(admin_dsn, dbname=name)
        await admin.execute(f"drop database {name} with (force)")


@pytest.fixture(
    scope="module", params=[pytest.param(1, marks=pytest.mark.slow), 7, pytest.param(23, marks=pytest.mark.slow)]
)
async def drawn(
    request: pytest.FixtureRequest,
    arcadedb: GraphServer,
    embedded_postgres: tuple[str, str],
    ontology: Ontology,
    demo_plant: Described,
) -> AsyncGenerator[Drawn]:
    graph = await emptied(arcadedb, ontology)
    await load_plant(graph, ontology, demo_plant)
    clock: Callable[[], datetime] = lambda: NOW  # noqa: E731
    async with database_of_its_own(embedded_postgres) as dsn, open_history(dsn) as history:
        ingestion = build(history, graph, None, clock)
        await ingestion.projection.tick()
        simulator = Simulator(demo_plant, request.param, demo_faults(NOW))
        for batch in simulator.history(NOW - timedelta(days=2), NOW + timedelta(milliseconds=1)):
            await ingestion.pipeline.accept(batch)
        await ingestion.projection.tick()
        dice = random.Random(request.param)
        assets = sorted(one.id for one in demo_plant.entities if one.kind == "Asset")
        points = await graph.read(
            "match (a:Asset)-[:HAS_POINT]->(p:Point) return p.id as point, a.id as asset order by point"
        )
        await _alarms(history, dice, [(row["point"], row["asset"]) for row in points])
        await Folding(history, graph, ontology, clock).once()
        await _orders(history, dice, assets)
        await _told(history, dice, assets)
        for number in range(dice.randint(1, 4)):
            await Notes(history).add(
                dice.choice(assets), "bob", NOW - timedelta(hours=dice.uniform(1, 40)), f"Note {number}"
            )
        bare = ToolContext(
            graph, history, ontology, Reader(graph, history, ontology, clock), clock, ANN, ZONE, propose=Proposing(ProposalRecord(history)).propose
        )  # fmt: skip
        registry = plant_tools()
        for asset in dice.sample(assets, dice.randint(1, 5)):
            await registry.call("leave_note", {"asset": asset, "text": "Look at it."}, bare)
        yield Drawn(graph, history, registry, bare)


async def _alarms(history: History, dice: random.Random, points: list[tuple[str, str]]) -> None:
    """Some before the window, some within it; of these some are over, and some acknowledged."""
    record = Alarms(history)
    for point, asset in dice.sample(points, dice.randint(6, 14)):
        raised = NOW - timedelta(hours=dice.uniform(1, 60))
        at = round(raised.timestamp() * 1000)
        await record.write([AlarmChange("raised", point, "", [asset], "alarm", at, value=80.0, side="high")])
        if dice.random() < 0.4:
            over = round((raised + timedelta(minutes=40)).timestamp() * 1000)
            await record.write([AlarmChange("cleared", point, "", [asset], "alarm", over, value=1.0)])
        if dice.random() < 0.3:
            await history.fetch("update alarm set acknowledged_at = %(at)s, acknowledged_by = 'bob' where point = %(point)s", {"at": NOW, "point": point})  # fmt: skip


async def _orders(history: History, dice: random.Random, assets: list[str]) -> None:
    states: list[Status] = ["open", "in_progress", "on_hold", "done"]
    priorities: list[Priority] = ["low", "medium", "high", "urgent"]
    orders: list[WorkOrder] = []
    for number in range(dice.randint(8, 20)):
        status = dice.choice(states)
        opened = NOW - timedelta(days=dice.uniform(0, 20))
        orders.append(
            WorkOrder(
                f"WO-{number + 1}", dice.choice(assets), dice.choice(["corrective", "preventive"]), opened_at=opened, status=status,
                closed_at=NOW - timedelta(hours=dice.uniform(0, 40)) if status == "done" else None, priority=dice.choice(priorities),
                due_at=NOW + timedelta(days=dice.uniform(-5, 12)) if dice.random() < 0.7 else None,
                assignee=dice.choice(["ann", "Ann", "bob", None]), code="SERVICE" if status == "done" else None, text="Look.",
            )
        )  # fmt: skip
    await WorkOrders(history).put(orders)


async def _told(history: History, dice: random.Random, assets: list[str]) -> None:
    """What models flagged, and what came of it; half of it longer ago than the month that is told of."""
    for number, asset in enumerate(dice.sample(assets, 10)):
        given = {
            "asset": asset, "at": NOW - timedelta(days=dice.uniform(1, 60)), "model": f"failure/{number % 2}",
            "came": dice.choice(["came", "mended", "false alarm", "stayed away", None]),
        }  # fmt: skip
        await history.fetch(
            "insert into forecasting.told (asset, what, at, horizon_days, flagged, model, came) values (%(asset)s, 'failure', %(at)s, 30, true, %(model)s, %(came)s)",
            given,
        )
