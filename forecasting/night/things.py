"""The run over a whole plant, once a night: what is ahead of everything that is measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from forecasting.assessing import Subject, assess
from forecasting.fleet.runs import Outcome, RunLog, Work, run_units
from forecasting.outlook import Outlook, drop_outlooks, put_outlooks
from forecasting.plant import Measured, measured_points, read_series
from graph_schema.ontology import Ontology
from graph_schema.store import GraphStore
from graph_schema.twin import FailureMode
from ingestion.history import History

HISTORY_DAYS = 28
STEP_S = 3600
_THINGS_IN_A_UNIT = 50
_KEPT_RUNS_DAYS = 30


@dataclass(frozen=True, slots=True)
class Assessed:
    """How a run went: things by the state of their outlook, and the units that failed, in words."""

    flagged: int
    sound: int
    cannot_tell: int
    failures: tuple[str, ...]


async def assess_plant(
    graph: GraphStore,
    history: History,
    ontology: Ontology,
    now: datetime,
    executor: Executor,
    width: int,
    progress: Callable[[int, int], None] | None = None,
) -> Assessed:
    """Write an outlook for each thing that has numeric points. A second call on the same day does what the first left undone."""
    points = await measured_points(graph)
    plan = _Plan(graph, history, ontology, now, points)
    runs = RunLog(history)
    work = Work(plan.read, _assess_all, plan.keep)
    report = await run_units(f"outlooks {now:%Y-%m-%d}", sorted(plan.units), work, executor, width, runs, progress)
    await drop_outlooks(graph, now - timedelta(days=2))
    await runs.forget(days=_KEPT_RUNS_DAYS)
    return Assessed(report.total("flagged"), report.total("sound"), report.total("cannot tell"), report.failed)


def _assess_all(given: tuple[datetime, tuple[Subject, ...]]) -> list[Outlook]:
    now, subjects = given
    return [assess(subject, now) for subject in subjects]


class _Plan:
    """The things of a plant in units of fifty, and how a unit is read and kept."""

    def __init__(
        self, graph: GraphStore, history: History, ontology: Ontology, now: datetime, points: Sequence[Measured]
    ) -> None:
        self._graph, self._history, self._ontology, self._now = graph, history, ontology, now
        owners: dict[str, list[Measured]] = {}
        for point in points:
            owners.setdefault(point.owner, []).append(point)
        ids = sorted(owners)
        self.units = {
            f"things {start + 1} to {min(start + _THINGS_IN_A_UNIT, len(ids))}": [
                owners[id_] for id_ in ids[start : start + _THINGS_IN_A_UNIT]
            ]
            for start in range(0, len(ids), _THINGS_IN_A_UNIT)
        }
        self._weather = next((p.source for p in points if p.quantity == "outside_air_temperature"), None)

    async def read(self, unit: str) -> tuple[datetime, tuple[Subject, ...]]:
        things = self.units[unit]
        sources = [point.source for points in things for point in points]
        wanted = [*sources, self._weather] if self._weather else sources
        start = self._now - timedelta(days=HISTORY_DAYS)
        series = await read_series(self._history, wanted, start, self._now, STEP_S)
        drivers = (series[self._weather],) if self._weather and self._weather in series else ()
        subjects = [
            Subject(
                points[0].owner,
                tuple((point, series[point.source]) for point in points if point.source in series),
                self._modes(points),
                drivers,
            )
            for points in things
        ]
        return self._now, tuple(subjects)

    async def keep(self, unit: str, made: list[Outlook]) -> Outcome:
        del unit
        await put_outlooks(self._graph, made)
        states = [one.state for one in made]
        return {state: states.count(state) for state in ("flagged", "sound", "cannot tell")}

    def _modes(self, points: Sequence[Measured]) -> tuple[tuple[FailureMode, frozenset[str]], ...]:
        class_ = points[0].owner_class
        twin = self._ontology.twin(class_) if class_ else None
        return tuple((mode, self._revealing(mode, points)) for mode in twin.failure_modes) if twin else ()

    def _revealing(self, mode: FailureMode, points: Sequence[Measured]) -> frozenset[str]:
        quantities = {point.quantity for point in points}
        return frozenset(q for q in quantities if any(self._ontology.covers(general, q) for general in mode.quantities))
