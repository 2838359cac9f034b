"""A process that is there, keeps its connections, and says nothing."""

import os
import signal
from collections.abc import Generator
from contextlib import contextmanager

import psutil


@contextmanager
def frozen(pid: int | None) -> Generator[None]:
    """SIGSTOP of a process and its children, as PostgreSQL's backends are, until the block ends."""
    assert pid
    parent = psutil.Process(pid)
    family = [parent, *parent.children(recursive=True)]
    for one in family:
        os.kill(one.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for one in family:
            if one.is_running():
                os.kill(one.pid, signal.SIGCONT)
