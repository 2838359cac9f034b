"""All sessions: those of the disk, and those that end with their connection."""

import logging
from collections.abc import Iterator

from interfaces.broker.limits import Limits
from interfaces.broker.packets import FOREVER, Connect
from interfaces.broker.session import Session
from interfaces.broker.store import Operation, Store
from interfaces.broker.topics import Subscriptions
from interfaces.broker.writer import Writer

log = logging.getLogger(__name__)


class Sessions:
    """``kept_bytes`` is what lies on the disk for all of them."""

    def __init__(self, store: Store, writer: Writer, limits: Limits) -> None:
        self.subscriptions = Subscriptions()
        self.kept_bytes = 0
        self._store = store
        self._writer = writer
        self._limits = limits
        self._by_client: dict[str, Session] = {}
        self._newest = 0
        for stored in store.sessions():
            session = Session(stored.client_id, stored.number, store.page, stored.intake, stored.expiry_s)
            session.waiting, session.waiting_bytes = stored.waiting, stored.waiting_bytes
            self.kept_bytes += stored.waiting_bytes
            self._by_client[stored.client_id] = session
            self._newest = max(self._newest, stored.number)
            for text, subscription in stored.subscriptions.items():
                self.subscriptions.add(session, text, subscription)

    def __len__(self) -> int:
        return len(self._by_client)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._by_client.values()))

    def of(self, client_id: str) -> Session | None:
        return self._by_client.get(client_id)

    def begin(self, client_id: str, connect: Connect, intake: bool) -> tuple[Session, list[Operation]]:
        """The client's session, a former one where it wants that; and what has to be written down of it."""
        session = self._by_client.get(client_id)
        if session and connect.clean:
            self.drop(session)
            session = None
        if session is None:
            session = Session(client_id, self._new_number() if connect.session_s else None, self._store.page)
            self._by_client[client_id] = session
        elif (session.expiry_s, session.intake) == (connect.session_s, intake):
            return session, []
        session.expiry_s, session.intake = connect.session_s, intake
        return session, _row(session)

    def _new_number(self) -> int:
        self._newest += 1
        return self._newest

    def lasts(self, session: Session, expiry_s: int) -> None:
        """A client changes how long its session outlives its connection. One that began without a session gets none."""
        if session.durable:
            session.expiry_s = expiry_s
            self._writer.add(_row(session))

    def drop(self, session: Session) -> None:
        for text in list(session.subscriptions):
            self.subscriptions.remove(session, text)
        if self._by_client.get(session.client_id) is session:
            del self._by_client[session.client_id]
        if session.number is not None:
            self.kept_bytes -= session.waiting_bytes
            number = (session.number,)
            self._writer.add([("drop_session", number), ("drop_subscriptions", number), ("drop_waiting", number)])

    def drop_forgotten(self, now: float) -> None:
        """Those whose clients do not come back. Ingestion's stays until ingestion does."""
        for session in self:
            patience_s = FOREVER if session.intake else min(session.expiry_s, self._limits.foreign_away_s)
            if session.receiver is None and now - session.away_since > patience_s:
                self.drop(session)

    def drop_former_intake(self) -> bool:
        """What waits for an ingestion of former times, where another one is at work; whether there was any."""
        if not any(session.intake and session.receiver for session in self):
            return False
        former = [session for session in self if session.intake and session.durable and session.receiver is None]
        for session in former:
            log.warning("Dropped %d messages for “%s”, which is gone.", session.waiting, session.client_id)
            self.drop(session)
        return bool(former)


def _row(session: Session) -> list[Operation]:
    if session.number is None:
        return []
    return [("add_session", (session.number, session.client_id, session.intake, session.expiry_s))]
