"""What an engineer's own forecast is given and what it gives back.

    def damped_season(history: History, horizon: int) -> np.ndarray: ...

gives the coming ``horizon`` steps: the median of each, shape ``(horizon,)``, or its 10%, 50% and 90% quantiles, shape
``(horizon, 3)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from graph_schema.errors import InvalidInput

QUANTILES = (0.1, 0.5, 0.9)
_ROUNDING = 1e-9

Floats = npt.NDArray[np.float64]


class Unusable(InvalidInput):
    """What an own model gave back is no forecast."""


@dataclass(frozen=True, slots=True)
class History:
    """35 days of a point up to now, every ``step_s`` seconds, ``n`` steps.

    ``values`` ``(n,)`` are in the point's unit; gaps hold what was read a week or a day before or after. ``read`` ``(n,)`` says
    where a value was really read. ``times_s`` ``(n,)`` is when each step begins (Unix time).

    ``regressors`` are what else is known, by name; each reaches ``horizon`` steps beyond now, shape ``(n + horizon,)``, NaN where it
    is not known. ``outside_air_temperature`` is there where the plant has such a point.
    """

    values: Floats
    read: npt.NDArray[np.bool_]
    times_s: npt.NDArray[np.int64]
    step_s: int
    regressors: Mapping[str, Floats] = field(default_factory=dict[str, Floats])

    @property
    def day(self) -> int:
        """Steps of a day."""
        return 86_400 // self.step_s

    def times_ahead_s(self, horizon: int) -> npt.NDArray[np.int64]:
        """When each of the coming steps begins, shape ``(horizon,)``."""
        return self.times_s[-1] + self.step_s * np.arange(1, horizon + 1, dtype=np.int64)


def checked(answer: Any, horizon: int) -> Floats:
    """The answer as ``(horizon,)`` or ``(horizon, 3)``. Raises ``Unusable`` with a sentence that says what is wrong with it."""
    if answer is None:
        raise Unusable("It returned nothing: is there a `return`?")
    try:
        found = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise Unusable(f"It returned a {type(answer).__name__} that is no array of numbers: {error}") from error
    if found.shape not in ((horizon,), (horizon, len(QUANTILES))):
        raise Unusable(
            f"It returned an array of shape {found.shape}; what is asked for is ({horizon},), the median of each step, "
            f"or ({horizon}, 3), the 10%, 50% and 90% quantiles."
        )
    bad = np.flatnonzero(~np.isfinite(found.reshape(horizon, -1)).all(axis=1))
    if len(bad):
        raise Unusable(
            f"It returned values that are not finite at {len(bad)} of {horizon} steps, the first at {bad[0]}."
        )
    if found.ndim == 2:
        falls = np.flatnonzero((np.diff(found, axis=1) < -_ROUNDING * (1 + np.abs(found).max())).any(axis=1))
        if len(falls):
            low, middle, high = found[falls[0]]
            raise Unusable(
                f"Its quantiles do not grow at {len(falls)} of {horizon} steps: at step {falls[0]} "
                f"10%, 50% and 90% are {low:.4g}, {middle:.4g} and {high:.4g}."
            )
        found = np.sort(found, axis=1)
    return found
