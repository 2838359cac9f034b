"""How the served plant's stores do: which is away, and since when. Looked at all the time, so that nobody has to wait to find out."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, Protocol

from pydantic import BaseModel

from graph_schema.answering import Answering
from graph_schema.errors import Unavailable

_EVERY_S = 5.0


class Store(Protocol):
    """``probe`` asks for next to nothing, and raises ``Unavailable`` within seconds."""

    @property
    def answering(self) -> Answering: ...

    async def probe(self) -> None: ...


class StoreAway(BaseModel):
    """A store that does not answer."""

    store: str
    title: str
    since: datetime


class HealthReport(BaseModel):
    """What ``/api/health`` says. ``home`` tells one data folder's web app from another's."""

    status: Literal["ok", "away"]
    home: str
    away: list[StoreAway]


class Health:
    """Of the stores by name, of one home."""

    def __init__(self, home: str, stores: Mapping[str, Store]) -> None:
        self._home = home
        self._stores = stores

    def report(self) -> HealthReport:
        """As of the last look, or of the last call that a store left unanswered."""
        states = [(name, store.answering) for name, store in self._stores.items()]
        away = [StoreAway(store=name, title=a.title, since=a.away.since) for name, a in states if a.away]
        return HealthReport(status="away" if away else "ok", home=self._home, away=away)

    async def keep_looking(self, every_s: float = _EVERY_S) -> None:
        """Until cancelled. A store that hangs is found within two looks, and who waits for it is told at once."""
        async with asyncio.TaskGroup() as group:
            for store in self._stores.values():
                group.create_task(_look(store, every_s))


async def _look(store: Store, every_s: float) -> None:
    while True:
        with contextlib.suppress(Unavailable):  # the store's ``answering`` knows it now
            await store.probe()
        await asyncio.sleep(every_s)
