"""MQTT 3.1.1 and 5 on the wire. The properties of MQTT 5 are read and written by paho."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from time import time
from typing import Any

from paho.mqtt.exception import MQTTException
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

FOREVER = 0xFFFF_FFFF
"""The expiry of a session that does not end by itself."""

MALFORMED, PROTOCOL_ERROR, UNSUPPORTED_VERSION, CLIENT_ID_INVALID = 0x81, 0x82, 0x84, 0x85
BAD_PASSWORD, SERVER_BUSY, SHUTTING_DOWN, BAD_METHOD = 0x86, 0x89, 0x8B, 0x8C
KEEP_ALIVE_TIMEOUT, TAKEN_OVER, FILTER_INVALID, TOPIC_INVALID = 0x8D, 0x8E, 0x8F, 0x90
ALIAS_INVALID, TOO_LARGE, QUOTA, NO_SHARING = 0x94, 0x95, 0x97, 0x9E

_OLD_ANSWERS = {UNSUPPORTED_VERSION: 1, CLIENT_ID_INVALID: 2, SERVER_BUSY: 3, BAD_PASSWORD: 5}
"""What MQTT 3.1.1 calls a refused connection."""

_VERSIONS = {(b"MQIsdp", 3): False, (b"MQTT", 4): False, (b"MQTT", 5): True}
_LENGTH_BYTES = 4
_LEVELS = 128


class Broken(Exception):
    """A packet that cannot be; the connection ends with ``reason``, a code of MQTT 5."""

    def __init__(self, reason: int, why: str) -> None:
        super().__init__(why)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Message:
    """``properties`` are those of MQTT 5 as they came, with their length in front; ``expires`` is in epoch seconds."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    properties: bytes = b""
    expires: float | None = None


@dataclass(frozen=True, slots=True)
class Publish:
    message: Message
    mid: int


@dataclass(frozen=True, slots=True)
class Connect:
    """``session_s`` is how long the session outlives the connection, ``window`` how many messages may be under way to the client."""

    client_id: str
    v5: bool
    clean: bool
    keep_alive_s: int
    user: str
    password: bytes
    will: Message | None
    will_delay_s: int
    session_s: int
    window: int | None
    longest: int | None
    method: str | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """``retained``: whether retained messages are sent always (0), for a new subscription (1) or never (2)."""

    qos: int
    no_local: bool = False
    as_published: bool = False
    retained: int = 0

    @classmethod
    def of(cls, options: int) -> "Subscription":
        return cls(min(options & 3, 1), bool(options & 4), bool(options & 8), options >> 4 & 3)

    @property
    def options(self) -> int:
        return self.qos | self.no_local << 2 | self.as_published << 3 | self.retained << 4


