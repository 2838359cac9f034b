"""Own models in a folder of their own, and ONNX graphs written byte by byte (no package that writes them is needed)."""

from pathlib import Path

import numpy as np
import pytest

STEPS, HORIZON = 840, 24


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _field(number: int, value: int | str | bytes) -> bytes:
    """A field of protobuf's wire format."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _tensor_type(name: str, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, 1) + _field(2, dims)))


def linear_graph(weights: np.ndarray, *, input_name: str = "values") -> bytes:
    """An ONNX model: the history ``(1, steps)`` times ``weights`` ``(steps, horizon)``; opset 13."""
    steps, horizon = weights.shape
    node = _field(1, input_name) + _field(1, "weights") + _field(2, "ahead") + _field(4, "MatMul")
    tensor = (
        b"".join(_field(1, size) for size in weights.shape)
        + _field(2, 1)
        + _field(8, "weights")
        + _field(9, weights.astype("<f4").tobytes())
    )
    graph = (
        _field(1, node)
        + _field(2, "linear")
        + _field(5, tensor)
        + _field(11, _tensor_type(input_name, (1, steps)))
        + _field(12, _tensor_type("ahead", (1, horizon)))
    )
    return _field(1, 8) + _field(7, graph) + _field(8, _field(1, "") + _field(2, 13))


def usual_day(horizon: int = HORIZON) -> np.ndarray:
    """Weights that give each hour ahead the mean of that hour over the last seven days."""
    weights = np.zeros((STEPS, horizon))
    for ahead in range(horizon):
        weights[[STEPS - 24 * back + ahead % 24 for back in range(1, 8)], ahead] = 1 / 7
    return weights


MODELS = """
import os, signal, subprocess, sys, time
import numpy as np
from forecasting.telemetry.own.signature import History

def usual_day(history, horizon):
    print("what is printed disturbs nothing")
    return np.resize(history.values[-7 * history.day:].reshape(7, history.day).mean(axis=0), horizon)

def with_quantiles(history, horizon):
    middle = usual_day(history, horizon)
    return np.stack([middle - 2, middle, middle + 1], axis=1)

def of_outside(history, horizon):
    outside = history.regressors["outside_air_temperature"]
    assert outside.shape == (len(history.values) + horizon,)
    assert np.isnan(outside[-horizon:]).all() and history.times_ahead_s(horizon)[0] == history.times_s[-1] + 3600
    return np.full(horizon, np.nanmean(outside))

def hangs(history, horizon):
    time.sleep(60)

def hangs_deaf(history, horizon):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(77.25)"])
    while True:
        pass

def raises(history, horizon):
    return history.values["noon"]

def leaves(history, horizon):
    sys.exit("enough")

def dies(history, horizon):
    os.kill(os.getpid(), signal.SIGSEGV)

def eats(history, horizon):
    return np.ones((1 << 29, 4)).sum(axis=1)[:horizon]

def nothing(history, horizon):
    pass

def too_short(history, horizon):
    return history.values[-3:]

def not_finite(history, horizon):
    return np.where(np.arange(horizon) > 4, np.nan, 20.0)

def falling(history, horizon):
    return np.stack([np.full(horizon, one) for one in (3.0, 2.0, 1.0)], axis=1)

def words(history, horizon):
    return ["warm"] * horizon

def no_history(horizon):
    return np.zeros(horizon)

a_number = 7
"""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds the module ``bench_models``."""
    path = tmp_path_factory.mktemp("own")
    (path / "bench_models.py").write_text(MODELS)
    return path
