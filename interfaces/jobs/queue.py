"""Queue a job, within whatever transaction makes it true."""

from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector

QUEUE = "plant"


async def put(app: App, connection: psycopg.AsyncConnection[Any], name: str, lock: str) -> int:
    """The job's number. The connection's schema must be that of the jobs. Raises ``AlreadyEnqueued`` where one of that name waits."""
    deferrer = app.configure_task(name, lock=lock, queueing_lock=name, queue=QUEUE, connection=connection)
    return await deferrer.defer_async()


async def put_alone(connection: psycopg.AsyncConnection[Any], name: str, lock: str) -> int:
    """The same from a process that runs no jobs."""
    return await put(App(connector=PsycopgConnector()), connection, name, lock)
