"""Homes of their own for servers that are killed, and other commands that use the same home."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from pathlib import Path

import pytest

from graph_schema.errors import Unavailable
from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.child import started
from interfaces.embedded.home import Home, Running
from interfaces.embedded.mqtt import MqttBroker
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Server

KINDS = ("graph", "postgres", "broker")


@pytest.fixture
def folder() -> Generator[Path]:
    made = Path(tempfile.mkdtemp(prefix="plantroom-test-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture
def home(folder: Path) -> Home:
    home = Home(folder)
    home.prepare()
    return home


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, home: Home) -> Server:
    servers: dict[str, Server] = {
        "graph": ArcadeDb(home, "256m"),
        "postgres": Postgres(home),
        "broker": MqttBroker(home),
    }
    return servers[request.param]


class Watched:
    """A server as seen from outside."""

    def __init__(self, server: Server, home: Home) -> None:
        self.server = server
        self.home = home

    @property
    def state(self) -> Running:
        running = self.home.running(self.server.name)
        assert running
        return running

    def kill(self) -> int:
        """kill -9; returns the number of the process that was."""
        os.kill(pid := self.state.pid, signal.SIGKILL)
        return pid

    async def replaced(self, pid: int) -> None:
        """Wait until another process than this one is written down as ready."""
        await until(lambda: self.state.pid != pid and self.state.ready, 60)

    async def gone(self, pid: int) -> None:
        await until(lambda: started(pid) is None, 20)

    async def answers(self) -> bool:
        try:
            await self.server.probe(self.state.ports)
        except Unavailable:
            return False
        return True


async def until(condition: Callable[[], bool], within_s: float) -> None:
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.fixture
def watched(server: Server, home: Home) -> Watched:
    return Watched(server, home)


class Command:
    """Another process that uses servers of a home until it is told to stop."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.ports: dict[str, dict[str, int]] = {}

    async def ready(self) -> "Command":
        assert self.process.stdout
        line = await asyncio.wait_for(self.process.stdout.readline(), 60)
        assert line, "the other command ended"
        self.ports = json.loads(line)
        return self

    async def stop(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        assert await asyncio.wait_for(self.process.wait(), 60) == 0

    async def kill(self) -> None:
        self.process.kill()
        await self.process.wait()


@pytest.fixture
async def command(folder: Path) -> AsyncGenerator[Callable[..., Awaitable[Command]]]:
    """Start another command on the same home, and wait until its servers answer."""
    begun: list[Command] = []

    async def start(*kinds: str) -> Command:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(Path(__file__).with_name("holding.py")), str(folder), *(kinds or KINDS),
            stdin=PIPE, stdout=PIPE,
        )  # fmt: skip
        begun.append(Command(process))
        return await begun[-1].ready()

    yield start
    for one in begun:
        if one.process.returncode is None:
            await one.stop()
