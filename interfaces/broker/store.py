"""What the broker must not forget, in one SQLite file: sessions, their subscriptions, what waits for them, retained messages.

A commit is on the disk when it returns (a write-ahead log with a sync for each commit), and so survives a power cut.
"""

import contextlib
import logging
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from graph_schema.statements import statements
from interfaces.broker.packets import Message, Subscription

log = logging.getLogger(__name__)

_SQL = statements("interfaces.broker", "store.sql")
_PAGE_BYTES = 1 << 20
_EMPTY_BYTES = 64 << 20

Operation = tuple[str, tuple[Any, ...]]
"""The name of a statement and its parameters."""


@dataclass(frozen=True, slots=True)
class StoredSession:
    number: int
    client_id: str
    intake: bool
    expiry_s: int
    subscriptions: Mapping[str, Subscription]
    waiting: int
    waiting_bytes: int


class Store:
    """``commit`` may run in another thread than the rest: the two have a connection each."""

    def __init__(self, path: Path) -> None:
        self._writing = _connection(path)
        for name in ("session_table", "subscription_table", "waiting_table", "waiting_index", "retained_table"):
            self._writing.execute(_SQL[name])
        self._shrink()
        self._reading = _connection(path)

    def _shrink(self) -> None:
        """Give back what a long queue has left empty."""
        (empty,), (size,) = (
            self._writing.execute(f"pragma {name}").fetchone() for name in ("freelist_count", "page_size")
        )
        if empty * size > _EMPTY_BYTES:
            self._writing.execute("vacuum")

    def close(self) -> None:
        self._reading.close()
        self._writing.close()

    def commit(self, operations: Sequence[Operation]) -> None:
        """All of them or, with ``sqlite3.Error``, none."""
        cursor = self._writing.cursor()
        cursor.execute("begin immediate")
        try:
            for name, same in groupby(operations, key=itemgetter(0)):
                cursor.executemany(_SQL[name], [parameters for _, parameters in same])
            cursor.execute("commit")
        except BaseException:
            if self._writing.in_transaction:
                cursor.execute("rollback")
            raise

    def sessions(self) -> list[StoredSession]:
        subscriptions: dict[int, dict[str, Subscription]] = {}
        for session, text, options in self._reading.execute(_SQL["subscriptions"]):
            subscriptions.setdefault(session, {})[text] = Subscription.of(options)
        amounts = {session: rest for session, *rest in self._reading.execute(_SQL["amounts"])}
        return [
            StoredSession(
                number, client, bool(intake), expiry_s, subscriptions.get(number, {}), *amounts.get(number, (0, 0))[:2]
            )
            for number, client, intake, expiry_s in self._reading.execute(_SQL["sessions"])
        ]

    def newest(self) -> int:
        """The highest number of a message that waits; 0 where none does."""
        return max((row[3] for row in self._reading.execute(_SQL["amounts"])), default=0)

    def retained(self) -> dict[str, Message]:
        rows = self._reading.execute(_SQL["retained"])
        return {
            topic: Message(topic, payload, qos, True, properties, expires)
            for topic, payload, qos, properties, expires in rows
        }

    def page(self, session: int, after: int) -> Iterator[tuple[int, Message]]:
        """The next messages that wait for a session: some hundreds, of about a megabyte."""
        size = 0
        for number, topic, payload, retain, properties, expires in self._reading.execute(
            _SQL["page"], (session, after)
        ):
            yield number, Message(topic, payload, 1, bool(retain), properties, expires)
            size += len(payload)
            if size > _PAGE_BYTES:
                return


def open_store(folder: Path) -> Store:
    """A file that is no database any more is put aside: devices are served all the same."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / "queue.db"
    try:
        return Store(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        aside = path.with_suffix(".damaged")
        path.replace(aside)
        for rest in (path.with_name("queue.db-wal"), path.with_name("queue.db-shm")):
            rest.unlink(missing_ok=True)
        log.error("%s is damaged (%s) and was put aside as %s; it begins anew.", path, error, aside.name)
        return Store(path)


def count_waiting(folder: Path) -> int:
    """How many messages wait, by a look from another process."""
    path = folder / "queue.db"
    if not path.exists():
        return 0
    with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        return connection.execute(_SQL["count"]).fetchone()[0]


def _connection(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    return connection
