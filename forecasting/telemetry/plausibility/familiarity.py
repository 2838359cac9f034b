"""Whether the newest readings are of a kind that history has seen; where they are not, a forecast would be an invention.

The newest six hours are compared with what was read before the last three days (within the 35 days that a forecast looks at): their median is
unfamiliar where it lies beyond everything read then by more than ``ROOM`` of the span of those readings. Under exchangeable readings a block of six
hours lies outside at all about once in ``blocks + 1`` (once in 35 days); ``ROOM`` on top lets a season turn and a new record be. After three days the
new level is part of the history that a forecast is made from, and one is made again.
"""

from __future__ import annotations

import numpy as np

from forecasting.series import DAY_S, Series
from forecasting.telemetry.plausibility.within import ANYTHING, Within
from forecasting.telemetry.windows import CONTEXT_DAYS, NEED_DAYS

ROOM = 0.5
NEW_DAYS = 3
_NEWEST_S = 6 * 3600
_FINEST = 0.02  # of the level: what hardly ever moved is not new because its last digit is


def unfamiliar(history: Series, within: Within = ANYTHING) -> str | None:
    """The reason in a sentence, None where history knows such readings or is too short to say. A counter is always beyond what it was."""
    if within.rises:
        return None
    recent = history.last(CONTEXT_DAYS * DAY_S // history.step_s)
    before = recent.before(recent.end_s - NEW_DAYS * DAY_S)
    newest = recent.values[-max(1, _NEWEST_S // history.step_s) :]
    newest = newest[np.isfinite(newest)]
    known = before.values[np.isfinite(before.values)]
    if before.days < NEED_DAYS or not len(newest):
        return None
    now, low, high = float(np.median(newest)), float(known.min()), float(known.max())
    room = max(ROOM * (high - low), _FINEST * max(abs(low), abs(high)))
    if low - room <= now <= high + room:
        return None
    days = round((before.end_s - before.start_s) / DAY_S)
    return (
        f"it has read {now:.4g} of late, and between {low:.4g} and {high:.4g} in the {days} days that a forecast learns from: "
        "nothing is known of how it goes on from there"
    )
