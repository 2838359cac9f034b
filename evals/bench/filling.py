"""A database filled with readings faster than they could be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import LiteralString, cast

import numpy as np
from numpy.typing import NDArray

from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.history.partitions import Parts
from ingestion.history.rows import Rows

_SQL = statements("evals", "bench/filling.sql")

Block = tuple[NDArray[np.int64], NDArray[np.float64]]
"""Moments in epoch milliseconds, ascending, and the values of every source at each; NaN is no reading."""


async def fill(
    history: History, sources: Sequence[str], blocks: Iterable[Block], told: Callable[[int], None] = lambda _: None
) -> int:
    """COPY blocks, each in one transaction with the marks of its hours; returns how many readings there were.

    ``sources`` are in the order of the columns, which is ascending. ``told`` gets the number so far after each block.
    """
    parts = Parts()
    written = 0
    async with history.connection() as connection:
        await connection.execute(cast(LiteralString, _SQL["add_series"]), {"sources": sources})
        ids = await history.fetch(_SQL["ids"], {"sources": sources})
        series = np.array([row["id"] for row in ids], np.int64)
        for at, values in blocks:
            read = np.isfinite(values.ravel())
            rows = Rows(np.tile(series, len(at))[read], np.repeat(at, len(series))[read], values.ravel()[read], {})
            await parts.prepare(connection, rows.days())
            async with connection.transaction():
                async with connection.cursor().copy(cast(LiteralString, _SQL["copy"])) as copy:
                    for data in rows.copy_data():
                        await copy.write(data)
                await connection.execute(
                    cast(LiteralString, _SQL["mark"]),
                    {"sources": sources, "first": int(at[0]), "last": int(at[-1])},
                )
            written += len(rows)
            told(written)
    return written


async def sum_up(history: History, sources: Sequence[str]) -> None:
    """Quarters and hours of these addresses at once, as ``Rollups`` makes them hour by hour; each quarter has one reading at most."""
    ids = [row["id"] for row in await history.fetch(_SQL["ids"], {"sources": sources})]
    await history.fetch(_SQL["make_parts"])
    for name in ("quarters", "hours", "unmark"):
        await history.fetch(_SQL[name], {"ids": ids})
