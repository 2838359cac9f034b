"""Recordings of raw acceleration as data loggers write them: WAV, CSV, NumPy and MATLAB files."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, cast

import numpy as np
from scipy import io
from scipy.io import wavfile
from scipy.io.matlab import MatReadError

from forecasting.series import Floats
from graph_schema.errors import InvalidInput

_SHORTEST = 100  # what is shorter in a file of several arrays is a setting, not a recording
_LARGEST_MB = 500


@dataclass(frozen=True, slots=True)
class Recording:
    """``samples`` of shape (n,), in the file's own unit; ``rate_hz`` is None where the file does not say it."""

    samples: Floats
    rate_hz: float | None
    channel: str


def read_recording(path: Path, channel: str | None = None) -> Recording:
    """One channel of a file. Raises ``InvalidInput`` where it cannot be read, or has several channels and none is named."""
    readers = {".wav": _wav, ".csv": _csv, ".txt": _csv, ".npy": _numpy, ".npz": _numpy, ".mat": _matlab}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InvalidInput(f"{path.name} is no recording that is understood; these are: {', '.join(readers)}.")
    if path.stat().st_size > _LARGEST_MB << 20:
        raise InvalidInput(f"{path.name} is larger than {_LARGEST_MB} MB; a few seconds are enough.")
    channels, rate_hz = reader(path)
    name = _chosen(path, channels, channel)
    return Recording(channels[name], rate_hz, name)


def _chosen(path: Path, channels: Mapping[str, Floats], channel: str | None) -> str:
    if not channels:
        raise InvalidInput(f"{path.name} holds no recording.")
    if channel is None and len(channels) == 1:
        return next(iter(channels))
    if channel in channels:
        return cast(str, channel)
    has = f"{path.name} has the channels {', '.join(channels)}"
    raise InvalidInput(f"{has}; name one." if channel is None else f"{has}, and no “{channel}”.")


def _wav(path: Path) -> tuple[dict[str, Floats], float | None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", wavfile.WavFileWarning)  # chunks of a logger's own
            rate, data = cast("tuple[int, Any]", wavfile.read(path))
    except (ValueError, EOFError) as error:
        raise InvalidInput(f"{path.name} is no WAV file that can be read: {error}") from error
    return _columns(np.asarray(data)), float(rate)


def _csv(path: Path) -> tuple[dict[str, Floats], float | None]:
    """Columns of numbers, with a heading or without one."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            separator = max("\t;,", key=first.count)
            rows = csv.reader(chain([first], file), delimiter=separator if separator in first else ",")
            table = [(rows.line_num, row) for row in rows if row]
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} is no text in UTF-8.") from error
    if not table:
        return {}, None
    heading = [] if _are_numbers(table[0][1]) else [name.strip() for name in table.pop(0)[1]]
    width = len(heading) or len(table[0][1])
    values = np.empty((len(table), width))
    for place, (line, row) in enumerate(table):
        values[place] = _numbers(path, line, row, width)
    return _columns(values, heading), None


def _are_numbers(row: list[str]) -> bool:
    try:
        [float(cell) for cell in row]
    except ValueError:
        return False
    return True


def _numbers(path: Path, line: int, row: list[str], width: int) -> list[float]:
    if len(row) != width:
        raise InvalidInput(f"{path.name}, line {line}: {len(row)} columns, where the first line has {width}.")
    try:
        return [float(cell) if cell.strip() else float("nan") for cell in row]
    except ValueError as error:
        raise InvalidInput(f"{path.name}, line {line}: {error}.") from error


def _numpy(path: Path) -> tuple[dict[str, Floats], float | None]:
    """One array, or several by name; objects are not unpickled."""
    try:
        loaded: Any = np.load(path, allow_pickle=False)
        if path.suffix.lower() == ".npy":
            return _columns(loaded), None
        with loaded:
            return _signals({name: loaded[name] for name in loaded.files}), None
    except (ValueError, EOFError, OSError) as error:
        raise InvalidInput(f"{path.name} is no NumPy file that can be read: {error}") from error


def _matlab(path: Path) -> tuple[dict[str, Floats], float | None]:
    try:
        loaded = cast("dict[str, Any]", io.loadmat(path))
    except NotImplementedError as error:
        raise InvalidInput(f"{path.name} is of MATLAB 7.3; save it with the option -v7.") from error
    except (ValueError, TypeError, MatReadError, OSError) as error:
        raise InvalidInput(f"{path.name} is no MATLAB file that can be read: {error}") from error
    return _signals({name: value for name, value in loaded.items() if not name.startswith("__")}), None


def _signals(arrays: Mapping[str, Any]) -> dict[str, Floats]:
    """Those that are long enough, each flat."""
    found: dict[str, Floats] = {}
    for name, value in arrays.items():
        array = np.squeeze(np.asarray(value))
        if array.dtype.kind in "iuf" and array.ndim == 1 and len(array) >= _SHORTEST:
            found[name] = array.astype(np.float64)
    return found


def _columns(values: np.ndarray[Any, Any], names: list[str] | None = None) -> dict[str, Floats]:
    """By name or by number, counted from 1."""
    if values.dtype.kind not in "iuf":
        raise ValueError("it holds no numbers")
    table = values.reshape(-1, 1) if values.ndim == 1 else values
    if table.ndim != 2:
        raise ValueError(f"it has {table.ndim} dimensions")
    return {(names[i] if names else "") or str(i + 1): table[:, i].astype(np.float64) for i in range(table.shape[1])}
