"""From work orders as the record has them to what tools return of them."""

from __future__ import annotations

from collections.abc import Mapping

from ingestion.orders.work_orders import WorkOrder
from tools.results.assets import EntityRef
from tools.results.jobs.orders import OrderTold


def order_of(one: WorkOrder, refs: Mapping[str, EntityRef]) -> OrderTold:
    """``refs`` has its asset."""
    return OrderTold(
        number=one.number,
        asset=refs[one.asset],
        planned=one.planned,
        opened_at=one.opened_at,
        failed_at=one.failed_at,
        closed_at=one.closed_at,
        code=one.code,
        text=one.text,
    )
