"""The bench's processes: started with a job, listened to, measured, ended."""

import json
import subprocess
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

Report = dict[str, Any]
_END_S = 30


@dataclass(slots=True)
class Listened:
    """A process that reports in lines of JSON; ``latest`` is the last of them."""

    process: subprocess.Popen[str]
    latest: Report = field(default_factory=dict[str, Any])

    @property
    def cpu_s(self) -> float:
        times = psutil.Process(self.process.pid).cpu_times()
        return times.user + times.system

    @property
    def rss(self) -> int:
        return psutil.Process(self.process.pid).memory_info().rss

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def listen(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.startswith("{"):
                self.latest = json.loads(line)


@contextmanager
def python(module: str, job: Report, log: Path) -> Generator[Listened]:
    """A module of this package with its job; asked to end when the context is left."""
    with running([sys.executable, "-m", f"evals.bench.ingest.{module}"], log) as listened:
        assert listened.process.stdin
        listened.process.stdin.write(json.dumps(job) + "\n")
        listened.process.stdin.flush()
        yield listened


@contextmanager
def running(command: Sequence[str], log: Path) -> Generator[Listened]:
    with log.open("a") as errors:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
    listened = Listened(process)
    listener = threading.Thread(target=listened.listen, daemon=True)
    listener.start()
    try:
        yield listened
    finally:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        listener.join()
        for stream in (process.stdin, process.stdout):
            if stream:
                stream.close()
