"""The record of work orders in PostgreSQL: each change in one transaction with what happened (``work_order_event``) and its change in the stream."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, LiteralString, cast

import psycopg
from psycopg.rows import dict_row

from graph_schema.errors import AmbiguousName, InvalidInput, NotFound
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.changes import NewChange, record
from ingestion.history.history import History
from ingestion.orders.order import Kind, OrderEvent, Source, Status, WorkOrder, order_of

_SQL = statements("ingestion.orders", "work_orders.sql")
_CYPHER = statements("ingestion.orders", "work_orders.cypher")
_BATCH = 5_000
_LONGEST = 4_000
_SET_ONCE = frozenset({"number", "opened_by", "changed_at"})
CHANGEABLE = frozenset(one.name for one in fields(WorkOrder)) - _SET_ONCE
"""What ``WorkOrders.change`` takes."""
Changes = Mapping[str, object] | Callable[[WorkOrder], Mapping[str, object]]
"""New values by field, or what makes them of the order as it is when nobody else changes it: so that two who add something at once both do."""


@dataclass(frozen=True, slots=True)
class Stored:
    """How many orders were new, and how many known ones changed."""

    new: int
    changed: int


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders: all that is given has to hold. ``due_before`` finds what is not over and due before a moment; ``opened`` and ``closed`` are half-open windows."""

    assets: Sequence[str] | None = None
    statuses: Collection[Status] | None = None
    kinds: Collection[Kind] | None = None
    assignee: str | None = None
    unassigned: bool = False
    source: Source | None = None
    source_ref: str | None = None
    due_before: datetime | None = None
    opened: tuple[datetime | None, datetime | None] = (None, None)
    closed: tuple[datetime | None, datetime | None] = (None, None)


