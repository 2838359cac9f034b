"""The record of what is kept the same, in PostgreSQL."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from psycopg.types.json import Jsonb

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from ingestion.history.history import History
from tools.cmms.port import VendorOrder
from tools.cmms.sync.values import Values

State = Literal["waiting", "sending", "linked", "lost", "refused", "gone"]
LineState = Literal["sending", "sent", "lost", "refused"]
Kept = Literal["ours", "theirs"]

KEEP_EVENTS = timedelta(days=30)
_SQL = statements("tools.cmms.sync", "sync.sql")
_LOCK = 0x636D  # the first of two keys of an order's advisory lock; the second is its number's hash
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Link:
    """A row of ``cmms_link``."""

    number: str
    vendor: str
    key: str
    state: State
    vendor_id: str | None
    tried_at: datetime | None
    ours: Values
    theirs: Values
    refused: Values
    problem: str | None
    wanted: int
    done: int
    failures: int
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row of ``cmms_conflict``; it goes by “C-3”."""

    id: int
    number: str
    field: str
    before: str | None
    ours: str | None
    theirs: str | None
    found_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    kept: str | None

    @property
    def name(self) -> str:
        return f"C-{self.id}"


@dataclass(frozen=True, slots=True)
class Line:
    """Labour or a part on its way; ``said`` is what it says, in words."""

    number: str
    line: str
    state: LineState
    said: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An order of the vendor's whose asset is none of ours."""

    vendor_id: str
    vendor_number: str
    title: str
    asset: str | None
    seen_at: datetime


