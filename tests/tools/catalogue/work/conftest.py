"""A house with a chiller of which a forecast was told, the tools about work, and two people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrders
from tools.approvals.proposal import Proposal, id_of
from tools.approvals.proposing import Proposing
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader
from tools.registry.registry import Registry
from tools.results.proposals import Proposed

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ANN = Caller("ann")
HOUSE = (
    Entity("hall", "Space", "Plant hall", "Room"), Entity("c1", "Asset", "Chiller 1", "Chiller", {"criticality": 5}),
    Entity("c2", "Asset", "Chiller 2", "Chiller"), Entity("m1", "Asset", "Motor 1", "Motor"),
    Entity("c1.run", "Point", "Chiller 1 run", "Run_Status", {"quantity": "run_status", "source": "c1/run"}),
)  # fmt: skip
RELATIONS = (
    Relation("LOCATED_IN", "c1", "hall"), Relation("LOCATED_IN", "c2", "hall"), Relation("HAS_PART", "c1", "m1"),
    Relation("HAS_POINT", "c1", "c1.run"),
)  # fmt: skip


@dataclass
class Works:
    """``now`` may be moved."""

    graph: GraphStore
    history: History
    registry: Registry
    bare: ToolContext
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.record = ProposalRecord(self.history)
        self.orders = WorkOrders(self.history)
        self.settlement = Settlement(self.record, self.registry, self.context, lambda: self.now)

    async def context(self, caller: Caller = ANN) -> ToolContext:
        reader = self.bare.reader.at(self.now, past=False)
        propose = Proposing(self.record).propose
        return replace(self.bare, caller=caller, clock=lambda: self.now, reader=reader, propose=propose)

    async def ask(self, tool: str, caller: Caller = ANN, **arguments: Any) -> Any:
        return await self.registry.call(tool, arguments, await self.context(caller))

    async def do(self, tool: str, caller: Caller = ANN, **arguments: Any) -> Proposal:
        """Propose and approve."""
        proposed = await self.ask(tool, caller, **arguments)
        assert isinstance(proposed, Proposed)
        return await self.settlement.approve(id_of(proposed.proposal.id), caller)

    async def told(self, at: datetime, asset: str = "c1", **more: object) -> None:
        row: Mapping[str, object] = {
            "asset": asset,
            "at": at,
            "what": "limits",
            "flagged": True,
            "p": 0.6,
            "model": "outlook 1",
            **more,
        }
        await self.history.fetch(
            "insert into forecasting.told (asset, what, at, horizon_days, flagged, probability, model) "
            "values (%(asset)s, %(what)s, %(at)s, 30, %(flagged)s, %(p)s, %(model)s)",
            row,
        )


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
async def works(graph: GraphStore, history: History, ontology: Ontology) -> Works:
    await load_plant(graph, ontology, Plant("House", HOUSE, RELATIONS))
    reader = Reader(graph, history, ontology, lambda: NOW)
    bare = ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("nobody"), "UTC")
    return Works(graph, history, plant_tools(), bare)