class WorkOrders:
    """The ``work_order`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def put(self, orders: Sequence[WorkOrder], told: Collection[str] = (), who: str = "import") -> Stored:
        """Add them as a file tells them, or replace what was known by the same number: the failure, its times and texts, and of the other fields those that
        were ``told``. Numbers are given once. The stream has one change for each batch, ``orders.imported``."""
        new = changed = 0
        for start in range(0, len(orders), _BATCH):
            now = datetime.now(UTC)
            rows = [_row(replace(one, changed_at=now)) for one in orders[start : start + _BATCH]]
            async with self._changing() as connection:
                found = await _all(connection, "put", {"orders": _json(rows), "told": [*told]})
                await _happened(connection, [_imported(row, who, now) for row in found])
                fresh = sum(row["before"] is None for row in found)
                if found:
                    data = {"new": fresh, "changed": len(found) - fresh, "who": who}
                    await record(connection, [NewChange("orders.imported", who, now, data)])
            new, changed = new + fresh, changed + len(found) - fresh
        return Stored(new, changed)

    async def create(self, order: WorkOrder, who: str, now: datetime) -> WorkOrder:
        """A new order; without a number it gets the next of ours. Raises ``InvalidInput`` where its number is taken, or a text cannot be stored."""
        _check_texts(asdict(order))
        opened = replace(order, opened_at=order.opened_at or now, opened_by=order.opened_by or who, changed_at=now)
        async with self._changing() as connection:
            stored = await self._added(connection, opened)
            await _happened(connection, [_event(stored.number, now, who, "created", None, stored.status)])
            await record(connection, [_change("order.opened", stored, who, now)])
        return stored

    async def change(self, number: str, changes: Changes, who: str, now: datetime) -> WorkOrder:
        """Give fields (``CHANGEABLE``) other values. The moments follow the status: in progress has ``started_at``, done and cancelled have ``closed_at``, open
        again has none. What is the same already is no change.

        Raises ``NotFound``, or ``InvalidInput`` for a field that there is not.
        """
        async with self._changing() as connection:
            known = await _one(connection, "lock", {"number": number})
            if known is None:
                raise NotFound(f"There is no work order {number[:60]}.")
            before = order_of(known)
            new = changes(before) if callable(changes) else changes
            _check_changes(new)
            wanted = replace(before, **_with_moments(before, new, now))
            rows_before, rows = _row(before), _row(wanted)
            different = [name for name in rows if name != "changed_at" and rows[name] != rows_before[name]]
            if not different:
                return before
            given = {
                "number": number,
                "changes": _json({**{name: rows[name] for name in different}, "changed_at": now}),
            }
            stored = order_of(cast(Mapping[str, Any], await _one(connection, "change", given)))
            events = [_event(number, now, who, name, rows_before[name], rows[name]) for name in different]
            await _happened(connection, events)
            kind = _kind_of(before, stored)
            await record(connection, [_change(kind, stored, who, now, before=before.status, fields=different)])
        return stored

    async def get(self, number: str) -> WorkOrder:
        """By its number in any case. Raises ``NotFound``."""
        for one in dict.fromkeys((number.strip(), number.strip().upper())):
            if rows := await self._history.fetch(_SQL["of_number"], {"number": one}):
                return order_of(rows[0])
        raise NotFound(f"There is no work order {number.strip()[:60]}.")

    async def of_vendor(self, vendor: str, vendor_number: str) -> WorkOrder | None:
        """The order that a maintenance system knows by its own number."""
        rows = await self._history.fetch(_SQL["of_vendor"], {"vendor": vendor, "vendor_number": vendor_number})
        return order_of(rows[0]) if rows else None

    async def events(self, number: str) -> Sequence[OrderEvent]:
        """What became of an order, the oldest first."""
        return [OrderEvent(**row) for row in await self._history.fetch(_SQL["events"], {"number": number})]

    async def list(self, assets: Sequence[str] | None = None, limit: int | None = None) -> list[WorkOrder]:
        """Of these assets or of all, the newest first."""
        given = {"assets": None if assets is None else [*assets], "limit": limit}
        return [order_of(row) for row in await self._history.fetch(_SQL["all"], given)]

    async def between(
        self, start: datetime, end: datetime, assets: Sequence[str] | None = None, limit: int | None = None
    ) -> Sequence[WorkOrder]:
        """Those that were opened or closed in a window, the newest first."""
        given = {"start": start, "end": end, "assets": None if assets is None else [*assets], "limit": limit}
        return [order_of(row) for row in await self._history.fetch(_SQL["between"], given)]

    async def find(self, which: OrderFilter, limit: int | None = None) -> tuple[Sequence[WorkOrder], int]:
        """What waits by priority and due date, then what is over, the newest first; and how many there are."""
        given = {
            "assets": _listed(which.assets), "statuses": _listed(which.statuses), "kinds": _listed(which.kinds),
            "assignee": which.assignee, "unassigned": which.unassigned, "source": which.source, "source_ref": which.source_ref,
            "due_before": which.due_before, "opened_from": which.opened[0], "opened_until": which.opened[1],
            "closed_from": which.closed[0], "closed_until": which.closed[1], "limit": limit,
        }  # fmt: skip
        rows = await self._history.fetch(_SQL["found"], given)
        return [order_of(row) for row in rows], rows[0]["total"] if rows else 0

    async def changed(self) -> Mapping[str, datetime]:
        """When each order last changed, by its number."""
        return {row["number"]: row["changed_at"] for row in await self._history.fetch(_SQL["changed"])}

    async def some(self, numbers: Sequence[str]) -> Sequence[WorkOrder]:
        """Those of these numbers that there are."""
        rows = await self._history.fetch(_SQL["some"], {"numbers": [*numbers]}) if numbers else []
        return [order_of(row) for row in rows]

    async def _added(self, connection: psycopg.AsyncConnection, order: WorkOrder) -> WorkOrder:
        """Imports may have taken some of our own numbers: the next that is free."""
        while True:
            number = order.number or cast(Mapping[str, str], await _one(connection, "next", {}))["number"]
            row = await _one(connection, "add", {"order": _json(_row(replace(order, number=number)))})
            if row is not None:
                return order_of(row)
            if order.number:
                raise InvalidInput(f"There is a work order {order.number} already.")

    @asynccontextmanager
    async def _changing(self) -> AsyncGenerator[psycopg.AsyncConnection]:
        async with self._history.connection() as connection, connection.transaction():
            yield connection


class Names:
    """Which piece of equipment is meant: by id, else by name or alias in any case."""

    def __init__(self, called: Sequence[tuple[str, str | None, Sequence[str] | None]]) -> None:
        """``called`` holds id, name and aliases of each."""
        self._ids = {id_ for id_, _, _ in called}
        found: defaultdict[str, set[str]] = defaultdict(set)
        for id_, name, aliases in called:
            for one in (id_, name, *(aliases or ())):
                if one:
                    found[one.strip().casefold()].add(id_)
        self._named: Mapping[str, set[str]] = found

    def is_known(self, name: str) -> bool:
        """Whether one piece of equipment, and no other, is called that."""
        return name in self._ids or len(self._named.get(name.strip().casefold(), ())) == 1

    def id_of(self, name: str) -> str:
        """Raises ``NotFound`` or ``AmbiguousName``."""
        if name in self._ids:
            return name
        found = sorted(self._named.get(name.strip().casefold(), ()))
        if not found:
            raise NotFound(f"there is no equipment with the id, name or alias “{name[:60]}”")
        if len(found) > 1:
            raise AmbiguousName(name, found)
        return found[0]


async def read_names(graph: GraphStore) -> Names:
    """Of all equipment in the graph."""
    (row,) = await graph.read(_CYPHER["names"])
    return Names([(id_, name, aliases) for id_, name, aliases in row["rows"]])


def _with_moments(before: WorkOrder, changes: Mapping[str, object], now: datetime) -> dict[str, Any]:
    status = changes.get("status", before.status)
    wanted: dict[str, Any] = dict(changes)
    if status == "in_progress" and before.started_at is None:
        wanted.setdefault("started_at", now)
    if status in ("done", "cancelled"):
        wanted.setdefault("closed_at", before.closed_at or now)
    elif before.is_over and "status" in changes:
        wanted["closed_at"] = None
    return wanted


def _kind_of(before: WorkOrder, after: WorkOrder) -> str:
    if before.is_over == after.is_over:
        return "order.changed"
    return "order.closed" if after.is_over else "order.reopened"


def _change(kind: str, order: WorkOrder, who: str, now: datetime, **more: object) -> NewChange:
    data = {
        "asset": order.asset, "status": order.status, "kind": order.kind, "priority": order.priority, "who": who,
        "source": order.source, "vendor": order.vendor, **more,
    }  # fmt: skip
    return NewChange(kind, order.number, now, data)


def _event(number: str, at: datetime, who: str, what: str, old: object, new: object) -> dict[str, object]:
    return {
        "number": number,
        "at": at,
        "who": who[:200] or "unknown",
        "what": what,
        "old": _said(old),
        "new": _said(new),
    }


def _imported(row: Mapping[str, Any], who: str, now: datetime) -> dict[str, object]:
    return _event(row["number"], now, who, "imported", row["before"], row["status"])


def _said(value: object) -> str | None:
    """As a person can read it in the record."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _row(order: WorkOrder) -> dict[str, Any]:
    """Plain JSON values, so that two orders can be compared field by field."""
    return json.loads(_json(asdict(order)))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_moment)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{value!r} cannot be stored with a work order")


def _check_changes(changes: Mapping[str, object]) -> None:
    if unknown := sorted(set(changes) - CHANGEABLE):
        raise InvalidInput(f"A work order has no {', '.join(unknown)} to change.")
    _check_texts(changes)


def _check_texts(given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if isinstance(value, str) and ("\0" in value or len(value) > _LONGEST):
            raise InvalidInput(f"The {name} of a work order has at most {_LONGEST:,} characters that can be stored.")


def _listed(values: Collection[str] | None) -> list[str] | None:
    return None if values is None else [*values]


async def _happened(connection: psycopg.AsyncConnection, events: Sequence[Mapping[str, object]]) -> None:
    if events:
        await connection.execute(_text("happened"), {"events": _json(events)})


async def _one(connection: psycopg.AsyncConnection, name: str, given: Mapping[str, Any]) -> Mapping[str, Any] | None:
    rows = await _all(connection, name, given)
    return rows[0] if rows else None


async def _all(connection: psycopg.AsyncConnection, name: str, given: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(_text(name), given)
    return await cursor.fetchall()


def _text(name: str) -> LiteralString:
    return cast(LiteralString, _SQL[name])
