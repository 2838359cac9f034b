"""The stream of values: what each tick brought to the points, for who shows it now. Nothing of it is kept.

In the process that ingests, values go from hand to hand. Another process that wants them says so by NOTIFY every few seconds, and gets
them by NOTIFY as long as it does: no table, nothing to clean up, and nothing is sent while nobody looks.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

import msgspec
import psycopg

from graph_schema.errors import Unavailable
from graph_schema.model import Status
from ingestion.history.history import History
from ingestion.tasks import end

log = logging.getLogger(__name__)

_WANTED, _VALUES = "values_wanted", "values"
_ASK_S = 5.0
_LISTEN_S = 60.0
_WANTED_FOR_S = 15.0
_PAYLOAD = 7_500  # bytes; PostgreSQL takes 7,999
_TEXT = 500  # characters of a state; more is not shown
_AGAIN_S = 1.0

_Work = Callable[[psycopg.AsyncConnection], Awaitable[None]]


class PointValue(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The newest of one point; ``at`` is epoch milliseconds. One of ``value`` and ``text`` is set."""

    id: str
    value: float | None
    text: str | None
    at: int | None
    status: Status


class Subscription:
    """What has come since it was last taken, the newest of each point: as large as the plant at most."""

    def __init__(self) -> None:
        self._values: dict[str, PointValue] = {}
        self._news = asyncio.Event()

    def put(self, values: Iterable[PointValue]) -> None:
        self._values.update((value.id, value) for value in values)
        if self._values:
            self._news.set()

    def wake(self) -> None:
        """Let ``take`` return, with whatever there is."""
        self._news.set()

    async def take(self) -> list[PointValue]:
        """Wait for at least one, or for ``wake``."""
        await self._news.wait()
        self._news.clear()
        taken, self._values = self._values, {}
        return list(taken.values())


class Values:
    """Both ends of the stream: ``publish`` where values are made, ``subscribe`` where they are shown."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._me = secrets.token_hex(8)
        self._here: set[Subscription] = set()
        self._others_until = 0.0
        self._outbox: dict[str, PointValue] = {}
        self._outgoing = asyncio.Event()

    @property
    def wanted(self) -> bool:
        """Whether anybody looks, here or in another process."""
        return bool(self._here) or self._wanted_elsewhere

    @property
    def _wanted_elsewhere(self) -> bool:
        return self._others_until > asyncio.get_running_loop().time()

    def publish(self, values: Sequence[PointValue]) -> None:
        """Never waits and never fails."""
        for subscription in self._here:
            subscription.put(values)
        if values and self._wanted_elsewhere:
            self._outbox.update((value.id, value) for value in values)
            self._outgoing.set()

    @asynccontextmanager
    async def subscribe(self) -> AsyncGenerator[Subscription]:
        """Values of this process and of all others, while the context lasts."""
        with self._subscribed() as subscription:
            receiving = asyncio.create_task(self._receive(subscription), name="values of other processes")
            try:
                yield subscription
            finally:
                await end(receiving)

    @contextmanager
    def _subscribed(self) -> Generator[Subscription]:
        subscription = Subscription()
        self._here.add(subscription)
        try:
            yield subscription
        finally:
            self._here.discard(subscription)

    async def serve(self) -> None:
        """Beside a process that publishes, until cancelled: send to others what they ask for."""
        sending = asyncio.create_task(self._send(), name="values for other processes")
        try:
            await self._persist(self._hear)
        finally:
            await end(sending)

    async def _hear(self, connection: psycopg.AsyncConnection) -> None:
        await connection.execute(f"listen {_WANTED}")
        while True:
            async for wish in connection.notifies(timeout=_LISTEN_S):
                if wish.payload != self._me:
                    self._others_until = asyncio.get_running_loop().time() + _WANTED_FOR_S

    async def _send(self) -> None:
        while True:
            await self._outgoing.wait()
            self._outgoing.clear()
            values, self._outbox = self._outbox, {}
            with contextlib.suppress(Unavailable):  # the next tick brings newer ones
                parts = list(_packed(self._me, values.values()))
                await self._history.fetch("select pg_notify(%s, part) from unnest(%s::text[]) part", [_VALUES, parts])

    async def _receive(self, subscription: Subscription) -> None:
        async def receive(connection: psycopg.AsyncConnection) -> None:
            await connection.execute(f"listen {_VALUES}")
            while True:
                await connection.execute("select pg_notify(%s, %s)", [_WANTED, self._me])
                async for part in connection.notifies(timeout=_ASK_S):
                    sender, _, packed = part.payload.partition(" ")
                    if sender != self._me:
                        subscription.put(msgspec.json.decode(packed, type=list[PointValue]))

        await self._persist(receive)

    async def _persist(self, work: _Work) -> None:
        while True:
            try:
                async with self._history.session() as connection:
                    await work(connection)
            except Unavailable as error:
                log.debug("Values of other processes do not arrive: %s", error)
            await asyncio.sleep(_AGAIN_S)


def _packed(sender: str, values: Iterable[PointValue]) -> Iterator[str]:
    """JSON lists as long as a notification may be."""
    part: list[str] = []
    size = 0
    for value in values:
        if value.text and len(value.text) > _TEXT:
            value = msgspec.structs.replace(value, text=value.text[:_TEXT])
        packed = msgspec.json.encode(value).decode()
        if part and size + len(packed.encode()) > _PAYLOAD:
            yield f"{sender} [{','.join(part)}]"
            part, size = [], 0
        part.append(packed)
        size += len(packed.encode()) + 1
    if part:
        yield f"{sender} [{','.join(part)}]"
