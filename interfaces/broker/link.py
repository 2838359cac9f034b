"""One connection of a client: packets in, packets out."""

import asyncio
import logging
from time import monotonic
from typing import TYPE_CHECKING, cast

from paho.mqtt.packettypes import PacketTypes

from interfaces.broker.packets import (
    BAD_PASSWORD,
    PINGRESP,
    PROTOCOL_ERROR,
    Broken,
    Connect,
    Message,
    Stream,
    acknowledgement,
    disconnect,
    publish,
    read_connect,
    read_disconnect,
    read_mid,
    read_publish,
    read_subscribe,
    read_unsubscribe,
    refusal,
    shown,
)
from interfaces.broker.session import Session

if TYPE_CHECKING:
    from interfaces.broker.broker import Broker

log = logging.getLogger(__name__)

_FLAGS = {PacketTypes.PUBREL: 2, PacketTypes.SUBSCRIBE: 2, PacketTypes.UNSUBSCRIBE: 2}
_CONNECT_HEAD = 0x10
_PUBACK_HEAD, _PUBREC_HEAD, _PUBCOMP_HEAD = 0x40, 0x50, 0x70
_WITH_WILL = 0x04
_CHUNK = 1 << 16
_HIGH = 1 << 20
_LINGER_S = 5.0


class Link(asyncio.Protocol):
    """``intake``: it came by the door that only the product's own processes know."""

    def __init__(self, broker: "Broker", intake: bool) -> None:
        self.intake = intake
        self.session: Session | None = None
        self.connect: Connect | None = None
        self.opened_at = self.heard_at = monotonic()
        self.with_will = True
        self.longest: int | None = None
        self.held = False
        """Nothing is read, because too much waits already."""
        self._broker = broker
        self._stream = Stream(broker.limits.connect_bytes)
        self._transport: asyncio.Transport | None = None
        self._out: list[bytes] = []
        self._out_bytes = 0
        self._full = False

    @property
    def v5(self) -> bool:
        return self.connect is not None and self.connect.v5

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def name(self) -> str:
        return f"“{shown(self.connect.client_id)}”" if self.connect else "A client that did not introduce itself"

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_HIGH)
        self._broker.joined(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._broker.left(self)

    def data_received(self, data: bytes) -> None:
        self.heard_at = monotonic()
        try:
            if self.connect is None and not self._stream.begun and data[0] != _CONNECT_HEAD:
                raise Broken(PROTOCOL_ERROR, "something before CONNECT")
            for head, body in self._stream.feed(data):
                if not self.is_open:
                    return
                self._take(head, body)
        except Broken as error:
            self._broker.complain("%s sent %s; its connection is closed.", self.name, error)
            self.end(error.reason)
        self._broker.settle(self)

    def eof_received(self) -> None:
        return None

    def pause_writing(self) -> None:
        self._full = True
        self._hold()

    def resume_writing(self) -> None:
        self._full = False
        self._hold()
        if self.session:
            self._broker.pump(self.session)

    # What goes out

    @property
    def writable(self) -> bool:
        return not self._full and self._transport is not None and self._out_bytes < _CHUNK

    def send(self, packet: bytes) -> None:
        """Packets of one turn leave together."""
        if not self._out:
            asyncio.get_running_loop().call_soon(self._flush_and_go_on)
        self._out.append(packet)
        self._out_bytes += len(packet)
        if self._out_bytes >= _CHUNK:
            self._flush()

    def deliver(self, message: Message, qos: int, mid: int = 0, again: bool = False) -> None:
        packet = publish(message, self.v5, qos, message.retain, mid, again)
        if self.longest is None or len(packet) <= self.longest:
            self.send(packet)
        elif qos and self.session:  # as if it had taken it: it never will
            self._broker.acknowledged(self.session, mid)

    def acknowledge(self, qos: int, mid: int) -> None:
        self.send(acknowledgement(_PUBACK_HEAD if qos == 1 else _PUBREC_HEAD, mid))

    def refuse(self, v5: bool, reason: int) -> None:
        self.send(refusal(v5, reason))
        self._close()

    def end(self, reason: int) -> None:
        """Close; with MQTT 5 the client is told why."""
        if self.v5 and self.session:
            self.send(disconnect(reason))
        self._close()

    def welcome(self, connect: Connect) -> None:
        self._stream.longest = self._broker.limits.packet_bytes
        self.longest = connect.longest

    def hold(self, held: bool) -> None:
        """Read no more for now, or go on."""
        self.held = held
        self.heard_at = monotonic()
        self._hold()

    def _hold(self) -> None:
        # Whoever does not read its answers is not read either. Ingestion reads less while it works on what it has.
        if self._transport is None or self._transport.is_closing():
            return
        if self.held or (self._full and not self.intake):
            self._transport.pause_reading()
        else:
            self._transport.resume_reading()

    def _flush_and_go_on(self) -> None:
        self._flush()
        if self.session and self.writable:
            self._broker.pump(self.session)

    def _flush(self) -> None:
        if self._out:
            data, self._out, self._out_bytes = b"".join(self._out), [], 0
            if self._transport:
                self._transport.write(data)

    def _close(self) -> None:
        self._flush()
        if self._transport and not self._transport.is_closing():
            self._transport.close()
            asyncio.get_running_loop().call_later(_LINGER_S, self._transport.abort)  # where nobody reads what is left

    # What comes in

    def _take(self, head: int, body: bytes) -> None:
        kind = head >> 4
        if self.connect is None:
            return self._introduced(body)
        if kind == PacketTypes.PUBLISH:
            return self._broker.published(self, read_publish(head, body, self.connect.v5))
        if head & 0x0F != _FLAGS.get(kind, 0):
            raise Broken(0x81, f"flags that cannot be (packet type {kind})")
        return self._other(kind, body)

    def _introduced(self, body: bytes) -> None:
        try:
            self.connect = read_connect(body)
        except Broken as error:
            self._broker.complain("A client sent %s; it is refused.", error)
            return self.refuse(False, error.reason)
        if not self._broker.knows(self.connect.user, self.connect.password):
            self._broker.complain("%s is refused: its user or its password is wrong.", self.name)
            return self.refuse(self.connect.v5, BAD_PASSWORD)
        return self._broker.let_in(self, self.connect)

    def _other(self, kind: int, body: bytes) -> None:
        session = self.session
        if session is None:
            return
        match kind:
            case PacketTypes.PUBACK:
                self._broker.acknowledged(session, read_mid(body))
            case PacketTypes.PUBREL:
                session.received.discard(mid := read_mid(body))
                self.send(acknowledgement(_PUBCOMP_HEAD, mid))
            case PacketTypes.SUBSCRIBE:
                self._broker.subscribe(self, session, *read_subscribe(body, self.v5))
            case PacketTypes.UNSUBSCRIBE:
                self._broker.unsubscribe(self, session, *read_unsubscribe(body, self.v5))
            case PacketTypes.PINGREQ:
                self.send(PINGRESP)
            case PacketTypes.DISCONNECT:
                reason, session_s = read_disconnect(body, self.v5)
                self.with_will = reason == _WITH_WILL
                if session_s is not None:
                    self._broker.sessions.lasts(session, session_s)
                self._close()
            case _:
                raise Broken(PROTOCOL_ERROR, f"a packet of type {kind}")
