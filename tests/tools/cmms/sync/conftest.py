"""Our orders in PostgreSQL, and an Atlas CMMS on this machine, kept the same."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.orders.order import WorkOrder
from ingestion.orders.work_orders import WorkOrders
from tests.tools.cmms.conftest import NOW, Place
from tests.tools.cmms.loopback.atlas import AtlasServer
from tests.tools.cmms.loopback.server import BEGIN
from tools.cmms.matching import AssetBook, Called
from tools.cmms.port import Cmms
from tools.cmms.sync.record import Link, SyncRecord
from tools.cmms.sync.sides import Sides
from tools.cmms.sync.sync import Sync
from tools.cmms.vendors import vendor_of

PLANT = "0123abcd4567ef89"


class Clock:
    """Each look at it is a second later."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class TwoAssets(AssetBook):
    """Of a plant that has no graph."""

    async def ours(self) -> Sequence[Called]:
        return [Called("ahu-1", "AHU-1", ()), Called("ahu-2", "AHU-2", ())]


class Both:
    """What a test does on either side."""

    def __init__(self, sides: Sides, server: AtlasServer, place: Place, history: History) -> None:
        self.sides, self.server, self.place, self.history = sides, server, place, history
        self.sync = Sync(sides)
        self.orders, self.record = sides.orders, sides.record

    async def open(self, **fields: Any) -> WorkOrder:
        """An order of ours, which is due."""
        made = await self.orders.create(
            WorkOrder("", "ahu-1", text="Belt squeaks", source="person", **fields), "ann", self.sides.clock()
        )
        await self.wish(made.number)
        return made

    async def wish(self, number: str) -> None:
        await self.record.wish(number, self.sides.key(number))

    async def opened_and_sent(self, **fields: Any) -> WorkOrder:
        made = await self.open(**fields)
        await self.sync.push()
        return await self.orders.get(made.number)

    async def change(self, number: str, **changes: object) -> None:
        """By a person here."""
        await self.orders.change(number, changes, "ann", self.sides.clock())
        await self.wish(number)

    async def link(self, number: str) -> Link:
        found = await self.record.of_number(number)
        assert found is not None
        return found

    async def again(self) -> None:
        """A run once all that waits for another attempt may have it."""
        cast(Clock, self.sides.clock).now += timedelta(hours=7)
        await self.sync.push()

    @property
    def there(self) -> dict[str, Any]:
        """The one order of the vendor's."""
        (order,) = self.server.orders.values()
        return order

    async def poll(self) -> None:
        await self.sync.poll(BEGIN)

    def with_cmms(self, cmms: Cmms) -> Sync:
        return Sync(replace(self.sides, cmms=cmms))


@pytest.fixture
def vendor() -> str:
    return "atlas"


@pytest.fixture
def both(place: Place, cmms: Cmms, history: History) -> Both:
    clock = Clock()
    place.server.assets.append({"id": 13, "name": "AHU-2", "customId": "A000013"})
    sides = Sides(
        cmms,
        WorkOrders(history),
        SyncRecord(history, "atlas"),
        TwoAssets(cast(GraphStore, None), None, clock),
        vendor_of(place.access).title,
        PLANT,
        clock,
    )
    return Both(sides, place.server, place, history)
