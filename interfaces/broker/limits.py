"""What clients may not exceed, so that no number of them fills memory or disk."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """``connections`` and ``packet_bytes`` of devices; ``queue_bytes`` for all that waits on the disk.

    Beyond the last the broker reads no more of what devices publish until ingestion has caught up: they wait for their
    acknowledgement. A durable session of somebody else's keeps at most ``foreign_messages``, for ``foreign_away_s``, and
    nothing more once half of the queue is used.
    """

    connections: int = 1_000
    packet_bytes: int = 1_200_000
    queue_bytes: int = 1 << 30
    foreign_messages: int = 10_000
    foreign_away_s: int = 86_400
    sessions: int = 10_000
    subscriptions: int = 1_000
    """Of one session."""
    retained: int = 20_000
    backlog_bytes: int = 8 << 20
    """What may wait in memory to be written."""
    connect_bytes: int = 1 << 17
    """A packet of a client that is not let in yet."""
    connect_s: float = 10.0
