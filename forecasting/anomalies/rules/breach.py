"""How long a rule was broken in a row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Truths = npt.NDArray[np.bool_]


def longest_breach(broken: Truths) -> slice:
    """The longest run of true steps, the first of equals; empty where there is none."""
    padded = np.concatenate([[False], broken, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2)
    if not len(edges):
        return slice(0, 0)
    start, stop = edges[int(np.argmax(edges[:, 1] - edges[:, 0]))]
    return slice(int(start), int(stop))
