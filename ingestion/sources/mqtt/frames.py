"""A broker's byte stream cut into packets: telemetry is taken out here, and whatever else there is goes on to paho.

Pure: bytes in, messages out. Packets may come in any pieces. A packet's length is bounded: of a longer message only the
beginning is kept, enough for the decoder to see that it is too long, so that one such message neither fills memory nor
stalls those behind it.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph_schema.errors import PlantroomError
from ingestion.decoding.messages import MAX_PAYLOAD

Arrival = tuple[str, bytes, int, bool]
"""Topic, payload, token, and whether the broker had retained it: then it is older than the subscription that brings it. The token is 0
at QoS 0."""

_LONGEST = MAX_PAYLOAD + (1 << 17)
"""A payload that is just too long to be read, with its topic and properties."""

_LENGTH_BYTES = 4
_KNOWN_TOPICS = 100_000
_PUBLISH, _QOS, _QOS_1, _RETAIN = 0x30, 0x06, 0x02, 0x01
_PUBACK = np.dtype([("head", ">u2"), ("mid", ">u2")])


class Malformed(PlantroomError):
    """What the broker sends is not MQTT."""


class Frames:
    """Cuts the stream of one connection. A token is the connection's generation and the packet's id in one number."""

    def __init__(self, generation: int, v5: bool = False) -> None:
        self._high = generation << 16
        self._v5 = v5
        self._rest = b""
        self._left_out = 0
        self._topics: dict[bytes, str] = {}

    def feed(self, data: bytes) -> tuple[list[Arrival], bytes]:
        """The messages that are complete now, and the other packets as they came. Raises ``Malformed``."""
        if self._left_out:
            data = self._leave_out(data)
        buffer = self._rest + data if self._rest else data
        arrived: list[Arrival] = []
        others: list[bytes] = []
        at, end = 0, len(buffer)
        while at + 2 <= end:
            length, body = buffer[at + 1], at + 2
            if length > 127:
                length, body = _long_length(buffer, at + 1)
            stop = body + length
            if not body or (stop > end and end - at < _LONGEST):
                break
            if stop > end:
                self._left_out = stop - end
                stop = end
            if buffer[at] & 0xF0 == _PUBLISH:
                arrived.append(self._message(buffer, buffer[at], body, stop))
            elif length > _LONGEST:
                raise Malformed(f"The broker sent a packet of type {buffer[at] >> 4} with {length} bytes.")
            else:
                others.append(buffer[at:stop])
            at = stop
        self._rest = buffer[at:]
        return arrived, b"".join(others)

    def _leave_out(self, data: bytes) -> bytes:
        gone = min(self._left_out, len(data))
        self._left_out -= gone
        return data[gone:]

    def _message(self, buffer: bytes, head: int, body: int, stop: int) -> Arrival:
        start = body + 2
        if start > stop:
            raise Malformed("The broker sent a message without a topic.")
        topic_end = start + (buffer[body] << 8 | buffer[body + 1])
        at, token = topic_end, 0
        if head & _QOS:
            if head & _QOS != _QOS_1:
                raise Malformed("The broker sent a message at QoS 2, to which we do not subscribe.")
            at += 2
            if at > stop:
                raise Malformed("The broker sent a message that ends within its topic.")
            token = self._high | buffer[topic_end] << 8 | buffer[topic_end + 1]
        if self._v5:
            at = _after_properties(buffer, at, stop)
        if at > stop:
            raise Malformed("The broker sent a message that ends within its topic.")
        raw = buffer[start:topic_end]
        return self._topics.get(raw) or self._topic(raw), buffer[at:stop], token, head & _RETAIN == _RETAIN

    def _topic(self, raw: bytes) -> str:
        """One object for all messages of a topic: it is compared and hashed once."""
        if not raw:
            raise Malformed("The broker sent a message without a topic.")
        if len(self._topics) >= _KNOWN_TOPICS:
            self._topics.clear()
        try:
            topic = raw.decode()
        except UnicodeDecodeError:
            topic = "(a topic that is not UTF-8)"
        self._topics[raw] = topic
        return topic


def pubacks(tokens: Sequence[int], generation: int) -> bytes:
    """The acknowledgement packets of those of the tokens that belong to this connection, in their order."""
    of_all = np.array(tokens, np.int64)
    ours: Any = of_all[of_all >> 16 == generation]
    packets = np.empty(len(ours), _PUBACK)
    packets["head"], packets["mid"] = 0x4002, ours & 0xFFFF
    return packets.tobytes()


def _long_length(buffer: bytes, at: int) -> tuple[int, int]:
    """The number at ``at`` and where it ends; that is 0 while it is incomplete."""
    number = 0
    for place, byte in enumerate(buffer[at : at + _LENGTH_BYTES]):
        number |= (byte & 127) << 7 * place
        if byte < 128:
            return number, at + place + 1
    if len(buffer) - at >= _LENGTH_BYTES:
        raise Malformed("The broker sent a packet whose length has more than four bytes.")
    return number, 0


def _after_properties(buffer: bytes, at: int, stop: int) -> int:
    """Where the payload begins in MQTT 5. None of a message's properties changes what it says."""
    length, end = _long_length(buffer[:stop], at)
    if not end:
        raise Malformed("The broker sent a message that ends within its properties.")
    return end + length
