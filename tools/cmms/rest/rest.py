"""A maintenance system whose interface a file describes."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from graph_schema.errors import PlantroomError
from ingestion.orders.order import Priority, Status
from tools.cmms.access import Access
from tools.cmms.confirmed import confirm
from tools.cmms.connection import Connection, Json, Request
from tools.cmms.outcomes import AnswerLost, CannotExpress, NoSuchOrder, Refused, Unreadable, WrongKey
from tools.cmms.paging import CLOCKS, changed_page, page_of, walk_of, walked_page
from tools.cmms.people import user_called
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
from tools.cmms.reading import listed, moment
from tools.cmms.rest.description import Call, Description, Listing, Paged, description_of
from tools.cmms.rest.filling import at_path, filled, filled_text, text_at

_MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class _Named:
    id: str
    name: str
    code: str | None
    email: str | None


class RestCmms:
    """What the description has no call for is refused, with a sentence."""

    def __init__(self, vendor: str, connection: Connection, description: Description, access: Access) -> None:
        self.vendor = vendor
        self._connection, self._description, self._access = connection, description, access
        self._token: str | None = None
        self._people: Sequence[_Named] | None = None

    async def create(self, order: NewOrder) -> VendorOrder:
        answer = await self._send(self._description.calls.create, self._new(order))
        id_ = text_at(answer, self._description.order.id)
        if id_ is None:
            raise Unreadable(f"The answer of {self._name} to a new order holds no id at {self._description.order.id}.")
        for call in self._description.calls.then:
            if order.asset or "{asset" not in call.model_dump_json():
                await self._follow(call, {**self._new(order), "id": id_})
        status = text_at(answer, self._description.order.status)
        made = self._order(answer) if status is not None else None
        return made or VendorOrder(id_, id_, order.title, "open", self._description.word("open") or "", key=order.key)

    async def found_by(self, key: str, since: datetime) -> VendorOrder | None:
        find = self._description.calls.find
        if find is not None:
            rows = await self._items(find, {"key": key, "since": since - CLOCKS})
            return next((one for one in map(self._order, rows) if one.key == key), None)
        position = (since - CLOCKS).isoformat()
        for _ in range(_MOST_PAGES):
            page = await self.list_changed_since(position)
            if found := next((one for one in page.orders if one.key == key), None):
                return found
            if not page.more:
                break
            position = page.position
        return None

    async def get(self, order: str) -> VendorOrder:
        answer = await self._send(self._description.calls.get, {"id": order})
        if answer is None or answer == {}:
            raise NoSuchOrder(f"{self._name} has no order {order[:40]}.")
        return self._order(answer)

    async def set_status(self, order: str, status: Status, remark: str | None = None) -> VendorOrder:
        call = self._can(self._description.calls.status, "set a status")
        word = self._access.statuses.get(status) or self._description.word(status)
        if word is None:
            raise CannotExpress(
                f"{self._name} has no status that means {status.replace('_', ' ')}; settle the order there."
            )
        now = self._access.clock()
        given = {
            "id": order,
            "status": word,
            "remark": remark,
            "closed": now if status in ("done", "cancelled") else None,
        }
        await self._send(call, given)
        return confirm(await self.get(order), "status", status, self._name)

    async def assign(self, order: str, person: str | None) -> VendorOrder:
        call = self._can(self._description.calls.assign, "assign an order")
        found = await self._person(person) if person else None
        given = {"id": order, "person": found.id if found else None, "person_name": found.name if found else None}
        await self._send(call, given)
        return confirm(await self.get(order), "assignee", found.name if found else None, self._name)

    async def amend(self, order: str, what: Amendment) -> VendorOrder:
        call = self._can(self._description.calls.amend, "change an order")
        known = await self.get(order)
        texts = {"title": what.title, "description": what.description}
        if texts[self._description.key_in] is not None and known.key:
            carrying = texts[self._description.key_in] or ""
            texts[self._description.key_in] = with_key(carrying, known.key, self._description.longest)
        given = {"id": order, **texts, "priority": self._priority(what.priority), "due": what.due}
        await self._send(call, given)
        return await self.get(order)

    async def add_labor(self, order: str, labor: Labor) -> None:
        call = self._can(self._description.calls.labor, "add labour")
        found = await self._person(labor.person) if labor.person else None
        given = {
            "id": order,
            "line": labor.key,
            "person": found.id if found else None,
            "person_name": found.name if found else None,
            "minutes": labor.minutes,
            "started": labor.started_at,
        }
        await self._send(call, given)

    async def add_parts(self, order: str, part: PartUse) -> None:
        call = self._can(self._description.calls.parts, "add parts")
        await self._send(call, {"id": order, "line": part.key, "part": part.part, "quantity": part.quantity})

    async def has_line(self, order: str, line: Labor | PartUse) -> bool:
        call = self._description.calls.lines
        if call is None:
            return False
        rows = await self._items(call, {"id": order, "line": line.key})
        return any(line.key in str(row) for row in rows)

    async def list_changed_since(self, position: str) -> ChangedPage:
        call = self._description.calls.changed
        if call.sorted:
            page, since = page_of(position), walk_of(position.partition("#")[0], self._access.clock()).since
            rows = await self._items(call, {"since": since, **_place(page, call)})
            return changed_page(position, [self._order(row) for row in rows], call.size)
        walk = walk_of(position, self._access.clock())
        page = int(walk.cursor or 0)
        rows = await self._items(call, {"since": walk.since, **_place(page, call)})
        following = str(page + 1) if len(rows) >= call.size else None
        return walked_page(walk, [self._order(row) for row in rows], following)

    async def assets(self) -> Sequence[VendorAsset]:
        return [VendorAsset(one.id, one.name, one.code) for one in await self._all(self._description.assets)]

    # Requests

    @property
    def _name(self) -> str:
        return self._description.name

    def _can(self, call: Call | None, what: str) -> Call:
        if call is None:
            raise CannotExpress(f"The description of {self._name} has no call to {what}; do it there.")
        return call

    async def _follow(self, call: Call, values: Mapping[str, object]) -> None:
        try:
            await self._send(call, values)
        except PlantroomError as error:
            raise AnswerLost(f"{self._name} has made the order, and not all that belongs to it: {error}") from error

    async def _send(self, call: Call, values: Mapping[str, object]) -> Json:
        """What stands at the answer's path. A token that has run out is renewed once."""
        login = self._description.authentication.login
        if login is None:
            return await self._ask(call, values)
        fresh = self._token is None
        if self._token is None:
            self._token = await self._logged_in()
        try:
            return await self._ask(call, values)
        except WrongKey:
            if fresh:
                raise
            self._token = await self._logged_in()
            return await self._ask(call, values)

    async def _ask(self, call: Call, values: Mapping[str, object]) -> Json:
        authentication = self._description.authentication
        known = {**self._always(), **values}
        query = {**authentication.query, **call.query}
        body = filled(call.body, known)
        answer = await self._connection.send(
            Request(
                call.method,
                filled_text(call.path, {name: _in_path(value) for name, value in known.items()}),
                {name: text for name, one in query.items() if (text := filled_text(one, known))},
                body,
                {**{name: filled_text(one, known) for name, one in authentication.headers.items()}, **self._type(body)},
                call.safe or call.method == "GET",
            )
        )
        self._check(answer)
        return at_path(answer, call.answer)

    def _type(self, body: object) -> dict[str, str]:
        return {} if body is None else {"content-type": self._description.content_type}

    def _check(self, answer: Json) -> None:
        """An error in an answer whose code says that there is none."""
        said = text_at(answer, self._description.error)
        if not said:
            return
        sentence = f"{self._name} refuses that: {' '.join(said.split())[:200]}"
        if any(word in said.lower() for word in ("signature", "authenticat", "access key", "session")):
            raise WrongKey(
                f"{self._name} does not know the key: {' '.join(said.split())[:200]}. Set PLANTROOM_CMMS_KEY to one that is valid."
            )
        raise Refused(f"{sentence.rstrip('.')}.")

    async def _logged_in(self) -> str:
        login = self._description.authentication.login
        assert login is not None
        body = filled(login.call.body, self._always())
        answer = await self._connection.send(
            Request(login.call.method, login.call.path, None, body, self._type(body), safe=True)
        )
        token = text_at(answer, login.token)
        if token is None:
            raise WrongKey(f"{self._name} gives no session for the user and key that are set.")
        return token

    def _always(self) -> dict[str, object]:
        access = self._access
        return {
            "secret": access.key.get_secret_value(),
            "user": access.user or None,
            "app_key": access.app_key.get_secret_value() or None,
            "site": access.site or None,
            "key_field": access.key_field or None,
            "token": self._token,
            "now": access.clock(),
        }

    async def _items(self, call: Call, values: Mapping[str, object]) -> list[object]:
        return listed(at_path(await self._send(call.model_copy(update={"safe": True}), values), call.items))

    async def _all(self, listing: Listing) -> Sequence[_Named]:
        found = list[_Named]()
        for page in range(_MOST_PAGES):
            rows = await self._items(listing.call, _place(page, listing.call))
            found += [_named(row, listing) for row in rows]
            if len(rows) < listing.call.size:
                break
        return found

    async def _person(self, name: str) -> _Named:
        return user_called(name, await self._known(), self._name)

    async def _known(self) -> Sequence[_Named]:
        if self._people is None:
            listing = self._description.people
            self._people = await self._all(listing) if listing else ()
        return self._people

    # Values

    def _new(self, order: NewOrder) -> dict[str, object]:
        texts = {"title": order.title, "description": order.description}
        texts[self._description.key_in] = with_key(
            texts[self._description.key_in] or "", order.key, self._description.longest
        )
        return {
            "key": order.key,
            **texts,
            "priority": self._priority(order.priority),
            "asset": order.asset,
            "due": order.due,
            "status": self._description.word("open"),
            "kind": "preventive" if order.preventive else "corrective",
        }

    def _priority(self, priority: Priority | None) -> str | None:
        return (
            (self._access.priorities.get(priority) or self._description.priority_word(priority)) if priority else None
        )

    def _order(self, row: object) -> VendorOrder:
        fields = self._description.order
        id_, word = text_at(row, fields.id), text_at(row, fields.status)
        if id_ is None or word is None:
            raise Unreadable(
                f"An order of {self._name} holds nothing at {fields.id if id_ is None else fields.status}."
            )
        title, in_title = split_key(text_at(row, fields.title))
        description, in_description = split_key(text_at(row, fields.description))
        return VendorOrder(
            id=id_,
            number=text_at(row, fields.number) or id_,
            title=title,
            status=self._meaning(word),
            vendor_status=word,
            changed_at=self._moment(row, fields.changed),
            description=description or None,
            priority=self._description.priorities.get(text_at(row, fields.priority) or ""),
            asset=text_at(row, fields.asset),
            assignee=self._person_name(text_at(row, fields.assignee)),
            due=self._moment(row, fields.due),
            opened_at=self._moment(row, fields.opened),
            closed_at=self._moment(row, fields.closed),
            remark=text_at(row, fields.remark),
            code=text_at(row, fields.code),
            key=in_title or in_description,
        )

    def _meaning(self, word: str) -> Status | None:
        own: dict[str, Status] = {theirs: ours for ours, theirs in self._access.statuses.items()}
        return own.get(word) or self._description.statuses.get(word)

    def _person_name(self, id_: str | None) -> str | None:
        """Their name, where the people are known by now; the id else."""
        return next((one.name for one in self._people or () if one.id == id_), id_)

    def _moment(self, row: object, path: str) -> datetime | None:
        found = at_path(row, path) if path else None
        try:
            return moment(found)
        except ValueError as error:
            raise Unreadable(f"An order of {self._name} holds no moment at {path}.") from error


