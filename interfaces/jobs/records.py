"""The jobs as people see them: what waits, runs and failed, and another attempt on demand."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, LiteralString, cast

import psycopg
from procrastinate.exceptions import ProcrastinateException
from psycopg.rows import DictRow, dict_row

from graph_schema.errors import InvalidInput, NotFound, Unavailable
from graph_schema.statements import statements
from interfaces.jobs.schema import OPTIONS, TURN

_SQL = statements("interfaces.jobs", "jobs.sql")
_EACH = 3

State = Literal["waits", "runs", "done", "failed", "stopped"]
_STATES: Mapping[str, State] = {
    "todo": "waits", "doing": "runs", "succeeded": "done", "failed": "failed", "aborted": "stopped", "cancelled": "stopped",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class JobRecord:
    """``at`` is when it began, or, while it waits, when it was queued or will be tried again. ``share`` is 0 to 1 of the whole."""

    id: int
    name: str
    title: str | None
    state: State
    at: datetime | None
    took: timedelta | None
    sentence: str | None
    share: float | None
    failures: int
    error: str | None

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self),
            "at": self.at.isoformat() if self.at else None,
            "took": round(self.took.total_seconds(), 3) if self.took else None,
        }


class JobRecords:
    """Over one connection, whose schema is that of the jobs."""

    def __init__(self, connection: psycopg.AsyncConnection[DictRow]) -> None:
        self._connection = connection

    async def list(self, now: datetime, each: int = _EACH) -> list[JobRecord]:
        """The newest first: all that wait or run, what failed within a week, and the newest of each name."""
        return [_record(row, now) for row in await self._rows("list", each=each)]

    async def retry(self, id: int) -> str:
        """Queue a job again that has ended badly; its name. Raises ``NotFound`` or ``InvalidInput`` with a sentence."""
        async with self._connection.transaction():
            await self._rows("wait_for_turn", key=TURN)
            found = await self._rows("one", id=id)
            if not found:
                raise NotFound(f"There is no job {id}. `plantroom jobs` shows those that there are.")
            name, state = found[0]["name"], _STATES[found[0]["status"]]
            if state in ("runs", "done"):
                raise InvalidInput(_REFUSED[state].format(id=id, name=name))
            if state == "waits":
                await self._rows("hurry", name=name)
                return name
            if (active := (await self._known()).get(name, {}).get("active")) is not None:
                raise InvalidInput(f"The job {name} is queued already, as {active}.")
            await self._rows("again", id=id)
            return name

    async def run(self, name: str) -> int:
        """Queue a job now; its number. Where it waits for another attempt, that is now. Raises ``NotFound`` or ``InvalidInput``."""
        from interfaces.jobs.queue import put_alone  # takes a quarter of a second, and lists do without it

        async with self._connection.transaction():
            await self._rows("wait_for_turn", key=TURN)
            known = await self._known()
            if name not in known:
                raise NotFound(_unknown(name, known))
            if hurried := await self._rows("hurry", name=name):
                return hurried[0]["id"]
            if (active := known[name]["active"]) is not None:
                raise InvalidInput(f"The job {name} runs at the moment, as {active}.")
            return await put_alone(self._connection, name, known[name]["lock"])

    async def workers(self, stalled_s: float = 30.0) -> int:
        """How many processes run jobs at the moment."""
        return (await self._rows("workers", stalled_s=stalled_s))[0]["workers"]

    async def forget(self, days: float, names: Sequence[str] | None = None) -> None:
        """Drop jobs that ended so long ago; with ``names`` those alone."""
        await self._rows("forget", days=days, names=None if names is None else list(names))

    async def _known(self) -> dict[str, DictRow]:
        return {row["name"]: row for row in await self._rows("scheduled")}

    async def _rows(self, statement: str, /, **parameters: Any) -> list[DictRow]:
        cursor = await self._connection.execute(cast(LiteralString, _SQL[statement]), parameters)
        return await cursor.fetchall() if cursor.description else []


_REFUSED = {
    "runs": "Job {id} ({name}) runs at the moment.",
    "done": "Job {id} ({name}) has succeeded. `plantroom jobs run {name}` runs it once more.",
}


async def run_soon(dsn: str, name: str) -> bool:
    """Have a job run now, and say whether it will; where it runs already, or is not known yet, its next turn finds what waits."""
    with suppress(InvalidInput, NotFound, ProcrastinateException):
        async with open_records(dsn) as records:
            await records.run(name)
            return True
    return False


@asynccontextmanager
async def open_records(dsn: str) -> AsyncGenerator[JobRecords]:
    """Raises ``Unavailable`` where the database does not answer. The tables must be there."""
    try:
        connection = await psycopg.AsyncConnection[DictRow].connect(
            dsn, autocommit=True, connect_timeout=5, options=OPTIONS, row_factory=dict_row
        )
    except psycopg.OperationalError as error:
        why = str(error).strip().partition("\n")[0]
        raise Unavailable(f"The database of the jobs does not answer: {why}") from error
    async with connection:
        yield JobRecords(connection)


def _unknown(name: str, known: Mapping[str, DictRow]) -> str:
    if not known:
        return "No jobs are known yet: they are once `plantroom serve` has run on this home."
    return f"There is no job “{name}”. There are: {', '.join(sorted(known))}."


def _record(row: DictRow, now: datetime) -> JobRecord:
    state = _STATES[row["status"]]
    began: datetime | None = row["began_at"]
    ended: datetime | None = row["ended_at"] if state in ("done", "failed", "stopped") else None
    waits = state == "waits"
    return JobRecord(
        id=row["id"],
        name=row["name"],
        title=row["title"],
        state=state,
        at=(row["scheduled_at"] or row["queued_at"]) if waits else began or row["queued_at"],
        took=None if waits or began is None else max((ended or now) - began, timedelta()),
        sentence=row["sentence"] if state == "runs" else None,
        share=row["share"] if state == "runs" else None,
        failures=row["failures"],
        error=None if state == "done" else row["error"],
    )
