"""What a plant has on record of failures: its equipment, what work orders and alarms say of each, and of which kind it learns."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np

from forecasting.failures.equipment_class import label
from forecasting.failures.histories import Kept, pasts
from forecasting.failures.labels import ClosedOrder
from forecasting.failures.minimum_data import NEED_FAILURES, TooFewFailures
from forecasting.failures.renewal_intervals import Past
from forecasting.failures.windows import Watched
from forecasting.jobs.fault_periods import beginnings
from forecasting.plant_points import Measured, measured_points, read_series
from forecasting.series import DAY_S, Series
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrder, WorkOrders

_CYPHER = statements("forecasting.jobs", "failure_records.cypher")
TELEMETRY = timedelta(days=3 * 365)
_MOST_SIGNALS = 12
_MOST_LEARNT_FROM = 400  # assets of a kind; of more a sample, whatever has failed or not, so that shares stay true


@dataclass(frozen=True)
class Record:
    """``pasts`` and ``points`` by asset; without unplanned orders there are no pasts, and no ``since`` and ``until`` of them."""

    ontology: Ontology
    assets: Mapping[str, Kept]
    pasts: Mapping[str, Past]
    points: Mapping[str, Sequence[Measured]]
    since: datetime | None
    until: datetime | None

    def kind(self, class_: str) -> str:
        """The class, or the nearest above it, of which eight failures are known. Raises ``TooFewFailures``."""
        above = self._above(class_)
        for name in above:
            if self.failures(name) >= NEED_FAILURES:
                return name
        if not above:  # mere equipment: what else is that has nothing to say of it
            raise TooFewFailures(0, NEED_FAILURES, "no kind of equipment is known")
        raise TooFewFailures(self.failures(above[-1]), NEED_FAILURES, label(above[-1]))

    def members(self, kind: str) -> list[str]:
        """Assets of a kind, in order."""
        covered = self.ontology.descendants(kind)
        return sorted(id_ for id_, one in self.assets.items() if one.class_ in covered)

    def failures(self, kind: str, after_days: float = float("-inf")) -> int:
        """How many are on record of a kind, of those after a moment."""
        covered = self.ontology.descendants(kind)
        return sum(after_days < time for class_ in covered & self.times.keys() for time in self.times[class_])

    @cached_property
    def times(self) -> Mapping[str, Sequence[float]]:
        """When assets of each class failed, while they were watched."""
        found: dict[str, list[float]] = {}
        for id_, past in self.pasts.items():
            found.setdefault(self.assets[id_].class_, []).extend(past.watched_failures)
        return found

    @property
    def kinds(self) -> list[str]:
        """Of which there can be models, for the equipment that there is."""
        found: set[str] = set()
        for class_ in {one.class_ for one in self.assets.values()}:
            try:
                found.add(self.kind(class_))
            except TooFewFailures:
                continue
        return sorted(found)

    def learnt_from(self, kind: str) -> list[str]:
        members = self.members(kind)
        chosen = random.Random(kind).sample(members, min(len(members), _MOST_LEARNT_FROM))  # noqa: S311 - no secret
        return sorted(chosen)

    def signals(self, ids: Sequence[str]) -> list[str]:
        """Quantities that at least half of those of these assets have that are measured at all, the most frequent first."""
        owned = [
            {self.ontology.quantity(point.quantity) for point in self.points[id_]} for id_ in ids if id_ in self.points
        ]
        counts = Counter(quantity for some in owned for quantity in some)
        return [
            name for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])) if 2 * count >= len(owned)
        ][:_MOST_SIGNALS]

    def _above(self, class_: str) -> list[str]:
        """The class and what is above it, without equipment as a whole; the nearest first."""
        names = [one for one in self.ontology.ancestors(class_) if "Equipment" in self.ontology.ancestors(one)]
        return sorted(set(names) - {"Equipment"}, key=lambda one: (len(self.ontology.descendants(one)), one))


async def read_record(graph: GraphStore, history: History, ontology: Ontology, now: datetime) -> Record:
    """As it was known by now."""
    (row,) = await graph.read(_CYPHER["assets"])
    assets = {id_: Kept(id_, class_, date.fromisoformat(day) if day else None) for id_, class_, day in row["rows"]}
    orders = [done for one in await WorkOrders(history).list() if (done := closed(one)) and done.closed_at <= now]
    found = pasts(assets.values(), orders, await beginnings(history))
    points: dict[str, list[Measured]] = {}
    for point in await measured_points(graph):
        points.setdefault(point.owner, []).append(point)
    first = next(iter(found.values()), None)
    return Record(
        ontology,
        assets,
        found,
        points,
        None if first is None else _moment(first.since_days),
        None if first is None else _moment(first.until_days),
    )


async def watched(
    history: History, record: Record, ids: Sequence[str], signals: Sequence[str], now: datetime
) -> list[Watched]:
    """These assets with the daily levels of these quantities, in this order; without any where none was read."""
    sources = {
        (id_, name): point.source
        for id_ in ids
        for point in record.points.get(id_, ())
        if (name := record.ontology.quantity(point.quantity)) in signals
    }
    read = await read_series(history, list(sources.values()), now - TELEMETRY, now, DAY_S) if sources else {}
    return [
        Watched([(name, read.get(sources.get((id_, name), ""), _nothing())) for name in signals], record.pasts[id_])
        for id_ in ids
        if id_ in record.pasts
    ]


def closed(order: WorkOrder) -> ClosedOrder | None:
    """None while it is open, and of one that was cancelled: nothing was done, so nothing had failed."""
    if order.closed_at is None or order.status == "cancelled":
        return None
    return ClosedOrder(order.asset, order.closed_at, order.planned, order.code, order.failed_at)


def _nothing() -> Series:
    return Series(0, DAY_S, np.zeros(0))


def _moment(days: float) -> datetime:
    return datetime.fromtimestamp(days * DAY_S, UTC)
