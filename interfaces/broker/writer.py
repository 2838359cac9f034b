"""Group commit: what comes while one commit is under way goes into the next."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence

from interfaces.broker.store import Operation, Store

log = logging.getLogger(__name__)

_PAUSE_S = 1.0

Then = Callable[[], None]


class Writer:
    """Entries are written in their order, and each is told in that order when the disk holds it."""

    def __init__(self, store: Store, committed: Then) -> None:
        """``committed`` is called after each commit."""
        self._store = store
        self._committed = committed
        self._entries: list[tuple[Sequence[Operation], Then | None]] = []
        self._wanted = asyncio.Event()
        self._ended = False
        self.backlog = 0
        """Bytes that wait to be written."""

    def add(self, operations: Sequence[Operation], then: Then | None = None, size: int = 0) -> None:
        self._entries.append((operations, then))
        self.backlog += size
        self._wanted.set()

    async def run(self) -> None:
        """Until ``end``; what was added before is written first, unless the disk refuses it."""
        while not self._ended or self._entries:
            await self._wanted.wait()
            self._wanted.clear()
            entries, self._entries = self._entries, []
            size = self.backlog
            operations = [operation for entry, _ in entries for operation in entry]
            if operations and not await self._written(operations):
                return
            self.backlog -= size
            for _, then in entries:
                if then:
                    then()
            self._committed()

    def end(self) -> None:
        self._ended = True
        self._wanted.set()

    async def _written(self, operations: Sequence[Operation]) -> bool:
        """Tried until it is written, as long as we run: nothing is acknowledged before."""
        while True:
            try:
                await asyncio.to_thread(self._store.commit, operations)
                return True
            except sqlite3.Error as error:
                log.error("Messages cannot be written (%s). Devices wait for their acknowledgement.", error)
                if self._ended:
                    return False
                await asyncio.sleep(_PAUSE_S)
