"""What ingestion's tests share: a history, a broker of their own that can be killed, and a stand-in for the graph."""

import asyncio
import contextlib
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

import psycopg
import pytest

from ingestion.dead_letters import DeadLetters
from ingestion.decoding import decode
from ingestion.history import History, open_history
from ingestion.mqtt import Broker
from ingestion.pipeline import Pipeline
from ingestion.reading import Reading

_BROKER = """
import asyncio, sys
from amqtt.broker import Broker
async def main():
    listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{sys.argv[1]}"}}
    plugins = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    await Broker({"listeners": listeners, "plugins": plugins}).start()
    print("up", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


class Offered:
    """Collects what the pipeline offers to the present."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def offer(self, readings: Sequence[Reading]) -> None:
        self.readings.extend(readings)


class BrokerProcess:
    """A broker on one port, which keeps nothing when it is killed."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = Broker("127.0.0.1", probe.getsockname()[1])
        self._process: Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _BROKER, str(self.address.port), stdout=PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        assert self._process.stdout
        assert await asyncio.wait_for(self._process.stdout.readline(), 20) == b"up\n"

    async def kill(self) -> None:
        if self._process:
            self._process.kill()
            await self._process.communicate()
            self._process = None


@pytest.fixture
def offered() -> Offered:
    return Offered()


@pytest.fixture
async def history(postgres_dsn: str) -> AsyncGenerator[History]:
    async with open_history(postgres_dsn) as opened:
        yield opened


@pytest.fixture
def pipeline(history: History, offered: Offered) -> Pipeline:
    return Pipeline(history, DeadLetters(history), offered, decode)


@pytest.fixture
async def mortal_broker() -> AsyncGenerator[BrokerProcess]:
    broker = BrokerProcess()
    await broker.start()
    yield broker
    await broker.kill()


@pytest.fixture
def eventually():
    """Wait until a condition holds; fail after ``within`` seconds."""

    async def wait(condition: Callable[[], Awaitable[bool]], within: float = 15) -> None:
        async with asyncio.timeout(within):
            while not await condition():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    return wait


@pytest.fixture
def running():
    """Run a coroutine beside the test until the block ends."""

    @asynccontextmanager
    async def run(coroutine: Awaitable[None]) -> AsyncGenerator[None]:
        task = asyncio.ensure_future(coroutine)
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    return run


@pytest.fixture
def database_switch(postgres_dsn: str):
    """Shut the test's database as an outage would, ending its sessions; or open it again."""

    async def allow(connections: bool) -> None:
        name = psycopg.conninfo.conninfo_to_dict(postgres_dsn)["dbname"]
        async with await psycopg.AsyncConnection.connect(postgres_dsn, dbname="postgres", autocommit=True) as other:
            await other.execute(f"alter database {name} allow_connections {str(connections).lower()}")
            await other.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])

    return allow
