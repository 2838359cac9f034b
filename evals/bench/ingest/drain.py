"""A persistent session that the broker has filled is drained into PostgreSQL: who is faster, and at what cost.

The clock runs from the first rows that are seen to the last, so that nobody's start counts.
"""

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from evals.bench.ingest import ingester, naive, telegraf
from evals.bench.ingest.processes import Listened, python, running
from evals.bench.ingest.stage import Stage
from evals.bench.ingest.wire import Load, forget_session, open_session

_LOOK_S = 0.1
_START_S, _SILENCE_S = 60, 15


@dataclass(frozen=True, slots=True)
class Drained:
    """``lost`` rows did not arrive although the session was drained, or the time was up for a pipeline that is not to finish."""

    who: str
    metrics: int
    rows: int
    rows_per_s: float
    cpu_ms_per_1000_rows: float
    lost: int


class Drains:
    def __init__(self, stage: Stage, folder: Path) -> None:
        self._stage = stage
        self._folder = folder
        self._log = folder / "processes.log"

    def plantroom(self, load: Load, messages: int) -> Drained:
        self._preload(ingester.CLIENT_ID, load, messages, ["truncate reading, changed_hour"])
        return self._measured(
            "Plantroom", ingester.CLIENT_ID, load, messages, "reading", python("ingester", self._stage.job, self._log)
        )

    def telegraf(self, program: Path, load: Load, messages: int) -> Drained:
        self._preload(telegraf.CLIENT_ID, load, messages, telegraf.tables(load.metrics))
        configuration = self._folder / "telegraf.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(telegraf.configuration(self._stage.broker, self._stage.dsn, load.metrics))
        command = [str(program), "--config", str(configuration)]
        return self._measured(
            "Telegraf", telegraf.CLIENT_ID, load, messages, telegraf.TABLE, running(command, self._log)
        )

    def naive(self, seconds: float) -> Drained:
        """As far as it comes in this time."""
        load, messages = Load(1000, 1), int(seconds * 3000)
        self._preload(naive.CLIENT_ID, load, messages, [f"drop table if exists {naive.TABLE}", naive.CREATE])
        job = python("naive", self._stage.job, self._log)
        return self._measured("naive", naive.CLIENT_ID, load, messages, naive.TABLE, job, seconds)

    def _preload(self, client_id: str, load: Load, messages: int, tables: list[str]) -> None:
        with psycopg.connect(self._stage.dsn, autocommit=True) as connection:
            for statement in tables:
                connection.execute(statement.encode())
            connection.execute("checkpoint")
        open_session(self._stage.broker, client_id)
        job = {**self._stage.job, "load": asdict(load), "messages": messages}
        with python("publisher", job, self._log) as publisher:
            while not publisher.ended:
                time.sleep(0.05)
        if publisher.process.returncode:
            raise RuntimeError(f"the publisher failed; see {self._log}")

    def _measured(
        self,
        who: str,
        client_id: str,
        load: Load,
        messages: int,
        table: str,
        process: AbstractContextManager[Listened],
        seconds: float = math.inf,
    ) -> Drained:
        wanted = messages * load.metrics
        with psycopg.connect(self._stage.dsn, autocommit=True) as connection, process as consumer:
            looks = list(_looks(connection, table, consumer, wanted, seconds))
        forget_session(self._stage.broker, client_id)
        if len(looks) < 2:
            raise RuntimeError(f"{who} wrote nothing; see {self._log}")
        first, last = looks[0], looks[-1]
        rows = last.rows - first.rows
        return Drained(
            who=who,
            metrics=load.metrics,
            rows=last.rows,
            rows_per_s=rows / (last.at - first.at),
            cpu_ms_per_1000_rows=(last.cpu_s - first.cpu_s) * 1e6 / rows,
            lost=wanted - last.rows if math.isinf(seconds) else 0,
        )


@dataclass(frozen=True, slots=True)
class _Look:
    at: float
    rows: int
    cpu_s: float


def _looks(
    connection: psycopg.Connection, table: str, consumer: Listened, wanted: int, seconds: float
) -> Iterator[_Look]:
    """A look whenever there are more rows, until all are there, the time is up, or nothing comes any more."""
    began, changed, rows = 0.0, time.monotonic(), 0
    while rows < wanted and not consumer.ended:
        time.sleep(_LOOK_S)
        row = connection.execute(SQL("select count(*) from {}").format(Identifier(table))).fetchone()
        now = _Look(time.monotonic(), row[0] if row else 0, consumer.cpu_s)
        if now.rows > rows:
            began = began or now.at
            changed, rows = now.at, now.rows
            yield now
        if now.at - changed > (_SILENCE_S if rows else _START_S) or (rows and now.at - began > seconds):
            return
