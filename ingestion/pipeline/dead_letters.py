"""Messages that could not be read or stored in full, kept with their reason until somebody sees to them."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.statements import statements
from ingestion.decoding.clock_shift import shifted
from ingestion.decoding.messages import TELEMETRY, Decoded, Kind, milliseconds
from ingestion.history.history import History
from ingestion.reading import Message, Reading

_SQL = statements("ingestion.pipeline", "dead_letters.sql")


@dataclass(frozen=True, slots=True)
class Unread:
    """A message on its way to the dead letters."""

    topic: str
    payload: bytes
    reason: str
    kind: Kind = "unreadable"
    suspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """``received_at`` is the first time and ``last_at`` the last of ``times``; ``payload`` is None in a listing."""

    id: int
    received_at: datetime
    last_at: datetime
    times: int
    topic: str
    kind: str
    reason: str
    size: int
    payload: bytes | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Letters of one kind whose reasons are alike. ``id``, ``topic`` and ``reason`` are those of the newest."""

    kind: str
    messages: int
    times: int
    topics: int
    since: datetime
    last_at: datetime
    id: int
    topic: str
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which letters: all that fit every part given. ``topic`` is an MQTT filter, with ``+`` and ``#``."""

    ids: tuple[int, ...] | None = None
    topic: str | None = None
    kind: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        ids = None if self.ids is None else list(self.ids)
        return {"ids": ids, "topic": _pattern(self.topic) if self.topic else None, "kind": self.kind}


@dataclass(slots=True)
class Retried:
    """What came of reading letters again: how many are done with, and why the others are not."""

    read: int = 0
    readings: int = 0
    remaining: Counter[str] = field(default_factory=Counter[str])


class Reader(Protocol):
    """Reads and stores messages; the pipeline."""

    async def read(self, message: Message) -> Decoded: ...

    async def accept(self, readings: Sequence[Reading]) -> int: ...


KEPT, KEPT_BYTES = 20_000, 100_000_000
"""Letters of a kind, and bytes of their payloads, of which the oldest go where there are more: a flood of one kind leaves the others alone."""
_TRIM_AFTER = 1_000
_TRIM_EVERY_S = 10.0


@dataclass(frozen=True, slots=True)
class Dropped:
    """How many were given up because there were too many, since when, and when last."""

    what: str
    times: int
    since: datetime
    last_at: datetime