class Stream:
    """Cuts what arrives into packets: their first byte and their body."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self._rest = b""

    @property
    def begun(self) -> bool:
        """A packet has come in part."""
        return bool(self._rest)

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """Raises ``Broken`` for a packet longer than ``longest``, before it has arrived."""
        buffer = self._rest + data if self._rest else data
        packets: list[tuple[int, bytes]] = []
        at, end = 0, len(buffer)
        while end - at >= 2:
            length, body = buffer[at + 1], at + 2
            if length > 127:
                length, body = _length(buffer, at + 1)
            if length > self.longest:
                raise Broken(TOO_LARGE, f"a packet of {length:,} bytes, where {self.longest:,} are allowed")
            if not body or body + length > end:
                break
            packets.append((buffer[at], buffer[body : body + length]))
            at = body + length
        self._rest = buffer[at:]
        return packets


def _length(buffer: bytes, at: int) -> tuple[int, int]:
    """The number at ``at`` and where it ends; that is 0 while it is incomplete."""
    number = 0
    for place, byte in enumerate(buffer[at : at + _LENGTH_BYTES]):
        number |= (byte & 127) << 7 * place
        if byte < 128:
            return number, at + place + 1
    if len(buffer) - at >= _LENGTH_BYTES:
        raise Broken(MALFORMED, "a length of more than four bytes")
    return number, 0


class _Fields:
    """Reads a body from left to right. Raises ``Broken`` where it ends too early."""

    def __init__(self, body: bytes, v5: bool = False) -> None:
        self._body = body
        self._v5 = v5
        self._at = 0

    def take(self, count: int) -> bytes:
        start, self._at = self._at, self._at + count
        if self._at > len(self._body):
            raise Broken(MALFORMED, "a packet that ends too early")
        return self._body[start : self._at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def binary(self) -> bytes:
        return self.take(self.number(2))

    def text(self) -> str:
        try:
            text = self.binary().decode()
        except UnicodeDecodeError as error:
            raise Broken(MALFORMED, "a text that is not UTF-8") from error
        if "\0" in text:
            raise Broken(MALFORMED, "a text with a null character")
        return text

    def properties(self, kind: int) -> tuple[Any, bytes]:
        """What paho reads there, and the bytes; with MQTT 3.1.1 there are none."""
        if not self._v5:
            return None, b""
        start = self._at
        length, body = _length(self._body, start)
        if not body:
            raise Broken(MALFORMED, "a packet that ends within its properties")
        self.take(body - start + length)
        raw = self._body[start : self._at]
        return (_unpacked(kind, raw) if length else None), raw

    def rest(self) -> bytes:
        return self._body[self._at :]

    @property
    def more(self) -> bool:
        return self._at < len(self._body)


def _unpacked(kind: int, raw: bytes) -> Any:
    try:
        return Properties(kind).unpack(raw)[0]
    except (MQTTException, KeyError, IndexError, ValueError, struct.error) as error:
        raise Broken(MALFORMED, f"properties that cannot be ({error})") from error


# What clients send


def read_connect(body: bytes) -> Connect:
    name = _Fields(body)
    version = name.binary(), name.number(1)
    if version not in _VERSIONS:
        raise Broken(UNSUPPORTED_VERSION, f"protocol {version[0]!r} version {version[1]}")
    v5 = _VERSIONS[version]
    fields = _Fields(name.rest(), v5)
    flags, keep_alive_s = fields.number(1), fields.number(2)
    if flags & 1:
        raise Broken(MALFORMED, "a reserved flag in CONNECT")
    properties, _ = fields.properties(PacketTypes.CONNECT)
    client_id = fields.text()
    will, delay_s = _will(fields, flags) if flags & 4 else (None, 0)
    user = fields.text() if flags & 0x80 else ""
    password = fields.binary() if flags & 0x40 else b""
    clean = bool(flags & 2)
    session_s: int = getattr(properties, "SessionExpiryInterval", 0) if v5 else 0 if clean else FOREVER
    return Connect(
        client_id,
        v5,
        clean,
        keep_alive_s,
        user,
        password,
        will,
        delay_s,
        session_s,
        getattr(properties, "ReceiveMaximum", None),
        getattr(properties, "MaximumPacketSize", None),
        getattr(properties, "AuthenticationMethod", None),
    )


def _will(fields: _Fields, flags: int) -> tuple[Message, int]:
    properties, raw = fields.properties(PacketTypes.WILLMESSAGE)
    delay_s: int = getattr(properties, "WillDelayInterval", 0)
    if hasattr(properties, "WillDelayInterval"):  # not for those who receive it
        del properties.WillDelayInterval
        raw = properties.pack()
    topic = checked_topic(fields.text())
    qos = flags >> 3 & 3
    if qos > 2:
        raise Broken(MALFORMED, "a will at QoS 3")
    return Message(topic, fields.binary(), qos, bool(flags & 0x20), raw, _expiry(properties)), delay_s


def _expiry(properties: Any) -> float | None:
    after_s: int | None = getattr(properties, "MessageExpiryInterval", None)
    return None if after_s is None else time() + after_s


def read_publish(head: int, body: bytes, v5: bool) -> Publish:
    fields = _Fields(body, v5)
    topic = checked_topic(fields.text())
    qos = head >> 1 & 3
    if qos > 2:
        raise Broken(MALFORMED, "a message at QoS 3")
    mid = fields.number(2) if qos else 0
    if qos and not mid:
        raise Broken(PROTOCOL_ERROR, "a message with the number 0")
    properties, raw = fields.properties(PacketTypes.PUBLISH)
    if hasattr(properties, "TopicAlias"):
        raise Broken(ALIAS_INVALID, "an alias for a topic, which was not offered")
    if hasattr(properties, "SubscriptionIdentifier"):
        raise Broken(PROTOCOL_ERROR, "a subscription's number in a message")
    return Publish(Message(topic, fields.rest(), qos, bool(head & 1), raw, _expiry(properties)), mid)


def read_subscribe(body: bytes, v5: bool) -> tuple[int, list[tuple[str, Subscription]]]:
    fields = _Fields(body, v5)
    mid = fields.number(2)
    properties, _ = fields.properties(PacketTypes.SUBSCRIBE)
    if hasattr(properties, "SubscriptionIdentifier"):
        raise Broken(0xA1, "a number for a subscription, which was not offered")
    wanted: list[tuple[str, Subscription]] = []
    while fields.more:
        wanted.append((fields.text(), Subscription.of(fields.number(1))))
    if not mid or not wanted:
        raise Broken(PROTOCOL_ERROR, "a subscription to nothing")
    return mid, wanted


def read_unsubscribe(body: bytes, v5: bool) -> tuple[int, list[str]]:
    fields = _Fields(body, v5)
    mid = fields.number(2)
    fields.properties(PacketTypes.UNSUBSCRIBE)
    filters: list[str] = []
    while fields.more:
        filters.append(fields.text())
    if not mid or not filters:
        raise Broken(PROTOCOL_ERROR, "the end of no subscription")
    return mid, filters


def read_mid(body: bytes) -> int:
    """The number in PUBACK, PUBREC, PUBREL and PUBCOMP; what MQTT 5 may add there changes nothing for us."""
    return _Fields(body).number(2)


def read_disconnect(body: bytes, v5: bool) -> tuple[int, int | None]:
    """The reason, and how long the session lasts where the client changes its mind about that."""
    fields = _Fields(body, v5)
    reason = fields.number(1) if fields.more else 0
    properties = fields.properties(PacketTypes.DISCONNECT)[0] if fields.more else None
    return reason, getattr(properties, "SessionExpiryInterval", None)


def checked_topic(topic: str) -> str:
    """Raises ``Broken`` for a name under which nothing can be published."""
    if not topic or "+" in topic or "#" in topic or topic.count("/") >= _LEVELS:
        raise Broken(TOPIC_INVALID, f"a message to “{shown(topic)}”, which is no topic")
    return topic


def shown(text: str) -> str:
    """Short, and on one line: what a client made up goes into a log."""
    return "".join(character if character.isprintable() else "?" for character in text[:80])


def is_filter(text: str) -> bool:
    levels = text.split("/")
    whole = all(level in ("+", "#") or not ("+" in level or "#" in level) for level in levels)
    return bool(text) and whole and "#" not in levels[:-1] and len(levels) <= _LEVELS


# What clients are sent


def connack(v5: bool, present: bool, longest: int, assigned: str | None) -> bytes:
    body = bytes((present, 0))
    if v5:
        offered: Any = Properties(PacketTypes.CONNACK)
        offered.MaximumPacketSize = longest
        offered.SubscriptionIdentifierAvailable = 0
        offered.SharedSubscriptionAvailable = 0
        if assigned:
            offered.AssignedClientIdentifier = assigned
        body += offered.pack()
    return _packet(0x20, body)


def refusal(v5: bool, reason: int) -> bytes:
    """The answer to a CONNECT that is not let in."""
    return _packet(0x20, bytes((0, reason, 0)) if v5 else bytes((0, _OLD_ANSWERS.get(reason, 3))))


def publish(message: Message, v5: bool, qos: int, retain: bool, mid: int = 0, again: bool = False) -> bytes:
    topic = message.topic.encode()
    parts = [struct.pack(">H", len(topic)), topic]
    if qos:
        parts.append(struct.pack(">H", mid))
    if v5:
        parts.append(_properties(message) if message.expires else message.properties or b"\0")
    parts.append(message.payload)
    return _packet(0x30 | again << 3 | qos << 1 | retain, b"".join(parts))


def _properties(message: Message) -> bytes:
    """With what is left of the message's time."""
    properties = _unpacked(PacketTypes.PUBLISH, message.properties)
    properties.MessageExpiryInterval = max(0, round((message.expires or 0) - time()))
    return properties.pack()


def acknowledgement(kind: int, mid: int) -> bytes:
    """PUBACK, PUBREC or PUBCOMP, by the first byte."""
    return bytes((kind, 2, mid >> 8, mid & 0xFF))


def suback(mid: int, v5: bool, answers: Sequence[int]) -> bytes:
    codes = answers if v5 else [answer if answer < 0x80 else 0x80 for answer in answers]
    return _packet(0x90, struct.pack(">H", mid) + (b"\0" if v5 else b"") + bytes(codes))


def unsuback(mid: int, v5: bool, found: Sequence[bool]) -> bytes:
    answers = b"\0" + bytes(0 if one else 0x11 for one in found) if v5 else b""
    return _packet(0xB0, struct.pack(">H", mid) + answers)


def disconnect(reason: int) -> bytes:
    """What a server may say in MQTT 5 alone."""
    return _packet(0xE0, bytes((reason, 0)))


PINGRESP = b"\xd0\0"


def _packet(head: int, body: bytes) -> bytes:
    length = len(body)
    size = bytearray()
    while True:
        length, digit = divmod(length, 128)
        size.append(digit | 0x80 if length else digit)
        if not length:
            return bytes((head,)) + size + body
