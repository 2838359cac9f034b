"""Open browser pages: each has a token that its view shows to the server, and its own highlight."""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from graph_schema.errors import PlantroomError
from interfaces.web.room.messages import HighlightMessage

QUEUE = 32
MOST = 500


class TooManyPages(PlantroomError):
    """Plantroom is open in too many pages already. Close one and load this page again."""


@dataclass(slots=True)
class Session:
    """``outboxes`` are the open connections of one page's view; texts are JSON of ``LiveMessage``."""

    token: str
    highlight: HighlightMessage = field(default_factory=lambda: HighlightMessage(ids=[]))
    outboxes: set[asyncio.Queue[str | None]] = field(default_factory=set[asyncio.Queue[str | None]])


class Sessions:
    """The pages that are open now. Where ``most`` are, one that nobody looks at any more makes room for the next."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._by_token: OrderedDict[str, Session] = OrderedDict()
        self._moved = asyncio.Event()

    def open(self) -> Session:
        """A new page. Raises ``TooManyPages`` where people look at all that there may be."""
        if len(self._by_token) >= self._most:
            self._forget_one()
        session = Session(secrets.token_urlsafe(24))
        self._by_token[session.token] = session
        self._moved.set()
        return session

    def _forget_one(self) -> None:
        idle = next((session.token for session in self._by_token.values() if not session.outboxes), None)
        if idle is None:
            raise TooManyPages
        del self._by_token[idle]

    @contextmanager
    def connected(self, session: Session) -> Generator[asyncio.Queue[str | None]]:
        """What a page's view is to be told, while it is connected; first what is highlighted."""
        outbox: asyncio.Queue[str | None] = asyncio.Queue(QUEUE)
        session.outboxes.add(outbox)
        outbox.put_nowait(session.highlight.model_dump_json())
        self._moved.set()
        try:
            yield outbox
        finally:
            session.outboxes.discard(outbox)
            if session.token in self._by_token:  # its view may be back in a moment: the last to make room
                self._by_token.move_to_end(session.token)
            self._moved.set()

    def find(self, token: str) -> Session | None:
        return self._by_token.get(token)

    def close(self, token: str) -> None:
        self._by_token.pop(token, None)
        self._moved.set()

    def highlight(self, token: str, message: HighlightMessage) -> None:
        """Tell one page what to mark; a page that is gone is no error."""
        if session := self.find(token):
            session.highlight = message
            for outbox in session.outboxes:
                put(outbox, message.model_dump_json())

    def broadcast(self, text: str) -> None:
        for session in self._by_token.values():
            for outbox in session.outboxes:
                put(outbox, text)

    @property
    def watched(self) -> bool:
        """Whether anybody looks at all."""
        return any(session.outboxes for session in self._by_token.values())

    async def until(self, *, watched: bool) -> None:
        """Wait until somebody looks, or until nobody does."""
        while self.watched != watched:
            self._moved.clear()
            await self._moved.wait()


def put(outbox: asyncio.Queue[str | None], text: str) -> None:
    """A connection that does not keep up is ended (``None``) and comes back with a fresh picture."""
    try:
        outbox.put_nowait(text)
    except asyncio.QueueFull:
        while not outbox.empty():
            outbox.get_nowait()
        outbox.put_nowait(None)
