"""Limits of what is read, and which side of them is the wrong one."""

from __future__ import annotations

from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from forecasting.series import Floats

Side = Literal["high", "low"]
_ENDS = {"%": (0.0, 100.0)}  # a position cannot pass its own ends


def sides(low: float | None, high: float | None, unit: str | None) -> list[tuple[Side, float]]:
    """The limits that can be passed."""
    stated: tuple[tuple[Side, float | None], ...] = (("high", high), ("low", low))
    return [(side, limit) for side, limit in stated if limit is not None and limit not in _ENDS.get(unit or "", ())]


@overload
def is_beyond(value: float, side: Side, limit: float) -> bool: ...
@overload
def is_beyond(value: Floats, side: Side, limit: float) -> npt.NDArray[np.bool_]: ...
def is_beyond(value: float | Floats, side: Side, limit: float) -> bool | npt.NDArray[np.bool_]:
    """Whether a value, or each of many, has passed an upper (``high``) or a lower (``low``) limit."""
    return value > limit if side == "high" else value < limit
