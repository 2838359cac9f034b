"""Open browser pages: each has a token that its view shows to the server, and its own highlight."""

import asyncio
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field

from interfaces.web.room.messages import HighlightMessage

QUEUE = 32
MOST = 500


@dataclass(slots=True)
class Session:
    """``outboxes`` are the open connections of one page's view; texts are JSON of ``LiveMessage``."""

    token: str
    highlight: HighlightMessage = field(default_factory=lambda: HighlightMessage(ids=[]))
    outboxes: set[asyncio.Queue[str | None]] = field(default_factory=set[asyncio.Queue[str | None]])


class Sessions:
    """The pages that are open now; the oldest is forgotten where too many are."""

    def __init__(self) -> None:
        self._by_token: OrderedDict[str, Session] = OrderedDict()

    def open(self) -> Session:
        session = Session(secrets.token_urlsafe(24))
        self._by_token[session.token] = session
        while len(self._by_token) > MOST:
            self._by_token.popitem(last=False)
        return session

    def find(self, token: str) -> Session | None:
        return self._by_token.get(token)

    def close(self, token: str) -> None:
        self._by_token.pop(token, None)

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


def put(outbox: asyncio.Queue[str | None], text: str) -> None:
    """A connection that does not keep up is ended (``None``) and comes back with a fresh picture."""
    try:
        outbox.put_nowait(text)
    except asyncio.QueueFull:
        while not outbox.empty():
            outbox.get_nowait()
        outbox.put_nowait(None)
