"""Whether a live model meets the world it was made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

WEEK = 7


@dataclass(frozen=True, slots=True)
class Drift:
    """``drifted`` with the reason in words; ``loss`` of the last week against ``usual`` before, both relative to naive."""

    drifted: bool
    loss: float
    usual: float
    reason: str


def loss_drift(losses: Sequence[float]) -> Drift | None:
    """Page-Hinkley's question put plainly: has the last week lost more than chance allows? None under three weeks.

    ``losses`` are one a day, oldest first. The week's mean is compared with the mean of all days before it; four standard
    errors (from the days before, at least a tenth of their mean) call it drift.
    """
    if len(losses) < 3 * WEEK:
        return None
    before, week = np.asarray(losses[:-WEEK]), np.asarray(losses[-WEEK:])
    usual, now = float(before.mean()), float(week.mean())
    allowed = 4 * max(float(before.std(ddof=1)) / np.sqrt(WEEK), 0.025 * usual)
    drifted = now > usual + allowed
    reason = (
        f"the last week lost {now:.2f} of what a naive forecast loses, {usual:.2f} before: train anew"
        if drifted
        else f"the last week lost {now:.2f} of what a naive forecast loses, {usual:.2f} before"
    )
    return Drift(drifted, now, usual, reason)
