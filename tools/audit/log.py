"""The audit log: added to, and never changed. What is kept of a call is its digest, never its arguments, which may hold secrets.

A change, a proposal's step for instance, is written with ``record`` in the transaction that makes it true. Calls that only read are many
and are written together, a moment later.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, LiteralString, cast

import psycopg

from graph_schema.errors import Unavailable
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.tasks import end

log = logging.getLogger(__name__)

_SQL = statements("tools.audit", "audit.sql")
_EVERY_S = 1.0
_TOGETHER = 200
_MOST_WAITING = 20_000
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """``who`` did ``what``. Of a tool's call: the ``digest`` of its arguments, the ``model`` that made it, the letters of the ``evidence``
    before it, what came of it in one line. Of people and keys: ``subject``."""

    at: datetime
    who: str
    what: str
    tool: str | None = None
    digest: str | None = None
    model: str = ""
    conversation: str = ""
    evidence: Sequence[str] = ()
    proposal: int | None = None
    subject: str | None = None
    site: str | None = None
    address: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entries: of a person, of a kind (``proposal`` has all of its steps), of a tool, of a proposal, from a moment until another."""

    who: str | None = None
    what: str | None = None
    tool: str | None = None
    proposal: int | None = None
    since: datetime | None = None
    until: datetime | None = None


async def record(connection: psycopg.AsyncConnection, entries: Sequence[Entry]) -> None:
    """Write them within the caller's transaction."""
    if entries:
        await connection.execute(cast(LiteralString, _SQL["add"]), {"entries": _json(entries)})


class AuditLog:
    """``keep`` writes at once; ``note`` within a second, while ``keep_writing`` runs."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._waiting: deque[Entry] = deque()
        self._lost = 0
        self._away = False

    async def keep(self, *entries: Entry) -> None:
        """Raises ``Unavailable``."""
        await self._history.fetch(_SQL["add"], {"entries": _json(entries)})

    async def note(self, entry: Entry) -> None:
        """Never fails. Where the database is away, entries wait; of too many the oldest go, which the log says."""
        if len(self._waiting) >= _MOST_WAITING:
            self._waiting.popleft()
            self._lost += 1
        self._waiting.append(entry)
        if len(self._waiting) % _TOGETHER == 0:
            await self.write()

    async def write(self) -> None:
        """What waits, together."""
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(_TOGETHER, len(self._waiting)))]
            try:
                await self.keep(*some)
            except Unavailable as error:
                self._waiting.extendleft(reversed(some))
                if not self._away:
                    log.warning("The audit log cannot be written, and is tried again: %s", error)
                self._away = True
                return
            except asyncio.CancelledError:
                self._waiting.extendleft(reversed(some))
                raise
            self._away = False
        if self._lost:
            log.error("%d entries of the audit log were lost while the database was away.", self._lost)
            self._lost = 0

    async def keep_writing(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(_EVERY_S)
            await self.write()

    async def newest(self, choice: Choice, limit: int) -> Sequence[Entry]:
        """The newest first. Raises ``Unavailable``."""
        rows = await self._history.fetch(_SQL["newest"], {**asdict(choice), "limit": limit})
        return [Entry(**row) for row in rows]


@asynccontextmanager
async def open_audit(history: History) -> AsyncGenerator[AuditLog]:
    """What is noted is written within a second, and what waits at the end then."""
    audit = AuditLog(history)
    writing = asyncio.create_task(audit.keep_writing(), name="audit log")
    try:
        yield audit
    finally:
        await end(writing)
        await audit.write()


def digest_of_text(text: str) -> str:
    """SHA-256, in hexadecimal, of what cannot be read as arguments."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _json(entries: Sequence[Entry]) -> str:
    return json.dumps([_row(entry) for entry in entries], default=datetime.isoformat)


def _row(entry: Entry) -> dict[str, Any]:
    """A text that the database refuses (a zero byte) must not stop the log."""
    row = {name: _storable(value) if isinstance(value, str) else value for name, value in asdict(entry).items()}
    row["evidence"] = list(entry.evidence)
    return row


def _storable(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()[:_LONGEST]
