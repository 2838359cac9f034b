"""Runs over all orders: what changed here, what webhooks told of, what changed there."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph_schema.errors import PlantroomError
from tools.cmms.outcomes import Busy, NoSuchOrder, Unreadable, UntrustedServer, WrongAddress, WrongKey
from tools.cmms.port import VendorOrder, position_at, split_position
from tools.cmms.sync.agreement import agreed
from tools.cmms.sync.creation import made
from tools.cmms.sync.intake import take
from tools.cmms.sync.record import Link
from tools.cmms.sync.sides import Sides

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=2)
"""Of two polls: a change may be visible later than one that came after it."""
_AT_ONCE = 200
_MOST_PAGES = 50
_FAULTS = 3
"""One after the other: then it is not the orders."""


@dataclass(frozen=True, slots=True)
class Done:
    """How many orders a run dealt with, and how many of them have something in the way."""

    orders: int = 0
    troubled: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(self.orders + other.orders, self.troubled + other.troubled)


class Sync:
    """Each run raises ``Unavailable`` or ``WrongKey`` where the maintenance system cannot be worked with; what was done by then stays done,
    and the next run goes on. One order with a fault holds up no other."""

    def __init__(self, sides: Sides) -> None:
        self.sides = sides

    async def push(self) -> Done:
        """What is due of ours."""
        done, faults = Done(), 0
        for link in await self.sides.record.due(self.sides.clock(), _AT_ONCE):
            try:
                done += await self.push_one(link)
                faults = 0
            except PlantroomError as error:
                faults += 1
                if concerns_all(error) or faults >= _FAULTS:
                    raise
                await self.sides.record.defer(link.number, str(error), self.sides.clock())
                done += Done(1, 1)
        return done

    async def push_one(self, link: Link) -> Done:
        """One order of ours; nothing where somebody else deals with it."""
        async with self.sides.record.held(link.number) as alone:
            if not alone:
                return Done()
            seen = await self.sides.record.of_number(link.number) or link
            problem = await self._pushed(seen)
            return Done(1, int(problem is not None))

    async def _pushed(self, seen: Link) -> str | None:
        sides = self.sides
        order = await sides.orders.get(seen.number)
        link = seen if seen.state == "linked" else await made(sides, seen, order)
        if link is None or link.vendor_id is None:
            return "it has not been made"
        try:
            read = await sides.cmms.get(link.vendor_id)
        except NoSuchOrder:
            gone = f"It was deleted in {sides.title}. `plantroom cmms settle {link.number} --not-made` makes it anew."
            await sides.record.vanish(link.number, gone)
            return gone
        problem = await agreed(sides, link, order, read)
        await sides.record.deal(seen, problem)
        return problem

    async def hooks(self) -> Done:
        """Orders that webhooks told of are read again, in whatever order the webhooks came."""
        done = Done()
        for vendor_id, received_at in await self.sides.record.told(_AT_ONCE):
            if await self._told(vendor_id):
                await self.sides.record.handled(vendor_id, received_at, self.sides.clock())
                done += Done(1)
            else:
                await self.sides.record.postpone(vendor_id, self.sides.clock())
        return done

    async def _told(self, vendor_id: str) -> bool:
        """Whether an order is dealt with; what cannot be now comes after the others."""
        try:
            return await take(self.sides, await self.sides.cmms.get(vendor_id))
        except NoSuchOrder:
            return await self._vanished(vendor_id)
        except PlantroomError as error:
            if concerns_all(error):
                raise
            log.warning("The order %s of %s is read again later: %s", vendor_id, self.sides.title, error)
            return False

    async def poll(self, since: datetime) -> Done:
        """What changed there since the position, or since a moment where there is none."""
        sides = self.sides
        known, _, _ = await sides.record.position()
        position, done = _from(known, since), Done()
        try:
            for _ in range(_MOST_PAGES):
                page = await sides.cmms.list_changed_since(position)
                for order in page.orders:
                    await self._taken(order)
                done += Done(len(page.orders))
                position = page.position
                await sides.record.move(position, sides.clock())
                if not page.more:
                    break
            return done + await self._matched_meanwhile()
        except PlantroomError as error:
            await sides.record.stumble(position, str(error))
            raise

    async def _taken(self, order: VendorOrder) -> None:
        """One order with a fault does not hold up the position: it is read again later."""
        try:
            taken = await take(self.sides, order)
        except PlantroomError as error:
            if concerns_all(error):
                raise
            log.warning("The order %s of %s is read again later: %s", order.number, self.sides.title, error)
            taken = False
        if not taken:
            await self.sides.record.again(order, self.sides.clock())

    async def _matched_meanwhile(self) -> Done:
        """Orders that were left out, and whose asset has a match by now."""
        matches, done = await self.sides.assets.matches(self.sides.cmms), Done()
        assets = [one.theirs.id for one in matches.matches]
        for one in await self.sides.record.left_out(assets):
            try:
                await take(self.sides, await self.sides.cmms.get(one.vendor_id))
            except NoSuchOrder:
                await self.sides.record.take_in(one.vendor_id)
            done += Done(1)
        return done

    async def _vanished(self, vendor_id: str) -> bool:
        link = await self.sides.record.of_vendor(vendor_id)
        if link is not None:
            await self.sides.record.vanish(link.number, f"It was deleted in {self.sides.title}.")
        await self.sides.record.take_in(vendor_id)
        return True


def concerns_all(error: PlantroomError) -> bool:
    """Whether no other order would fare better."""
    if isinstance(error, Unreadable):
        return False
    return isinstance(error, WrongKey | Busy | WrongAddress | UntrustedServer)


def _from(known: str | None, since: datetime) -> str:
    """A little before the position; in the middle of a walk through pages just there."""
    if known is None:
        return position_at(since)
    at, rest = split_position(known)
    return known if rest else position_at(at - OVERLAP)
