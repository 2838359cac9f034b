"""What the readings of a series are, which decides how they are summed up over a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SeriesKind = Literal["gauge", "counter", "amount", "state", "event"]
"""A ``gauge`` reads what is there at the moment (a temperature, a power). A ``counter`` counts on (a meter, running hours, starts), an ``amount``
is what one interval brought (kWh of a quarter of an hour). A ``state`` lasts until the next reading, an ``event`` does not last."""

Stamp = Literal["start", "end"]
"""Whether the time of an amount is the start of its interval or its end."""

DIGITS = tuple(10.0**digits for digits in range(4, 10))
REGISTERS = (2.0**16, 2.0**32)
"""Where registers roll over: what five to ten digits, and two and four bytes, can hold."""


@dataclass(frozen=True, slots=True)
class Fall:
    """What a counter counted between two readings of which the later one is lower, and why it is taken to be so."""

    amount: float
    reason: Literal["rolled over", "started again", "corrected", "replaced"]


def fall(high: float, low: float, rollover: float | None = None) -> Fall:
    """What was counted while a counter went from ``high`` down to ``low``; ``rollover`` is the first number that its register cannot hold.

    A register that was nearly full and is nearly empty has rolled over. A number of less than a tenth of the one before has counted
    up from zero, one within a tenth of it was put right. Anything else is another counter, and nobody knows what it missed.
    """
    widths = (rollover,) if rollover else (*DIGITS, *REGISTERS)
    near = 0.5 if rollover else 0.01
    for width in widths:
        if width * (1 - near) <= high <= width and 0 <= low <= width * near:
            return Fall(width - high + low, "rolled over")
    if 0 <= low <= 0.1 * high:
        return Fall(low, "started again")
    return Fall(0.0, "corrected" if low >= 0.9 * high else "replaced")


def kind_of_numbers(kind: SeriesKind, numbers: int, falls: int) -> SeriesKind:
    """What a series that is said to count really is: numbers that keep falling are amounts of their intervals."""
    return "amount" if kind == "counter" and numbers >= 8 and falls >= max(3.0, 0.05 * numbers) else kind
