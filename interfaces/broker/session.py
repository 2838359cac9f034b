"""A client's session: what it subscribed to, what waits for it, what it was sent and has not acknowledged."""

from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic, time
from typing import Protocol

from interfaces.broker.packets import Message, Subscription

_MIDS = 65_535
_AHEAD, _AHEAD_BYTES = 1_000, 4 << 20
"""What lies in memory for a session whose messages are on the disk."""
_MEMORY, _MEMORY_BYTES = 10_000, 16 << 20
"""What lies in memory for one whose messages are there only."""

Page = Callable[[int, int], Iterable[tuple[int, Message]]]


class Receiver(Protocol):
    """The connection of a session."""

    @property
    def writable(self) -> bool: ...

    def deliver(self, message: Message, qos: int, mid: int = 0, again: bool = False) -> None: ...


class Session:
    """With ``number`` it is durable: what waits lies on the disk, and is read from there once more than a little waits.

    A message's packet identifier follows from its number, so that it is the same after a reconnect and after a crash.
    """

    def __init__(self, client_id: str, number: int | None, page: Page, intake: bool = False, expiry_s: int = 0) -> None:
        self.client_id = client_id
        self.number = number
        self.intake = intake
        self.expiry_s = expiry_s
        self.subscriptions: dict[str, Subscription] = {}
        self.receiver: Receiver | None = None
        self.away_since = monotonic()
        self.received: set[int] = set()
        """Numbers of messages at QoS 2 that came and are not released yet."""
        self.waiting = 0
        self.waiting_bytes = 0
        self._page = page
        self._window = 0
        self._ahead: deque[tuple[int, Message]] = deque()
        self._ahead_bytes = 0
        self._in_flight: dict[int, tuple[int, int]] = {}
        self._newest = 0
        self._sent_once = 0
        self._behind = number is not None

    @property
    def durable(self) -> bool:
        return self.number is not None

    def attach(self, receiver: Receiver, window: int) -> None:
        """A connection: everything that is not acknowledged is sent on it, again or for the first time."""
        self.receiver = receiver
        self._window = window
        if self.durable:
            self._ahead.clear()
            self._ahead_bytes = self._newest = 0
            self._behind = True
        self._in_flight.clear()

    def detach(self) -> None:
        self.receiver = None
        self.away_since = monotonic()

    def accept(self, size: int) -> None:
        """A message will be offered."""
        self.waiting += 1
        self.waiting_bytes += size

    def offer(self, number: int, message: Message) -> None:
        """A message that the disk holds, or that need not be there. Follow with ``pump``."""
        if number <= self._newest:
            return  # read from the disk before we were told
        if not self.durable:
            if len(self._ahead) >= _MEMORY or self._ahead_bytes > _MEMORY_BYTES:
                return
        elif self.receiver is None or self._behind or len(self._ahead) >= _AHEAD or self._ahead_bytes > _AHEAD_BYTES:
            self._behind = True
            return
        self._push(number, message)

    def pump(self) -> list[tuple[int, int]]:
        """Send as much as the client takes; returns the numbers and weights of messages whose time is over."""
        over: list[tuple[int, int]] = []
        receiver = self.receiver
        while receiver and receiver.writable and len(self._in_flight) < self._window and (self._ahead or self._read()):
            number, message = self._ahead[0]
            mid = number % _MIDS + 1
            if mid in self._in_flight:
                break
            self._ahead.popleft()
            size = weight(message)
            self._ahead_bytes -= size
            if message.expires is not None and message.expires < time():
                over.append((number, size))
                self._forget(size)
                continue
            self._in_flight[mid] = number, size
            receiver.deliver(message, 1, mid, number <= self._sent_once)
            self._sent_once = max(self._sent_once, number)
        return over

    def acknowledged(self, mid: int) -> tuple[int, int] | None:
        """The number and the weight of the message that the client has now."""
        found = self._in_flight.pop(mid, None)
        if found:
            self._forget(found[1])
        return found

    def _forget(self, size: int) -> None:
        self.waiting -= 1
        self.waiting_bytes -= size

    def _push(self, number: int, message: Message) -> None:
        self._ahead.append((number, message))
        self._ahead_bytes += weight(message)
        self._newest = number

    def _read(self) -> bool:
        if not self._behind or self.number is None:
            return False
        for number, message in self._page(self.number, self._newest):
            self._push(number, message)
        self._behind = bool(self._ahead)
        return self._behind


def weight(message: Message) -> int:
    """What a message takes on the disk, in bytes."""
    return len(message.topic) + len(message.payload) + len(message.properties)
