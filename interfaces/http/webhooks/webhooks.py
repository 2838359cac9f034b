"""The endpoints, and what each is still to be told, in PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from ingestion.history.history import History
from interfaces.http.webhooks.events import NOUNS, Event, is_name
from interfaces.http.webhooks.secrets import Secrets, new_secret
from interfaces.http.webhooks.sender import GONE, Outcome

_SQL = statements("interfaces.http.webhooks", "webhooks.sql")
WAITS_S = (5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200)
"""Seconds until each next attempt: given up after a day."""
_EACH = 50
_KEEP_DELIVERED, _KEEP_DEAD = timedelta(days=7), timedelta(days=90)
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where others are told, as it is listed: never with its secret. ``paused`` says why it is told nothing any more."""

    id: int
    url: str
    events: Sequence[str]
    made_by: str
    made_at: datetime
    paused: str | None
    waiting: int
    dead: int
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is to be told now. ``sealed`` is the secret as it is stored."""

    id: int
    endpoint: int
    event: str
    body: str
    attempts: int
    url: str
    sealed: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What an endpoint was never told."""

    id: int
    endpoint: int
    url: str
    event: str
    kind: str
    attempts: int
    status: int | None
    error: str | None
    made_at: datetime
    ended_at: datetime


class Webhooks:
    """The two tables. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History, secrets: Secrets) -> None:
        self._history = history
        self._secrets = secrets

    async def add(self, url: str, events: Sequence[str], by: str, now: datetime) -> tuple[int, str]:
        """Its number and its secret, which is told this once. Raises ``InvalidInput``."""
        chosen = list(dict.fromkeys(events)) or sorted(NOUNS.values())
        if unknown := [one for one in chosen if not is_name(one)]:
            known = ", ".join(sorted(NOUNS.values()))
            raise InvalidInput(
                f"There is no event “{unknown[0][:60]}”: name {known}, or one of their verbs as alarm.raised."
            )
        secret = new_secret()
        given = {"url": url, "events": chosen, "secret": self._secrets.sealed(secret), "by": by, "now": now}
        rows = await self._history.fetch(_SQL["add"], given)
        if not rows:
            raise InvalidInput(f"{url} is a webhook already. Remove it first to give it a new secret.")
        return rows[0]["id"], secret

    async def remove(self, id_: int) -> str:
        """Its address. Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["remove"], {"id": id_})
        if not rows:
            raise NotFound(_unknown(id_))
        return rows[0]["url"]

    async def list(self) -> list[Endpoint]:
        return [Endpoint(**row) for row in await self._history.fetch(_SQL["list"])]

    async def endpoint(self, id_: int) -> tuple[str, str]:
        """Its address and its secret. Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["endpoint"], {"id": id_})
        if not rows:
            raise NotFound(_unknown(id_))
        return rows[0]["url"], self._secrets.opened(rows[0]["secret"])

    async def queue(self, events: Sequence[Event], now: datetime) -> int:
        """Write down who is to be told of them; how many that are."""
        rows = [
            {"endpoint": one["id"], **asdict(event)}
            for event in events
            for one in await self._history.fetch(_SQL["told"], {"events": list(event.names)})
        ]
        if rows:
            told = [{**row, "event": row.pop("id")} for row in rows]
            await self._history.fetch(_SQL["queue"], {"rows": json.dumps(told), "now": now})
        return len(rows)

    async def due(self, now: datetime) -> Mapping[int, Sequence[Delivery]]:
        """By endpoint, the oldest first."""
        found: dict[int, list[Delivery]] = {}
        for row in await self._history.fetch(_SQL["due"], {"now": now, "each": _EACH}):
            delivery = Delivery(**row)
            found.setdefault(delivery.endpoint, []).append(delivery)
        return found

    def secret(self, delivery: Delivery) -> str:
        """What signs it. Raises ``InvalidInput``."""
        return self._secrets.opened(delivery.sealed)

    async def keep(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """What came of an attempt. Who does not answer is told the rest later too; who says that it is gone is told nothing any more."""
        given: dict[str, Any] = {"id": delivery.id, "status": outcome.status, "now": now}
        if outcome.error is None:
            await self._history.fetch(_SQL["delivered"], given)
            return
        gone = outcome.status == GONE
        due_at = None if gone else again_at(delivery.attempts, now)
        await self._history.fetch(_SQL["failed"], {**given, "error": outcome.error[:_LONGEST], "due_at": due_at})
        if due_at is not None and outcome.status is None:
            await self._history.fetch(_SQL["postpone"], {"endpoint": delivery.endpoint, "due_at": due_at})
        if gone:
            why = "It answered 410: it is gone. Remove it, or tell it again with `plantroom webhooks dead --retry`."
            await self._history.fetch(_SQL["pause"], {"id": delivery.endpoint, "why": why})

    async def dead(self, limit: int) -> list[DeadLetter]:
        """The newest first."""
        return [DeadLetter(**row) for row in await self._history.fetch(_SQL["dead"], {"limit": limit})]

    async def again(self, ids: Sequence[int] | None, now: datetime) -> int:
        """Dead letters, all or these, are tried once more; how many."""
        rows = await self._history.fetch(_SQL["again"], {"ids": None if ids is None else list(ids), "now": now})
        return rows[0]["again"]

    async def forget(self, now: datetime) -> None:
        """What was taken a week ago, or given up a quarter of a year ago."""
        await self._history.fetch(_SQL["forget"], {"delivered": now - _KEEP_DELIVERED, "dead": now - _KEEP_DEAD})


def again_at(attempts: int, now: datetime) -> datetime | None:
    """When it is tried again after so many attempts and one more; None where it is given up."""
    return now + timedelta(seconds=WAITS_S[attempts]) if attempts < len(WAITS_S) else None


def _unknown(id_: int) -> str:
    return f"There is no webhook {id_}. `plantroom webhooks list` shows those that there are."
