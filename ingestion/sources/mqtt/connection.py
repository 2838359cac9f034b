"""One MQTT connection on paho, and the one thread of the product that touches paho.

The thread owns the client: everybody else hands it work through a queue. It reads from the socket only while its owner
has room, so that a slow database slows the broker down instead of filling memory, and keeps the connection alive meanwhile.
Each connection gets a new paho client: what was in flight is known to the owner, and to nobody twice. Messages and their
acknowledgements do not pass through paho (``sources/mqtt/sockets.py``), and so neither does the keep-alive, which must count them.
"""

import asyncio
import logging
import selectors
import socket
import ssl
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from graph_schema.errors import InvalidInput, PlantroomError, Unavailable
from ingestion.sources.mqtt.frames import Arrival, Malformed
from ingestion.sources.mqtt.sockets import FramedSocket, Framing
from ingestion.sources.mqtt.tls import Tls, context, explain

log = logging.getLogger(__name__)

_KEEPALIVE_S = 30
_ANSWER_S = 10.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0
_READS_PER_TURN = 8
_UNANSWERED = 20
"""How many of our messages may wait for an MQTT 5 broker's answer, unless it allows fewer; it expels who exceeds that."""


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is, who we are there, and how to speak to it.

    With MQTT 5 it tells its reasons, and keeps a persistent session for ``session_s`` after a loss. ``share`` is the group
    of a shared subscription: its members split the messages among them, and a device's order is lost.
    """

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None
    v5: bool = False
    session_s: int = 86_400
    share: str | None = None

    @classmethod
    def at(cls, url: str, user: str | None = None, password: str | None = None, tls: Tls | None = None) -> "Broker":
        """``mqtt://host:port`` or ``mqtts://host:port``, also with ``user:password@``. Raises ``InvalidInput``."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise InvalidInput(f"The broker's address is wrong: {error}.") from error
        if parts.scheme not in ("mqtt", "mqtts") or not host:
            raise InvalidInput("The broker's address must look like mqtt://host:port or mqtts://host:port.")
        secure = parts.scheme == "mqtts"
        return cls(
            host,
            port or (8883 if secure else 1883),
            user or parts.username,
            password or parts.password,
            (tls or Tls()) if secure else None,
        )


class Owner(Protocol):
    """What a connection tells the part that uses it. All of this is called in the connection's thread."""

    def has_room(self) -> bool: ...

    def connected(self, generation: int) -> None: ...

    def arrived(self, arrivals: Sequence[Arrival]) -> None: ...


