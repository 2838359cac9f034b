"""Which point says whether an asset runs, and from when until when it did."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from graph_schema.compiler.quantities import Quantities
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Aggregate, Window
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from tools.query.history_aggregates import Asked, Stretch, of_states, stretches
from tools.query.past.notes import notes_of
from tools.query.point_past import PointPast
from tools.query.points import Point, read_points
from tools.query.rules import Series, series_of
from tools.query.state_hours import comparison_in, in_unit_of, is_state

_CYPHER = statements("tools.activity", "run_status.cypher")
RUNS = "on_off_status"
_BESIDE = ("fan_status", "pump_status", "motor_status", "on_status")
_BEST = ("run_status", RUNS, "start_stop_status")
RUN_STATUSES = (*_BEST, "operating_mode_status", *_BESIDE)
"""What quantities end in that say whether equipment runs, the best first."""
_REQUEST = "run_request_status"
_LOOK_BACK = timedelta(days=90)
_LOOKED_BACK = 10
"""So many assets that did not switch in the window are followed back to when they last did."""
_ROUND = timedelta(milliseconds=1)


def run_quantities(ontology: Ontology) -> Quantities:
    """What says whether equipment runs."""
    found = Quantities.of(ontology, RUNS).all
    return Quantities(("run_status",), tuple(sorted({*found, *_BESIDE})))


async def run_points(
    graph: GraphStore, ontology: Ontology, ids: Sequence[str], quantity: str | None = None
) -> tuple[Mapping[str, Point], str]:
    """The one point of each asset that says whether it runs, or in which state of ``quantity`` it is; and the statement that found them."""
    quantities = Quantities.of(ontology, quantity) if quantity else run_quantities(ontology)
    found, statement = await read_points(graph, ids, quantities)
    return {asset: min(own, key=_preference) for asset, own in found.items()}, statement


async def running_parts(
    graph: GraphStore, ontology: Ontology, ids: Sequence[str]
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Point]]:
    """Of assets without such a point: their parts that have one, by asset, and the points of the parts."""
    if not ids:
        return {}, {}
    parts = {row["id"]: row["parts"] for row in await graph.read(_CYPHER["parts"], ids=list(ids))}
    points, _ = await run_points(graph, ontology, sorted({one for some in parts.values() for one in some}))
    having = {id_: sorted(one for one in some if one in points) for id_, some in parts.items()}
    return {id_: some for id_, some in having.items() if some}, points


def _preference(point: Point) -> tuple[int, bool, bool, str]:
    place = _BEST.index(point.quantity) if point.quantity in _BEST else len(_BEST)
    return place, point.source is None, point.quantity == _REQUEST, point.id


@dataclass(frozen=True, slots=True)
class Run:
    """A time in the state that was asked about, or out of it. ``said`` is what the point read then."""

    holds: bool
    since: datetime
    until: datetime
    said: str

    @property
    def hours(self) -> float:
        return (self.until - self.since) / timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Activity:
    """Of one point over a window. ``hours``, ``starts`` and ``stops`` are None without readings. ``now`` is the run that reaches the present,
    None where the readings do not; ``since`` is exact where ``known_since``, else it has been so for longer."""

    point: Point
    hours: float | None
    starts: int | None
    stops: int | None
    known_h: float | None
    longest: Run | None
    first: Run | None
    now: Run | None
    known_since: bool


@dataclass(frozen=True, slots=True)
class Activities:
    """By asset, with what a reader should know and the statements that gave it."""

    of: Mapping[str, Activity]
    notes: Sequence[str]
    statements: Sequence[str]
    as_of: datetime | None


async def activities(
    history: History, ontology: Ontology, points: Mapping[str, Point], window: Window, now: datetime, timezone: str,
    state: str = "on",
) -> Activities:  # fmt: skip
    """What these points say of a window, up to ``now``; a ``state`` with a unit (“> 80 °F”) is looked for in the unit of each point."""
    states = {asset: in_unit_of(state, point.unit) for asset, point in points.items()}
    found = [
        await _alike(
            history,
            ontology,
            {asset: points[asset] for asset in states if states[asset] == one},
            window,
            now,
            timezone,
            one,
        )
        for one in dict.fromkeys(states.values())
    ]
    of = {asset: one for some in found for asset, one in some.of.items()}
    notes = list(dict.fromkeys(note for some in found for note in some.notes))
    statements = list(dict.fromkeys(one for some in found for one in some.statements))
    return Activities(of, notes, statements, next((some.as_of for some in found if some.as_of is not None), None))


async def _alike(
    history: History, ontology: Ontology, points: Mapping[str, Point], window: Window, now: datetime, timezone: str, state: str,
) -> Activities:  # fmt: skip
    """Of points that have the same state to look for."""
    read = {asset: point for asset, point in points.items() if point.source}
    asked = Asked("duration_in", window, [window.start], now, None, state)
    wanted: tuple[Aggregate, ...] = ("duration_in", "starts", "stops")
    series = {point.source or "": _series(ontology, point) for point in read.values()}
    if not series or window.start >= asked.end:
        return Activities({}, [], [], None)
    past, (statement, found) = await asyncio.gather(
        of_states(history, list(series.values()), asked, wanted), stretches(history, list(series.values()), asked)
    )
    runs = {source: joined(some, state) for source, some in found.items()}
    earlier: Mapping[str, Run] = {}
    if window.end >= now and comparison_in(state) is None:  # the readings of a gauge are too many to follow them back
        earlier = await _earlier(history, list(series.values()), runs, asked)
    cells = [{source: those[0] for source, those in some.cells.items()} for some in past]
    of: dict[str, Activity] = {}
    for asset, point in read.items():
        source = point.source or ""
        hours, starts, stops = (some.get(source) for some in cells)
        of[asset] = _activity(
            point, runs.get(source, ()), earlier.get(source), window, now,
            hours.value if hours else None, hours.known_h if hours else None,
            starts.value if starts else None, stops.value if stops else None,
        )  # fmt: skip
    told = {
        source: PointPast("states", "h", one.kind, False, past[0].cells.get(source, ()), ())
        for source, one in series.items()
    }
    notes = notes_of(list(read.values()), told, asked, timezone)
    return Activities(of, notes, [past[0].statement, statement], past[0].as_of)


def _series(ontology: Ontology, point: Point) -> Series:
    return series_of(point, point.series_kind or ontology.series_kind(point.quantity))


async def _earlier(
    history: History, series: Sequence[Series], runs: Mapping[str, Sequence[Run]], asked: Asked
) -> Mapping[str, Run]:
    """Of those that were in one state for all of the window: since when, as far back as is looked."""
    still = [one for one in series if len(runs.get(one.source, ())) == 1][:_LOOKED_BACK]
    window = Window(start=asked.now - _LOOK_BACK, end=asked.window.end)
    if not still or window.start >= asked.window.start:
        return {}
    _, found = await stretches(history, still, replace(asked, window=window, edges=[window.start]))
    return {source: joined(some, asked.state or "on")[-1] for source, some in found.items()}


def joined(found: Sequence[Stretch], state: str) -> list[Run]:
    """Neighbouring stretches that say the same of the state as one; what says nothing of it is left out."""
    test: Callable[[float | None, str | None], bool | None] = is_state(state)
    runs: list[Run] = []
    for one in found:
        holds = test(one.value, one.text)
        if holds is None:
            continue
        if runs and runs[-1].holds == holds and one.since - runs[-1].until < _ROUND:
            runs[-1] = replace(runs[-1], until=one.until)
        else:
            runs.append(Run(holds, one.since, one.until, _said(one, state)))
    return runs


def _said(one: Stretch, state: str) -> str:
    if comparison_in(state) is not None and one.value is not None:
        return f"{one.value:g}"
    return one.text or ("on" if (one.value or 0) > 0 else "off")


def _activity(
    point: Point, runs: Sequence[Run], earlier: Run | None, window: Window, now: datetime,
    hours: float | None, known_h: float | None, starts: float | None, stops: float | None,
) -> Activity:  # fmt: skip
    reaches = bool(runs) and window.end >= now and now - runs[-1].until < _ROUND
    last = runs[-1] if runs else None
    since_start = last is not None and last.since - window.start < _ROUND
    if last and since_start and earlier and earlier.holds == last.holds:
        last = replace(last, since=earlier.since)
    looked_to = min(window.start, now - _LOOK_BACK) if earlier else window.start
    return Activity(
        point=point,
        hours=hours,
        starts=None if starts is None else round(starts),
        stops=None if stops is None else round(stops),
        known_h=known_h,
        longest=max((one for one in runs if one.holds), key=lambda one: one.hours, default=None),
        first=next((one for one in runs if one.holds), None),
        now=last if reaches else None,
        known_since=last is not None and last.since - looked_to >= _ROUND,
    )
