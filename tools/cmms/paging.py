"""Going through what changed, page by page, while it goes on changing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from tools.cmms.port import ChangedPage, VendorOrder, position_at, split_position

SIZE = 100
"""Orders of a page."""


CLOCKS = timedelta(minutes=5)
"""By which our clock and a vendor's may differ."""


def page_of(position: str) -> int:
    """Which page of those since the position's moment is next, counted from 0."""
    rest = split_position(position)[1]
    return int(rest) if rest.isdecimal() else 0


def changed_page(position: str, orders: Sequence[VendorOrder], size: int = SIZE) -> ChangedPage:
    """``orders`` are those that changed at the position's moment or later, sorted by that.

    An order that changes while pages are read moves to the end, and all behind it move up. So the next page begins anew at the newest moment
    of this one; pages are counted only through orders of one and the same moment.
    """
    since, _ = split_position(position)
    newest = max((one.changed_at for one in orders if one.changed_at is not None), default=since)
    if len(orders) < size:
        return ChangedPage(orders, position_at(max(newest, since)), more=False)
    if newest > since:
        return ChangedPage(orders, position_at(newest), more=True)
    return ChangedPage(orders, position_at(since, str(page_of(position) + 1)), more=True)


@dataclass(frozen=True, slots=True)
class Walk:
    """Through all pages of a list that is in no order of time: where it is, when it began, and the newest change on it."""

    since: datetime
    cursor: str | None
    began: datetime
    newest: datetime


def walk_of(position: str, now: datetime) -> Walk:
    """The walk that goes on at a position, or begins there."""
    since, rest = split_position(position)
    if not rest:
        return Walk(since, None, now, since)
    cursor, began, newest = cast(list[str], json.loads(rest))
    return Walk(since, cursor, datetime.fromisoformat(began), datetime.fromisoformat(newest))


def walked_page(walk: Walk, orders: Sequence[VendorOrder], following: str | None) -> ChangedPage:
    """A walk ends where it began by the clock, and not at the newest change that it met: what changed meanwhile comes with the next one."""
    newest = max([walk.newest, *(one.changed_at for one in orders if one.changed_at is not None)])
    by_moment = sorted(orders, key=lambda one: one.changed_at or walk.since)
    if following is not None:
        rest = json.dumps([following, walk.began.isoformat(), newest.isoformat()])
        return ChangedPage(by_moment, position_at(walk.since, rest), more=True)
    return ChangedPage(by_moment, position_at(max(walk.since, min(walk.began - CLOCKS, newest))), more=False)
