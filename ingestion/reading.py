"""One reading, and the two verbs of a source."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import msgspec

ONLINE = "online"
"""The key of the reading that says whether a device is there: 1 from its birth, 0 from its death."""

Clock = Callable[[], datetime]
"""The present, aware."""


def wall_clock() -> datetime:
    return datetime.now(UTC)


class Reading(msgspec.Struct, frozen=True, gc=False):
    """A value of one point at one moment. ``source`` is its address, ``device/key``; ``at`` is epoch milliseconds UTC.

    Exactly one of ``value`` (a number; booleans are 0 and 1) and ``text`` (a state) is set.
    """

    source: str
    at: int
    value: float | None = None
    text: str | None = None


class Message(msgspec.Struct, frozen=True, gc=False):
    """What arrived, undecoded. ``token`` is the source's own handle for the acknowledgement.

    ``received_at`` (epoch milliseconds UTC) stands in for a timestamp that the payload lacks. What a broker ``retained`` was published
    at some moment before that.
    """

    topic: str
    payload: bytes
    token: object
    received_at: int
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What ingestion says to a device."""

    topic: str
    payload: bytes


class Source(Protocol):
    """Where messages come from. Nothing is acknowledged before ``commit``, which follows the database's commit."""

    async def poll_batch(self) -> Sequence[Message]:
        """Wait for at least one message and return what has arrived, oldest first, at most the source's batch size."""
        ...

    async def commit(self, messages: Sequence[Message]) -> None:
        """Acknowledge: their readings are in the database, or they are dead letters."""
        ...

    async def send(self, replies: Sequence[Reply]) -> None:
        """Publish to devices, at most once: receipts, and what a protocol asks of a device. One that gets lost is asked for again."""
        ...
