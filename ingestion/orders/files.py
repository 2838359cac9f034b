"""Photographs and papers of a work order. What a file is, its first bytes say; a name that claims something else is refused."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, cast

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from ingestion.changes import NewChange, record
from ingestion.history.history import History
from ingestion.orders.work_orders import WorkOrders

LARGEST = 20 * 1024 * 1024
"""Bytes of one file."""
MOST = 50
"""Files of one order."""

_SQL = statements("ingestion.orders", "files.sql")
_EVENTS = statements("ingestion.orders", "work_orders.sql")
_ENDINGS: Mapping[str, Sequence[str]] = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
    "text/plain": (".txt", ".csv", ".md"),
}
_UNSAFE = re.compile(r"[^\w .()+-]+")


@dataclass(frozen=True, slots=True)
class OrderFile:
    """``size`` in bytes."""

    id: int
    name: str
    type: str
    size: int
    by_whom: str
    at: datetime


class OrderFiles:
    """The ``work_order_file`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def add(self, number: str, name: str, content: bytes, who: str, now: datetime) -> OrderFile:
        """Raises ``NotFound`` for an order that there is not, ``InvalidInput`` for a file that is too large or of another type than it says."""
        order = await WorkOrders(self._history).get(number)
        called, kind = _name(name), type_of(name, content)
        if len(await self.of(order.number)) >= MOST:
            raise InvalidInput(f"{order.number} has {MOST} files already.")
        digest = hashlib.sha256(content).hexdigest()
        given = {
            "number": order.number, "name": called, "type": kind, "bytes": content, "sha256": digest, "by_whom": who[:200] or "unknown", "at": now,
        }  # fmt: skip
        async with self._history.connection() as connection, connection.transaction():
            cursor = await connection.execute(cast(LiteralString, _SQL["add"]), given)
            if await cursor.fetchone() is None:
                raise InvalidInput(f"{order.number} has this file already.")
            events = [
                {"number": order.number, "at": now, "who": given["by_whom"], "what": "file", "old": None, "new": called}
            ]
            happened = {"events": json.dumps(events, default=datetime.isoformat)}
            await connection.execute(cast(LiteralString, _EVENTS["happened"]), happened)
            data = {"asset": order.asset, "who": who, "fields": ["files"], "status": order.status}
            await record(connection, [NewChange("order.changed", order.number, now, data)])
        return (await self.of(order.number))[-1]

    async def of(self, number: str) -> Sequence[OrderFile]:
        """Without their bytes, in the order in which they came."""
        return [OrderFile(**row) for row in await self._history.fetch(_SQL["of"], {"number": number})]

    async def read(self, number: str, which: str) -> tuple[str, str, bytes]:
        """Name, type and bytes of one, by its id or its name. Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["bytes"], {"number": number, "which": which})
        if not rows:
            raise NotFound(f"{number} has no file “{which[:60]}”.")
        return rows[0]["name"], rows[0]["type"], bytes(rows[0]["bytes"])


def type_of(name: str, content: bytes) -> str:
    """By its first bytes. Raises ``InvalidInput`` where it is empty, too large, or none of the types that are kept."""
    if not content:
        raise InvalidInput(f"{name[:60]} is empty.")
    if len(content) > LARGEST:
        raise InvalidInput(
            f"{name[:60]} has {len(content) / 1024 / 1024:.1f} MB; a file has at most {LARGEST // 1024 // 1024} MB."
        )
    found = _sniffed(content)
    if found is None or not name.lower().endswith(tuple(_ENDINGS[found])):
        raise InvalidInput(
            f"{name[:60]} is not kept: a file is a JPEG, PNG or WebP image, a PDF or plain text, with an ending that says so."
        )
    return found


def _sniffed(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    try:
        return None if "\0" in content.decode() else "text/plain"
    except UnicodeDecodeError:
        return None


def _name(name: str) -> str:
    """Without folders, and of letters that no file system minds."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return _UNSAFE.sub("_", last).strip(" .")[-200:] or "file"
