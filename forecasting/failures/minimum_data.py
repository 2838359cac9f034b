"""How many failures it takes before a model of them means anything."""

from __future__ import annotations

from forecasting.series import NotEnoughData

NEED_FAILURES = 8  # the fewest that any model here is fitted to; ten a covariate is the usual advice


class TooFewFailures(NotEnoughData):
    """There are too few failures to learn from."""

    def __init__(self, have: int, need: int, why: str = "") -> None:
        super().__init__(0, 0)
        self.have = have
        self.need = need
        self.args = (f"not enough data: {have} failures of {need}{f' ({why})' if why else ''}",)


def require_failures(have: int, need: int = NEED_FAILURES, why: str = "") -> None:
    """Raises ``TooFewFailures`` under ``need``."""
    if have < need:
        raise TooFewFailures(have, need, why)
