"""The process in which an own model runs: it reads requests from its standard input and answers on what was its standard output.

A frame is a length of eight bytes and that many bytes of MessagePack. What the model prints goes to the standard error.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np

from forecasting.telemetry.own.signature import QUANTILES, History


class Start(msgspec.Struct, frozen=True):
    """What to run: a function by its full name, from a folder beside what is installed, or a graph. The limits are
    of the whole process; that of processor time ends it where nobody is left to do so."""

    memory_mb: int
    cpu_s: int
    target: str = ""
    folder: str = ""
    graph: bytes = b""


class Request(msgspec.Struct, frozen=True):
    """A window. Arrays travel as their bytes: float64, ``read`` as bool, ``times_s`` as int64."""

    horizon: int
    step_s: int
    values: bytes
    read: bytes
    times_s: bytes
    regressors: dict[str, bytes]


class Reply(msgspec.Struct, frozen=True):
    """An array as float64 bytes, or what went wrong in a sentence. A start is answered with the checksum of the model's source."""

    shape: tuple[int, ...] = ()
    values: bytes = b""
    error: str = ""
    sha256: str = ""


Runs = Callable[[History, int], Any]


def put(out: BinaryIO, message: msgspec.Struct) -> None:
    """Write a frame."""
    packed = msgspec.msgpack.encode(message)
    out.write(len(packed).to_bytes(8, "little") + packed)
    out.flush()


def main() -> None:
    """Until the standard input ends."""
    requests, replies = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    start = _got(requests, Start)
    if start is None:
        return
    _limit(start.memory_mb, start.cpu_s)
    try:
        runs, sha256 = (
            (_graph(start.graph), _sum(start.graph)) if start.graph else _function(start.target, start.folder)
        )
    except BaseException as error:  # whatever a foreign module does while it is imported
        put(replies, Reply(error=_said(error)))
        return
    put(replies, Reply(sha256=sha256))
    while (request := _got(requests, Request)) is not None:
        put(replies, _answer(runs, request))


def _answer(runs: Runs, request: Request) -> Reply:
    regressors = {name: np.frombuffer(raw) for name, raw in request.regressors.items()}
    history = History(
        np.frombuffer(request.values).copy(),
        np.frombuffer(request.read, dtype=np.bool_),
        np.frombuffer(request.times_s, dtype=np.int64),
        request.step_s,
        regressors,
    )
    try:
        given = runs(history, request.horizon)
        if given is None:
            return Reply(error="It returned nothing: is there a `return`?")
        found = np.asarray(given, dtype=np.float64)
    except BaseException as error:  # a model may raise anything, `SystemExit` too
        return Reply(error=_said(error))
    return Reply(shape=found.shape, values=np.ascontiguousarray(found).tobytes())


def _function(target: str, folder: str) -> tuple[Runs, str]:
    if folder:
        sys.path.insert(0, folder)
    module_name, _, name = target.partition(":")
    module = import_module(module_name)
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{target} is a {type(found).__name__}, and no function")
    inspect.signature(found).bind(None, 1)
    source = getattr(module, "__file__", None)
    return found, _sum(Path(source).read_bytes()) if source else ""


def _graph(graph: bytes) -> Runs:
    onnxruntime: Any = import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session: Any = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    inputs = {one.name: one.type for one in session.get_inputs()}
    known = {"values", "times_s", "regressors", "horizon"}
    if "values" not in inputs or set(inputs) - known:
        raise ValueError(
            f"The graph has the inputs {', '.join(inputs)}; it has to have `values`, and may have {', '.join(sorted(known - {'values'}))}"
        )

    def runs(history: History, horizon: int) -> Any:
        given = {
            "values": history.values[None],
            "times_s": history.times_s[None],
            "regressors": np.stack([*history.regressors.values()] or [np.empty(0)])[None],
            "horizon": np.asarray([horizon]),
        }
        fed = {name: given[name].astype(_DTYPES.get(kind, np.float32)) for name, kind in inputs.items()}
        found = np.asarray(session.run(None, fed)[0], dtype=np.float64)
        found = found[0] if found.ndim > 1 and found.shape[0] == 1 else found
        # A graph whose horizon is fixed may look further ahead than is asked for.
        tall = found.ndim == 2 and found.shape[1] == len(QUANTILES)
        return found[:horizon] if found.ndim == 1 or tall else found

    return runs


_DTYPES: dict[str, Any] = {"tensor(float)": np.float32, "tensor(double)": np.float64, "tensor(int64)": np.int64}


def _limit(megabytes: int, cpu_s: int) -> None:
    """Private memory beyond it is refused, so that this process alone fails. Elsewhere than on Linux there are no such limits."""
    if sys.platform == "linux":
        import resource

        most = megabytes << 20
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _said(error: BaseException) -> str:
    """What was raised, and in which line of the model."""
    if isinstance(error, MemoryError):
        return "It asked for more memory than it may have."
    frames = traceback.extract_tb(error.__traceback__)
    own = [one for one in frames if one.filename != __file__ and "importlib" not in one.filename]
    where = f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""
    return f"It raised {type(error).__name__}: {str(error)[:500]}{where}."


def _got(source: BinaryIO, kind: type[Any]) -> Any:
    head = source.read(8)
    if len(head) < 8:
        return None
    return msgspec.msgpack.decode(source.read(int.from_bytes(head, "little")), type=kind)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    main()
