"""As much of MQTT 3.1.1 as a publisher needs that must not be the slow one: packets as bytes, on a plain socket."""

import json
import select
import socket
from dataclasses import dataclass

from ingestion.decoding.messages import TELEMETRY
from ingestion.sources.mqtt.connection import Broker

TOPICS = f"{TELEMETRY}+"
_WINDOW = 20_000
_PUBACK_BYTES = 4
_VARIANTS = 50


@dataclass(frozen=True, slots=True)
class Load:
    """``devices`` take turns; each message has ``metrics`` numbers of one moment."""

    devices: int
    metrics: int


class Payloads:
    """Messages of a load: ready but for their moments, each device's later than the one before."""

    def __init__(self, load: Load) -> None:
        self._topics = [f"{TELEMETRY}bench-{n}".encode() for n in range(load.devices)]
        self._values = [_values(load.metrics, variant) for variant in range(_VARIANTS)]
        self._latest = [0] * load.devices
        self._sent = 0

    def packet(self, now_ms: int) -> bytes:
        number = self._sent
        self._sent += 1
        device = number % len(self._topics)
        at = self._latest[device] = max(now_ms, self._latest[device] + 1)
        payload = b'{"ts":%d,"values":%b}' % (at, self._values[number % _VARIANTS])
        topic = self._topics[device]
        packet_id = number % 65_535 + 1
        body = len(topic).to_bytes(2) + topic + packet_id.to_bytes(2) + payload
        return b"\x32" + _length(len(body)) + body


def _values(metrics: int, variant: int) -> bytes:
    """Between 15 and 25, and one variant in fifty beyond."""
    values = {f"m{n}": 40.5 if variant == 0 else 15.25 + (variant * 7 + n * 3) % 40 / 4 for n in range(metrics)}
    return json.dumps(values, separators=(",", ":")).encode()


class Publishing:
    """A connection that publishes at QoS 1 with a window, and counts what the broker has acknowledged."""

    def __init__(self, broker: Broker, client_id: str) -> None:
        self._socket = connected(broker, client_id, clean=True)
        self._socket.setblocking(False)
        self._unsent = bytearray()
        self.sent = 0
        self._acknowledged_bytes = 0

    @property
    def acknowledged(self) -> int:
        return self._acknowledged_bytes // _PUBACK_BYTES

    @property
    def room(self) -> int:
        return _WINDOW - (self.sent - self.acknowledged)

    def add(self, packets: list[bytes]) -> None:
        self._unsent += b"".join(packets)
        self.sent += len(packets)

    def turn(self, patience_s: float) -> None:
        """Send and receive what can be within ``patience_s``. Raises ``ConnectionError`` when the broker goes."""
        writing = [self._socket] if self._unsent else []
        readable, writable, _ = select.select([self._socket], writing, [], patience_s)
        if readable:
            received = self._socket.recv(1 << 16)
            if not received:
                raise ConnectionError("the broker closed the publisher's connection")
            self._acknowledged_bytes += len(received)
        if writable:
            del self._unsent[: self._socket.send(self._unsent[: 1 << 18])]

    def close(self) -> None:
        self._socket.setblocking(True)
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()


def open_session(broker: Broker, client_id: str) -> None:
    """Leave a persistent session with a subscription at QoS 1, empty, which the broker fills from now on."""
    forget_session(broker, client_id)
    with connected(broker, client_id, clean=False) as link:
        topic = _text(TOPICS)
        link.sendall(b"\x82" + _length(len(topic) + 3) + b"\x00\x01" + topic + b"\x01")
        answer = _exactly(link, 5)
        if answer[0] != 0x90 or answer[4] != 1:
            raise ConnectionError(f"the broker refuses the subscription: {answer.hex()}")
        link.sendall(b"\xe0\x00")


def forget_session(broker: Broker, client_id: str) -> None:
    """Else the broker goes on filling it."""
    with connected(broker, client_id, clean=True) as link:
        link.sendall(b"\xe0\x00")


def connected(broker: Broker, client_id: str, clean: bool) -> socket.socket:
    link = socket.create_connection((broker.host, broker.port), timeout=30)
    flags = (0x02 if clean else 0) | (0xC0 if broker.user else 0)
    words = [client_id, *([broker.user, broker.password or ""] if broker.user else [])]
    body = _text("MQTT") + bytes([4, flags]) + (600).to_bytes(2) + b"".join(map(_text, words))
    link.sendall(b"\x10" + _length(len(body)) + body)
    answer = _exactly(link, 4)
    if answer[0] != 0x20 or answer[3]:
        raise ConnectionError(f"the broker refuses the connection: {answer.hex()}")
    return link


def _exactly(link: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += link.recv(size - len(data)) or b"\0" * size
    return data


def _text(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(2) + data


def _length(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (128 if number else 0))
        if not number:
            return bytes(out)
