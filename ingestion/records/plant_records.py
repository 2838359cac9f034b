"""Events of other systems, names of codes and the site's failure modes, in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, LiteralString, cast

from psycopg.rows import dict_row

from graph_schema.statements import statements
from ingestion.changes import NewChange, record
from ingestion.history.history import History
from ingestion.orders.work_orders import Stored
from ingestion.records.event import CodeName, PlantEvent, StatedMode

_SQL = statements("ingestion.records", "records.sql")
_BATCH = 5_000


class PlantRecords:
    """The tables ``plant_event``, ``code_name`` and ``stated_failure_mode``. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def put_events(self, events: Sequence[PlantEvent], who: str = "import") -> Stored:
        """Add them; a known one is given what it did not tell yet. The stream has one change for each batch, ``events.imported``."""
        new = changed = 0
        for start in range(0, len(events), _BATCH):
            told = json.dumps([_row(one) for one in events[start : start + _BATCH]])
            async with self._history.connection() as connection, connection.transaction():
                cursor = connection.cursor(row_factory=dict_row)
                await cursor.execute(cast(LiteralString, _SQL["put_events"]), {"events": told})
                found = await cursor.fetchall()
                fresh = sum(row["new"] for row in found)
                if found:
                    data = {"new": fresh, "changed": len(found) - fresh, "who": who}
                    await record(connection, [NewChange("events.imported", who, datetime.now(UTC), data)])
            new, changed = new + fresh, changed + len(found) - fresh
        return Stored(new, changed)

    async def put_codes(self, codes: Sequence[CodeName]) -> int:
        """How many codes were named."""
        told = json.dumps([asdict(one) for one in codes])
        return len(await self._history.fetch(_SQL["put_codes"], {"codes": told}))

    async def put_modes(self, modes: Sequence[StatedMode]) -> None:
        """In place of what was known of their classes."""
        told = [
            {"class": one.class_, "mode": one.mode, "mechanism": one.mechanism, "cause": one.cause, "place": place}
            for place, one in enumerate(modes)
        ]
        async with self._history.connection() as connection, connection.transaction():
            classes = sorted({one.class_ for one in modes})
            await connection.execute(cast(LiteralString, _SQL["forget_modes"]), {"classes": classes})
            await connection.execute(cast(LiteralString, _SQL["put_modes"]), {"modes": json.dumps(told)})

    async def modes(self, classes: Sequence[str]) -> Sequence[StatedMode]:
        """What the site says of these classes."""
        rows = await self._history.fetch(_SQL["modes"], {"classes": [*classes]})
        return [StatedMode(row["class"], row["mode"], row["mechanism"], row["cause"]) for row in rows]


def _row(event: PlantEvent) -> Mapping[str, Any]:
    return {
        "asset": event.asset, "event_group": event.group, "code": event.code, "at": event.at.isoformat(),
        "ended_at": event.ended_at.isoformat() if event.ended_at else None, "text": event.text,
    }  # fmt: skip
