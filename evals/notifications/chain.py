"""The chain from an alarm that is recorded to a message that is taken, as a served plant has it: folding, planning, the job that sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.alarms.incidents import Incidents
from ingestion.history.history import History
from interfaces.app.messages.notifications import JOB, KeptBook, hurried
from interfaces.jobs.job import Job
from interfaces.jobs.schedule import Every
from interfaces.jobs.worker import Pace, work
from interfaces.notifications.delivery import Accounts, Planning, Sending, keep_planning
from interfaces.notifications.record import Notices
from interfaces.notifications.troubles import Troubles
from interfaces.progress import Report
from tools.alarms.folding import Folding

PACE = Pace(settling_s=0.1, tick_s=0.5, poll_s=0.5, heartbeat_s=0.5, stalled_s=2.0)


@dataclass(frozen=True, slots=True)
class Chain:
    """``dsn`` is the database of ``history``; ``record`` may be one that does more than the usual."""

    graph: GraphStore
    history: History
    ontology: Ontology
    dsn: str
    book: Path
    clock: Callable[[], datetime]
    record: Notices
    every: timedelta = timedelta(minutes=1)

    async def run(self) -> None:
        """Until cancelled."""
        book = KeptBook(self.book)
        troubles, incidents = Troubles(self.graph, self.history, self.ontology), Incidents(self.history)
        planning = Planning(troubles, incidents, self.record, book, _nobody, _utc, self.clock)
        sending = Sending(self.record, book, _nobody, _utc, self.clock)

        async def send(report: Report) -> None:
            report(f"{await sending.run():,} messages were sent")

        job = Job(JOB, "People are told", send, Every(self.every), JOB)
        async with asyncio.TaskGroup() as group:
            group.create_task(Folding(self.history, self.graph, self.ontology, self.clock).keep())
            group.create_task(keep_planning(self.history, planning, lambda: hurried(self.dsn)))
            group.create_task(work(self.dsn, [job], _utc, pace=PACE))

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        task = asyncio.create_task(self.run(), name="from alarms to messages")
        try:
            await until(lambda: _reads(self.history), 60)
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def has_read(self) -> None:
        """Wait until what has been recorded by now is folded and planned. Raises ``TimeoutError``."""

        async def done() -> bool:
            (row,) = await self.history.fetch(_SQL["behind"])
            return row["readers"] == _READERS and not row["behind"]

        await until(done, 60)


_SQL = statements("evals.notifications", "outcome.sql")
_READERS = 2


async def until(condition: Callable[[], Awaitable[bool]], patience_s: float) -> None:
    """Raises ``TimeoutError``."""
    async with asyncio.timeout(patience_s):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.02)


async def _reads(history: History) -> bool:
    return (await history.fetch(_SQL["behind"]))[0]["readers"] == _READERS


async def _nobody() -> Accounts:
    return Accounts({}, {}, {})


async def _utc() -> tzinfo:
    return UTC
