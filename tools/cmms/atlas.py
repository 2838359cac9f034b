"""Atlas CMMS, over its REST interface."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from ingestion.orders.order import Priority, Status
from tools.cmms.access import Access, meaning_of, word_for
from tools.cmms.confirmed import confirm
from tools.cmms.connection import Connection, Json, Request
from tools.cmms.outcomes import Refused
from tools.cmms.paging import SIZE, changed_page, page_of
from tools.cmms.people import Person, the_one, user_called
from tools.cmms.port import (
    Amendment,
    ChangedPage,
    Labor,
    NewOrder,
    PartUse,
    VendorAsset,
    VendorOrder,
    split_key,
    split_position,
    with_key,
)
from tools.cmms.reading import Answer, Moment, Text, listed, read_as, written

NAME = "Atlas CMMS"
CANNOT = (
    "It has no status for a cancelled order.",
    "It knows no priority above HIGH: urgent orders are HIGH there.",
    "An order that asks for a signature is completed there, by who signs.",
    "A part that was used is listed on the order; its stock there is not drawn.",
    "Webhooks need a licence, and come once: what is missed comes with the next poll.",
)

_STATUSES: Mapping[Status, str] = {
    "open": "OPEN",
    "in_progress": "IN_PROGRESS",
    "on_hold": "ON_HOLD",
    "done": "COMPLETE",
}
_MEANINGS: Mapping[str, Status] = {word: status for status, word in _STATUSES.items()}
_PRIORITIES: Mapping[Priority, str] = {"low": "LOW", "medium": "MEDIUM", "high": "HIGH", "urgent": "HIGH"}
_PRIORITY_MEANINGS: Mapping[str, Priority] = {"LOW": "low", "MEDIUM": "medium", "HIGH": "high"}
_LINKED = ("asset", "location", "team", "primaryUser", "category", "image", "completedBy")
_LISTED = ("assignedTo", "customers", "files")
_PLAIN = (
    "title",
    "description",
    "priority",
    "dueDate",
    "estimatedStartDate",
    "estimatedDuration",
    "requiredSignature",
    "completedOn",
    "archived",
)


class _Named(Answer):
    id: int
    name: Text = ""


class _Order(Answer):
    model_config = ConfigDict(extra="allow", populate_by_name=True)

    id: int
    number: Text = Field("", alias="customId")
    title: Text = ""
    description: str | None = None
    status: Text = ""
    priority: str | None = None
    due: Moment = Field(None, alias="dueDate")
    changed: Moment = Field(None, alias="updatedAt")
    created: Moment = Field(None, alias="createdAt")
    completed: Moment = Field(None, alias="completedOn")
    plan: Any = Field(None, alias="parentPreventiveMaintenance")
    asset: _Named | None = None
    person: Person | None = Field(None, alias="primaryUser")
    feedback: str | None = None
    signed: bool = Field(False, alias="requiredSignature")


class _Asset(Answer):
    id: int
    name: Text = ""
    code: str | None = Field(None, alias="customId")


class _Labor(Answer):
    started: Moment = Field(None, alias="startedAt")
    duration: float = 0


class _Page(Answer):
    content: list[Any]


class Atlas:
    """One company of Atlas CMMS. Its labour counts seconds, whatever its documentation says."""

    vendor = "atlas"

    def __init__(self, connection: Connection, access: Access) -> None:
        self._connection, self._access = connection, access

    async def create(self, order: NewOrder) -> VendorOrder:
        body: dict[str, Json] = {
            "title": order.title,
            "description": order.description,
            "priority": _PRIORITIES[order.priority] if order.priority else "NONE",
            "dueDate": written(order.due) if order.due else None,
            "asset": {"id": _number(order.asset, "asset")} if order.asset else None,
            "customFields": [],
        }
        if self._access.key_field:
            body["customFields"] = [{"id": _number(self._access.key_field, "custom field"), "value": order.key}]
        else:
            body["description"] = with_key(order.description or "", order.key)
        answer = await self._connection.send(Request("POST", "work-orders", body=body))
        return self._order(_order(answer))

    async def found_by(self, key: str, since: datetime) -> VendorOrder | None:
        del since  # its search finds a key whenever it was written
        field, operation = ("customFieldValues.value", "eq") if self._access.key_field else ("description", "cn")
        page = await self._search("work-orders", [{"field": field, "operation": operation, "value": key}], 0, 2)
        found = [self._order(_order(one)) for one in _content(page)]
        return next((one for one in found if self._access.key_field or one.key == key), None)

    async def get(self, order: str) -> VendorOrder:
        return self._order(await self._whole(order))

    async def set_status(self, order: str, status: Status, remark: str | None = None) -> VendorOrder:
        word = word_for(status, _STATUSES, self._access, NAME)
        known = await self._whole(order)
        if word == known.status:
            return self._order(known)
        if word == "COMPLETE" and known.signed:
            raise Refused(f"{NAME} wants a signature to complete {known.number or order}: complete it there.")
        body = {"status": word, **({"feedback": remark} if remark else {})}
        await self._connection.send(Request("PATCH", f"work-orders/{order}/change-status", body=body))
        return confirm(await self.get(order), "status", status, NAME)

    async def assign(self, order: str, person: str | None) -> VendorOrder:
        user = await self._person(person) if person else None
        await self._put(order, {"primaryUser": {"id": user.id} if user else None})
        return confirm(await self.get(order), "assignee", user.name if user else None, NAME)

    async def amend(self, order: str, what: Amendment) -> VendorOrder:
        known = await self._whole(order)
        changes: dict[str, Json] = {}
        if what.title is not None:
            changes["title"] = what.title
        if what.description is not None:
            key = split_key(known.description)[1]
            changes["description"] = with_key(what.description, key) if key else what.description
        if what.priority is not None:
            changes["priority"] = _PRIORITIES[what.priority]
        if what.due is not None:
            changes["dueDate"] = written(what.due)
        await self._put(order, changes, known)
        return await self.get(order)

    async def add_labor(self, order: str, labor: Labor) -> None:
        user = await self._person(labor.person) if labor.person else None
        body = {
            "workOrder": {"id": _number(order, "order")},
            "assignedTo": {"id": user.id} if user else None,
            "duration": round(labor.minutes * 60),
            "startedAt": written(labor.started_at),
            "includeToTotalTime": True,
            "logged": False,
            "status": "STOPPED",
        }
        await self._connection.send(Request("POST", "labors", body=body))

    async def add_parts(self, order: str, part: PartUse) -> None:
        body = {
            "workOrder": {"id": _number(order, "order")},
            "part": {"id": await self._part(part.part)},
            "quantity": part.quantity,
        }
        await self._connection.send(Request("POST", "part-quantities", body=body))

    async def has_line(self, order: str, line: Labor | PartUse) -> bool:
        """Labour is known by its beginning and length; two lines of the same part cannot be told apart."""
        if isinstance(line, PartUse):
            return False
        found = [
            read_as(_Labor, one, NAME) for one in listed(await self._connection.read(f"labors/work-order/{order}"))
        ]
        asked = line.started_at.replace(microsecond=line.started_at.microsecond // 1000 * 1000)
        return any(one.started == asked and one.duration == round(line.minutes * 60) for one in found)

    async def list_changed_since(self, position: str) -> ChangedPage:
        since, _ = split_position(position)
        changed = {"field": "updatedAt", "operation": "ge", "value": written(since), "enumName": "JS_DATE"}
        answer = await self._search("work-orders", [changed], page_of(position), SIZE, "updatedAt")
        return changed_page(position, [self._order(_order(one)) for one in _content(answer)])

    async def assets(self) -> Sequence[VendorAsset]:
        found, number = list[VendorAsset](), 0
        while True:
            page = _content(await self._search("assets", [], number, SIZE))
            read = [read_as(_Asset, one, NAME) for one in page]
            found += [VendorAsset(str(one.id), one.name, one.code) for one in read]
            if len(page) < SIZE:
                return found
            number += 1

    async def _search(
        self, what: str, filters: Sequence[Mapping[str, Json]], page: int, size: int, sort: str = "id"
    ) -> Json:
        body: dict[str, Json] = {
            "filterFields": [{"values": [], "alternatives": [], **one} for one in filters],
            "direction": "ASC",
            "pageNum": page,
            "pageSize": size,
            "sortField": sort,
        }
        return await self._connection.send(Request("POST", f"{what}/search", body=body, safe=True))

    async def _whole(self, order: str) -> _Order:
        return _order(await self._connection.read(f"work-orders/{_number(order, 'order')}"))

    async def _put(self, order: str, changes: Mapping[str, Json], known: _Order | None = None) -> None:
        """A PATCH there empties what it does not name, so all that is known goes with it."""
        whole = (known or await self._whole(order)).model_dump(mode="json", by_alias=True)
        body: dict[str, Json] = {name: whole[name] for name in _PLAIN if name in whole}
        body |= {name: {"id": _named(whole[name]).id} if whole.get(name) else None for name in _LINKED}
        body |= {name: [{"id": one.id} for one in map(_named, listed(whole.get(name)))] for name in _LISTED}
        await self._connection.send(
            Request("PATCH", f"work-orders/{order}", body={**body, **changes, "customFields": []})
        )

    async def _person(self, name: str) -> Person:
        people = [read_as(Person, one, NAME) for one in listed(await self._connection.read("users/mini"))]
        return user_called(name, people, NAME)

    async def _part(self, part: str) -> int:
        if part.isdecimal():
            return int(part)
        answer = await self._search("parts", [{"field": "name", "operation": "eq", "value": part}], 0, 2)
        return the_one([_named(one) for one in _content(answer)], "part", part, NAME).id

    def _order(self, one: _Order) -> VendorOrder:
        description, key = split_key(one.description)
        return VendorOrder(
            id=str(one.id),
            number=one.number or str(one.id),
            title=one.title,
            status=meaning_of(one.status, _MEANINGS, self._access),
            vendor_status=one.status,
            changed_at=one.changed,
            description=description or None,
            priority=_PRIORITY_MEANINGS.get(one.priority or ""),
            asset=str(one.asset.id) if one.asset else None,
            assignee=one.person.name if one.person else None,
            due=one.due,
            opened_at=one.created,
            closed_at=one.completed,
            remark=one.feedback,
            preventive=one.plan is not None,
            key=key,
        )


@asynccontextmanager
async def open_atlas(access: Access) -> AsyncGenerator[Atlas]:
    """``access.url`` is the address of the interface, without a path in most installations."""
    async with access.connected(NAME, {"x-api-key": access.needed_key(NAME)}) as connection:
        yield Atlas(connection, access)


def order_in_hook(body: Mapping[str, Any]) -> str | None:
    """Which order a webhook is about."""
    found = body.get("workOrderId")
    return str(found) if isinstance(found, int | str) and not isinstance(found, bool) else None


def _content(page: Json) -> list[object]:
    return listed(read_as(_Page, page, NAME).content)


def _order(value: object) -> _Order:
    return read_as(_Order, value, NAME)


def _named(value: object) -> _Named:
    return read_as(_Named, value, NAME)


def _number(text: str, what: str) -> int:
    if not text.isdecimal():
        raise Refused(f"“{text[:40]}” is no {what} of {NAME}: they are numbers there.")
    return int(text)
