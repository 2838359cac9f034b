"""Devices under test: they publish numbered readings and keep a ledger of what was acknowledged to them."""

import asyncio
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from ingestion.decoding.messages import TELEMETRY
from ingestion.device.client import DeviceClient
from ingestion.sources.mqtt.connection import Broker

KEY = "power"
_TURN_S = 0.02


@dataclass
class Ledger:
    """What was sent and what was acknowledged: (device, number). Reading ``number`` is value ``number`` at ``start + number``."""

    start: int = field(default_factory=lambda: round(time.time() * 1000))
    sent: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    acknowledged: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])

    def payload(self, number: int) -> bytes:
        return json.dumps({"ts": self.start + number, "values": {KEY: float(number)}}).encode()

    @property
    def sources(self) -> list[str]:
        return sorted({f"{device}/{KEY}" for device, _ in self.sent})


class PlainDevices:
    """Devices that trust the broker's PUBACK: paho as it comes, QoS 1, sending again after a reconnect."""

    def __init__(self, broker: Broker, prefix: str, devices: int = 50, v5: bool = False) -> None:
        self.ledger = Ledger()
        self.names = [f"{prefix}-{n}" for n in range(devices)]
        self._numbers = dict.fromkeys(self.names, 0)
        self._lock = threading.Lock()
        self._waiting: dict[int, tuple[str, int]] = {}
        self._early: set[int] = set()
        self._client = Client(
            CallbackAPIVersion.VERSION2,
            f"{prefix}-publisher",
            clean_session=None if v5 else False,
            protocol=MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311,
        )
        self._client.username_pw_set(broker.user, broker.password)
        self._client.max_inflight_messages_set(0)
        self._client.max_queued_messages_set(0)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = lambda _c, _d, mid, _r, _p: self._acknowledged(mid)
        self._client.connect_async(broker.host, broker.port)
        self._client.loop_start()

    def publish(self, device: str, payload: bytes | None = None) -> None:
        """Send the device's next reading; or bytes that are none, which no ledger waits for."""
        if payload is not None:
            self._client.publish(TELEMETRY + device, payload, 1)
            return
        self._numbers[device] += 1
        entry = device, self._numbers[device]
        self.ledger.sent.add(entry)
        mid = self._client.publish(TELEMETRY + device, self.ledger.payload(entry[1]), 1).mid
        with self._lock:
            if mid in self._early:
                self._early.discard(mid)
                self.ledger.acknowledged.add(entry)
            else:
                self._waiting[mid] = entry

    async def flow(self, until: asyncio.Event, per_second: int) -> None:
        """Publish at a steady rate, device after device."""
        began, sent = time.monotonic(), 0
        while not until.is_set():
            due = int((time.monotonic() - began) * per_second)
            for n in range(sent, due):
                self.publish(self.names[n % len(self.names)])
            sent = due
            await asyncio.sleep(_TURN_S)

    async def settle(self, patience_s: float = 60) -> None:
        """Wait until the broker has acknowledged everything."""
        async with asyncio.timeout(patience_s):
            while len(self.ledger.acknowledged) < len(self.ledger.sent):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def _acknowledged(self, mid: int) -> None:
        with self._lock:
            entry = self._waiting.pop(mid, None)
            if entry:
                self.ledger.acknowledged.add(entry)
            else:
                self._early.add(mid)


class CarefulDevices:
    """Devices that keep each message until ingestion's receipt, as ``DeviceClient`` does."""

    def __init__(self, client: DeviceClient, prefix: str, devices: int = 50) -> None:
        self.ledger = Ledger()
        self.names = [f"{prefix}-{n}" for n in range(devices)]
        self._client = client

    async def flow(self, until: asyncio.Event, per_second: int) -> None:
        began, sent = time.monotonic(), 0
        while not until.is_set():
            due = int((time.monotonic() - began) * per_second)
            for n in range(sent, due):
                device, number = self.names[n % len(self.names)], n // len(self.names) + 1
                self.ledger.sent.add((device, number))
                values: Mapping[str, float] = {KEY: float(number)}
                await self._client.publish(device, self.ledger.start + number, values)
            sent = due
            await asyncio.sleep(_TURN_S)

    async def settle(self, patience_s: float = 60) -> None:
        """Wait for all receipts; what has one counts as acknowledged."""
        await self._client.drain(patience_s)
        self.ledger.acknowledged = set(self.ledger.sent)
