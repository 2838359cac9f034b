"""The real command as a child process, as an operator meets it: what it prints, how it ends, and what it leaves behind."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from ingestion.history.history import History, open_history
from interfaces.embedded.home import Home
from interfaces.embedded.postgres import Postgres

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-c", "from interfaces.cli.main import main; main()")
PATIENCE_S = 240

# A shell starts what runs in its background with Ctrl-C ignored, and children inherit that. These are told to stop by Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """The standard output, which must be JSON and nothing else."""
        assert self.code in (0, 1), self.err
        return json.loads(self.out)


class Running:
    """A command that runs until it is told to stop."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.said = ""
        self._news = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            self.said += line.decode()
            self._news.set()

    async def says(self, pattern: str) -> re.Match[str]:
        """Wait for words on its standard error."""
        async with asyncio.timeout(PATIENCE_S):
            while not (found := re.search(pattern, self.said)):
                assert not self._listening.done(), f"the command ended without “{pattern}”: {self.said}"
                self._news.clear()
                news = asyncio.create_task(self._news.wait())
                await asyncio.wait({news, self._listening}, return_when=asyncio.FIRST_COMPLETED)
                news.cancel()
            return found

    async def serving(self) -> str:
        return (await self.says(r"Serving at (http://\S+)"))[1]

    def descendants(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    async def stop(self, number: signal.Signals = signal.SIGINT, within_s: float = 30) -> int:
        """Ctrl-C reaches the whole group, as a terminal sends it; anything else the command alone. Returns the exit code."""
        if number == signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        async with asyncio.timeout(within_s):
            code = await self.process.wait()
            await self._listening
        return code

    async def end(self) -> None:
        """However it is, and with its servers: they still write to the home for a moment after it."""
        servers: list[psutil.Process] = []
        with suppress(psutil.NoSuchProcess):
            servers = self.descendants()
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        await self._listening
        _, alive = await asyncio.to_thread(psutil.wait_procs, servers, 20)
        for server in alive:
            with suppress(psutil.NoSuchProcess):
                server.kill()


class Terminal:
    """Where somebody types ``plantroom``: ``home`` is the data folder, ``folder`` the working directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        self.temporary.mkdir(exist_ok=True)

    def file(self, name: str, content: str | bytes) -> str:
        """A file in the working directory; its name."""
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    def left_behind(self) -> list[str]:
        """What is in the folder for temporary files."""
        return [path.name for path in self.temporary.iterdir()]

    async def start(self, *arguments: str, stdin: int = DEVNULL, **environment: str) -> Process:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLANTROOM_", "OPENAI_"))}
        own = {"PYTHONPATH": str(ROOT), "PLANTROOM_HOME": str(self.home), "TMPDIR": str(self.temporary)}
        return await asyncio.create_subprocess_exec(
            *COMMAND, *arguments, cwd=self.folder, env={**kept, **own, **environment},
            stdin=stdin, stdout=PIPE, stderr=PIPE, start_new_session=True,
        )  # fmt: skip

    async def run(
        self, *arguments: str, patience_s: float = PATIENCE_S, typed: str | None = None, **environment: str
    ) -> Finished:
        """``typed`` is piped in."""
        process = await self.start(*arguments, stdin=DEVNULL if typed is None else PIPE, **environment)
        given = None if typed is None else typed.encode()
        try:
            out, err = await asyncio.wait_for(process.communicate(given), patience_s)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode is not None
        return Finished(process.returncode, out.decode(), err.decode())

    @asynccontextmanager
    async def running(self, *arguments: str, **environment: str) -> AsyncGenerator[Running]:
        """Runs beside the block, which stops it; whatever still runs afterwards is killed."""
        running = Running(await self.start(*arguments, **environment))
        try:
            yield running
        finally:
            await running.end()


@pytest.fixture(scope="session")
def gone() -> Callable[[list[psutil.Process], float], list[psutil.Process]]:
    """Those of some processes that still run after a time; one that has ended is gone, though whoever adopted it has not asked for it yet."""

    def wait(processes: list[psutil.Process], within_s: float) -> list[psutil.Process]:
        _, alive = psutil.wait_procs(processes, within_s)
        return [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]

    return wait


def _terminal() -> Generator[Terminal]:
    # Not below pytest's own folder, which it closes to the account that PostgreSQL runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="plantroom-test-"))
    yield Terminal(folder)
    shutil.rmtree(folder)


@pytest.fixture
def terminal() -> Generator[Terminal]:
    """With a home that does not exist yet."""
    yield from _terminal()


@pytest.fixture(scope="module")
def shared_terminal() -> Generator[Terminal]:
    """One home for the tests of a module."""
    yield from _terminal()


@pytest.fixture(scope="module")
async def served(shared_terminal: Terminal) -> AsyncGenerator[tuple[Terminal, str]]:
    """A home on which ``plantroom serve`` runs, and the address of its web app."""
    async with shared_terminal.running("serve", "--port", "0") as running:
        yield shared_terminal, await running.serving()
        assert await running.stop() == 0, running.said


@pytest.fixture
async def served_history(served: tuple[Terminal, str]) -> AsyncGenerator[History]:
    """The history of the home on which ``plantroom serve`` runs."""
    home = Home(served[0].home)
    running = home.running("postgres")
    assert running
    async with open_history(Postgres(home).endpoint(running.ports)) as opened:
        yield opened
