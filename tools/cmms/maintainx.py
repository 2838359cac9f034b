"""MaintainX, over its REST interface v1."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast

from pydantic import Field

from ingestion.orders.order import Priority, Status
from tools.cmms.access import Access, meaning_of, word_for
from tools.cmms.confirmed import confirm
from tools.cmms.connection import Connection, Json, Request
from tools.cmms.outcomes import Refused
from tools.cmms.paging import CLOCKS, walk_of, walked_page
from tools.cmms.people import Person, user_called
from tools.cmms.port import (
    Amendment,
    ChangedPage,
    Labor,
    NewOrder,
    PartUse,
    VendorAsset,
    VendorOrder,
    split_key,
    with_key,
)
from tools.cmms.reading import Answer, Moment, Text, listed, read_as, written

NAME = "MaintainX"
CANNOT = (
    "It has no status for a cancelled order.",
    "It knows no priority above HIGH: urgent orders are HIGH there.",
    "Labour and parts are left as comments: its costs are amounts of money, not hours and pieces.",
    "It cannot search for our key: an order whose answer was lost is looked for among those of that time.",
)

_STATUSES: Mapping[Status, str] = {
    "open": "OPEN",
    "in_progress": "IN_PROGRESS",
    "on_hold": "ON_HOLD",
    "done": "COMPLETED",
}
_MEANINGS: Mapping[str, Status] = {
    **{word: status for status, word in _STATUSES.items()},
    "DONE": "done",
    "CLOSED": "done",
    "CANCELED": "cancelled",
    "CANCELLED": "cancelled",
}
_PRIORITIES: Mapping[Priority, str] = {"low": "LOW", "medium": "MEDIUM", "high": "HIGH", "urgent": "HIGH"}
_PRIORITY_MEANINGS: Mapping[str, Priority] = {"LOW": "low", "MEDIUM": "medium", "HIGH": "high"}
_SIZE = 100
_MOST_PAGES = 100


class _Assignee(Answer):
    type: Text = "USER"
    id: int


class _Order(Answer):
    id: int
    number: int | None = Field(None, alias="sequentialId")
    title: Text = ""
    description: str | None = None
    status: Text = ""
    priority: str | None = None
    due: Moment = Field(None, alias="dueDate")
    changed: Moment = Field(None, alias="updatedAt")
    created: Moment = Field(None, alias="createdAt")
    completed: Moment = Field(None, alias="completedAt")
    work: str | None = Field(None, alias="type")
    asset: int | None = Field(None, alias="assetId")
    assignees: list[_Assignee] = Field(default_factory=list[_Assignee])


class _Asset(Answer):
    id: int
    name: Text = ""
    code: str | None = Field(None, alias="serialNumber")


class MaintainX:
    """One organization of MaintainX."""

    vendor = "maintainx"

    def __init__(self, connection: Connection, access: Access) -> None:
        self._connection, self._access = connection, access
        self._people: Sequence[Person] | None = None

    async def create(self, order: NewOrder) -> VendorOrder:
        """The answer holds the order's number alone; what it is follows with the first reading."""
        body: dict[str, Json] = {
            "title": order.title,
            "description": with_key(order.description or "", order.key),
            "priority": _PRIORITIES[order.priority] if order.priority else "NONE",
            "externalData": {"plantroom": order.key},
        }
        if order.asset:
            body["assetId"] = _number(order.asset, "asset")
        if order.due:
            body["dueDate"] = written(order.due)
        if self._access.key_field:
            body["extraFields"] = {self._access.key_field: order.key}
        made = read_as(_Order, _unwrapped(await self._connection.send(Request("POST", "workorders", body=body))), NAME)
        return VendorOrder(
            str(made.id), str(made.number or made.id), order.title, "open", made.status or "OPEN", key=order.key
        )

    async def found_by(self, key: str, since: datetime) -> VendorOrder | None:
        cursor = None
        for _ in range(_MOST_PAGES):
            rows, cursor = await self._page(
                "workorders", "workOrders", cursor, {"updatedAt[gte]": written(since - CLOCKS)}
            )
            for row in rows:
                if split_key(read_as(_Order, row, NAME).description)[1] == key:
                    return await self._order(read_as(_Order, row, NAME))
            if cursor is None:
                return None
        return None

    async def get(self, order: str) -> VendorOrder:
        return await self._order(await self._whole(order))

    async def set_status(self, order: str, status: Status, remark: str | None = None) -> VendorOrder:
        word = word_for(status, _STATUSES, self._access, NAME)
        await self._connection.send(
            Request("PATCH", f"workorders/{_number(order, 'order')}/status", body={"status": word})
        )
        reached = confirm(await self.get(order), "status", status, NAME)
        if remark:
            await self._comment(order, remark)
        return reached

    async def assign(self, order: str, person: str | None) -> VendorOrder:
        user = await self._person(person) if person else None
        await self._patch(order, {"assignees": [{"type": "USER", "id": user.id}] if user else []})
        return confirm(await self.get(order), "assignee", user.name if user else None, NAME)

    async def amend(self, order: str, what: Amendment) -> VendorOrder:
        changes: dict[str, Json] = {}
        if what.title is not None:
            changes["title"] = what.title
        if what.description is not None:
            key = split_key((await self._whole(order)).description)[1]
            changes["description"] = with_key(what.description, key) if key else what.description
        if what.priority is not None:
            changes["priority"] = _PRIORITIES[what.priority]
        if what.due is not None:
            changes["dueDate"] = written(what.due)
        await self._patch(order, changes)
        return await self.get(order)

    async def add_labor(self, order: str, labor: Labor) -> None:
        who = f" by {labor.person}" if labor.person else ""
        began = f"{labor.started_at:%Y-%m-%d %H:%M} UTC"
        await self._comment(order, f"Labour{who}: {labor.minutes:g} min from {began} [{labor.key}]")

    async def add_parts(self, order: str, part: PartUse) -> None:
        await self._comment(order, f"Part {part.part}: {part.quantity:g} [{part.key}]")

    async def has_line(self, order: str, line: Labor | PartUse) -> bool:
        cursor = None
        for _ in range(_MOST_PAGES):
            rows, cursor = await self._page(f"workorders/{_number(order, 'order')}/comments", "comments", cursor)
            if any(
                line.key in str(cast(dict[str, object], row).get("content")) for row in rows if isinstance(row, dict)
            ):
                return True
            if cursor is None:
                return False
        return False

    async def list_changed_since(self, position: str) -> ChangedPage:
        walk = walk_of(position, self._access.clock())
        asked = {"updatedAt[gte]": written(walk.since)}
        rows, following = await self._page("workorders", "workOrders", walk.cursor, asked)
        orders = [await self._order(read_as(_Order, row, NAME)) for row in rows]
        return walked_page(walk, orders, following)

    async def assets(self) -> Sequence[VendorAsset]:
        read = [read_as(_Asset, row, NAME) for row in await self._all("assets", "assets")]
        return [VendorAsset(str(one.id), one.name, one.code) for one in read]

    async def _all(self, path: str, name: str) -> list[object]:
        found, cursor = list[object](), None
        for _ in range(_MOST_PAGES):
            rows, cursor = await self._page(path, name, cursor)
            found += rows
            if cursor is None:
                break
        return found

    async def _page(
        self, path: str, name: str, cursor: str | None, query: Mapping[str, str] | None = None
    ) -> tuple[list[object], str | None]:
        asked = {"limit": str(_SIZE), **(query or {}), **({"cursor": cursor} if cursor else {})}
        answer = read_as(_Page, await self._connection.read(path, asked), NAME)
        return listed((answer.model_extra or {}).get(name)), answer.following

    async def _whole(self, order: str) -> _Order:
        answer = await self._connection.read(f"workorders/{_number(order, 'order')}")
        return read_as(_Order, _unwrapped(answer), NAME)

    async def _patch(self, order: str, changes: Mapping[str, Json]) -> None:
        await self._connection.send(Request("PATCH", f"workorders/{_number(order, 'order')}", body=dict(changes)))

    async def _comment(self, order: str, text: str) -> None:
        path = f"workorders/{_number(order, 'order')}/comments"
        await self._connection.send(Request("POST", path, body={"content": text}))

    async def _person(self, name: str) -> Person:
        return user_called(name, await self._known_people(), NAME)

    async def _known_people(self) -> Sequence[Person]:
        if self._people is None:
            self._people = [read_as(Person, row, NAME) for row in await self._all("users", "users")]
        return self._people

    async def _order(self, one: _Order) -> VendorOrder:
        description, key = split_key(one.description)
        return VendorOrder(
            id=str(one.id),
            number=str(one.number or one.id),
            title=one.title,
            status=meaning_of(one.status, _MEANINGS, self._access),
            vendor_status=one.status,
            changed_at=one.changed,
            description=description or None,
            priority=_PRIORITY_MEANINGS.get(one.priority or ""),
            asset=str(one.asset) if one.asset is not None else None,
            assignee=await self._name(one.assignees),
            due=one.due,
            opened_at=one.created,
            closed_at=one.completed,
            preventive=(one.work or "").upper() == "PREVENTIVE",
            key=key,
        )

    async def _name(self, assignees: Sequence[_Assignee]) -> str | None:
        ids = [one.id for one in assignees if one.type.upper() == "USER"]
        if not ids:
            return None
        names = {one.id: one.name for one in await self._known_people()}
        return names.get(ids[0], str(ids[0]))


class _Page(Answer):
    model_config = {"extra": "allow", "populate_by_name": True}

    following: str | None = Field(None, alias="nextCursor")


@asynccontextmanager
async def open_maintainx(access: Access) -> AsyncGenerator[MaintainX]:
    """``access.url`` ends in ``/v1``."""
    async with access.connected(NAME, {"authorization": f"Bearer {access.needed_key(NAME)}"}) as connection:
        yield MaintainX(connection, access)


def order_in_hook(body: Mapping[str, Any]) -> str | None:
    """Which order a webhook is about: its number stands at the top, or in the order that it brings."""
    inner: object = body.get("workOrder") or body.get("newWorkOrder") or {}
    nested = cast(dict[str, object], inner).get("id") if isinstance(inner, dict) else None
    found = body.get("workOrderId", nested)
    return str(found) if isinstance(found, int | str) and not isinstance(found, bool) else None


def _unwrapped(answer: Json) -> object:
    inside = cast(dict[str, object], answer).get("workOrder") if isinstance(answer, dict) else None
    return cast(object, answer) if inside is None else inside


def _number(text: str, what: str) -> int:
    if not text.isdecimal():
        raise Refused(f"“{text[:40]}” is no {what} of {NAME}: they are numbers there.")
    return int(text)
