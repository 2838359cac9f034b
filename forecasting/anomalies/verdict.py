"""What a detector says of an asset: flagged, sound, or that it cannot tell; and why, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from forecasting.series import Floats, Series

State = Literal["flagged", "sound", "cannot tell"]
Window = Mapping[str, Series]
"""What was read of one asset over the same steps, by quantity. A part's quantity is named ``part.quantity``: ``fan.speed``."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``score`` is how near it came to being flagged: 1 is the limit; None where nothing could be told.

    ``reasons`` are sentences with numbers and units; ``quantities`` are those that the finding rests on.
    """

    state: State
    score: float | None
    reasons: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()


def sound(score: float = 0.0) -> Verdict:
    return Verdict("sound", score)


def flagged(score: float, reasons: Sequence[str], quantities: Sequence[str]) -> Verdict:
    return Verdict("flagged", score, tuple(reasons), tuple(dict.fromkeys(quantities)))


def cannot_tell(reason: str, quantities: Sequence[str] = ()) -> Verdict:
    return Verdict("cannot tell", None, (reason,), tuple(quantities))


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict of several, side by side: flagged if any is, sound if any could tell, else that none could."""
    found = list(verdicts)
    bad = sorted((one for one in found if one.state == "flagged"), key=lambda one: -(one.score or 0))
    if bad:
        return flagged(
            bad[0].score or 1.0,
            [reason for one in bad for reason in one.reasons],
            [name for one in bad for name in one.quantities],
        )
    scores = [one.score or 0.0 for one in found if one.state == "sound"]
    if scores:
        return sound(max(scores))
    reasons = tuple(dict.fromkeys(reason for one in found for reason in one.reasons))
    return Verdict("cannot tell", None, reasons or ("nothing looks after this",))


def missing(window: Window, needed: Iterable[str]) -> list[str]:
    """Those that the window lacks, or of which it has no reading."""
    return [name for name in needed if name not in window or not np.isfinite(window[name].values).any()]


def table(window: Window, names: Sequence[str]) -> Floats:
    """Shape (steps, names). Raises ``ValueError`` where the series do not share their grid."""
    grids = {(window[name].start_s, window[name].step_s, len(window[name])) for name in names}
    if len(grids) > 1:
        raise ValueError("The series of a window must share one grid.")
    return np.column_stack([window[name].values for name in names])


def plain(quantity: str) -> str:
    """``fan.supply_air_flow`` as one says it."""
    return quantity.replace(".", " ").replace("_", " ")


def amount(value: float, unit: str | None) -> str:
    """A value as one says it: no exponents for thousands."""
    number = f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{number} {unit}" if unit else number


def span(seconds: float) -> str:
    """A stretch of time in the unit that suits it."""
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = f"{seconds / size:.2g}"
            return f"{count} {name}{'' if count == '1' else 's'}"
    return f"{seconds:.0f} seconds"
