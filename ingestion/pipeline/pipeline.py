"""From a source to the record: decode, write to history, tell the devices, acknowledge. Nothing is lost on the way.

A message is acknowledged only after the commit that holds its readings (or holds it as a dead letter). A database that
is away is waited for, and the source's bounded queue holds the rest back at the broker.
"""

import asyncio
import json
import logging
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import psycopg
from msgspec.structs import replace

from graph_schema.errors import Unavailable
from ingestion.decoding.messages import RECEIPTS, TELEMETRY, Decode, Decoded
from ingestion.history.history import History, RefusedRow
from ingestion.live.undated import Undated
from ingestion.pipeline.admission import Admission
from ingestion.pipeline.dead_letters import DeadLetters, Unread
from ingestion.pipeline.log_throttle import Seldom
from ingestion.pipeline.topic_use import TopicCounts
from ingestion.reading import Message, Reading, Reply, Source
from ingestion.sources.sparkplug.births import Births
from ingestion.tasks import end

log = logging.getLogger(__name__)

T = TypeVar("T")
_SLICE = 50_000
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0


class Present(Protocol):
    """Takes what history now holds; the graph's projection. Never waits and never fails."""

    def offer(self, readings: Sequence[Reading]) -> None: ...

    def undated(self, readings: Sequence[Reading]) -> None:
        """The moment of these is not known: they count as stale. To be told before they are offered."""
        ...

    def away(self, devices: Sequence[str]) -> None:
        """These devices said goodbye: what they last reported is no longer the present."""
        ...


class Meter(Protocol):
    """Counts; never waits and never fails."""

    def batch(
        self, source: Source, messages: Sequence[Message], decoded: Sequence[Decoded], written: int, took_s: float
    ) -> None:
        """A batch that is acknowledged; writing it to history took so long."""
        ...

    def refused(self) -> None:
        """A reading that the database refuses became a dead letter."""
        ...


