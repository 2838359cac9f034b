"""The publishing side: what our own devices (simulator, replay) do so that nothing they sent is ever missing.

A message is kept until its receipt, which ingestion sends after the database's commit, and is sent again after a
reconnect or when the receipt is late. A broker that loses what it had acknowledged thus loses nothing.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.decoding.messages import RECEIPTS, TELEMETRY, milliseconds
from ingestion.sources.mqtt.connection import Broker, MqttConnection, open_connection
from ingestion.sources.mqtt.frames import Arrival
from ingestion.tasks import end

Values = Mapping[str, float | bool | str | None]

_LONGEST_WAIT_S = 60.0


class _Receipts(msgspec.Struct):
    seqs: list[int]


@dataclass(slots=True)
class _Sent:
    topic: str
    payload: bytes
    due: float
    wait: float


class DeviceClient:
    """Publishes for any number of devices over one connection."""

    def __init__(self, broker: Broker, client_id: str, window: int, resend_after_s: float) -> None:
        self.connection = MqttConnection(broker, self, client_id, persistent=False)
        self._window = window
        self._resend_after_s = resend_after_s
        self._loop = asyncio.get_running_loop()
        # A number is never used twice, also not by the next process that speaks for the same device.
        self._seq = secrets.randbits(48)
        self._waiting: dict[int, _Sent] = {}
        self._devices: set[str] = set()
        self._changed = asyncio.Condition()

    @property
    def unconfirmed(self) -> int:
        """How many messages have no receipt yet."""
        return len(self._waiting)

    async def publish(self, device: str, ts: datetime | int, values: Values) -> None:
        """Send the values of one moment (aware, or epoch ms). Waits while the window of unconfirmed messages is full."""
        await self.publish_many(device, [(ts, values)])

    async def publish_many(
        self, device: str, samples: Sequence[tuple[datetime | int, Values]], units: Mapping[str, str] | None = None
    ) -> None:
        """Send several moments in one message, confirmed as one; ``units`` are those of the values, by key.

        Raises ``InvalidInput`` for such a device's name.
        """
        self._introduce(device)
        self._seq += 1
        seq = self._seq
        sent = _Sent(TELEMETRY + device, _payload(seq, samples, units), 0.0, self._resend_after_s)
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._waiting) < self._window)
            self._waiting[seq] = sent
        self._send(sent)

    async def drain(self, timeout_s: float | None = None) -> None:
        """Wait until every message is confirmed. Raises ``Unavailable`` after ``timeout_s``."""
        try:
            async with asyncio.timeout(timeout_s), self._changed:
                await self._changed.wait_for(lambda: not self._waiting)
        except TimeoutError:
            sentence = f"{len(self._waiting)} messages are not confirmed. Is ingestion running on this broker?"
            raise Unavailable(sentence) from None

    async def resend(self) -> None:
        """Send again, until cancelled, what has waited for its receipt too long; the pauses double up to a minute."""
        while True:
            await asyncio.sleep(self._resend_after_s / 4)
            now = self._loop.time()
            for sent in self._waiting.values():
                if sent.due <= now:
                    sent.wait = min(sent.wait * 2, _LONGEST_WAIT_S)
                    self._send(sent)

    def _send(self, sent: _Sent) -> None:
        sent.due = self._loop.time() + sent.wait
        self.connection.publish(sent.topic, sent.payload, qos=1)

    def _introduce(self, device: str) -> None:
        if device in self._devices:
            return
        if not device or any(character in device for character in "/+#\0"):
            raise InvalidInput(f"“{device}” cannot be a device's name: it has one of / + #.")
        self._devices.add(device)
        self.connection.subscribe([RECEIPTS + device], qos=0)

    def _reconnected(self) -> None:
        if self._devices:
            self.connection.subscribe([RECEIPTS + device for device in self._devices], qos=0)
        for sent in self._waiting.values():
            sent.wait = self._resend_after_s
            self._send(sent)

    async def _confirmed(self, seqs: Sequence[int]) -> None:
        async with self._changed:
            for seq in seqs:
                self._waiting.pop(seq, None)
            self._changed.notify_all()

    # Called in the connection's thread.

    def has_room(self) -> bool:
        return True

    def connected(self, generation: int) -> None:
        self._loop.call_soon_threadsafe(self._reconnected)

    def arrived(self, arrivals: Sequence[Arrival]) -> None:
        if seqs := [seq for _, payload, _, _ in arrivals for seq in _seqs(payload)]:
            asyncio.run_coroutine_threadsafe(self._confirmed(seqs), self._loop)


@asynccontextmanager
async def open_device_client(
    broker: Broker,
    *,
    client_id: str = "plantroom-device",
    window: int = 1000,
    resend_after_s: float = 5.0,
    patience_s: float | None = 10,
) -> AsyncGenerator[DeviceClient]:
    """Connect, with a client id made unique. Raises ``Unavailable`` without a connection in ``patience_s`` (None: any time).

    Leaving the context does not wait for receipts: call ``drain`` first.
    """
    client = DeviceClient(broker, f"{client_id}-{secrets.token_hex(4)}", window, resend_after_s)
    async with open_connection(client.connection, patience_s):
        resending = asyncio.create_task(client.resend())
        try:
            yield client
        finally:
            await end(resending)


def _payload(seq: int, samples: Sequence[tuple[datetime | int, Values]], units: Mapping[str, str] | None) -> bytes:
    """Numbers that are not finite become null: a sensor that has no number to report sends none."""
    objects: list[dict[str, Any]] = [{"ts": _epoch_ms(ts), "values": values} for ts, values in samples]
    objects[0]["seq"] = seq
    if units:
        objects[0]["units"] = units
    return msgspec.json.encode(objects if len(objects) > 1 else objects[0])


def _epoch_ms(ts: datetime | int) -> int:
    return ts if isinstance(ts, int) else milliseconds(ts)


def _seqs(payload: bytes) -> list[int]:
    try:
        return msgspec.json.decode(payload, type=_Receipts).seqs
    except msgspec.MsgspecError:
        return []
