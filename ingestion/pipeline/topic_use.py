"""What arrives on which topics, and what is made of it: counted by the pattern of the map, and told once where nothing is."""

import asyncio
import base64
import hashlib
import json
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graph_schema.errors import Unavailable
from graph_schema.statements import statements
from ingestion.decoding.messages import SPARKPLUG, TELEMETRY, Decoded
from ingestion.decoding.telemetry_map import TelemetryMap, Topic
from ingestion.history.history import History
from ingestion.reading import Message

log = logging.getLogger(__name__)

_SQL = statements("ingestion.pipeline", "topic_use.sql")
TOPIC_USES = _SQL["all"]
"""The statement that reads them."""

_MOST = 1_000
_KNOWN_TOPICS = 100_000
_EXAMPLE = 4_000  # bytes
_OTHERS = "(other topics)"
_IGNORED = "(ignored topics)"


@dataclass(frozen=True, slots=True)
class TopicUse:
    """Of one pattern; ``idle`` are messages from which nothing was taken, and ``missed`` the paths that were not in so many."""

    pattern: str
    spec: str
    messages: int
    readings: int
    idle: int
    missed: dict[str, int]
    first_at: datetime
    last_at: datetime
    topic: str
    payload: bytes
    idle_topic: str | None = None
    idle_payload: bytes | None = None


@dataclass(slots=True)
class _Count:
    pattern: str
    spec: str
    messages: int = 0
    readings: int = 0
    idle: int = 0
    missed: Counter[str] = field(default_factory=Counter[str])
    newest: Message | None = None
    newest_idle: Message | None = None


class TopicCounts:
    """Counts in memory, a batch at a time; ``keep`` adds what came to the table."""

    def __init__(self, history: History, telemetry_map: TelemetryMap | None = None) -> None:
        self._history = history
        self._map = telemetry_map or TelemetryMap()
        self._specs: Sequence[Topic] = self._map.topics
        self._counts: dict[str, _Count] = {}
        self._by_topic: dict[str, _Count] = {}
        self._told: set[str] = set()

    def note(self, messages: Sequence[Message], decoded: Sequence[Decoded]) -> None:
        """Of one batch. Never waits and never fails."""
        by_topic = self._by_topic
        for message, one in zip(messages, decoded, strict=True):
            count = by_topic.get(message.topic) or self._of(message.topic)
            count.messages += 1
            count.newest = message
            if one.readings:
                count.readings += len(one.readings)
            elif is_idle(one) and count.spec:
                count.idle += 1
                count.newest_idle = message
                if count.pattern not in self._told:
                    self._tell(count, message)
            if one.unmet:
                count.missed.update(one.unmet)

    def _of(self, topic: str) -> _Count:
        pattern, spec = self._pattern(topic)
        if pattern not in self._counts and len(self._counts) >= _MOST:
            pattern, spec = _OTHERS, ""
        count = self._counts.setdefault(pattern, _Count(pattern, spec))
        if len(self._by_topic) >= _KNOWN_TOPICS:
            self._by_topic.clear()
        self._by_topic[topic] = count
        return count

    def _pattern(self, topic: str) -> tuple[str, str]:
        """Of the map where one fits, else of what is read without one; a topic that nothing fits stands for itself."""
        if self._map.ignores(topic):
            return _IGNORED, ""
        for spec in self._specs:
            if spec.pattern.fullmatch(topic):
                return spec.topic, digest(spec)
        if topic.startswith(TELEMETRY):
            return f"{TELEMETRY}+", "own"
        return (f"{SPARKPLUG}#", "") if topic.startswith(SPARKPLUG) else (topic, "")

    def _tell(self, count: _Count, message: Message) -> None:
        """Once a pattern, however many messages there are."""
        self._told.add(count.pattern)
        log.warning(
            "Nothing was taken from a message on %s, which the pattern %s of the map fits. See: plantroom topics",
            message.topic[:200], count.pattern,
        )  # fmt: skip

    async def keep(self, every_s: float = 10.0) -> None:
        """Write what came until cancelled, and a last time then. What comes while the database is away is not counted."""
        try:
            while True:
                await asyncio.sleep(every_s)
                await self.write()
        finally:
            await asyncio.shield(self.write())

    async def write(self) -> None:
        """What came since the last time, in one statement."""
        counts = {pattern: count for pattern, count in self._counts.items() if count.messages}
        if not counts:
            return
        self._counts, self._by_topic = {}, {}
        try:
            rows = json.dumps([_row(count) for count in counts.values()])
            await self._history.fetch(_SQL["add"], {"rows": rows})
        except Unavailable as error:
            log.debug("What arrived could not be counted: %s", error)


async def topic_uses(history: History) -> list[TopicUse]:
    """What has arrived, the most frequent first. Raises ``Unavailable``."""
    return [topic_use(row) for row in await history.fetch(TOPIC_USES)]


def topic_use(row: dict[str, Any]) -> TopicUse:
    """A row of ``TOPIC_USES``."""
    idle = row.pop("idle_payload")
    return TopicUse(**row, idle_payload=None if idle is None else bytes(idle))


def is_idle(decoded: Decoded) -> bool:
    """Whether there was nothing wrong with a message, and nothing in it that the map could use."""
    return not (decoded.readings or decoded.problems or decoded.silent or decoded.offline or decoded.recall)


def digest(spec: Topic) -> str:
    """Of what the map says of a pattern."""
    return hashlib.sha256(spec.model_dump_json().encode()).hexdigest()[:16]


def _row(count: _Count) -> dict[str, Any]:
    newest, idle = count.newest, count.newest_idle
    assert newest
    moment = datetime.fromtimestamp(newest.received_at / 1000, UTC).isoformat()
    return {
        "pattern": _storable(count.pattern), "spec": count.spec, "messages": count.messages, "readings": count.readings, "idle": count.idle,
        "missed": {_storable(path): times for path, times in count.missed.items()}, "first_at": moment, "last_at": moment,
        "topic": _storable(newest.topic), "payload": _example(newest),
        "idle_topic": _storable(idle.topic) if idle else None, "idle_payload": _example(idle) if idle else None,
    }  # fmt: skip


def _example(message: Message) -> str:
    return base64.b64encode(message.payload[:_EXAMPLE]).decode()


def _storable(text: str) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
