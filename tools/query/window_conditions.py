"""Whether conditions over a window hold: decided from history's numbers before the graph is asked."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence

from graph_schema.compiler import is_settled_by_history
from graph_schema.errors import InvalidInput
from graph_schema.question import DISTANCES, AssetQuery, Comparison, Condition
from graph_schema.units import convert, convert_difference, unit_name
from tools.query.history_aggregates import Cell
from tools.query.points import Point

_HOLDS: Mapping[Comparison, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


def conditions_of(query: AssetQuery) -> Iterator[tuple[Condition, AssetQuery]]:
    """Each condition that history settles, with the query of the assets that it is asked of."""
    for condition in query.where:
        if is_settled_by_history(condition):
            if condition.aggregate in ("duration_above", "duration_below"):
                raise InvalidInput("A condition on a duration needs a threshold, which a condition cannot carry.")
            yield condition, candidates(query, condition)
    inner = (query.within, query.fed_by, query.feeds, query.part_of, query.has_part, query.excluding, *query.any_of)
    for one in inner:
        if one is not None:
            yield from conditions_of(one)


def candidates(query: AssetQuery, condition: Condition) -> AssetQuery:
    """The assets for which the condition has to be settled: those that the rest of its query leaves, as far as the graph knows."""
    rest = [c for c in query.where if not is_settled_by_history(c)]
    return query.model_copy(update={"where": rest, "has_point": [*query.has_point, condition.quantity]})


def holds(
    condition: Condition, cells: Sequence[tuple[Point, Cell]], others: Sequence[tuple[Point, Cell]]
) -> Iterator[Point]:
    """The points for which it holds; ``others`` are those of the quantity that it is compared with. A point's unit is its cell's."""
    for point, cell in cells:
        if condition.than is None:
            found = _compares(condition, point, cell)
        else:
            found = any(_exceeds(condition, point, cell, *other) for other in others)
        if found:
            yield point


def _compares(condition: Condition, point: Point, cell: Cell) -> bool:
    if isinstance(condition.value, str):
        if condition.comparison not in ("=", "!="):
            raise InvalidInput(f"A text such as “{condition.value}” can be compared with = and != only.")
        same = (cell.text or "").lower() == condition.value.strip().lower()
        return cell.text is not None and same == (condition.comparison == "=")
    assert condition.value is not None
    wanted = _turned(float(condition.value), condition, condition.unit and unit_name(condition.unit), point.unit)
    return cell.value is not None and wanted is not None and _HOLDS[condition.comparison](cell.value, wanted)


def _exceeds(condition: Condition, point: Point, cell: Cell, other: Point, against: Cell) -> bool:
    value = None if against.value is None else _turned(against.value, condition, other.unit, point.unit)
    offset = _offset(condition, point.unit)
    if cell.value is None or value is None or offset is None:
        return False
    return _HOLDS[condition.comparison](cell.value, value + offset)


def _offset(condition: Condition, unit: str | None) -> float | None:
    if condition.unit is None or unit is None:
        return condition.offset
    return convert_difference(condition.offset, unit_name(condition.unit), unit)


def _turned(value: float, condition: Condition, given: str | None, wanted: str | None) -> float | None:
    if not given or not wanted:
        return value
    return (convert_difference if condition.aggregate in DISTANCES else convert)(value, given, wanted)
