"""Listening to everything that a broker passes on, for a moment: the newest message of each topic."""

import asyncio
import secrets
from collections.abc import Sequence

from ingestion.sources.mqtt.connection import Broker, MqttConnection, open_connection
from ingestion.sources.mqtt.frames import Arrival

_MOST_TOPICS = 10_000


class _Listener:
    """What a connection tells goes here, in its thread; the counts are read when it is closed."""

    def __init__(self) -> None:
        self.connection: MqttConnection | None = None
        self.newest: dict[str, tuple[bytes, int]] = {}

    def has_room(self) -> bool:
        return True

    def connected(self, generation: int) -> None:
        assert self.connection
        self.connection.subscribe(["#"], qos=0)

    def arrived(self, arrivals: Sequence[Arrival]) -> None:
        for topic, payload, _, _ in arrivals:
            if topic in self.newest or len(self.newest) < _MOST_TOPICS:
                self.newest[topic] = (payload, self.newest.get(topic, (b"", 0))[1] + 1)


async def listen(broker: Broker, seconds: float, patience_s: float = 10) -> dict[str, tuple[bytes, int]]:
    """By topic its newest payload, and how many messages came; what is retained comes at once. Raises ``Unavailable``."""
    listener = _Listener()
    connection = MqttConnection(broker, listener, f"plantroom-listen-{secrets.token_hex(4)}", persistent=False)
    listener.connection = connection
    async with open_connection(connection, patience_s):
        await asyncio.sleep(seconds)
    return listener.newest
