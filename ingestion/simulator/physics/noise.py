"""Randomness as a function of a seed, a channel and a moment: the same however the time is cut into steps."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
"""Epoch milliseconds, ascending."""


def channel(*names: str) -> int:
    """A number for a name that is the same in every process."""
    return crc32("/".join(names).encode())


def channels(names: Sequence[str], purpose: str) -> Times:
    return np.array([channel(purpose, name) for name in names], dtype=np.int64)


def uniform(seed: int, column: Times, row: Times) -> Floats:
    """Shape (rows, columns), each in [0, 1)."""
    bits = _bits(seed, column, row, 0x9E3779B97F4A7C15)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(seed: int, column: Times, row: Times) -> Floats:
    """Shape (rows, columns): mean 0, deviation 1, never beyond 3.5 (the sum of four uniform numbers)."""
    bits = _bits(seed, column, row, 0xD1B54A32D192ED03)
    parts = sum(((bits >> np.uint64(16 * part)) & np.uint64(0xFFFF)).astype(np.float64) for part in range(4))
    return (np.asarray(parts) / 65536.0 - 2.0) * 3.0**0.5


def smooth(seed: int, column: Times, hours: Floats, period: float) -> Floats:
    """Shape (hours, columns): a curve through a random knot in [-1, 1] every ``period`` hours."""
    position = hours / period
    knot = np.floor(position)
    part = (position - knot)[:, None]
    ease = part * part * (3 - 2 * part)
    index = knot.astype(np.int64)
    before, after = uniform(seed, column, index), uniform(seed, column, index + 1)
    return 2 * (before + (after - before) * ease) - 1


def fixed(seed: int, names: Sequence[str], purpose: str, low: float, high: float) -> Floats:
    """One number for each name, for ever: how one machine differs from the next."""
    return low + (high - low) * uniform(seed, channels(names, purpose), np.zeros(1, dtype=np.int64))[0]


def _bits(seed: int, column: Times, row: Times, salt: int) -> NDArray[np.uint64]:
    keys = _mix(column.astype(np.uint64) + np.uint64(seed * salt % 2**64))
    return _mix(row.astype(np.uint64)[:, None] ^ keys[None, :])


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