class DeadLetters:
    """The ``dead_letter`` table. Every method raises ``Unavailable`` when the database does not answer.

    ``clock`` gives seconds that only go forward.
    """

    def __init__(self, history: History, clock: Callable[[], float] = time.monotonic) -> None:
        self._history = history
        self._clock = clock
        self._added = 0
        self._trimmed_at = clock()

    async def add(self, unread: Sequence[Unread]) -> None:
        """Keep them, in one statement."""
        times = Counter((one.topic, one.payload) for one in unread)
        newest = {(one.topic, one.payload): one for one in unread}
        rows = list(newest.values())
        values = {
            "topics": [_storable(one.topic) for one in rows],
            "payloads": [one.payload for one in rows],
            "reasons": [_storable(one.reason) for one in rows],
            "kinds": [one.kind for one in rows],
            "suspects": [_storable("\n".join(one.suspects)) for one in rows],
            "times": [times[one.topic, one.payload] for one in rows],
        }
        if rows:
            await self._history.fetch(_SQL["add"], values)
            await self._trim_now_and_then(len(rows))

    async def trim(self, most: int = KEPT, most_bytes: int = KEPT_BYTES) -> int:
        """Give up the oldest of each kind that there are too many of, and count them; returns how many went."""
        rows = await self._history.fetch(_SQL["trim"], {"most": most, "most_bytes": most_bytes})
        return sum(row["letters"] for row in rows)

    async def dropped(self) -> Sequence[Dropped]:
        return [Dropped(**row) for row in await self._history.fetch(_SQL["dropped"])]

    async def _trim_now_and_then(self, added: int) -> None:
        self._added += added
        now = self._clock()
        if self._added >= _TRIM_AFTER and now - self._trimmed_at >= _TRIM_EVERY_S:
            self._added, self._trimmed_at = 0, now
            await self.trim()

    async def list(self, limit: int = 50, choice: Choice = Choice()) -> Sequence[DeadLetter]:
        """The newest first."""
        rows = await self._history.fetch(_SQL["newest"], {"limit": limit} | choice.parameters)
        return [DeadLetter(**row) for row in rows]

    async def groups(self, choice: Choice = Choice()) -> Sequence[Group]:
        """Sorted by reason, the most frequent first."""
        rows = await self._history.fetch(_SQL["groups"], choice.parameters)
        return [Group(**row) for row in rows]

    async def total(self) -> int:
        return (await self._history.fetch(_SQL["total"]))[0]["total"]

    async def suspected(self, since: datetime) -> Mapping[str, tuple[int, str]]:
        """By address: how many messages could not give its value since then, and what the newest of them said."""
        rows = await self._history.fetch(_SQL["suspected"], {"since": since})
        return {row["source"]: (int(row["messages"]), row["reason"]) for row in rows}

    async def show(self, id: int) -> DeadLetter:
        """One with its payload. Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["one"], {"id": id})
        if not rows:
            raise NotFound(f"There is no dead letter {id}.")
        row: dict[str, Any] = rows[0]
        payload = bytes(row.pop("payload"))
        return DeadLetter(**row, payload=payload, size=len(payload))

    async def chosen(self, choice: Choice) -> Sequence[int]:
        """The ids of the letters of a choice, oldest first. Raises ``NotFound`` for one that is named and not there."""
        found = [row["id"] for row in await self._history.fetch(_SQL["chosen"], choice.parameters)]
        if missing := set(choice.ids or ()) - set(found):
            raise NotFound(f"There is no dead letter {min(missing)}{_beside(choice)}.")
        return found

    async def retry(
        self, choice: Choice, reader: Reader, *, shift: timedelta = timedelta(), as_received: bool = False
    ) -> Retried:
        """Read letters again, with a better map perhaps, store what is good and remove those of which nothing remains amiss.

        A missing timestamp is the moment of the first reception, and so is every timestamp ``as_received``. ``shift`` is
        added to the times, for a clock that was wrong. Raises ``NotFound``.
        """
        outcome = Retried()
        for id in await self.chosen(choice):
            letter = await self.show(id)
            decoded = await _read(letter, letter.payload or b"", reader, shift, as_received)
            await self._store(letter, decoded, reader, outcome)
        return outcome

    async def correct(self, id: int, payload: bytes, reader: Reader) -> Sequence[str]:
        """Store the readings of a corrected payload and remove the letter; the problems of one that is still not right.

        Then nothing is stored and the letter stays as it was. Raises ``NotFound``.
        """
        letter = await self.show(id)
        decoded = await _read(letter, payload, reader, timedelta(), as_received=False)
        if not decoded.problems:
            await self._store(letter, decoded, reader, Retried())
        return decoded.problems

    async def drop(self, ids: Sequence[int]) -> int:
        """Give them up for good; returns how many there were."""
        return len(await self._history.fetch(_SQL["remove"], {"ids": list(ids)}))

    async def _store(self, letter: DeadLetter, decoded: Decoded, reader: Reader, outcome: Retried) -> None:
        await reader.accept(decoded.readings)
        outcome.readings += len(decoded.readings)
        if decoded.problems:
            reason = _storable(" ".join(decoded.problems))
            await self._history.fetch(_SQL["keep"], {"id": letter.id, "reason": reason, "kind": decoded.kind})
            outcome.remaining[reason] += 1
        else:
            await self.drop([letter.id])
            outcome.read += 1


async def _read(letter: DeadLetter, payload: bytes, reader: Reader, shift: timedelta, as_received: bool) -> Decoded:
    received_at = milliseconds(letter.received_at)
    move = shift // timedelta(milliseconds=1)
    own = letter.topic.startswith(TELEMETRY)
    if own and (move or as_received):
        # Before the times are judged: a clock that was never set says 1970, which no reading may.
        try:
            payload = shifted(payload, None if as_received else move)
        except InvalidInput as error:
            return Decoded(problems=(str(error),))
    decoded = await reader.read(Message(letter.topic, payload, None, received_at))
    if own or not (move or as_received):
        return decoded
    moved = [Reading(r.source, received_at if as_received else r.at + move, r.value, r.text) for r in decoded.readings]
    return Decoded(moved, decoded.problems, kind=decoded.kind)


def _pattern(topic_filter: str) -> str:
    """A regular expression of PostgreSQL for an MQTT filter."""
    levels = [{"+": "[^/]*", "#": ".*"}.get(level, re.escape(level)) for level in topic_filter.split("/")]
    joined = "/".join(levels)
    return f"^{joined.removesuffix('/.*')}(/.*)?$" if topic_filter.endswith("/#") else f"^{joined}$"


def _beside(choice: Choice) -> str:
    return " that fits" if choice.topic or choice.kind else ""


def _storable(text: str) -> str:
    """PostgreSQL keeps neither NUL nor lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
