"""The broker in a process of its own, which may be killed, and clients on paho that wait for what they ask for."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from graph_schema.errors import Unavailable
from ingestion.sources.mqtt.connection import Broker
from interfaces.broker.limits import Limits
from interfaces.embedded.child import Child, start_child
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import MqttBroker
from interfaces.embedded.ports import choose


async def _until(condition: Callable[[], object], within_s: float = 15) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Message:
    topic: str
    payload: bytes
    qos: int
    retain: bool
    again: bool
    properties: Any


class Peer:
    """A client that connects when it is told to. ``clean``: without a session that outlives the connection."""

    def __init__(
        self, door: Broker, name: str, v5: bool = False, clean: bool = True, will: str | None = None, **options: Any
    ) -> None:
        self.door = door
        self.v5 = v5
        self.clean = clean
        self.messages: list[Message] = []
        self.acknowledged: set[int] = set()
        self.granted: list[int] = []
        self.present: bool | None = None
        self.refusal: str | None = None
        self.gone = 0
        version = MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311
        self.paho = Client(
            CallbackAPIVersion.VERSION2, name, clean_session=None if v5 else clean, protocol=version,
            reconnect_on_failure=False, **options,
        )  # fmt: skip
        self.paho.username_pw_set(door.user, door.password)
        self.paho.max_inflight_messages_set(1000)
        if will:
            self.paho.will_set(will, name, 1)
        self.paho.on_connect = self._connected
        self.paho.on_message = self._arrived
        self.paho.on_publish = lambda _c, _d, mid, _r, _p: self.acknowledged.add(mid)
        self.paho.on_subscribe = lambda _c, _d, _m, reasons, _p: self.granted.extend(r.value for r in reasons)
        self.paho.on_unsubscribe = lambda *_: self.granted.clear()
        self.paho.on_disconnect = self._left

    def _connected(self, _c: Any, _d: Any, flags: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            self.refusal = str(reason)
        else:
            self.present = flags.session_present

    def _arrived(self, _c: Any, _d: Any, m: MQTTMessage) -> None:
        self.messages.append(Message(m.topic, m.payload, m.qos, m.retain, m.dup, getattr(m, "properties", None)))

    def _left(self, *_: Any) -> None:
        self.gone += 1

    async def connect(self, keepalive: int = 60) -> "Peer":
        self.present = self.refusal = None
        options: dict[str, Any] = {}
        if self.v5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 0 if self.clean else 3600
            options = {"clean_start": self.clean, "properties": properties}
        await asyncio.to_thread(self.paho.connect, self.door.host, self.door.port, keepalive, **options)
        self.paho.loop_start()
        await _until(lambda: self.present is not None or self.refusal)
        return self

    async def subscribe(self, *filters: str, qos: int = 1) -> list[int]:
        self.granted.clear()
        self.paho.subscribe([(text, qos) for text in filters])
        await _until(lambda: len(self.granted) == len(filters))
        return self.granted

    async def publish(self, topic: str, *payloads: bytes, qos: int = 1, retain: bool = False) -> None:
        """Returns when the broker has acknowledged all of them."""
        mids = {self.paho.publish(topic, payload, qos, retain).mid for payload in payloads}
        await _until(lambda: mids <= self.acknowledged)

    async def gets(self, count: int, within_s: float = 15) -> list[bytes]:
        await _until(lambda: len(self.messages) >= count, within_s)
        return [message.payload for message in self.messages]

    def leave(self) -> None:
        self.paho.disconnect()
        self.paho.loop_stop()

    def break_off(self) -> None:
        """As when the network is cut."""
        if connection := self.paho.socket():
            with suppress(OSError):
                connection.shutdown(2)
        self.paho.loop_stop()


class Process:
    """``devices`` and ``intake`` are its doors."""

    def __init__(self, home: Home, limits: Limits) -> None:
        self._server = MqttBroker(home, limits)
        self._home = home
        self._ports = choose(self._server.ports, {})
        self._child: Child | None = None
        self._peers: list[Peer] = []

    @property
    def devices(self) -> Broker:
        return self._server.endpoint(self._ports)

    @property
    def intake(self) -> Broker:
        return self._server.intake(self._ports)

    @property
    def pid(self) -> int:
        assert self._child
        return self._child.pid

    @property
    def log(self) -> Path:
        return self._home.log("broker")

    async def start(self) -> None:
        await self._server.prepare()
        self._child = await start_child(self._server.launch(self._ports), self.log)
        async with asyncio.timeout(20):
            while True:
                assert not self._child.exited, self._child.last_words()
                with suppress(Unavailable):
                    return await self._server.probe(self._ports)
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        assert self._child
        os.kill(self._child.pid, signal.SIGKILL)
        await self._child.wait()

    async def stop(self) -> None:
        assert self._child
        await self._child.stop()

    async def peer(self, name: str, **options: Any) -> Peer:
        """Connected, by the door of the devices unless it is said otherwise."""
        self._peers.append(Peer(options.pop("door", self.devices), name, **options))
        return await self._peers[-1].connect()

    async def ingester(self, v5: bool = False, *, clean: bool = False, topics: tuple[str, ...] = ("t/#",)) -> Peer:
        ingester = await self.peer("ingester", door=self.intake, v5=v5, clean=clean)
        await ingester.subscribe(*topics)
        return ingester

    async def end(self) -> None:
        for peer in self._peers:
            peer.leave()
        if self._child and not self._child.exited:
            await self._child.stop()


@pytest.fixture
def until():
    """Wait for a condition, at most for ``within_s``."""
    return _until


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def broker_home() -> Generator[Home]:
    home = Home(Path(tempfile.mkdtemp(prefix="plantroom-test-")))
    home.prepare()
    yield home
    shutil.rmtree(home.folder)


@pytest.fixture
async def process(broker_home: Home, limits: Limits) -> AsyncGenerator[Process]:
    made = Process(broker_home, limits)
    await made.start()
    yield made
    await made.end()


@pytest.fixture(params=[False, True], ids=["3.1.1", "5"])
def v5(request: pytest.FixtureRequest) -> bool:
    return request.param
