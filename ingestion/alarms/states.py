"""The state of a point's alarm after ISA-18.2, and what people may do in it. Pure; moments are parameters.

Two things are said of an alarm by the plant: whether it is *active*, and, since it was last raised, whether somebody *acknowledged* it.
A person may put a *hold* on it: shelve it until a moment, suppress it by design, take it out of service. A hold hides the two and
does not change them; when it ends, what is so by then is shown.

| hold | active | acknowledged | state |
|---|---|---|---|
| any | | | ``shelved``, ``suppressed by design``, ``out of service`` |
| none | yes | no | ``unacknowledged`` |
| none | yes | yes | ``acknowledged`` |
| none | no | no | ``returned unacknowledged`` |
| none | no | yes | ``normal`` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from graph_schema.errors import InvalidInput

Hold = Literal["shelved", "suppressed by design", "out of service"]
State = Literal[
    "unacknowledged", "acknowledged", "returned unacknowledged", "shelved", "suppressed by design", "out of service", "normal"
]  # fmt: skip
Act = Literal["acknowledged", "shelved", "unshelved", "suppressed", "unsuppressed", "out_of_service", "in_service"]
ACTS: tuple[Act, ...] = get_args(Act)

LONGEST_SHELF = timedelta(days=14)
"""What is to be quiet for longer is taken out of service, or its limits are wrong."""

_BEGINS: Mapping[Act, Hold] = {
    "shelved": "shelved", "suppressed": "suppressed by design", "out_of_service": "out of service",
}  # fmt: skip
_ENDS: Mapping[Act, Hold] = {
    "unshelved": "shelved", "unsuppressed": "suppressed by design", "in_service": "out of service",
}  # fmt: skip
_STRENGTH: tuple[Hold, ...] = get_args(Hold)


@dataclass(frozen=True, slots=True)
class Standing:
    """``acknowledged`` counts since it was last raised; ``until`` is the end of a shelf."""

    active: bool = False
    acknowledged: bool = True
    hold: Hold | None = None
    until: datetime | None = None

    def at(self, moment: datetime) -> Standing:
        """As it is by then: a shelf that has run out holds nothing any more."""
        over = self.until is not None and self.until <= moment
        return replace(self, hold=None, until=None) if over else self

    @property
    def state(self) -> State:
        if self.hold is not None:
            return self.hold
        if self.active:
            return "acknowledged" if self.acknowledged else "unacknowledged"
        return "normal" if self.acknowledged else "returned unacknowledged"

    @property
    def waits(self) -> bool:
        """Whether somebody has yet to acknowledge it."""
        return self.state in ("unacknowledged", "returned unacknowledged")


def raised(before: Standing) -> Standing:
    """It is active anew, whatever was acknowledged before."""
    return replace(before, active=True, acknowledged=False)


def cleared(before: Standing) -> Standing:
    return replace(before, active=False)


def done(before: Standing, act: Act, at: datetime, until: datetime | None = None) -> Standing:
    """What a person's act makes of it. Raises ``InvalidInput`` with a sentence where it cannot be done in this state."""
    now = before.at(at)
    if (until is not None) != (act == "shelved"):
        raise InvalidInput("A shelf needs its end, and nothing else has one.")
    if act == "acknowledged":
        return _acknowledged(now)
    if act in _ENDS:
        return _released(now, _ENDS[act])
    return _held(now, _BEGINS[act], at, until)


def _acknowledged(now: Standing) -> Standing:
    if now.acknowledged:
        raise InvalidInput("It is acknowledged already." if now.active else "There is no alarm to acknowledge.")
    return replace(now, acknowledged=True)


def _released(now: Standing, hold: Hold) -> Standing:
    if now.hold != hold:
        raise InvalidInput(f"It is not {hold}; it is {now.state}.")
    return replace(now, hold=None, until=None)


def _held(now: Standing, hold: Hold, at: datetime, until: datetime | None) -> Standing:
    known = now.hold
    if known is not None and (_STRENGTH.index(known) > _STRENGTH.index(hold) or known == hold != "shelved"):
        raise InvalidInput(f"It is {known} already.")
    if until is not None and not at < until <= at + LONGEST_SHELF:
        raise InvalidInput(
            f"A shelf ends after now and within {LONGEST_SHELF.days} days; take it out of service for longer."
        )
    return replace(now, hold=hold, until=until)
