"""Where the computing of a run happens: processes of this machine, or Dask workers. Both look like one executor."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Generator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from typing import cast

from graph_schema.errors import InvalidInput, Unavailable

PATIENCE = "10s"
_NUMERIC_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def open_executor(processes: int, dask: str | None = None) -> Generator[tuple[Executor, int]]:
    """An executor and how many pieces of work it does at once.

    With ``dask``, a scheduler's address such as ``tcp://host:8786``, its workers compute (they need Plantroom installed);
    otherwise ``processes`` of this machine, each with one numeric thread. Raises ``Unavailable`` where nothing answers.
    """
    if dask is not None:
        with _dask(dask) as opened:
            yield opened
        return
    # Started anew rather than forked: this process has threads, and a fork of a thread that holds a lock hangs.
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _prepare)
    try:
        yield pool, processes
    except BaseException:
        # Whoever stops does not wait for minutes of computing that nobody wants any more.
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _dask(address: str) -> Generator[tuple[Executor, int]]:
    try:
        from distributed import Client
    except ImportError as error:
        raise InvalidInput("Dask is not installed here: `pip install plantroom[dask]`.") from error
    try:
        client = Client(address, timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise Unavailable(f"No Dask scheduler answers at {address}: {error}") from error
    try:
        workers = cast(dict[str, int], client.ncores())
        if not workers:
            raise Unavailable(f"The Dask scheduler at {address} has no workers. Start some: `dask worker {address}`.")
        yield client.get_executor(pure=False), sum(workers.values())
    finally:
        client.close()


def _prepare() -> None:
    """In a new process of the pool."""
    # As many processes as cores: threads of the numeric libraries on top would only wait for each other.
    for name in _NUMERIC_THREADS:
        os.environ[name] = "1"
    os.nice(10)  # forecasts can wait; readings and people cannot
    # Ctrl-C reaches every process of a terminal; when to stop is for the one that started this one to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
