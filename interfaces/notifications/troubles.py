"""From the stream of changes to what people may have to be told of approvals and work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graph_schema.errors import NotFound
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.changes import Change
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrders
from interfaces.notifications.facts import Facts
from interfaces.notifications.routing import Trouble
from tools.approvals.proposal import id_of
from tools.approvals.record import ProposalRecord
from tools.topology.snapshot import Topologies

_CYPHER = statements("interfaces.notifications", "troubles.cypher")

KINDS = (
    "proposal.proposed", "proposal.approved", "proposal.rejected", "proposal.expired",
    "order.opened", "order.changed", "order.closed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class News:
    """What a change means for people. With a ``trouble`` it begins; without one it was taken on."""

    subject: str
    trouble: Trouble | None = None
    facts: Facts | None = None


@dataclass(slots=True)
class Troubles:
    """Looks up what a change is about. ``site`` is the plant's."""

    graph: GraphStore
    history: History
    ontology: Ontology
    site: str | None = None
    topologies: Topologies = field(default_factory=Topologies)

    async def of(self, change: Change) -> News | None:
        """None where nobody has to be told. Raises ``Unavailable``."""
        noun = change.kind.partition(".")[0]
        match noun:
            case "proposal":
                return await self._proposal(change)
            case "order":
                return await self._order(change)
            case _:
                return None

    async def _proposal(self, change: Change) -> News | None:
        subject = f"proposal:{change.subject}"
        if change.kind != "proposal.proposed":
            return News(subject)
        try:
            wish = (await ProposalRecord(self.history).get(id_of(change.subject))).wish
        except NotFound:
            return None
        facts = Facts(
            "proposal",
            "medium",
            change.moment.isoformat(),
            name=wish.caller.name,
            text=wish.sentence,
            id=change.subject,
        )
        return News(subject, await self.trouble(subject, "approval", facts, change.moment, list(wish.assets)), facts)

    async def _order(self, change: Change) -> News | None:
        subject = f"order:{change.subject}"
        if change.kind == "order.closed":
            return News(subject)
        if change.kind == "order.changed" and "assignee" not in change.data.get("fields", []):
            return None
        try:
            order = await WorkOrders(self.history).get(change.subject)
        except NotFound:
            return None
        if not order.assignee:
            return None
        subject = f"{subject}:{order.assignee}"
        refs = await self.graph.read(_CYPHER["asset"], ids=[order.asset])
        named = refs[0] if refs else {"name": "", "place": ""}
        facts = Facts(
            "order", order.priority, change.moment.isoformat(), asset=named["name"] or "", place=named["place"] or "",
            text=order.text or "", id=order.number,
        )  # fmt: skip
        assets = [order.asset] if order.asset else []
        people = (order.assignee,)
        return News(subject, await self.trouble(subject, "work_order", facts, change.moment, assets, people), facts)

    async def trouble(
        self, subject: str, of: Any, facts: Facts, at: datetime, assets: Sequence[str], people: Sequence[str] = ()
    ) -> Trouble:
        topology = await self.topologies.current(self.graph, self.ontology)
        around = {one for asset in assets for one in (asset, *topology.around(asset))}
        return Trouble(subject, of, facts.priority, at, frozenset(around), self.site, people)
