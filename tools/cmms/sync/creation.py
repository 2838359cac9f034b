"""Making an order of ours there: once, whatever becomes of the answer."""

from __future__ import annotations

from graph_schema.errors import PlantroomError
from ingestion.orders.order import WorkOrder
from tools.cmms.outcomes import AnswerLost, MissingRight, NoSuchOrder, Refused, Unreadable
from tools.cmms.port import NewOrder
from tools.cmms.sync.record import Link
from tools.cmms.sync.sides import Sides
from tools.cmms.sync.values import as_made, values_of

_NO = (Refused, MissingRight, NoSuchOrder)
"""What leaves nothing behind there."""


async def made(sides: Sides, link: Link, order: WorkOrder) -> Link | None:
    """The link once the order is there; None while it is not, and the link then says why.

    What was tried before is looked up by its key first. Where it is not found after an answer was lost, it may still come to be: a person
    has to look, and it is looked up again now and then. Raises ``Unavailable`` or ``WrongKey`` where nothing can be made at the moment.
    """
    if link.tried_at is not None:
        found = await sides.cmms.found_by(link.key, link.tried_at)
        if found is not None:
            return await sides.record.join(link.number, found.id)
        if link.state in ("sending", "lost"):
            return await _parked(sides, link, "The answer to its creation was lost.")
    if order.status == "cancelled":
        return await _refused(sides, link, "It was cancelled before it went there.")
    asset = (await sides.assets.matches(sides.cmms)).vendor_id_of(order.asset)
    if asset is None:
        why = f"{sides.title} has no asset that matches {order.asset}: `plantroom cmms match` shows which it has."
        return await sides.record.defer(link.number, why, sides.clock())
    return await _sent(sides, link, order, asset)


async def _sent(sides: Sides, link: Link, order: WorkOrder, asset: str) -> Link | None:
    sent = as_made(values_of(order, title_of(order)))
    claimed = await sides.record.claim(link.number, sent, sides.clock())
    if claimed is None:
        return None
    new = NewOrder(
        link.key, title_of(order), order.description, order.priority, asset, order.due_at, order.kind == "preventive"
    )
    try:
        made = await sides.cmms.create(new)
    except (AnswerLost, Unreadable) as error:
        return await _looked_up(sides, claimed, str(error))
    except _NO as error:
        return await _refused(sides, claimed, str(error))
    except PlantroomError as error:
        await sides.record.unsent(link.number, str(error))
        raise
    return await sides.record.join(link.number, made.id)


async def _looked_up(sides: Sides, link: Link, why: str) -> Link | None:
    """At once: most answers are lost after the order was made."""
    assert link.tried_at is not None
    try:
        found = await sides.cmms.found_by(link.key, link.tried_at)
    except PlantroomError as error:
        return await _parked(sides, link, f"{why} It could not be looked up: {error}")
    return await (sides.record.join(link.number, found.id) if found else _parked(sides, link, why))


async def _parked(sides: Sides, link: Link, why: str) -> None:
    look = f"Look in {sides.title} for {link.key}, then: plantroom cmms settle {link.number} --found ID, or --not-made."
    problem = link.problem if link.state == "lost" and link.problem else f"{why} {look}"
    await sides.record.lose(link.number, problem)
    await sides.record.defer(link.number, problem, sides.clock())


async def _refused(sides: Sides, link: Link, why: str) -> None:
    await sides.record.refuse(link, why)


def title_of(order: WorkOrder) -> str:
    return " ".join((order.text or f"Work on {order.asset}").split())[:200]
