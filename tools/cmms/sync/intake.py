"""An order as the maintenance system has it, whoever told of it: into ours, or beside it."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from graph_schema.errors import InvalidInput, NotFound
from ingestion.orders.order import OVER, Status, WorkOrder
from tools.cmms.port import TRIAL, VendorOrder
from tools.cmms.sync.agreement import agreed
from tools.cmms.sync.creation import title_of
from tools.cmms.sync.record import Link
from tools.cmms.sync.sides import Sides
from tools.cmms.sync.values import values_of, vendor_values_of

_LONGEST = 4_000


async def take(sides: Sides, read: VendorOrder) -> bool:
    """Whether it is dealt with; False where somebody else deals with that order at the moment."""
    if read.key is not None and read.key.startswith(sides.key(TRIAL)):
        return True  # what a check has made and closed
    link = await _link_of(sides, read)
    if link is None:
        await _take_new(sides, read)
        return True
    async with sides.record.held(link.number) as alone:
        if not alone:
            return False
        link = await sides.record.of_number(link.number) or link
        if link.state != "linked":
            link = await sides.record.join(link.number, read.id) or link
        order = await sides.orders.get(link.number)
        problem = await agreed(sides, link, order, read)
        await sides.record.deal(replace(link, wanted=link.done), problem)
        return True


async def _link_of(sides: Sides, read: VendorOrder) -> Link | None:
    return await sides.record.of_vendor(read.id) or (await sides.record.of_key(read.key) if read.key else None)


async def _take_new(sides: Sides, read: VendorOrder) -> None:
    """One that somebody made there. Without an asset of ours it waits until that is matched."""
    asset = (await sides.assets.matches(sides.cmms)).asset_of(read.asset)
    if asset is None:
        await sides.record.leave_out(read, sides.clock())
        return
    order = await _known(sides, read, asset) or await _created(sides, read, asset)
    key = sides.key(order.number)
    await sides.record.adopt(order.number, key, read.id, values_of(order, title_of(order)), vendor_values_of(read))
    await sides.record.take_in(read.id)


async def _known(sides: Sides, read: VendorOrder, asset: str) -> WorkOrder | None:
    """By our key, where the record of links is younger than the order; by the vendor's number; or the same that a file brought in before."""
    if read.key is not None and read.key.startswith(sides.key("")):
        with contextlib.suppress(NotFound):
            return await sides.orders.get(read.key.removeprefix(sides.key("")))
    found = await sides.orders.of_vendor(sides.record.vendor, read.number)
    if found is not None:
        return found
    try:
        imported = await sides.orders.get(read.number)
    except NotFound:
        return None
    if imported.source != "import" or imported.asset != asset or imported.vendor is not None:
        return None
    changes = {"vendor": sides.record.vendor, "vendor_number": read.number, "vendor_status": read.vendor_status}
    return await sides.orders.change(imported.number, changes, sides.title, sides.clock())


async def _created(sides: Sides, read: VendorOrder, asset: str) -> WorkOrder:
    """Under the vendor's number, or one of ours where that is taken."""
    order = _order(sides, read, asset)
    try:
        return await sides.orders.create(order, sides.title, sides.clock())
    except InvalidInput:
        return await sides.orders.create(replace(order, number=""), sides.title, sides.clock())


def _order(sides: Sides, read: VendorOrder, asset: str) -> WorkOrder:
    status: Status = read.status or "open"
    closed = (read.closed_at or read.changed_at or sides.clock()) if status in OVER else None
    return WorkOrder(
        number=read.number[:200],
        asset=asset,
        kind="preventive" if read.preventive else "corrective",
        opened_at=read.opened_at or read.changed_at,
        closed_at=closed,
        code=read.code,
        text=_text(read.title),
        description=_text(read.description),
        remark=_text(read.remark),
        priority=read.priority or "medium",
        status=status,
        due_at=read.due,
        assignee=read.assignee,
        source="cmms",
        source_ref=sides.record.vendor,
        vendor=sides.record.vendor,
        vendor_number=read.number,
        vendor_status=read.vendor_status,
    )


def _text(text: str | None) -> str | None:
    return text.replace("\0", "")[:_LONGEST] or None if text else None
