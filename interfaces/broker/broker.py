"""The broker itself: who is connected, what each subscribed to, and where a message goes.

A message at QoS 1 or 2 is acknowledged to its sender when the disk holds it for every durable session that wants it.
"""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic, time

from interfaces.broker.limits import Limits
from interfaces.broker.link import Link
from interfaces.broker.packets import (
    BAD_METHOD,
    CLIENT_ID_INVALID,
    FILTER_INVALID,
    KEEP_ALIVE_TIMEOUT,
    NO_SHARING,
    QUOTA,
    SERVER_BUSY,
    SHUTTING_DOWN,
    TAKEN_OVER,
    Connect,
    Message,
    Publish,
    Subscription,
    connack,
    is_filter,
    shown,
    suback,
    unsuback,
)
from interfaces.broker.session import Session, weight
from interfaces.broker.sessions import Sessions
from interfaces.broker.store import Operation, Store
from interfaces.broker.topics import matching
from interfaces.broker.writer import Writer

log = logging.getLogger(__name__)

_TURN_S = 1.0
_INTAKE_WINDOW, _FOREIGN_WINDOW = 20_000, 100
_RESUME_AT = 0.9


class Broker:
    """``stands`` is called when ingestion has subscribed for the first time: devices may come then."""

    def __init__(self, store: Store, user: str, password: str, limits: Limits, stands: Callable[[], None]) -> None:
        self.limits = limits
        self.writer = Writer(store, self._committed)
        self.sessions = Sessions(store, self.writer, limits)
        self._user, self._password = user, password.encode()
        self._stands = stands
        self._links: set[Link] = set()
        self._retained = store.retained()
        self._next = store.newest()
        self._to_pump: set[Session] = set()
        self._wills: dict[str, asyncio.TimerHandle] = {}
        self._holding = False

    # Connections

    def complain(self, sentence: str, *details: object) -> None:
        """About what a client does wrong."""
        log.warning(sentence, *details)

    def limited(self, sentence: str, *details: object) -> None:
        """About a limit that is reached, which may be too low: ``plantroom doctor`` tells the last one."""
        log.error(sentence, *details)

    def joined(self, link: Link) -> None:
        self._links.add(link)
        devices = sum(1 for one in self._links if not one.intake) if not link.intake else 0
        if devices > self.limits.connections:
            self.limited("A client is turned away: %d are connected, and more are not allowed.", devices - 1)
            link.end(SERVER_BUSY)

    def left(self, link: Link) -> None:
        self._links.discard(link)
        session, connect = link.session, link.connect
        if session is None or connect is None:
            return
        if connect.will and link.with_will:
            self._announce(session, connect.will, min(connect.will_delay_s, session.expiry_s))
        if session.receiver is link or session.receiver is None:
            session.detach()
            if session.expiry_s == 0:
                self.sessions.drop(session)

    def knows(self, user: str, password: bytes) -> bool:
        return hmac.compare_digest(user.encode(), self._user.encode()) & hmac.compare_digest(password, self._password)

    def let_in(self, link: Link, connect: Connect) -> None:
        if connect.method:
            return link.refuse(connect.v5, BAD_METHOD)
        if not (connect.client_id or connect.clean or connect.v5):
            return link.refuse(connect.v5, CLIENT_ID_INVALID)
        assigned = None if connect.client_id else f"auto-{secrets.token_hex(8)}"
        client_id = connect.client_id or str(assigned)
        earlier = self.sessions.of(client_id)
        if earlier is None and len(self.sessions) >= self.limits.sessions:
            self.limited("%s is turned away: there are %d sessions.", link.name, len(self.sessions))
            return link.refuse(connect.v5, SERVER_BUSY)
        if earlier and earlier.intake and not link.intake:
            self.complain("%s is turned away: ingestion has that name.", link.name)
            return link.refuse(connect.v5, CLIENT_ID_INVALID)
        link.welcome(connect)
        self._take_over(client_id)
        present = self.sessions.of(client_id) is not None and not connect.clean
        session, operations = self.sessions.begin(client_id, connect, link.intake)
        link.session = session
        ours = _INTAKE_WINDOW if link.intake else _FOREIGN_WINDOW

        def written() -> None:
            if link.session is not session or not link.is_open:
                return
            link.send(connack(connect.v5, present, self.limits.packet_bytes, assigned))
            session.attach(link, min(connect.window or ours, ours))
            self._to_pump.add(session)

        self.writer.add(operations, written)
        return None

    def _take_over(self, client_id: str) -> None:
        """Whoever comes later under the same name is the one."""
        for link in [one for one in self._links if one.session and one.session.client_id == client_id]:
            link.end(TAKEN_OVER)
            self.left(link)
            link.session = None
        if timer := self._wills.pop(client_id, None):
            timer.cancel()

    # Messages

    def published(self, link: Link, packet: Publish) -> None:
        session, message = link.session, packet.message
        if session is None:
            return None
        acknowledge: Callable[[], None] | None = None
        if message.qos:
            acknowledge = lambda: link.acknowledge(message.qos, packet.mid)  # noqa: E731
        if message.qos == 2:
            if packet.mid in session.received:
                return self.writer.add((), acknowledge)
            session.received.add(packet.mid)
        return self._pass_on(session, message, acknowledge)

    def _pass_on(self, sender: Session | None, message: Message, done: Callable[[], None] | None) -> None:
        operations = self._retain(message) if message.retain else []
        offers: list[tuple[Session, int, Message]] = []
        for session, subscription in self.sessions.subscriptions.of(message.topic).items():
            if subscription.no_local and session is sender:
                continue
            outgoing = message if subscription.as_published or not message.retain else _plain(message)
            self._give(session, outgoing, min(message.qos, subscription.qos), operations, offers)
        self._enter(operations, offers, done, weight(message))

    def _give(
        self,
        session: Session,
        message: Message,
        qos: int,
        operations: list[Operation],
        offers: list[tuple[Session, int, Message]],
    ) -> None:
        if not qos:
            if session.receiver and session.receiver.writable:
                session.receiver.deliver(message, 0)
            return
        size = weight(message)
        if session.durable and not session.intake and self._has_enough(session):
            self.limited("“%s” gets no more messages: %d wait for it.", shown(session.client_id), session.waiting)
            return
        self._next += 1
        session.accept(size)
        offers.append((session, self._next, message))
        if session.durable:
            self.sessions.kept_bytes += size
            row = (message.topic, message.payload, message.retain, message.properties, message.expires)
            operations.append(("keep", (self._next, session.number, *row)))

    def _has_enough(self, session: Session) -> bool:
        """Other people's sessions leave the larger part of the queue to ingestion."""
        limits = self.limits
        return session.waiting >= limits.foreign_messages or 2 * self.sessions.kept_bytes > limits.queue_bytes

    def _enter(
        self,
        operations: list[Operation],
        offers: list[tuple[Session, int, Message]],
        done: Callable[[], None] | None,
        size: int,
    ) -> None:
        if not (operations or offers or done):
            return

        def written() -> None:
            for session, number, message in offers:
                session.offer(number, message)
                self._to_pump.add(session)
            if done:
                done()

        self.writer.add(operations, written, size)

    def _retain(self, message: Message) -> list[Operation]:
        topic = message.topic
        if not message.payload:
            self._retained.pop(topic, None)
            return [("unretain", (topic,))]
        if topic not in self._retained and len(self._retained) >= self.limits.retained:
            self.limited("A message to %s is not retained: there are %d already.", shown(topic), len(self._retained))
            return []
        self._retained[topic] = message
        return [("retain", (topic, message.payload, message.qos, message.properties, message.expires))]

    def _announce(self, session: Session, will: Message, delay_s: int) -> None:
        def announce() -> None:
            self._wills.pop(session.client_id, None)
            self._pass_on(None, will, None)

        if delay_s:
            self._wills[session.client_id] = asyncio.get_running_loop().call_later(delay_s, announce)
        else:
            announce()

    def acknowledged(self, session: Session, mid: int) -> None:
        found = session.acknowledged(mid)
        self._to_pump.add(session)
        if found:
            self._settled(session, [found])

    def settle(self, link: Link) -> None:
        """After what one reading of a connection brought."""
        if link.session in self._to_pump:
            self._to_pump.discard(link.session)
            self.pump(link.session)
        if self._too_much() and not link.intake and not link.held:
            self._hold(link)

    def pump(self, session: Session) -> None:
        if over := session.pump():
            self._settled(session, over)

    def _settled(self, session: Session, messages: Sequence[tuple[int, int]]) -> None:
        if session.durable:
            self.sessions.kept_bytes -= sum(size for _, size in messages)
            self.writer.add([("settle", (number,)) for number, _ in messages])

    def _committed(self) -> None:
        sessions, self._to_pump = self._to_pump, set()
        for session in sessions:
            self.pump(session)
        if self._holding and not self._too_much(_RESUME_AT):
            self._holding = False
            for link in [one for one in self._links if one.held]:
                link.hold(False)

    def _too_much(self, share: float = 1.0) -> bool:
        limits = self.limits
        return (
            self.writer.backlog > share * limits.backlog_bytes or self.sessions.kept_bytes > share * limits.queue_bytes
        )

    def _hold(self, link: Link) -> None:
        self._holding = True
        link.hold(True)
        if self.sessions.kept_bytes > self.limits.queue_bytes and not self.sessions.drop_former_intake():
            self.limited(
                "%d MB wait for ingestion: devices wait for their acknowledgement.", self.sessions.kept_bytes >> 20
            )

    # Subscriptions

    def subscribe(self, link: Link, session: Session, mid: int, wanted: list[tuple[str, Subscription]]) -> None:
        operations: list[Operation] = []
        found: list[Message] = []
        answers: list[int] = []
        for text, subscription in wanted:
            answer = self._answer(session, text, subscription)
            answers.append(answer)
            if answer >= 0x80:
                self.complain("%s cannot subscribe to “%s”.", link.name, shown(text))
                continue
            fresh = text not in session.subscriptions
            self.sessions.subscriptions.add(session, text, subscription)
            if session.durable:
                operations.append(("subscribe", (session.number, text, subscription.options)))
            if subscription.retained == 0 or (subscription.retained == 1 and fresh):
                found += [_at(message, subscription.qos) for message in matching(text, self._retained)]
        self.writer.add(operations, lambda: self._subscribed(link, session, mid, answers))
        self._give_retained(session, found)

    def _answer(self, session: Session, text: str, subscription: Subscription) -> int:
        if not is_filter(text):
            return FILTER_INVALID
        if text.startswith("$share/"):
            return NO_SHARING
        if len(session.subscriptions) >= self.limits.subscriptions and text not in session.subscriptions:
            return QUOTA
        return subscription.qos

    def _subscribed(self, link: Link, session: Session, mid: int, answers: list[int]) -> None:
        if session.intake and session.durable and any(answer < 0x80 for answer in answers):
            self._stands()
        link.send(suback(mid, link.v5, answers))

    def _give_retained(self, session: Session, found: list[Message]) -> None:
        """After the answer to the subscription, as all that waits for the disk."""
        for message in found:
            if message.expires is not None and message.expires < time():
                continue
            if not message.qos:
                self.writer.add((), partial(_deliver, session, message))
                continue
            operations: list[Operation] = []
            offers: list[tuple[Session, int, Message]] = []
            self._give(session, message, 1, operations, offers)
            self._enter(operations, offers, None, weight(message))

    def unsubscribe(self, link: Link, session: Session, mid: int, filters: list[str]) -> None:
        found = [self.sessions.subscriptions.remove(session, text) for text in filters]
        operations = [("unsubscribe", (session.number, text)) for text in filters if session.durable]
        self.writer.add(operations, lambda: link.send(unsuback(mid, link.v5, found)))

    # Time

    async def look_after(self) -> None:
        """End what has been silent for too long, and sessions whose clients do not come back."""
        while True:
            await asyncio.sleep(_TURN_S)
            now = monotonic()
            for link in list(self._links):
                self._look_at(link, now)
            self.sessions.drop_forgotten(now)

    def _look_at(self, link: Link, now: float) -> None:
        if link.connect is None:
            if now - link.opened_at > self.limits.connect_s:
                link.end(KEEP_ALIVE_TIMEOUT)
        elif link.connect.keep_alive_s and not link.held and now - link.heard_at > 1.5 * link.connect.keep_alive_s:
            link.end(KEEP_ALIVE_TIMEOUT)

    def close(self) -> None:
        for link in list(self._links):
            link.with_will = False
            link.end(SHUTTING_DOWN)
        self.writer.end()


def _deliver(session: Session, message: Message) -> None:
    if session.receiver:
        session.receiver.deliver(message, 0)


def _plain(message: Message) -> Message:
    return Message(message.topic, message.payload, message.qos, False, message.properties, message.expires)


def _at(message: Message, qos: int) -> Message:
    return Message(message.topic, message.payload, min(message.qos, qos), True, message.properties, message.expires)
