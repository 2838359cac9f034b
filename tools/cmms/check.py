"""Whether a maintenance system can be worked with, and what stands in the way: in the order in which somebody would look."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from graph_schema.errors import InvalidInput, PlantroomError
from tools.cmms.access import Access
from tools.cmms.matching import AssetBook, Matches
from tools.cmms.outcomes import MissingRight
from tools.cmms.port import TRIAL, Cmms, NewOrder, key_of, position_at
from tools.cmms.vendors import Vendor, vendor_of

_SPAN = timedelta(days=7)
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """``wrong`` needs a remedy, which the sentence tells; a ``note`` is to be known."""

    state: Literal["good", "wrong", "note"]
    sentence: str


async def check(access: Access, book: AssetBook, *, secret: bool, trial: str | None = None) -> AsyncGenerator[Finding]:
    """``secret``: whether one for webhooks is set. ``trial`` is a plant's identity: an order is then made there and closed."""
    try:
        vendor = vendor_of(access)
    except InvalidInput as error:
        yield Finding("wrong", str(error))
        return
    try:
        async with vendor.open(access) as cmms:
            async for finding in _reached(cmms, vendor, access, book):
                yield finding
            if trial is not None:
                yield await _tried(cmms, vendor, access, book, trial)
    except PlantroomError as error:
        yield Finding("wrong", str(error))
        return
    yield _hooks(vendor, secret=secret)
    for sentence in vendor.cannot:
        yield Finding("note", sentence)


async def _reached(cmms: Cmms, vendor: Vendor, access: Access, book: AssetBook) -> AsyncGenerator[Finding]:
    try:
        matches = await book.matches(cmms, anew=True)
    except MissingRight as error:
        yield Finding("wrong", f"The assets cannot be read. {error}")
    else:
        yield Finding("good", f"{vendor.title} answers at {access.url}, and the key is valid.")
        for finding in _assets(matches):
            yield finding
    async for finding in _orders(cmms, access):
        yield finding


async def _orders(cmms: Cmms, access: Access) -> AsyncGenerator[Finding]:
    try:
        page = await cmms.list_changed_since(position_at(access.clock() - _SPAN))
        await cmms.found_by(key_of("00000000", "check"), access.clock())
    except MissingRight as error:
        yield Finding("wrong", f"The work orders cannot be read. {error}")
        return
    number = f"{len(page.orders)}{' or more' if page.more else ''}"
    yield Finding("good", f"Work orders can be read: {number} changed within a week.")
    strange = sorted({one.vendor_status for one in page.orders if one.status is None})
    if strange:
        words = ", ".join(strange[:_SHOWN])
        yield Finding("wrong", f"Nobody knows what these statuses mean: {words}. Say it in PLANTROOM_CMMS_STATUSES.")


def _assets(matches: Matches) -> list[Finding]:
    found = (
        [
            Finding(
                "good", f"{len(matches.matches):,} of its assets {'is' if len(matches.matches) == 1 else 'are'} ours."
            )
        ]
        if matches.matches
        else []
    )
    if not matches.matches:
        found.append(
            Finding(
                "wrong",
                "None of its assets is ours: give them our names or numbers, or a table in PLANTROOM_CMMS_ASSETS.",
            )
        )
    elif matches.ours_unmatched:
        names = ", ".join(matches.ours_unmatched[:_SHOWN])
        more = "" if len(matches.ours_unmatched) <= _SHOWN else f" and {len(matches.ours_unmatched) - _SHOWN:,} more"
        found.append(
            Finding(
                "note", f"Orders of these assets cannot go there: {names}{more}. `plantroom cmms match` lists them."
            )
        )
    return found


def _hooks(vendor: Vendor, *, secret: bool) -> Finding:
    if vendor.hook is None:
        return Finding(
            "note", f"{vendor.title} sends no webhooks that could be told from anybody's: changes come with the polls."
        )
    if not secret:
        return Finding(
            "note", "Webhooks are not taken: set PLANTROOM_CMMS_WEBHOOK_SECRET, and have them sent to /api/hooks/cmms."
        )
    return Finding("good", f"Webhooks are taken at /api/hooks/cmms, by the header {vendor.hook.header}.")


async def _tried(cmms: Cmms, vendor: Vendor, access: Access, book: AssetBook, plant: str) -> Finding:
    """The right to write is only known by writing."""
    matches = await book.matches(cmms)
    asset = matches.matches[0].theirs.id if matches.matches else None
    key = key_of(plant, f"{TRIAL}{access.clock():%Y%m%d%H%M%S}")
    try:
        made = await cmms.create(
            NewOrder(key, "Plantroom tries whether it may make work orders", asset=asset, priority="low")
        )
        closed = await cmms.set_status(made.id, "done")
    except PlantroomError as error:
        return Finding("wrong", f"The trial order did not come to its end. {error}")
    return Finding(
        "good", f"The trial order {closed.number} was made in {vendor.title} and is {closed.vendor_status} there."
    )
