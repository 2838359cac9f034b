"""What a person says of an order that waits for one: which side of a conflict holds, and what was made."""

from __future__ import annotations

import re

from graph_schema.errors import InvalidInput, NotFound
from tools.cmms.sync.record import Conflict, Kept, Link
from tools.cmms.sync.sync import Sync

_NAMED = re.compile(r"(?:C-)?(\d{1,18})", re.IGNORECASE)


async def settle(sync: Sync, id_: int, kept: Kept, by: str) -> Conflict:
    """Bring the field to what one side holds; that side alone then counts as changed. Raises ``NotFound`` or ``InvalidInput``."""
    sides = sync.sides
    conflict = await sides.record.settle(id_, kept, by, sides.clock())
    link = await _known(sync, conflict.number)
    ours, theirs = dict(link.ours), dict(link.theirs)
    (theirs if kept == "ours" else ours)[conflict.field] = conflict.theirs if kept == "ours" else conflict.ours
    await sides.record.agree(link.number, ours, theirs, link.refused)
    await sync.push_one(await sides.record.hurry(link.number))
    return conflict


async def was_made(sync: Sync, number: str, vendor_id: str) -> Link:
    """A person has found the order there, under this id of the vendor's. Raises ``NotFound``, or ``InvalidInput`` for one that is another's."""
    sides = sync.sides
    link = await _known(sync, number)
    if link.state == "linked":
        raise InvalidInput(f"{number} is joined to {link.vendor_id} already.")
    read = await sides.cmms.get(vendor_id)
    other = await sides.record.of_vendor(read.id)
    if other is not None and other.number != number:
        raise InvalidInput(f"{read.number} is joined to {other.number} already.")
    await sides.record.join(number, read.id)
    await sync.push_one(await sides.record.hurry(number))
    return await _known(sync, number)


async def was_not_made(sync: Sync, number: str) -> Link:
    """It is made now. Raises ``NotFound`` or ``InvalidInput``."""
    link = await _known(sync, number)
    link = await sync.sides.record.unmake(link.number)
    await sync.push_one(link)
    return await _known(sync, number)


async def line_was(sync: Sync, number: str, line: str, *, made: bool) -> None:
    """What a person found of labour or a part whose answer was lost. Raises ``NotFound``."""
    sides = sync.sides
    if line not in {one.line for one in await sides.record.lines(number) if one.state in ("lost", "refused")}:
        raise NotFound(f"{number} has no line {line[:40]} that waits for anybody.")
    if made:
        await sides.record.line_is(number, line, "sent")
    else:
        await sides.record.unline(number, line)
    await sync.push_one(await sides.record.hurry(number))


def conflict_id(name: str) -> int:
    """From “C-3” or “3”. Raises ``InvalidInput``."""
    match = _NAMED.fullmatch(name.strip())
    if match is None:
        raise InvalidInput(f"“{name[:40]}” is no conflict; they go by C- and a number, as C-3.")
    return int(match[1])


async def _known(sync: Sync, number: str) -> Link:
    link = await sync.sides.record.of_number(number)
    if link is None:
        raise NotFound(f"The order {number[:60]} has not gone to {sync.sides.title}.")
    return link
