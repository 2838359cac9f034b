"""Messages that could not be read or stored in full, kept with their reason until somebody sees to them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_schema.errors import NotFound
from graph_schema.statements import statements
from ingestion.decoding import Decode, milliseconds
from ingestion.history import History
from ingestion.reading import Reading

_SQL = statements("ingestion", "dead_letters.sql")


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """``received_at`` is the first time and ``last_at`` the last of ``times``; ``payload`` is None in a listing."""

    id: int
    received_at: datetime
    last_at: datetime
    times: int
    topic: str
    reason: str
    size: int
    payload: bytes | None = None


class DeadLetters:
    """The ``dead_letter`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def add(self, topic: str, payload: bytes, reason: str) -> None:
        values = {"topic": _storable(topic), "payload": payload, "reason": _storable(reason)}
        await self._history.fetch(_SQL["add"], values)

    async def list(self, limit: int = 50) -> Sequence[DeadLetter]:
        """The newest first."""
        rows = await self._history.fetch(_SQL["newest"], {"limit": limit})
        return [DeadLetter(**row) for row in rows]

    async def total(self) -> int:
        return (await self._history.fetch(_SQL["total"]))[0]["total"]

    async def show(self, id: int) -> DeadLetter:
        """One with its payload. Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["one"], {"id": id})
        if not rows:
            raise NotFound(f"There is no dead letter {id}.")
        row: dict[str, Any] = rows[0]
        payload = bytes(row.pop("payload"))
        return DeadLetter(**row, payload=payload, size=len(payload))

    async def retry(
        self, id: int, decode: Decode, accept: Callable[[Sequence[Reading]], Awaitable[object]]
    ) -> Sequence[str]:
        """Read it again, with a better map perhaps, store what is good and remove it if nothing remains amiss.

        Returns the problems that remain. A missing timestamp is the moment of the first reception. Raises ``NotFound``.
        """
        letter = await self.show(id)
        decoded = decode(letter.topic, letter.payload or b"", milliseconds(letter.received_at))
        await accept(decoded.readings)
        if decoded.problems:
            await self._history.fetch(_SQL["keep"], {"id": id, "reason": " ".join(decoded.problems)})
        else:
            await self._history.fetch(_SQL["remove"], {"id": id})
        return decoded.problems


def _storable(text: str) -> str:
    """PostgreSQL keeps neither NUL nor lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
