"""Hours in a state, and how often it began and ended: from how long each reading lasted. Pure."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from graph_schema.errors import InvalidInput
from graph_schema.question import Aggregate
from graph_schema.units import convert
from ingestion.decoding.values import switch_in

_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
_COMPARISON = re.compile(r"([<>]=?)\s*(-?\d+(?:\.\d+)?)")
_WITH_UNIT = re.compile(rf"{_COMPARISON.pattern}\s*(\D.*)")


@dataclass(frozen=True, slots=True)
class Lasted:
    """How long readings of one value or text lasted in a bucket, and how often it came to them from the one before."""

    value: float | None
    text: str | None
    value_before: float | None
    text_before: str | None
    is_first: bool
    hours: float
    entered: int
    at: datetime
    samples: int

    @property
    def changed(self) -> bool:
        return not self.is_first and (self.value, self.text) != (self.value_before, self.text_before)


def in_state(
    lasted: Sequence[Lasted], aggregate: Aggregate, threshold: float | None = None, state: str | None = None
) -> float | None:
    """The aggregate of one bucket; None where no reading says anything about it."""
    match aggregate:
        case "mean":
            known = [(value, one.hours) for one in lasted if (value := level(one.value, one.text)) is not None]
            hours = sum(hours for _, hours in known)
            return sum(value * hours for value, hours in known) / hours if hours else None
        case "duration_above" | "duration_below":
            limit, above = threshold or 0.0, aggregate == "duration_above"
            known = [(value, one.hours) for one in lasted if (value := level(one.value, one.text)) is not None]
            beyond = [hours for value, hours in known if (value > limit if above else value < limit)]
            return sum(beyond) if known else None
        case _:
            return _counted(lasted, aggregate, is_state(state or "on"))


def level(value: float | None, text: str | None) -> float | None:
    """1 for on and 0 for off where a state is a word; None for another word."""
    if value is not None:
        return value
    switched = switch_in(text) if text else None
    return None if switched is None else float(switched)


def _counted(
    lasted: Sequence[Lasted], aggregate: Aggregate, holds: Callable[[float | None, str | None], bool | None]
) -> float | None:
    known = [(one, now) for one in lasted if (now := holds(one.value, one.text)) is not None]
    if not known:
        return None
    if aggregate == "duration_in":
        return sum(one.hours for one, now in known if now)
    began = aggregate == "starts"
    changes = [
        one
        for one, now in known
        if now == began and one.changed and holds(one.value_before, one.text_before) == (not began)
    ]
    return float(sum(one.entered for one in changes))


def is_state(state: str) -> Callable[[float | None, str | None], bool | None]:
    """Whether a reading is in the state: on and off in any words, a number, a comparison (“> 24”), or the state's own word."""
    if (compared := comparison_in(state)) is not None:
        holds, limit = compared
        return lambda value, text: None if value is None else holds(value, limit)
    wanted = switch_in(state)
    if wanted is not None:

        def switched(value: float | None, text: str | None) -> bool | None:
            if text and text.strip().casefold() == state.strip().casefold():
                return True
            now = level(value, text)
            return None if now is None else (now > 0) == wanted

        return switched
    number = _number(state)

    def same(value: float | None, text: str | None) -> bool | None:
        if value is not None:
            return None if number is None else value == number
        return text is not None and text.strip().casefold() == state.strip().casefold()

    return same


def in_unit_of(state: str, unit: str | None) -> str:
    """A comparison with a value in a unit (“> 80 °F”) as one in the unit of a point; any other state as it is. Raises ``InvalidInput`` where the
    point's unit measures something else."""
    match = _WITH_UNIT.fullmatch(state.strip())
    if match is None:
        return state
    sign, value, given = match.groups()
    turned = float(value) if unit is None else convert(float(value), given, unit)
    if turned is None:
        raise InvalidInput(f"What is measured in {unit} cannot be compared with {value} {given}.")
    return f"{sign} {turned:.10g}"


def comparison_in(state: str) -> tuple[Callable[[float, float], bool], float] | None:
    """How a state that is written as a comparison compares, and with what, in the point's unit."""
    match = _COMPARISON.fullmatch(state.strip())
    return None if match is None else (_COMPARED[match[1]], float(match[2]))


def _number(state: str) -> float | None:
    if not state.strip():
        raise InvalidInput("A state is needed, such as on, off or one of its own words.")
    try:
        return float(state)
    except ValueError:
        return None
