"""Readings out of history, series by series, in batches that fit into memory."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString, cast

from graph_schema.statements import statements
from ingestion.history.history import History

_SQL = statements("ingestion.export", "readings.sql")
_BATCH = 10_000

Grain = Literal["raw", "hourly"]

COLUMNS: dict[Grain, dict[str, type]] = {
    "raw": {"at": datetime, "asset_name": str, "point_name": str, "value": float, "text": str, "unit": str, "source": str, "point": str, "asset": str},
    "hourly": {
        "hour": datetime, "asset_name": str, "point_name": str, "mean": float, "min": float, "max": float, "last": float, "samples": int, "unit": str,
        "source": str, "point": str, "asset": str,
    },
}  # fmt: skip
"""Columns and what is in them, as in the views ``plantroom_readings`` and ``plantroom_hours``."""

Batch = Sequence[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Window:
    """From ``since`` to before ``until``, both aware."""

    since: datetime
    until: datetime


async def batches(
    history: History, sources: Sequence[str] | None, window: Window, grain: Grain
) -> AsyncGenerator[Batch]:
    """Rows in the order of ``COLUMNS``, of these series or of all. Raises ``Unavailable``."""
    rows = await history.fetch(_SQL["sources"], {"sources": None if sources is None else list(sources)})
    for row in rows:
        parameters = {"source": row["source"], "since": window.since, "until": window.until}
        async with (
            history.connection() as connection,
            connection.transaction(),
            connection.cursor(name="export") as cursor,
        ):
            await cursor.execute(cast(LiteralString, _SQL[grain]), parameters)
            while batch := await cursor.fetchmany(_BATCH):
                yield batch
