"""One reading, and the two verbs of a source."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reading:
    """A value of one point at one moment. ``source`` is its address, ``device/key``; ``at`` is epoch milliseconds UTC.

    Exactly one of ``value`` (a number; booleans are 0 and 1) and ``text`` (a state) is set.
    """

    source: str
    at: int
    value: float | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """What arrived, undecoded. ``token`` is the source's own handle for the acknowledgement."""

    topic: str
    payload: bytes
    token: object


class Source(Protocol):
    """Where messages come from. Nothing is acknowledged before ``commit``, which follows the database's commit."""

    async def poll_batch(self) -> Sequence[Message]:
        """Wait for at least one message and return what has arrived, oldest first, at most the source's batch size."""
        ...

    async def commit(self, messages: Sequence[Message]) -> None: ...
