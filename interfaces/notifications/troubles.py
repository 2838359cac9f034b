"""From the stream of changes to what people may have to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from graph_schema.condition import Level, Side
from graph_schema.errors import NotFound
from graph_schema.ontology.ontology import Ontology
from graph_schema.ontology.responses import Priority, priority_of, response_of
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.changes import Change
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrders
from interfaces.notifications.routing import Trouble
from tools.approvals.proposal import id_of
from tools.approvals.record import ProposalRecord
from tools.topology.snapshot import Topologies

_CYPHER = statements("interfaces.notifications", "troubles.cypher")

KINDS = (
    "alarm.raised", "alarm.unshelved", "alarm.acknowledged", "alarm.shelved", "alarm.suppressed", "alarm.out_of_service", "alarm.cleared",
    "proposal.proposed", "proposal.approved",
    "proposal.rejected", "proposal.expired", "order.opened", "order.changed", "order.closed",
)  # fmt: skip
_UNTAKEN = "unacknowledged"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a message about it is made of, kept as it was. ``what`` is the kind of sentence; ``place`` where it is; moments are ISO; there are
    ``minutes`` to act on an alarm of this ``quantity``."""

    what: str
    priority: Priority
    at: str
    name: str = ""
    quantity: str = ""
    asset: str = ""
    place: str = ""
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    side: Side | None = None
    minutes: int | None = None
    text: str = ""
    id: str = ""

    def json(self) -> Mapping[str, Any]:
        return {key: value for key, value in asdict(self).items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class News:
    """What a change means for people. With a ``trouble`` it begins; without one it was taken on, or is ``over``. Where the same begins again, the
    ``turn`` is another."""

    subject: str
    trouble: Trouble | None = None
    facts: Facts | None = None
    over: bool = False
    turn: int = 0


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
            case "alarm":
                return await self._alarm(change)
            case "proposal":
                return await self._proposal(change)
            case "order":
                return await self._order(change)
            case _:
                return None

    async def _alarm(self, change: Change) -> News | None:
        if change.data.get("alarm") is None:
            return None
        subject = f"alarm:{change.data['alarm']}"
        begins = change.kind == "alarm.raised" or (
            change.kind == "alarm.unshelved" and change.data.get("state") == _UNTAKEN
        )
        if not begins and change.kind != "alarm.cleared":
            return None if change.kind == "alarm.unshelved" else News(subject)
        rows = await self.graph.read(_CYPHER["point"], id=change.subject)
        facts = _alarm_facts(change, rows[0] if rows else {})
        if not begins:
            return News(subject, facts=facts, over=True)
        assets = [one for one in change.data.get("assets", []) if one]
        trouble = await self._trouble(subject, "alarm", facts, change.moment, assets)
        return News(subject, trouble, facts, turn=0 if change.kind == "alarm.raised" else change.seq)

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
        return News(subject, await self._trouble(subject, "approval", facts, change.moment, list(wish.assets)), facts)

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
        return News(subject, await self._trouble(subject, "work_order", facts, change.moment, assets, people), facts)

    async def _trouble(
        self, subject: str, of: Any, facts: Facts, at: datetime, assets: Sequence[str], people: Sequence[str] = ()
    ) -> Trouble:
        topology = await self.topologies.current(self.graph, self.ontology)
        around = {one for asset in assets for one in (asset, *topology.around(asset))}
        return Trouble(subject, of, facts.priority, at, frozenset(around), self.site, people)


def _alarm_facts(change: Change, row: Mapping[str, Any]) -> Facts:
    data = change.data
    level: Level = data.get("level", "alarm")
    quantity = row.get("quantity") or ""
    response = response_of(quantity, data.get("side"))
    return Facts(
        what=level,
        priority=priority_of(level, row.get("criticality"), response.at_stake, response.minutes).priority,
        at=change.moment.isoformat(),
        name=row.get("name") or change.subject,
        quantity=quantity,
        asset=row.get("asset") or "",
        place=row.get("place") or "",
        value=data.get("value"),
        limit=data.get("limit"),
        unit=row.get("unit") or "",
        side=data.get("side"),
        minutes=response.minutes,
    )
