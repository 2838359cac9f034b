"""One child process: its log, and its end, which comes at the latest with ours."""

import asyncio
import contextlib
import os
import pwd
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

LOG_BYTES = 5_000_000
"""Of a log and of the one before, each: more is not kept."""
_LOG_LOOK_S = 1.0
_SHOWN_LINES = 5
_STOP_S = 20.0

# Lives as long as the pipe from us is open: when we are killed it ends the child. A parent-death signal would do that on
# Linux only, and there already when the thread ends that started the child.
_GUARD = 'read -r _ || kill -s "$1" "$2"'


_PASSED_ON = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "JDK_JAVA_OPTIONS")
"""All that a server gets of our environment, which also holds keys and passwords. The last one tunes the Java of the graph."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A command, the folder it works in, what asks it to stop, and the account it runs as (our own with None)."""

    argv: Sequence[str]
    folder: Path
    stop: signal.Signals = signal.SIGTERM
    user: str | None = None


class Child:
    def __init__(self, process: Process, guard: Process, launch: Launch, log: Path, log_start: int) -> None:
        self._process = process
        self._guard = guard
        self._launch = launch
        self._log = log
        self._log_start = log_start
        self.pid = process.pid
        self.started = started(process.pid) or 0.0

    @property
    def exited(self) -> bool:
        return self._process.returncode is not None

    async def wait(self) -> int:
        code = await self._process.wait()
        await self._dismiss()
        return code

    async def stop(self) -> None:
        """Ask, and after a while insist."""
        if not self.exited:
            self._process.send_signal(self._launch.stop)
            try:
                async with asyncio.timeout(_STOP_S):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        await self._dismiss()

    async def keep_log_short(self, most_bytes: int = LOG_BYTES, every_s: float = _LOG_LOOK_S) -> None:
        """Until cancelled. The process appends, so that it goes on at the beginning of a log that has been emptied."""
        while True:
            with contextlib.suppress(OSError):  # a disk that is full or away is told by the server
                if self._log.stat().st_size > most_bytes:
                    await asyncio.to_thread(_move_tail, self._log, most_bytes)
                    self._log_start = 0
            await asyncio.sleep(every_s)

    def kill(self) -> None:
        """For one that listens to nothing any more."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def last_words(self) -> str:
        """The last lines it printed since its start."""
        with self._log.open("rb") as file:
            file.seek(max(self._log_start, self._log.stat().st_size - 4000))
            lines = [line.strip() for line in file.read().decode(errors="replace").splitlines()]
        return " | ".join([line for line in lines if line][-_SHOWN_LINES:])

    async def _dismiss(self) -> None:
        if self._guard.stdin and self._guard.returncode is None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._guard.stdin.write(b"\n")
                await self._guard.stdin.drain()
        await self._guard.wait()


async def start_child(launch: Launch, log: Path) -> Child:
    """Start in a session of its own, so that Ctrl-C reaches us and not the servers. Raises ``OSError``.

    Cancelled in the middle it first comes to its end and then stops the server: a half started one would be nobody's.
    """
    starting = asyncio.ensure_future(_start(launch, log))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        with contextlib.suppress(OSError):
            await (await starting).stop()
        raise


async def _start(launch: Launch, log: Path) -> Child:
    rotate(log)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        start = os.fstat(output).st_size
        process = await asyncio.create_subprocess_exec(
            *launch.argv,
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
            cwd=launch.folder,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            start_new_session=True,
            **as_account(launch.user),
        )
    finally:
        os.close(output)
    guard = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", _GUARD, "sh", launch.stop.name.removeprefix("SIG"), str(process.pid),
        stdin=PIPE, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True,
    )  # fmt: skip
    return Child(process, guard, launch, log, start)


def as_account(user: str | None) -> dict[str, Any]:
    """Options that start a process as another account, with nothing left of our groups."""
    if user is None:
        return {}
    account = pwd.getpwnam(user)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def rotate(log: Path) -> None:
    """Keep a long log as the one before."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(_before(log))


def _move_tail(log: Path, most_bytes: int) -> None:
    """Its end becomes the log before, where there is room, and it begins anew. What comes in between is lost."""
    try:
        with log.open("rb") as file:
            file.seek(-most_bytes, os.SEEK_END)
            with open(_before(log), "wb", opener=_private) as kept:
                kept.write(file.read(most_bytes))
    except OSError:
        _before(log).unlink(missing_ok=True)
    os.truncate(log, 0)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _before(log: Path) -> Path:
    return log.with_suffix(".log.1")


def started(pid: int) -> float | None:
    """When a living process began, in seconds since 1970; None where there is none."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


async def end_leftover(pid: int, began: float, stop: signal.Signals) -> bool:
    """End the process of an owner that was killed; whether it still ran."""
    if not _is(pid, began):
        return False
    for number in (stop, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_STOP_S):
                while _is(pid, began):  # noqa: ASYNC110 - not our child, so nothing tells us of its end
                    await asyncio.sleep(0.05)
                return True
    return True


def _is(pid: int, began: float) -> bool:
    now = started(pid)
    return now is not None and abs(now - began) < 2  # the clock's adjustments shift the reported start a little
