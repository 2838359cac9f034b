"""Calls of an own model in another process, each with a time-out."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any, cast

import msgspec
import numpy as np

from forecasting.telemetry.candidates import CandidateFailed
from forecasting.telemetry.own.process import Reply, Request, Start, put
from forecasting.telemetry.own.signature import Floats, History, Unusable, checked

_LONGEST_REPLY = 64 << 20
_SECRET = "PLANTROOM_"  # noqa: S105 - the prefix of settings, passwords among them


@dataclass(frozen=True)
class Limits:
    """Seconds for the start with its imports, for one call, and for all calls of a batch of points; memory of the process."""

    start_s: float = 60.0
    call_s: float = 5.0
    batch_s: float = 120.0
    memory_mb: int = 1024


class Calls:
    """``with Calls(...) as calls``: the process runs meanwhile. Whatever the model does wrong is a ``CandidateFailed``."""

    def __init__(self, name: str, start: Start, limits: Limits) -> None:
        self._name, self._start, self._limits = name, start, limits

    def __enter__(self) -> Calls:
        environment = {key: value for key, value in os.environ.items() if not key.startswith(_SECRET)}
        environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        self._told = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "forecasting.telemetry.own.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._told,
            env=environment,
            start_new_session=True,
        )
        try:
            self._send(self._start)
            self.sha256 = self._reply(self._limits.start_s, "to start").sha256
            self._until = time.monotonic() + self._limits.batch_s
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def forecast(self, history: History, horizon: int) -> Floats:
        """``(horizon,)`` or ``(horizon, 3)``, as ``signature.checked`` has it."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise CandidateFailed(f"{self._name}: its calls took longer than {self._limits.batch_s:g} s together.")
        self._send(
            Request(
                horizon,
                history.step_s,
                history.values.tobytes(),
                history.read.tobytes(),
                history.times_s.tobytes(),
                {name: values.tobytes() for name, values in history.regressors.items()},
            )
        )
        reply = self._reply(self._limits.call_s, "for one call")
        try:
            return checked(np.frombuffer(reply.values).reshape(reply.shape), horizon)
        except (ValueError, Unusable) as error:
            raise CandidateFailed(f"{self._name}: {error}") from error

    def _send(self, message: msgspec.Struct) -> None:
        try:
            put(cast(Any, self._process.stdin), message)
        except OSError as error:
            raise CandidateFailed(f"{self._name}: {self._death()}") from error

    def _reply(self, patience_s: float, what: str) -> Reply:
        deadline = time.monotonic() + patience_s
        size = int.from_bytes(self._read(8, deadline, patience_s, what), "little")
        if size > _LONGEST_REPLY:
            raise CandidateFailed(f"{self._name}: it returned more than {_LONGEST_REPLY >> 20} MB.")
        reply = msgspec.msgpack.decode(self._read(size, deadline, patience_s, what), type=Reply)
        if reply.error:
            raise CandidateFailed(f"{self._name}: {reply.error}")
        return reply

    def _read(self, count: int, deadline: float, patience_s: float, what: str) -> bytes:
        source = cast(IO[bytes], self._process.stdout).fileno()
        found = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(source, selectors.EVENT_READ)
            while len(found) < count:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise CandidateFailed(f"{self._name}: it took longer than {patience_s:g} s {what}.")
                part = os.read(source, count - len(found))
                if not part:
                    raise CandidateFailed(f"{self._name}: {self._death()}")
                found += part
        return bytes(found)

    def _death(self) -> str:
        """Why the process ended, with the last line that it wrote."""
        try:
            code = self._process.wait(2.0)
        except subprocess.TimeoutExpired:
            return "it closed its output."
        self._told.seek(0)
        lines = self._told.read()[-4_000:].decode("utf-8", "replace").strip().splitlines()
        last = f": {lines[-1][:300]}" if lines else ""
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        return f"its process ended {how}{last}."

    def _end(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)  # with the processes that the model started
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._told):
            try:
                cast(Any, pipe).close()
            except BrokenPipeError:  # what was not read by a process that is gone
                continue
