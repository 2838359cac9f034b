"""The embedded broker of a home, as a device on this machine finds it."""

import asyncio
import os
import signal

import psutil

from ingestion.sources.mqtt.connection import Broker
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import MqttBroker


class EmbeddedBroker:
    """Whoever runs it starts it again when it was killed."""

    def __init__(self, home: Home) -> None:
        self._home = home

    @property
    def address(self) -> Broker:
        running = self._home.running("broker")
        assert running
        return MqttBroker(self._home).endpoint(running.ports)

    @property
    def log_bytes(self) -> int:
        log = self._home.log("broker")
        return sum(file.stat().st_size for file in log.parent.glob(f"{log.name}*"))

    async def start(self) -> None:
        """Wait for another process in the place of the last one."""
        async with asyncio.timeout(60):
            while not ((running := self._home.running("broker")) and running.ready and psutil.pid_exists(running.pid)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """kill -9."""
        if running := self._home.running("broker"):
            os.kill(running.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """It stops with the command that runs it."""

    def orphan(self) -> None:
        """kill -9 of what would end the broker after its owner, so that it lives on."""
        running = self._home.running("broker")
        assert running
        for process in psutil.Process(running.owner).children():
            if process.pid != running.pid and str(running.pid) in process.cmdline():
                process.kill()