class MqttConnection:
    """Connects, and connects again by itself after a loss, until it is closed.

    A message's token holds the connection's generation and the packet's id: brokers use an id again after a reconnect, so
    a late acknowledgement for an earlier connection is dropped; the broker delivers that message again.
    """

    def __init__(
        self, broker: Broker, owner: Owner, client_id: str, persistent: bool, window: int | None = None
    ) -> None:
        """``window`` is how many messages an MQTT 5 broker may send ahead of their acknowledgement."""
        self._broker = broker
        self._window = window
        self._owner = owner
        self._client_id = client_id
        self._persistent = persistent
        self._commands: deque[Callable[[Client, FramedSocket], object]] = deque()
        self._wake_out, self._wake_in = socket.socketpair()
        self._wake_out.setblocking(False)
        self._wake_in.setblocking(False)
        self._closing = threading.Event()
        self.answered = threading.Event()
        self.listening = threading.Event()
        """The broker has answered a subscription, or sent a message of a session that it kept."""
        self._generation = 0
        self._online = False
        self.problem: str | None = None
        self._topics: dict[int, Sequence[str]] = {}
        self._refused: set[str] = set()
        self._unanswered = _UNANSWERED
        self._thread = threading.Thread(target=self._run, name=f"mqtt {client_id}", daemon=True)

    @property
    def online(self) -> bool:
        return self._online

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Say goodbye and wait for the thread."""
        self._closing.set()
        self.wake()
        self._thread.join()
        self._wake_in.close()
        self._wake_out.close()

    def wake(self) -> None:
        """Make the thread look at its queue and at ``has_room`` again."""
        with suppress(OSError):
            self._wake_in.send(b"\0")

    def publish(self, topic: str, payload: bytes, qos: int) -> None:
        """Send when connected, else drop: the owner sends again what matters."""

        def send(client: Client, _: FramedSocket) -> None:
            mid = client.publish(topic, payload, qos).mid
            if self._broker.v5 and qos:
                self._topics[mid] = [topic]

        self._later(send)

    def subscribe(self, topics: Sequence[str], qos: int) -> None:

        def send(client: Client, _: FramedSocket) -> None:
            if (mid := client.subscribe([(topic, qos) for topic in topics])[1]) is not None:
                self._topics[mid] = topics

        self._later(send)

    def acknowledge(self, tokens: Sequence[int]) -> None:
        """In this order, in one go. Tokens of earlier connections are left out."""
        self._later(lambda _, link: link.acknowledge(tokens))

    def _later(self, command: Callable[[Client, FramedSocket], object]) -> None:
        if self._online:
            self._commands.append(command)
            self.wake()

    # From here on everything runs in the connection's own thread.

    def _run(self) -> None:
        pause = _FIRST_PAUSE_S
        while not self._closing.is_set():
            try:
                client = self._connect()
                self._pump(client)
            except Malformed as error:
                log.error("%s The connection is closed.", error)
                self.problem = str(error)
            except (OSError, ValueError, PlantroomError) as error:
                self.problem = explain(error, self._broker.tls, self._online)
                if isinstance(error, ssl.SSLError | PlantroomError) and not isinstance(error, ssl.SSLEOFError):
                    self.answered.set()  # waiting does not change certificates
            if self._online and not self._closing.is_set():
                log.warning("The connection to the MQTT broker is lost%s; connecting again.", self._why())
                pause = _FIRST_PAUSE_S
            self._online = False
            self._commands.clear()
            self._closing.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _why(self) -> str:
        return f" ({self.problem})" if self.problem else ""

    def _connect(self) -> Client:
        self._generation += 1
        self._topics.clear()
        client = Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            clean_session=None if self._broker.v5 else not self._persistent,
            protocol=MQTTProtocolVersion.MQTTv5 if self._broker.v5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.username_pw_set(self._broker.user, self._broker.password)
        tls = context(self._broker.tls) if self._broker.tls else None
        client.tls_set_context(cast(ssl.SSLContext, Framing(self._generation, self._broker.v5, tls)))
        client.max_inflight_messages_set(self._unanswered if self._broker.v5 else 0)
        client.connect_timeout = 5
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.connect(self._broker.host, self._broker.port, _KEEPALIVE_S, **self._session())
        return client

    def _session(self) -> dict[str, Any]:
        """What MQTT 5 says when it connects; 3.1.1 has said it by then."""
        if not self._broker.v5:
            return {}
        properties = Properties(PacketTypes.CONNECT)
        if self._persistent:
            properties.SessionExpiryInterval = self._broker.session_s
        if self._window:
            properties.ReceiveMaximum = min(self._window, 65_535)
        return {"clean_start": not self._persistent, "properties": properties}

    def _pump(self, client: Client) -> None:
        link = cast(FramedSocket, client.socket())
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(self._wake_out, selectors.EVENT_READ)
                while not self._closing.is_set() and client.socket() is not None:
                    if not self._turn(client, selector, link):
                        break
            self._obey(client, link)
            client.disconnect()
        finally:
            link.close()

    def _turn(self, client: Client, selector: selectors.BaseSelector, link: FramedSocket) -> bool:
        # Without room only the answer to CONNECT is read, so that the connection can at least be made.
        reading = not self._online or self._owner.has_room()
        readable = self._wait(selector, link, reading)
        self._obey(client, link)
        if readable and not self._read(client, link):
            return False
        link.flush()
        return self._is_alive(link, reading)

    def _obey(self, client: Client, link: FramedSocket) -> None:
        while self._commands:
            self._commands.popleft()(client, link)

    def _wait(self, selector: selectors.BaseSelector, link: FramedSocket, reading: bool) -> bool:
        events = (selectors.EVENT_READ if reading else 0) | (selectors.EVENT_WRITE if link.unsent else 0)
        _watch(selector, link, events)
        decrypted = reading and link.decrypted
        ready = {key.fileobj: events for key, events in selector.select(0 if decrypted else 1.0)}
        if self._wake_out in ready:
            with suppress(BlockingIOError):
                self._wake_out.recv(4096)
        return decrypted or bool(ready.get(link, 0) & selectors.EVENT_READ)

    def _read(self, client: Client, link: FramedSocket) -> bool:
        for _ in range(_READS_PER_TURN):
            arrivals, more = link.receive()
            while link.for_paho:
                if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    return False
            if arrivals:
                self._owner.arrived(arrivals)
                self.listening.set()
            if not more or (self._online and not self._owner.has_room()):
                break
        return True

    def _is_alive(self, link: FramedSocket, reading: bool) -> bool:
        """Whoever does not listen cannot expect to hear anything, but speaks up now and then all the same."""
        now = monotonic()
        if not reading:
            link.heard_at = now
        if now - link.spoke_at >= _KEEPALIVE_S / 2:
            link.ping()
            link.flush()
        return now - link.heard_at < (2 * _KEEPALIVE_S if self._online else _ANSWER_S)

    def _on_connect(self, client: Client, _data: Any, _flags: Any, reason: ReasonCode, properties: Any) -> None:
        if reason.is_failure:
            self.problem = f"it refuses {self._name()} ({reason})"
            client.disconnect()
            self.answered.set()
            return
        self._unanswered = min(_UNANSWERED, getattr(properties, "ReceiveMaximum", _UNANSWERED))
        self._online = True
        self.problem = None
        self.answered.set()
        self._owner.connected(self._generation)

    def _name(self) -> str:
        if self._broker.user:
            return f"“{self._broker.user}”"
        return "our certificate" if self._broker.tls and self._broker.tls.cert_file else "“anonymous”"

    def _on_disconnect(self, _client: Client, _data: Any, flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if flags.is_disconnect_packet_from_server:
            self.problem = str(reason)

    def _on_subscribe(self, _client: Client, _data: Any, mid: int, reasons: list[ReasonCode], _properties: Any) -> None:
        for topic, reason in zip(self._topics.pop(mid, ()), reasons, strict=False):
            self._answer(f"the subscription to {topic}", reason)
        self.listening.set()

    def _on_publish(self, _client: Client, _data: Any, mid: int, reason: ReasonCode, _properties: Any) -> None:
        """A broker of MQTT 3.1.1 acknowledges also what it throws away, so only MQTT 5 tells anything here."""
        for topic in self._topics.pop(mid, ()):
            self._answer(f"what is sent to {topic}", reason)

    def _answer(self, what: str, reason: ReasonCode) -> None:
        """Told once, and again only after it was allowed in between."""
        if not reason.is_failure:
            self._refused.discard(what)
        elif what not in self._refused:
            self._refused.add(what)
            log.error("The MQTT broker refuses %s: %s.", what, reason)


def _watch(selector: selectors.BaseSelector, connection: FramedSocket, events: int) -> None:
    """A selector refuses an empty set of events, so a connection of which nothing is wanted is taken out."""
    key = selector.get_map().get(connection)
    if key is None and events:
        selector.register(connection, events)
    elif key is not None and not events:
        selector.unregister(connection)
    elif key is not None and key.events != events:
        selector.modify(connection, events)


@asynccontextmanager
async def open_connection(connection: MqttConnection, patience_s: float | None) -> AsyncGenerator[MqttConnection]:
    """Start, wait until it is connected (not at all with None), and close. Raises ``Unavailable`` after ``patience_s``."""
    connection.start()
    try:
        if patience_s is not None:
            await _until_online(connection, patience_s)
        yield connection
    finally:
        await asyncio.to_thread(connection.close)


async def until_listening(connection: MqttConnection, patience_s: float) -> None:
    """Wait until what is published reaches us, unless it was refused. Raises ``Unavailable`` after ``patience_s``.

    A broker may answer a subscription only after the messages that it has kept, so one of these will do.
    """
    if not await asyncio.to_thread(connection.listening.wait, patience_s):
        raise Unavailable("The MQTT broker does not answer our subscription.")


async def _until_online(connection: MqttConnection, patience_s: float) -> None:
    await asyncio.to_thread(connection.answered.wait, patience_s)
    if not connection.online:
        raise Unavailable(f"The MQTT broker does not answer: {connection.problem or 'no reply'}.")
