"""One embedded server of a home, run by one of the commands that use it.

The command that holds the server's lock runs it: starts it, starts it again when it dies or hangs, stops it. The others join it, and
when the lock becomes free, because its holder stopped or was killed, one of them takes over. The server is then back on
the same ports with the same passwords, so that clients see what they see after a crash: a pause.
"""

import asyncio
import contextlib
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from filelock import FileLock, Timeout

from graph_schema.errors import PlantroomError, Unavailable
from ingestion.tasks import end
from interfaces.embedded import ports as loopback
from interfaces.embedded.child import Child, Launch, end_leftover, start_child
from interfaces.embedded.exit_reasons import explain, full_disk
from interfaces.embedded.home import Home, Running

log = logging.getLogger(__name__)

_PROBE_PAUSE_S = 0.1
_TAKE_OVER_PAUSE_S = 1.0
_JOIN_PATIENCE_S = 180.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 30.0
_PORT_ATTEMPTS = 3


class Server(Protocol):
    """What there is to know of one kind of server. ``probe`` raises ``Unavailable`` until the server answers."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def ports(self) -> Sequence[str]: ...
    @property
    def patience_s(self) -> float: ...

    async def prepare(self) -> None: ...
    def launch(self, ports: Mapping[str, int]) -> Launch: ...
    async def probe(self, ports: Mapping[str, int]) -> None: ...


@dataclass(frozen=True, slots=True)
class Patience:
    """How a server that runs is looked at: every so many seconds it is asked, and has so many to answer.

    One that is silent so many times in a row is taken for dead. That is generous: a machine that swaps, a disk that stalls or somebody
    with a debugger passes, and a restart costs a recovery. Times are counted, not seconds, so that a pause of our own is not held against it.
    """

    every_s: float = 10.0
    limit_s: float = 10.0
    times: int = 12


NORMAL = Patience()


class Supervised:
    """An async context: entered, the server answers at ``ports``; left, it is stopped if it was ours."""

    def __init__(self, server: Server, home: Home, patience: Patience = NORMAL) -> None:
        self.server = server
        self._patience = patience
        self.ports: Mapping[str, int] = {}
        self._home = home
        self._lock = FileLock(home.lock(server.name), mode=0o600, thread_local=False, preserve_lock_file=True)
        self._child: Child | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The server's process, whoever runs it."""
        running = self._home.running(self.server.name)
        return running.pid if running else None

    async def __aenter__(self) -> "Supervised":
        try:
            if self._claim():
                await self._start_somewhere()
            else:
                await self._join()
        except OSError as error:
            await self._let_go()
            why = full_disk(str(error), self._home) or f"{error}."
            raise Unavailable(f"{_capital(self.server.title)} cannot be started. {why}") from error
        except BaseException:
            await self._let_go()
            raise
        self._watch = asyncio.create_task(self._keep(), name=f"keep {self.server.name}")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._let_go()

    def _claim(self) -> bool:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    async def _let_go(self) -> None:
        if not self._lock.is_locked:
            return
        if self._child:
            with contextlib.suppress(OSError):  # on a full disk the others find out by asking the server
                self._write_down(self._child, ready=False)
            await self._child.stop()
        self._lock.release()

    async def _start_somewhere(self) -> None:
        """On the ports of last time if they are free. A port may be taken between our look and the server's."""
        earlier = await self._end_leftover()
        await self.server.prepare()
        for attempt in range(1, _PORT_ATTEMPTS + 1):
            self.ports = loopback.choose(self.server.ports, earlier)
            try:
                return await self._start()
            except Unavailable:
                if attempt == _PORT_ATTEMPTS or loopback.are_free(self.ports):
                    raise
        return None

    async def _end_leftover(self) -> Mapping[str, int]:
        """End what a killed owner left running; the ports it had."""
        running = self._home.running(self.server.name)
        if running is None:
            return {}
        if await end_leftover(running.pid, running.started, self.server.launch(running.ports).stop):
            log.warning("Ended %s, which a killed command had left running.", self.server.title)
        return running.ports

    async def _start(self) -> None:
        child = await start_child(self.server.launch(self.ports), self._home.log(self.server.name))
        self._child = child
        try:
            self._write_down(child, ready=False)
            await self._until_ready(child)
        except BaseException:
            await child.stop()
            raise
        self._write_down(child, ready=True)

    def _write_down(self, child: Child, ready: bool) -> None:
        self._home.write_down(self.server.name, Running(dict(self.ports), child.pid, child.started, os.getpid(), ready))

    async def _until_ready(self, child: Child) -> None:
        title, why = _capital(self.server.title), ""
        try:
            async with asyncio.timeout(self.server.patience_s):
                while not child.exited:
                    try:
                        return await self.server.probe(self.ports)
                    except Unavailable as error:
                        why = str(error)
                    await asyncio.sleep(_PROBE_PAUSE_S)
        except TimeoutError:
            raise Unavailable(
                f"{title} does not answer within {self.server.patience_s:.0f} s. {why} "
                f"Its log is {self._home.log(self.server.name)}."
            ) from None
        raise Unavailable(f"{title} stopped while starting. {self._explained(child)}")

    def _explained(self, child: Child) -> str:
        return explain(child.last_words(), self._home)

    async def _join(self) -> None:
        owner: int | None = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_JOIN_PATIENCE_S):
                while True:
                    running = self._home.running(self.server.name)
                    if running and running.ready:
                        owner, self.ports = running.owner, running.ports
                        with contextlib.suppress(Unavailable):
                            return await self.server.probe(running.ports)
                    await asyncio.sleep(_PROBE_PAUSE_S)
                    if self._claim():
                        return await self._start_somewhere()
        holder = f"process {owner}" if owner else "another process"
        raise Unavailable(
            f"{_capital(self.server.title)} of {self._home.folder} belongs to {holder}, but does not answer. "
            "Stop that process and start again."
        )

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            try:
                if not self._lock.is_locked:
                    await self._until_ours()
                elif self._child and not self._child.exited:
                    await self._until_dead(self._child)
                    pause = _FIRST_PAUSE_S
                await self._start_again()
            except (PlantroomError, OSError) as error:
                why = full_disk(str(error), self._home) or str(error)
                log.error("%s is down. %s Trying again in %.1f s.", _capital(self.server.title), why, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _until_ours(self) -> None:
        """Nothing tells of the end of a process that is not our child, but the lock does not outlive it."""
        while not self._claim():  # noqa: ASYNC110
            await asyncio.sleep(_TAKE_OVER_PAUSE_S)
        log.warning("The command that ran %s is gone; taking over.", self.server.title)

    async def _until_dead(self, child: Child) -> None:
        shortening = asyncio.create_task(child.keep_log_short(), name=f"log of {self.server.name}")
        hanging = asyncio.create_task(self._until_it_hangs(), name=f"answers of {self.server.name}")
        ending = asyncio.create_task(child.wait(), name=f"end of {self.server.name}")
        try:
            await asyncio.wait({ending, hanging}, return_when=asyncio.FIRST_COMPLETED)
            if not ending.done():
                log.error("%s hangs. It is ended and started again.", _capital(self.server.title))
                child.kill()
                await ending
                return
        finally:
            await end(shortening, hanging, ending)
        log.warning("%s died. %s Starting it again.", _capital(self.server.title), self._explained(child))

    async def _until_it_hangs(self) -> None:
        """Return once it has been silent for too long; the first silence is told, and its end."""
        patience, title, silent = self._patience, _capital(self.server.title), 0
        while silent < patience.times:
            await asyncio.sleep(patience.every_s)
            if await self._answers():
                if silent:
                    log.warning("%s answers again.", title)
                silent = 0
                continue
            silent += 1
            if silent == 1:
                most_s = patience.times * (patience.every_s + patience.limit_s)
                log.warning(
                    "%s runs, but does not answer. After at most %.0f s of that it is restarted.", title, most_s
                )

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(self._patience.limit_s):
                await self.server.probe(self.ports)
        except (Unavailable, TimeoutError, OSError):
            return False
        return True

    async def _start_again(self) -> None:
        """On the same ports, because clients know them."""
        running = self._home.running(self.server.name)
        self.ports = running.ports if running else self.ports
        await self._end_leftover()
        await self.server.prepare()
        await self._start()
        log.warning("%s answers again.", _capital(self.server.title))


def _capital(title: str) -> str:
    return title[0].upper() + title[1:]
