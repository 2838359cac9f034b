"""A Mosquitto of our own, set up as the documentation advises, that may be killed and started again."""

import asyncio
import os
import secrets
import shutil
import signal
from pathlib import Path

from graph_schema.errors import Unavailable
from ingestion.sources.mqtt.connection import Broker
from interfaces.embedded.child import Child, Launch, start_child
from interfaces.embedded.home import write_private
from interfaces.embedded.ports import choose, connects

_CONFIGURATION = """
listener {port} 127.0.0.1
user root
allow_anonymous false
password_file {folder}/passwords
persistence true
persistence_location {folder}/
{autosave}
max_inflight_messages 0
max_queued_messages 0
"""
_USER = "plantroom"


class Mosquitto:
    """Raises ``Unavailable`` from ``prepare`` where Mosquitto is not installed.

    It writes down what it holds once a second, or, with ``each_change``, with every message.
    """

    def __init__(self, folder: Path, each_change: bool = False) -> None:
        self._folder = folder
        self._autosave = "autosave_interval 1" + ("\nautosave_on_changes true" if each_change else "")
        self._child: Child | None = None
        self.address = Broker("127.0.0.1", choose(["mqtt"], {})["mqtt"], _USER, secrets.token_hex(12))

    async def prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        passwords = self._folder / "passwords"
        write_private(passwords, f"{_USER}:{self.address.password}\n")
        hashing = await asyncio.create_subprocess_exec(_program("mosquitto_passwd"), "-U", str(passwords))
        if await hashing.wait():
            raise Unavailable("mosquitto_passwd could not hash the broker's password.")
        text = _CONFIGURATION.format(port=self.address.port, folder=self._folder, autosave=self._autosave)
        write_private(self._folder / "mosquitto.conf", text)

    async def start(self) -> None:
        argv = [_program("mosquitto"), "-c", str(self._folder / "mosquitto.conf")]
        self._child = await start_child(Launch(argv, self._folder), self._folder / "mosquitto.log")
        async with asyncio.timeout(20):
            while not await self._listens():
                if self._child.exited:
                    raise Unavailable(f"Mosquitto did not start: {self._child.last_words()}")
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        if self._child:
            os.kill(self._child.pid, signal.SIGKILL)
            await self._child.wait()
            self._child = None

    async def stop(self) -> None:
        if self._child:
            await self._child.stop()

    async def _listens(self) -> bool:
        try:
            await connects(self.address.port)
        except Unavailable:
            return False
        return True


def _program(name: str) -> str:
    for place in (shutil.which(name), f"/usr/sbin/{name}", f"/usr/bin/{name}"):
        if place and Path(place).exists():
            return place
    raise Unavailable("Mosquitto is not installed. `scripts/services up` installs it.")