class Pipeline:
    """Writes readings, and runs sources. One pipeline serves any number of sources and writers at once."""

    def __init__(
        self,
        history: History,
        dead_letters: DeadLetters,
        present: Present,
        decode: Decode,
        meter: Meter | None = None,
        topics: TopicCounts | None = None,
        admission: Admission | None = None,
    ) -> None:
        self._history = history
        self._dead_letters = dead_letters
        self._births = Births(history)
        self._undated = Undated(history)
        self._present = present
        self._decode = decode
        self._meter = meter
        self._topics = topics
        self._admission = admission
        self._seldom = Seldom()

    async def accept(self, readings: Sequence[Reading]) -> int:
        """Write a batch (best 5,000 to 50,000) and offer it to the graph; returns how many rows are new or changed.

        Waits while the database is away. A reading that it refuses becomes a dead letter; the others are kept.
        """
        slices = [readings[start : start + _SLICE] for start in range(0, len(readings), _SLICE)]
        return sum([await self._accept_slice(part) for part in slices])

    async def _accept_slice(self, readings: Sequence[Reading]) -> int:
        refused: list[Reading] = []
        written = await _persist(lambda: self._write(readings, refused))
        if refused:
            gone = set(refused)
            readings = [reading for reading in readings if reading not in gone]
        self._present.offer(readings)
        return written

    async def run(self, source: Source) -> None:
        """Take from a source until cancelled. While the database has one batch, the next is read."""
        reading = asyncio.create_task(self._next(source))
        try:
            while True:
                messages, decoded = await reading
                reading = asyncio.create_task(self._next(source))
                await self._finish(messages, decoded, source)
        finally:
            await end(reading)

    async def take(self, messages: Sequence[Message], source: Source) -> None:
        """See one batch through to its acknowledgement."""
        await self._finish(messages, await self._read_all(messages), source)

    async def _next(self, source: Source) -> tuple[Sequence[Message], Sequence[Decoded]]:
        messages = await source.poll_batch()
        return messages, await self._read_all(messages)

    async def _read_all(self, messages: Sequence[Message]) -> Sequence[Decoded]:
        decoded: list[Decoded] = []
        for message in messages:
            one = self._decoded(message)
            decoded.append(await self._recalled(message, one.recall) if one.recall else one)
        return await self._admitted(decoded)

    async def _admitted(self, decoded: Sequence[Decoded]) -> Sequence[Decoded]:
        admission = self._admission
        if admission is None or admission.knows(decoded):
            return decoded
        return await _persist(lambda: admission.admit(decoded))

    async def _finish(self, messages: Sequence[Message], decoded: Sequence[Decoded], source: Source) -> None:
        if self._topics:
            self._topics.note(messages, decoded)
        decoded = await self._dated(messages, decoded)
        began = time.perf_counter()
        written = await self.accept([reading for d in decoded for reading in d.readings])
        took_s = time.perf_counter() - began
        if unread := [_unread(m, d) for m, d in zip(messages, decoded, strict=True) if d.problems]:
            await self._bury(unread)
        for message, d in zip(messages, decoded, strict=True):
            if d.remember:
                await self._remember(d.remember, message)
        if away := _away(decoded):
            self._present.away(away)
        await source.send(_replies(decoded))
        await source.commit(messages)
        if self._meter:
            self._meter.batch(source, messages, decoded, written, took_s)

    async def _dated(self, messages: Sequence[Message], decoded: Sequence[Decoded]) -> Sequence[Decoded]:
        """Without those values of retained messages that state no time and are known already."""
        retained = [m.retained and bool(d.readings) for m, d in zip(messages, decoded, strict=True)]
        if not any(retained):
            return decoded
        pairs = zip(messages, decoded, retained, strict=True)
        undated = {r for m, d, kept in pairs if kept for r in d.readings if r.at == m.received_at}
        new = await _persist(lambda: self._undated.first_seen(list(undated)))
        self._present.undated(new)
        gone = undated.difference(new)
        return [
            replace(d, readings=[r for r in d.readings if r not in gone]) if kept else d
            for d, kept in zip(decoded, retained, strict=True)
        ]

    async def read(self, message: Message) -> Decoded:
        """Decode and judge one message; births that it needs come from where they are kept."""
        (decoded,) = await self._read_all([message])
        return decoded

    async def _recalled(self, message: Message, name: str) -> Decoded:
        for birth in await _persist(lambda: self._births.recall(name)):
            self._decoded(birth)
        return self._decoded(message)

    def _decoded(self, message: Message) -> Decoded:
        try:
            return self._decode(message.topic, message.payload, message.received_at)
        except Exception as error:
            # A decoder never raises; if one does all the same, one message must not stall the rest.
            if times := self._seldom.due(f"failed {error!r}"[:200]):
                log.exception("The decoder failed (%d times), now on a message of %s.", times, message.topic[:200])
            return Decoded(problems=(f"The decoder failed: {error!r}",), kind="decoder failed")

    async def _write(self, readings: Sequence[Reading], refused: list[Reading]) -> int:
        """Halve what the database refuses until the culprits stand alone."""
        try:
            return await self._history.write(readings)
        except RefusedRow as error:
            if len(readings) == 1:
                await self._refuse(readings[0], str(error))
                refused.append(readings[0])
                return 0
        middle = len(readings) // 2
        return await self._write(readings[:middle], refused) + await self._write(readings[middle:], refused)

    async def _refuse(self, reading: Reading, reason: str) -> None:
        device, _, key = reading.source.partition("/")
        value = reading.text if reading.value is None else reading.value
        payload = json.dumps({"ts": reading.at, "values": {key: value}}).encode()
        await self._dead_letters.add([Unread(TELEMETRY + device, payload, reason, "refused", (reading.source,))])
        if self._meter:
            self._meter.refused()

    async def _remember(self, name: str, message: Message) -> None:
        await _persist(lambda: self._births.keep(name, message))

    async def _bury(self, unread: Sequence[Unread]) -> None:
        for kind, times in Counter(one.kind for one in unread).items():
            if told := self._seldom.due(kind, times):
                newest = next(one for one in reversed(unread) if one.kind == kind)
                log.warning(
                    "%d messages became dead letters (%s), the newest on %s: %s",
                    told, kind, newest.topic[:200], newest.reason[:500],
                )  # fmt: skip
        await _persist(lambda: self._dead_letters.add(unread))


def _unread(message: Message, decoded: Decoded) -> Unread:
    return Unread(message.topic, message.payload, " ".join(decoded.problems), decoded.kind, decoded.suspects)


def _away(decoded: Sequence[Decoded]) -> list[str]:
    """The devices that said goodbye, and nothing after it."""
    away: dict[str, None] = {}
    for d in decoded:
        if d.device and d.readings:
            away.pop(d.device, None)
        away.update(dict.fromkeys(d.offline))
    return list(away)


def _replies(decoded: Sequence[Decoded]) -> list[Reply]:
    """One receipt a device, and whatever else the protocols ask for."""
    receipts: dict[str, list[int]] = defaultdict(list)
    for d in decoded:
        if d.device and d.seqs:
            receipts[d.device].extend(d.seqs)
    told = [Reply(RECEIPTS + device, json.dumps({"seqs": seqs}).encode()) for device, seqs in receipts.items()]
    return told + [reply for d in decoded for reply in d.replies]


async def _persist(work: Callable[[], Awaitable[T]]) -> T:
    """Do it until the database takes it, whatever it says meanwhile: read-only, disk full, shutting down."""
    pause = _FIRST_PAUSE_S
    while True:
        try:
            return await work()
        except (Unavailable, psycopg.Error) as error:
            log.warning("%s Trying again in %.1f s.", error, pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)
