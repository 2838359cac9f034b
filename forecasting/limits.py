"""Limits of what is read, and which side of them is the wrong one."""

from __future__ import annotations

from typing import Literal

Side = Literal["high", "low"]


def is_beyond(value: float, side: Side, limit: float) -> bool:
    """Whether a value has passed an upper (``high``) or a lower (``low``) limit."""
    return value > limit if side == "high" else value < limit
