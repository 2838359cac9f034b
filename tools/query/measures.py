"""One measure of many assets: from points to rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from graph_schema.compiler.quantities import Quantities
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Measure
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from tools.query import history_aggregates
from tools.query.buckets import edges
from tools.query.combination import combination, combined, ordered
from tools.query.groups import Groups, left_out
from tools.query.history_aggregates import Asked, Cell
from tools.query.past.notes import notes_of
from tools.query.point_past import PointPast, known
from tools.query.points import Point, flat, moment, read_points, sources_of
from tools.query.rules import power_of
from tools.query.selection import Selection, graph_evidence, history_evidence
from tools.query.serving import serving
from tools.results.assets import EntityRef
from tools.results.result import Evidence
from tools.results.telemetry import Telemetry, TelemetryRow

_EPOCH_MS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows of each point, before they are grouped and ordered."""

    rows: list[TelemetryRow]
    entities: list[EntityRef]
    points: Mapping[str, Sequence[Point]]
    evidence: list[Evidence]
    notes: list[str]


class Measuring:
    """Measures at one moment, ``now``."""

    def __init__(self, graph: GraphStore, history: History, ontology: Ontology, now: datetime) -> None:
        self._graph = graph
        self._history = history
        self._ontology = ontology
        self._now = now

    async def of_each(self, selection: Selection, measure: Measure, timezone: str) -> Measured:
        """A row for each point of the quantity, and in each bucket where time is grouped."""
        points, statement, notes = await self._points(selection, measure)
        refs = {entity.id: entity for entity in selection.entities}
        found = flat(points)
        if measure.aggregate == "latest":
            rows, evidence = await self._latest(found, refs)
        elif measure.aggregate == "at":
            rows, evidence = await self._at(found, refs, measure)
        else:
            rows, evidence, more = await self._aggregated(found, refs, measure, timezone)
            notes += more
        newest = max((row.at for row in rows if row.at), default=None)
        ids = [point.id for point in found]
        graph = graph_evidence(statement, list(points), ids, newest if measure.aggregate == "latest" else None)
        return Measured(
            rows, selection.entities, points, [*selection.evidence, graph, *evidence], [*selection.notes, *notes]
        )

    async def _points(
        self, selection: Selection, measure: Measure
    ) -> tuple[Mapping[str, Sequence[Point]], str, list[str]]:
        """Of the quantity. Where nothing counts an energy that is asked for, the integral of the power is what was used."""
        quantities = Quantities.of(self._ontology, measure.quantity)
        points, statement = await read_points(self._graph, selection.ids, quantities)
        without = [one for one in selection.entities if one.kind == "Space" and one.id not in points]
        served = await serving(self._graph, self._ontology, without, measure.quantity)
        if served is not None:
            return {**points, **served.points}, f"{statement}\n{served.statement}", served.notes
        power = power_of(self._ontology, measure.quantity) if measure.aggregate == "use" and not points else None
        if power is None:
            return points, statement, []
        found, other = await read_points(self._graph, selection.ids, Quantities.of(self._ontology, power))
        if not found:
            return points, statement, []
        said = f"No meter counts this energy: it is computed from the {power.replace('_', ' ')}."
        return found, other, [said]

    def told(self, measured: Measured, measure: Measure, groups: Groups | None) -> Telemetry:
        """The rows grouped, combined, ordered and cut to the limit."""
        rows, notes = measured.rows, list(measured.notes)
        grouped = measure.group_by in ("class", "floor", "parent")
        if across := combination(measure):
            rows, more = combined(rows, across, measure.quantity, groups.of if groups and grouped else None)
            notes += more
            if groups and measure.group_by and grouped:
                notes += left_out(
                    [one for one in measured.entities if one.id in measured.points], groups, measure.group_by
                )
        rows = ordered(rows, measure.order)
        having = {row.entity.id for row in measured.rows if row.entity}
        return Telemetry(
            quantity=measure.quantity,
            aggregate=measure.aggregate,
            window=measure.window,
            at=measure.at,
            threshold=measure.threshold,
            state=measure.state,
            group_by=measure.group_by,
            rows=rows[: measure.limit] if measure.limit else rows,
            total=len(rows),
            missing=[entity for entity in measured.entities if entity.id not in measured.points],
            no_data=[one for one in measured.entities if one.id in measured.points and one.id not in having],
            evidence=measured.evidence,
            notes=notes,
        )

    # -- the newest value ----------------------------------------------------------------------------------------------

    async def _latest(
        self, points: Sequence[Point], refs: Mapping[str, EntityRef]
    ) -> tuple[list[TelemetryRow], list[Evidence]]:
        """The graph's; history's for points whose graph value is none, or newer than the present of a frozen clock."""
        now_ms = (self._now - _EPOCH_MS).total_seconds() * 1000
        rows: list[TelemetryRow] = []
        unknown: list[Point] = []
        for point in points:
            if point.at is not None and point.at <= now_ms and (point.value is not None or point.text is not None):
                rows.append(_row(point, refs, point.value, point.text, moment(point.at), self._now))
            elif point.source:
                unknown.append(point)
        if not unknown:
            return rows, []
        more, evidence = await self._last_before(unknown, refs, self._now)
        return [*rows, *more], evidence

    async def _at(
        self, points: Sequence[Point], refs: Mapping[str, EntityRef], measure: Measure
    ) -> tuple[list[TelemetryRow], list[Evidence]]:
        assert measure.at
        if measure.at > self._now:
            return [], []
        return await self._last_before(points, refs, measure.at)

    async def _last_before(
        self, points: Sequence[Point], refs: Mapping[str, EntityRef], at: datetime
    ) -> tuple[list[TelemetryRow], list[Evidence]]:
        found = await history_aggregates.at(self._history, sources_of(points), at)
        rows = [
            _row(point, refs, cell.value, cell.text, cell.at, at)
            for point in points
            if point.source
            for cell in found.cells.get(point.source, [])
            if cell.at
        ]
        return rows, [history_evidence(found.statement, [point.id for point in points], None, found.as_of)]

    # -- history -------------------------------------------------------------------------------------------------------

    async def _aggregated(
        self, points: Sequence[Point], refs: Mapping[str, EntityRef], measure: Measure, timezone: str
    ) -> tuple[list[TelemetryRow], list[Evidence], list[str]]:
        assert measure.window
        unit = measure.group_by if measure.group_by in ("hour", "day") else None
        begun = edges(measure.window, unit, timezone)
        asked = Asked(measure.aggregate, measure.window, begun, self._now, measure.threshold, measure.state)
        past = await known(self._history, self._ontology, points, asked)
        rows = [
            _bucket(point, refs, past.of[point.source], cell, begun[cell.bucket - 1] if unit else None)
            for point in points
            if point.source
            for cell in past.of[point.source].cells
            if cell.value is not None or cell.text is not None
        ]
        ids = [point.id for point in points]
        evidence = [history_evidence(text, ids, measure.window, past.as_of) for text in past.statements]
        return rows, evidence, notes_of(points, past.of, asked, timezone)


def _bucket(
    point: Point, refs: Mapping[str, EntityRef], past: PointPast, cell: Cell, begun: datetime | None
) -> TelemetryRow:
    return TelemetryRow(
        entity=refs[point.asset],
        bucket=begun,
        point=point.id,
        quantity=point.quantity,
        value=cell.value,
        text=cell.text,
        unit=past.unit,
        at=cell.at,
        samples=cell.samples,
        rule=past.rule,
        known_h=cell.known_h,
    )


def _row(
    point: Point,
    refs: Mapping[str, EntityRef],
    value: float | None,
    text: str | None,
    at: datetime | None,
    asked: datetime,
) -> TelemetryRow:
    assert at
    age = (asked - at).total_seconds()
    return TelemetryRow(
        entity=refs[point.asset],
        point=point.id,
        quantity=point.quantity,
        value=value,
        text=text,
        unit=point.unit,
        at=at,
        age_s=age,
        stale=point.is_stale(age) or (point.status == "stale" and point.at is not None and at == moment(point.at)),
    )
