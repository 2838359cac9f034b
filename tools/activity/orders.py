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
        kind=one.kind,
        planned=one.planned,
        priority=one.priority,
        status=one.status,
        opened_at=one.opened_at,
        failed_at=one.failed_at,
        closed_at=one.closed_at,
        due_at=one.due_at,
        started_at=one.started_at,
        assignee=one.assignee,
        code=one.code,
        cause=one.cause,
        text=one.text,
        remark=one.remark,
    )
