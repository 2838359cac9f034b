"""What history knows of points: each by the rule that fits what is asked and what its readings are, in the row's unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from graph_schema.ontology.ontology import Ontology
from graph_schema.series import SeriesKind, kind_of_numbers
from ingestion.history.history import History
from tools.query import history_aggregates
from tools.query.history_aggregates import Asked, Cell, Fallen
from tools.query.points import Point, sources_of
from tools.query.rules import COUNTED, RULES, Rule, Series, rule_of, scale, series_of


@dataclass(frozen=True, slots=True)
class PointPast:
    """What history gives for one source. ``kind`` is what its readings are, ``inferred`` where only they say so."""

    rule: Rule
    unit: str | None
    kind: SeriesKind
    inferred: bool
    cells: Sequence[Cell]
    falls: Sequence[Fallen]


@dataclass(frozen=True, slots=True)
class Known:
    """By source, with the statements that gave it."""

    of: Mapping[str, PointPast]
    statements: Sequence[str]

    @property
    def as_of(self) -> datetime | None:
        return max((cell.at for past in self.of.values() for cell in past.cells if cell.at), default=None)


async def known(history: History, ontology: Ontology, points: Iterable[Point], asked: Asked) -> Known:
    """Raises ``InvalidInput`` where what is asked makes no sense of a point's unit."""
    by_source = {point.source: point for point in points if point.source}
    kinds = await _kinds(history, ontology, by_source, asked)
    by_rule: dict[Rule, list[Series]] = {}
    for source, point in by_source.items():
        kind = kinds[source]
        by_rule.setdefault(rule_of(asked.aggregate, kind), []).append(series_of(point, kind))
    found: dict[str, PointPast] = {}
    statements: list[str] = []
    for rule in sorted(by_rule, key=RULES.index):
        scales = {one.source: scale(rule, asked.aggregate, by_source[one.source]) for one in by_rule[rule]}
        past = await history_aggregates.aggregated(history, by_rule[rule], rule, asked)
        statements.append(past.statement)
        for one in by_rule[rule]:
            factor = scales[one.source].factor
            cells = [
                cell if cell.value is None else replace(cell, value=cell.value * factor)
                for cell in past.cells.get(one.source, ())
            ]
            inferred = one.kind != _stated(ontology, by_source[one.source])
            found[one.source] = PointPast(
                rule, scales[one.source].unit, one.kind, inferred, cells, past.falls.get(one.source, ())
            )
    return Known(found, statements)


async def _kinds(
    history: History, ontology: Ontology, points: Mapping[str, Point], asked: Asked
) -> Mapping[str, SeriesKind]:
    """What the plant or the ontology says; where nobody says of a meter which kind it is, what it has read decides."""
    kinds: dict[str, SeriesKind] = {source: _stated(ontology, point) for source, point in points.items()}
    if asked.aggregate not in COUNTED:
        return kinds
    doubtful = [source for source, kind in kinds.items() if kind == "counter" and points[source].series_kind is None]
    if not doubtful:
        return kinds
    read = await history_aggregates.counted(history, sources_of(points[source] for source in doubtful), asked.now)
    kinds.update({source: kind_of_numbers("counter", *numbers) for source, numbers in read.items()})
    return kinds


def _stated(ontology: Ontology, point: Point) -> SeriesKind:
    return point.series_kind or ontology.series_kind(point.quantity)
