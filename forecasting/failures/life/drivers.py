"""Which signals drive an asset's risk and how much, in words.

A signal's share is what changes when that signal alone is put back to the asset's normal and everything else stays: one prediction
a signal. Signals that move together share their effect, so the shares are a ranking and no exact account.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.failures.life import baseline
from forecasting.series import Floats

_NOW = 5  # steps that count as now
_MOST = 5
_CLEAR = 1.0  # spreads from normal; what is nearer is said to be normal


@dataclass(frozen=True)
class Driver:
    """``effect`` is what the signal costs (steps of life, or probability); ``change`` its present level less normal, in its unit,
    and ``spreads`` the same in the fleet's noise."""

    signal: str
    effect: float
    normal: float
    now: float
    spreads: float

    @property
    def change(self) -> float:
        return self.now - self.normal

    @property
    def words(self) -> str:
        """Such as “bearing vibration 42% above its own normal”."""
        if abs(self.spreads) < _CLEAR:
            return f"{self.signal} near its own normal"
        side = "above" if self.change > 0 else "below"
        if abs(self.normal) > 1e-9 and abs(self.change / self.normal) >= 0.005:
            return f"{self.signal} {abs(self.change / self.normal):.0%} {side} its own normal"
        return f"{self.signal} {abs(self.change):.3g} {side} its own normal of {self.normal:.6g}"


def ranked(names: Sequence[str], effects: Floats, signals: Floats, fleet: baseline.Noise) -> list[Driver]:
    """The signals that cost something, the strongest first, five at most. ``effects`` is ``(signals,)``."""
    usual, now = baseline.normal(signals), signals[-_NOW:].mean(axis=0)
    order: list[int] = np.argsort(-effects, kind="stable").tolist()
    return [
        Driver(
            names[i], float(effects[i]), float(usual[i]), float(now[i]), float((now[i] - usual[i]) / fleet.spread[i])
        )
        for i in order[:_MOST]
        if effects[i] > 0
    ]
