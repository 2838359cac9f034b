"""A socket under paho that reads in large pieces and takes the telemetry out itself.

paho reads each packet's header byte by byte, which costs more than all the rest of ingestion. It lets an SSL context wrap
its socket: ``Framing`` stands in that place (and holds the real context where there is one), so that nothing of paho is
changed. paho still connects, subscribes and publishes. See ``docs/adr/0008-frames-beneath-paho.md``.
"""

import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from time import monotonic

from ingestion.sources.mqtt.frames import Arrival, Frames, pubacks

_CHUNK = 1 << 16
_PINGREQ = b"\xc0\x00"


class Framing:
    """What paho takes for an SSL context. One connection each."""

    check_hostname = True
    """The real context has seen to it; paho must not look again."""

    def __init__(self, generation: int, v5: bool, tls: ssl.SSLContext | None) -> None:
        self._generation = generation
        self._frames = Frames(generation, v5)
        self._tls = tls

    def wrap_socket(
        self, sock: socket.socket, server_hostname: str | None = None, do_handshake_on_connect: bool = False
    ) -> "FramedSocket":
        if self._tls:
            sock = self._tls.wrap_socket(
                sock, server_hostname=server_hostname, do_handshake_on_connect=do_handshake_on_connect
            )
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return FramedSocket(sock, self._frames, self._generation)


class FramedSocket:
    """Sends what paho sends and our acknowledgements, each packet whole; paho receives what is not telemetry."""

    def __init__(self, sock: socket.socket, frames: Frames, generation: int) -> None:
        self._socket = sock
        self._frames = frames
        self._generation = generation
        self._for_paho = bytearray()
        self._unsent = bytearray()
        self.heard_at = self.spoke_at = monotonic()

    # What paho calls.

    def settimeout(self, seconds: float | None) -> None:
        self._socket.settimeout(seconds)

    def setblocking(self, flag: bool) -> None:
        self._socket.setblocking(flag)

    def do_handshake(self) -> None:
        if isinstance(self._socket, ssl.SSLSocket):
            try:
                self._socket.do_handshake()
            except BaseException:  # paho forgets the socket then
                self._socket.close()
                raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def recv(self, size: int) -> bytes:
        if not self._for_paho:
            raise BlockingIOError
        data = bytes(self._for_paho[:size])
        del self._for_paho[:size]
        return data

    def send(self, data: bytes | bytearray) -> int:
        """Take it whole, so that nothing of ours can come between two halves of a packet."""
        self._unsent += data
        return len(data)

    def close(self) -> None:
        with suppress(OSError):
            self.flush()
        self._socket.close()

    # What the connection's thread calls.

    @property
    def unsent(self) -> int:
        return len(self._unsent)

    @property
    def for_paho(self) -> int:
        return len(self._for_paho)

    def receive(self) -> tuple[list[Arrival], bool]:
        """Read once: the messages, and whether there may be more. Raises ``OSError`` at the end, and ``Malformed``."""
        try:
            data = self._socket.recv(_CHUNK)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return [], False
        if not data:
            raise ConnectionResetError("the broker closed the connection")
        self.heard_at = monotonic()
        arrived, others = self._frames.feed(data)
        self._for_paho += others
        return arrived, len(data) == _CHUNK or self.decrypted

    @property
    def decrypted(self) -> bool:
        """Whether TLS holds bytes that a selector does not see."""
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0

    def acknowledge(self, tokens: Sequence[int]) -> None:
        self._unsent += pubacks(tokens, self._generation)

    def ping(self) -> None:
        self._unsent += _PINGREQ

    def flush(self) -> None:
        """Send what can be sent now. Raises ``OSError``."""
        while self._unsent:
            try:
                sent = self._socket.send(self._unsent)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            del self._unsent[:sent]
            self.spoke_at = monotonic()
