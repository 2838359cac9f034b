"""Whether a value is what was asked for: above, below, or as much as another."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

from agent.planning.assets import Test
from graph_schema.units import convert

_HOLDS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip


def holds(value: float, unit: str | None, test: Test) -> bool:
    """Of a value in a unit, and a number in the unit that was said; degrees without one are those of the value."""
    limit = float(test.value or 0.0)
    turned = None if unit is None or test.unit is None else convert(limit, test.unit, unit)
    return _HOLDS[test.comparison](value, limit if turned is None else turned)
