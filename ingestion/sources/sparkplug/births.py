"""The messages that say what later ones mean (a Sparkplug birth), kept so that a new process can read on where another stopped."""

from collections.abc import Sequence

from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import Message

_SQL = statements("ingestion.sources.sparkplug", "births.sql")


class Births:
    """The ``birth`` table: the newest message of each topic, by the name under which it is recalled."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def keep(self, name: str, message: Message) -> None:
        values = {"name": name, "topic": message.topic, "payload": message.payload, "received_at": message.received_at}
        await self._history.fetch(_SQL["keep"], values)

    async def recall(self, name: str) -> Sequence[Message]:
        """In the order in which they were kept."""
        rows = await self._history.fetch(_SQL["recall"], {"name": name})
        return [Message(row["topic"], bytes(row["payload"]), None, row["received_at"]) for row in rows]
