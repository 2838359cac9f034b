"""IBM Maximo, over its JSON interface: object structures under ``/api/os``."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

from pydantic import ConfigDict, Field

from graph_schema.errors import InvalidInput
from ingestion.orders.order import Priority, Status
from tools.cmms.access import Access, meaning_of, word_for
from tools.cmms.confirmed import confirm
from tools.cmms.connection import Connection, Json, Request
from tools.cmms.outcomes import Refused
from tools.cmms.paging import SIZE, changed_page, page_of
from tools.cmms.people import the_one
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
from tools.cmms.reading import Answer, Moment, Text, listed, read_as

NAME = "IBM Maximo"
CANNOT = (
    "A description holds 100 characters, our key among them, unless PLANTROOM_CMMS_KEY_FIELD names a field for it.",
    "An order that is closed there (CLOSE) takes no further change.",
    "Labour and parts need an object structure that holds labtrans and matusetrans.",
    "It sends no signed webhooks: a header with the secret is compared, or changes come with the next poll.",
)

_ORDERS, _ASSETS, _PEOPLE = "api/os/mxapiwodetail", "api/os/mxapiasset", "api/os/mxapiperson"
_LONGEST = 100
_STATUSES: Mapping[Status, str] = {
    "open": "APPR",
    "in_progress": "INPRG",
    "on_hold": "WMATL",
    "done": "COMP",
    "cancelled": "CAN",
}
_MEANINGS: Mapping[str, Status] = {
    "WAPPR": "open",
    "APPR": "open",
    "WSCH": "open",
    "INPRG": "in_progress",
    "WMATL": "on_hold",
    "WPCOND": "on_hold",
    "COMP": "done",
    "CLOSE": "done",
    "CAN": "cancelled",
}
_LADDER = ("WAPPR", "APPR", "INPRG", "COMP")
"""What an order goes through, one after the other: a site may refuse to leave a rung out."""
_PRIORITIES: Mapping[Priority, str] = {"urgent": "1", "high": "2", "medium": "3", "low": "4"}
_FIELDS = (
    "wonum,siteid,description,description_longdescription,status,assetnum,lead,wopriority,"
    "targcompdate,actfinish,changedate,reportdate,worktype,problemcode"
)
_CHANGE = {"x-method-override": "PATCH", "patchtype": "MERGE", "properties": "*"}


class _Order(Answer):
    model_config = ConfigDict(extra="allow", populate_by_name=True)

    href: str = ""
    number: Text = Field("", alias="wonum")
    description: str | None = None
    details: str | None = Field(None, alias="description_longdescription")
    status: Text = ""
    meaning: str | None = Field(None, alias="status_maxvalue")
    asset: str | None = Field(None, alias="assetnum")
    lead: str | None = None
    priority: int | None = Field(None, alias="wopriority")
    due: Moment = Field(None, alias="targcompdate")
    reported: Moment = Field(None, alias="reportdate")
    finished: Moment = Field(None, alias="actfinish")
    work: str | None = Field(None, alias="worktype")
    problem: str | None = Field(None, alias="problemcode")
    changed: Moment = Field(None, alias="changedate")

    @property
    def kind(self) -> str:
        """The status before a site gave it another word."""
        return (self.meaning or self.status).upper()


class _Asset(Answer):
    number: Text = Field("", alias="assetnum")
    description: Text = ""


class _Person(Answer):
    id: Text = Field("", alias="personid")


class _Line(Answer):
    memo: str | None = None


class _Members(Answer):
    member: list[Any]


class Maximo:
    """One site of a Maximo. An order goes by the last part of its address, as ``_QkVERk9SRC8xMDA0``.

    Rules of a site may undo a change without an error, so each is read back.
    """

    vendor = "maximo"

    def __init__(self, connection: Connection, access: Access) -> None:
        self._connection, self._access = connection, access
        self._priorities: Mapping[Priority, str] = {**_PRIORITIES, **access.priorities}
        self._priority_meanings: Mapping[str, Priority] = {word: ours for ours, word in self._priorities.items()}

    async def create(self, order: NewOrder) -> VendorOrder:
        body: dict[str, Json] = {
            "siteid": self._access.site,
            "description": order.title[:_LONGEST],
            "description_longdescription": order.description,
            "assetnum": order.asset,
            "worktype": "PM" if order.preventive else "CM",
            "wopriority": int(self._priorities[order.priority]) if order.priority else None,
            "targcompdate": order.due.isoformat() if order.due else None,
        }
        if self._access.key_field:
            body[self._access.key_field] = order.key
        else:
            body["description"] = with_key(order.title, order.key, _LONGEST)
        given = {name: value for name, value in body.items() if value is not None}
        answer = await self._connection.send(
            Request("POST", _ORDERS, {"lean": "1"}, given, headers={"properties": "*"})
        )
        return self._order(_read(answer))

    async def found_by(self, key: str, since: datetime) -> VendorOrder | None:
        del since  # its search finds a key whenever it was written
        field = self._access.key_field
        where = f'{field}="{_quoted(key)}"' if field else f'description="%{_quoted(key)}%"'
        answer = await self._list(_ORDERS, self._fields, self._of_site(where), 1, 2)
        found = [self._order(_read(one)) for one in answer]
        return next((one for one in found if one.key == key), None)

    async def get(self, order: str) -> VendorOrder:
        return self._order(await self._whole(order))

    async def set_status(self, order: str, status: Status, remark: str | None = None) -> VendorOrder:
        word = word_for(status, _STATUSES, self._access, NAME)
        for rung in _rungs((await self._whole(order)).kind, word):
            await self._merge(order, {"status": rung, **({"np_statusmemo": remark[:50]} if remark else {})})
            reached = await self._whole(order)
            if reached.status.upper() != rung and reached.kind != rung:
                break
        return confirm(await self.get(order), "status", status, NAME)

    async def assign(self, order: str, person: str | None) -> VendorOrder:
        lead = await self._person(person) if person else None
        await self._merge(order, {"lead": lead})
        return confirm(await self.get(order), "assignee", lead, NAME)

    async def amend(self, order: str, what: Amendment) -> VendorOrder:
        changes: dict[str, Json] = {}
        if what.title is not None:
            key = split_key((await self._whole(order)).description)[1]
            changes["description"] = with_key(what.title, key, _LONGEST) if key else what.title[:_LONGEST]
        if what.description is not None:
            changes["description_longdescription"] = what.description
        if what.priority is not None:
            changes["wopriority"] = int(self._priorities[what.priority])
        if what.due is not None:
            changes["targcompdate"] = what.due.isoformat()
        if changes:
            await self._merge(order, changes)
        amended = await self.get(order)
        return amended if what.priority is None else confirm(amended, "priority", what.priority, NAME)

    async def add_labor(self, order: str, labor: Labor) -> None:
        line = {
            "laborcode": await self._person(labor.person) if labor.person else None,
            "startdateentered": labor.started_at.isoformat(),
            "regularhrs": round(labor.minutes / 60, 4),
            "memo": labor.key,
        }
        await self._merge(order, {"labtrans": [{name: value for name, value in line.items() if value is not None}]})

    async def add_parts(self, order: str, part: PartUse) -> None:
        line = {"itemnum": part.part, "positivequantity": part.quantity, "issuetype": "ISSUE", "memo": part.key}
        await self._merge(order, {"matusetrans": [line]})

    async def has_line(self, order: str, line: Labor | PartUse) -> bool:
        kind = "labtrans" if isinstance(line, Labor) else "matusetrans"
        query = {"lean": "1", "oslc.select": f"wonum,{kind}{{memo}}"}
        answer = await self._connection.read(f"{_ORDERS}/{_id(order)}", query)
        lines = listed(cast(dict[str, object], answer).get(kind) if isinstance(answer, dict) else None)
        return any(read_as(_Line, one, NAME).memo == line.key for one in lines)

    async def list_changed_since(self, position: str) -> ChangedPage:
        since, _ = split_position(position)
        where = self._of_site(f'changedate>="{since.isoformat()}" and istask=0')
        found = await self._list(_ORDERS, self._fields, where, page_of(position) + 1, SIZE, "+changedate")
        return changed_page(position, [self._order(_read(one)) for one in found])

    async def assets(self) -> Sequence[VendorAsset]:
        found, page = list[VendorAsset](), 1
        while True:
            rows = await self._list(_ASSETS, "assetnum,description,siteid", self._of_site(""), page, SIZE)
            read = [read_as(_Asset, one, NAME) for one in rows]
            found += [VendorAsset(one.number, one.description, one.number) for one in read]
            if len(rows) < SIZE:
                return found
            page += 1

    @property
    def _fields(self) -> str:
        return f"{_FIELDS},{self._access.key_field}" if self._access.key_field else _FIELDS

    def _of_site(self, where: str) -> str:
        return " and ".join(filter(None, (where, f'siteid="{_quoted(self._access.site)}"')))

    async def _list(
        self, what: str, fields: str, where: str, page: int, size: int, order: str | None = None
    ) -> list[object]:
        query = {
            "lean": "1",
            "internalvalues": "1",
            "oslc.select": fields,
            "oslc.where": where,
            "oslc.pageSize": str(size),
            "pageno": str(page),
        }
        if order:
            query["oslc.orderBy"] = order
        return listed(read_as(_Members, await self._connection.read(what, query), NAME).member)

    async def _whole(self, order: str) -> _Order:
        query = {"lean": "1", "internalvalues": "1", "oslc.select": self._fields}
        return _read(await self._connection.read(f"{_ORDERS}/{_id(order)}", query), order)

    async def _merge(self, order: str, changes: Mapping[str, Json]) -> None:
        """Without MERGE a list of lines would replace those that are there."""
        await self._connection.send(
            Request("POST", f"{_ORDERS}/{_id(order)}", {"lean": "1"}, dict(changes), headers=_CHANGE)
        )

    async def _person(self, name: str) -> str:
        where = f'displayname="{_quoted(name)}"' if " " in name.strip() else f'personid="{_quoted(name.upper())}"'
        found = [read_as(_Person, one, NAME) for one in await self._list(_PEOPLE, "personid,displayname", where, 1, 2)]
        return the_one(found, "person", name, NAME).id

    def _order(self, one: _Order) -> VendorOrder:
        title, key = split_key(one.description)
        own = (one.model_extra or {}).get(self._access.key_field)
        return VendorOrder(
            id=urlsplit(one.href).path.rstrip("/").rpartition("/")[2],
            number=one.number,
            title=title,
            status=meaning_of(one.status, {}, self._access) or _MEANINGS.get(one.kind),
            vendor_status=one.status,
            changed_at=one.changed,
            description=one.details,
            priority=self._priority_meanings.get(str(one.priority)),
            asset=one.asset,
            assignee=one.lead,
            due=one.due,
            opened_at=one.reported,
            closed_at=one.finished,
            code=one.problem,
            preventive=(one.work or "").upper() in ("PM", "PREV"),
            key=own if isinstance(own, str) else key,
        )


@asynccontextmanager
async def open_maximo(access: Access) -> AsyncGenerator[Maximo]:
    """``access.url`` ends in ``/maximo``. Raises ``InvalidInput`` without a site."""
    if not access.site:
        raise InvalidInput(f"{NAME} needs a site: set PLANTROOM_CMMS_SITE, such as BEDFORD.")
    async with access.connected(NAME, {"apikey": access.needed_key(NAME)}) as connection:
        yield Maximo(connection, access)


def order_in_hook(body: Mapping[str, Any]) -> str | None:
    """Which order a message is about: by its address, as publish channels in JSON have it."""
    href = body.get("href")
    return urlsplit(href).path.rstrip("/").rpartition("/")[2] or None if isinstance(href, str) else None


def _rungs(now: str, wanted: str) -> Sequence[str]:
    """The statuses to set, one after the other."""
    if now in _LADDER and wanted in _LADDER and _LADDER.index(now) < _LADDER.index(wanted):
        return _LADDER[_LADDER.index(now) + 1 : _LADDER.index(wanted) + 1]
    return [] if now == wanted else [wanted]


def _read(value: object, order: str = "") -> _Order:
    found = read_as(_Order, value, NAME)
    return found if found.href or not order else found.model_copy(update={"href": f"/{order}"})


def _id(order: str) -> str:
    if not order.replace("_", "").replace("-", "").replace("=", "").isalnum():
        raise Refused(f"“{order[:40]}” is no order of {NAME}: it goes by the last part of its address.")
    return order


def _quoted(text: str) -> str:
    """Within the quotation marks of a where clause."""
    return text.replace("\\", "").replace('"', "")