@asynccontextmanager
async def open_rest(access: Access) -> AsyncGenerator[RestCmms]:
    """Raises ``InvalidInput`` for a description with a mistake."""
    description = description_of(access.vendor, access.file)
    access.needed_key(description.name)

    def signed(request: httpx.Request) -> None:
        address = str(request.url).partition("://")[2]
        key = access.key.get_secret_value().encode()
        request.headers["authorization"] = hmac.new(key, address.encode(), hashlib.sha256).hexdigest()

    sign = signed if description.authentication.sign == "url" else None
    async with access.connected(description.name, {}, sign) as connection:
        yield RestCmms(access.vendor, connection, description, access)


def order_in_hook(description: Description, body: Mapping[str, Any]) -> str | None:
    """Which order a webhook is about."""
    return text_at(dict(body), description.hook.order) if description.hook else None


def _place(page: int, call: Paged) -> dict[str, object]:
    return {"page": page, "page_from_one": page + 1, "offset": page * call.size, "size": call.size}


def _named(row: object, listing: Listing) -> _Named:
    fields = listing.fields
    names = [text_at(row, one.strip()) or "" for one in fields.name.split("+")]
    return _Named(
        text_at(row, fields.id) or "",
        " ".join(filter(None, names)),
        text_at(row, fields.code),
        text_at(row, fields.email),
    )


def _in_path(value: object) -> object:
    """Nothing from outside may lead a path elsewhere."""
    if not isinstance(value, str):
        return value
    if not value.strip("."):
        raise Refused(f"“{value}” can be no id.")
    return quote(value, safe="")
