"""Both sides of what is kept the same."""

from __future__ import annotations

from dataclasses import dataclass

from ingestion.orders.work_orders import WorkOrders
from ingestion.reading import Clock
from tools.cmms.matching import AssetBook
from tools.cmms.port import Cmms, key_of
from tools.cmms.sync.record import SyncRecord


@dataclass(frozen=True, slots=True)
class Sides:
    """``title`` is the vendor's, and who changes our orders in its name; ``plant`` is the home's identity."""

    cmms: Cmms
    orders: WorkOrders
    record: SyncRecord
    assets: AssetBook
    title: str
    plant: str
    clock: Clock

    def key(self, number: str) -> str:
        return key_of(self.plant, number)