class SyncRecord:
    """Of one vendor. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History, vendor: str) -> None:
        self._history, self.vendor = history, vendor

    # Links

    async def wish(self, number: str, key: str) -> Link:
        """The order is to be dealt with."""
        (row,) = await self._rows("wish", number=number, vendor=self.vendor, key=key)
        return Link(**row)

    async def due(self, now: datetime, limit: int) -> Sequence[Link]:
        return [Link(**row) for row in await self._rows("due", vendor=self.vendor, now=now, limit=limit)]

    async def of_number(self, number: str) -> Link | None:
        return _link(await self._rows("of_number", number=number, vendor=self.vendor))

    async def of_vendor(self, vendor_id: str) -> Link | None:
        return _link(await self._rows("of_vendor", vendor=self.vendor, vendor_id=vendor_id))

    async def of_key(self, key: str) -> Link | None:
        return _link(await self._rows("of_key", vendor=self.vendor, key=key))

    @asynccontextmanager
    async def held(self, number: str) -> AsyncGenerator[bool]:
        """Whether nobody else deals with this order: a lock that goes with this connection, so with the process."""
        async with self._history.session() as connection:
            query = "select pg_try_advisory_lock(%s, hashtext(%s))"
            row = await (await connection.execute(query, [_LOCK, number])).fetchone()
            yield bool(row and row[0])

    async def claim(self, number: str, sent: Values, now: datetime) -> Link | None:
        """The one creation of this order; None where somebody else has it, or it is over."""
        return _link(await self._rows("claim", number=number, ours=Jsonb(dict(sent)), now=now))

    async def unsent(self, number: str, problem: str) -> None:
        await self._rows("unsent", number=number, problem=problem[:_LONGEST])

    async def refuse(self, link: Link, problem: str) -> None:
        await self._rows("refuse", number=link.number, problem=problem[:_LONGEST], seen=link.wanted)

    async def lose(self, number: str, problem: str) -> None:
        await self._rows("lose", number=number, problem=problem[:_LONGEST])

    async def join(self, number: str, vendor_id: str) -> Link | None:
        """The order there is known by now; None where it was before."""
        return _link(await self._rows("join", number=number, vendor_id=vendor_id))

    async def adopt(self, number: str, key: str, vendor_id: str, ours: Values, theirs: Values) -> Link | None:
        """An order of theirs has come in under this number; None where it has a link already."""
        given = {"number": number, "vendor": self.vendor, "key": key, "vendor_id": vendor_id}
        return _link(await self._rows("adopt", **given, ours=Jsonb(dict(ours)), theirs=Jsonb(dict(theirs))))

    async def agree(self, number: str, ours: Values, theirs: Values, refused: Values) -> None:
        given = {"ours": Jsonb(dict(ours)), "theirs": Jsonb(dict(theirs)), "refused": Jsonb(dict(refused))}
        await self._rows("agree", number=number, **given)

    async def deal(self, link: Link, problem: str | None) -> None:
        """All changes of ours that ``link`` had seen are dealt with."""
        await self._rows("deal", number=link.number, seen=link.wanted, problem=problem and problem[:_LONGEST])

    async def defer(self, number: str, problem: str, now: datetime) -> None:
        await self._rows("defer", number=number, problem=problem[:_LONGEST], now=now)

    async def vanish(self, number: str, problem: str) -> None:
        await self._rows("vanish", number=number, problem=problem[:_LONGEST])

    async def unmake(self, number: str) -> Link:
        """A person has looked: the order was not made. Raises ``InvalidInput`` where there was nothing to look after."""
        found = _link(await self._rows("unmake", number=number))
        if found is None:
            raise InvalidInput(f"{number} waits for nobody to look whether it was made.")
        return found

    async def hurry(self, number: str) -> Link:
        """Raises ``NotFound``."""
        found = _link(await self._rows("hurry", number=number))
        if found is None:
            raise NotFound(f"The order {number} has not gone to the maintenance system.")
        return found

    # Lines

    async def begin_line(self, number: str, line: str, said: str) -> bool:
        """Whether this line was not known."""
        return bool(await self._rows("line", number=number, line=line, said=said[:_LONGEST]))

    async def lines(self, number: str) -> Sequence[Line]:
        return [Line(number, **row) for row in await self._rows("lines", number=number)]

    async def line_is(self, number: str, line: str, state: LineState, problem: str | None = None) -> None:
        await self._rows("line_is", number=number, line=line, state=state, problem=problem and problem[:_LONGEST])

    async def unline(self, number: str, line: str) -> bool:
        return bool(await self._rows("unline", number=number, line=line))

    # Conflicts

    async def conflict(self, link: Link, field: str, ours: Values, theirs: Values, now: datetime) -> Conflict:
        given = {"before": link.ours.get(field), "ours": ours.get(field), "theirs": theirs.get(field), "now": now}
        (row,) = await self._rows("conflict", number=link.number, field=field, **given)
        return Conflict(**row)

    async def conflicts(
        self, number: str | None = None, *, every: bool = False, limit: int = 200
    ) -> Sequence[Conflict]:
        """The newest first."""
        return [Conflict(**row) for row in await self._rows("conflicts", number=number, every=every, limit=limit)]

    async def settle(self, id_: int, kept: Kept, by: str, now: datetime) -> Conflict:
        """Raises ``NotFound``, or ``InvalidInput`` where somebody was faster."""
        if rows := await self._rows("settle", id=id_, kept=kept, by=by[:200] or "unknown", now=now):
            return Conflict(**rows[0])
        known = await self._rows("conflict_of_id", id=id_)
        if not known:
            raise NotFound(f"There is no conflict C-{id_}.")
        raise InvalidInput(f"C-{id_} was settled by {known[0]['settled_by']} already.")

    async def settle_same(self, number: str, fields: Sequence[str], now: datetime) -> None:
        if fields:
            await self._rows("settle_same", number=number, fields=[*fields], now=now)

    # Webhooks

    async def receive(self, body: bytes, vendor_id: str, now: datetime) -> bool:
        """Whether this very message had not come before."""
        digest = hashlib.sha256(self.vendor.encode() + b"\n" + body).hexdigest()
        return bool(await self._rows("receive", digest=digest, vendor=self.vendor, vendor_id=vendor_id, now=now))

    async def told(self, limit: int) -> Sequence[tuple[str, datetime]]:
        """Orders that webhooks were about, and when the newest of each came."""
        return [
            (row["vendor_id"], row["received_at"]) for row in await self._rows("told", vendor=self.vendor, limit=limit)
        ]

    async def handled(self, vendor_id: str, received_at: datetime, now: datetime) -> None:
        await self._rows("handled", vendor=self.vendor, vendor_id=vendor_id, received_at=received_at, now=now)

    async def again(self, order: VendorOrder, now: datetime) -> None:
        """What could not be dealt with is read again, as if a webhook had told of it."""
        await self.receive(f"again {order.id} {order.changed_at} {now}".encode(), order.id, now)

    async def postpone(self, vendor_id: str, now: datetime) -> None:
        await self._rows("postpone", vendor=self.vendor, vendor_id=vendor_id, now=now)

    async def trim(self, now: datetime) -> int:
        return (await self._rows("trim", before=now - KEEP_EVENTS))[0]["removed"]

    # Orders that are left out

    async def leave_out(self, order: VendorOrder, now: datetime) -> None:
        given = {
            "vendor_id": order.id,
            "vendor_number": order.number,
            "title": order.title[:_LONGEST],
            "asset": order.asset,
        }
        await self._rows("leave_out", vendor=self.vendor, now=now, **given)

    async def take_in(self, vendor_id: str) -> None:
        await self._rows("take_in", vendor=self.vendor, vendor_id=vendor_id)

    async def left_out(self, assets: Sequence[str] | None = None, limit: int = 500) -> Sequence[LeftOut]:
        given = {"assets": None if assets is None else [*assets], "limit": limit}
        return [LeftOut(**row) for row in await self._rows("left_out", vendor=self.vendor, **given)]

    # Position and state

    async def position(self) -> tuple[str | None, datetime | None, str | None]:
        """The position, when it was last moved, and what stood in the way since."""
        rows = await self._rows("position", vendor=self.vendor)
        return (rows[0]["position"], rows[0]["polled_at"], rows[0]["problem"]) if rows else (None, None, None)

    async def move(self, position: str, now: datetime) -> None:
        await self._rows("move", vendor=self.vendor, position=position, now=now)

    async def stumble(self, position: str, problem: str) -> None:
        await self._rows("stumble", vendor=self.vendor, position=position, problem=problem[:_LONGEST])

    async def counts(self) -> Sequence[Mapping[str, Any]]:
        """By state: ``links``, those ``behind`` our changes and those with a problem, ``troubled``."""
        return await self._rows("counts", vendor=self.vendor)

    async def troubled(self, limit: int = 100) -> Sequence[Mapping[str, Any]]:
        return await self._rows("troubled", vendor=self.vendor, limit=limit)

    async def troubled_lines(self, limit: int = 100) -> Sequence[Line]:
        return [Line(**row) for row in await self._rows("troubled_lines", limit=limit)]

    async def waiting_hooks(self) -> int:
        return (await self._rows("waiting_hooks", vendor=self.vendor))[0]["waiting"]

    async def _rows(self, statement: str, /, **parameters: Any) -> Sequence[Mapping[str, Any]]:
        return await self._history.fetch(_SQL[statement], parameters)


def _link(rows: Sequence[Mapping[str, Any]]) -> Link | None:
    return Link(**rows[0]) if rows else None
