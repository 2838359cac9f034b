"""A turn at work that is done by one process at a time, whoever does it: a job, or a person at the command line."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from graph_schema.errors import PlantroomError
from ingestion.history.history import History
from interfaces.progress import Report, silent

_AGAIN_S = 1.0


class Taken(PlantroomError):
    """Another process is at it."""


@asynccontextmanager
async def turn(
    history: History, key: int, *, waiting: str | None = None, report: Report = silent
) -> AsyncGenerator[None]:
    """Hold the turn ``key`` while the context lasts; it ends with the process too. Raises ``Taken`` where another has it.

    With ``waiting`` it is waited for, and that is reported.
    """
    async with history.session() as connection:
        while True:
            row = await (await connection.execute("select pg_try_advisory_lock(%s)", [key])).fetchone()
            if row and row[0]:
                break
            if waiting is None:
                raise Taken
            report(waiting)
            await asyncio.sleep(_AGAIN_S)
        yield
