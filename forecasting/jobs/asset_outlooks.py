"""The look at a whole plant, every few hours: what is wrong with everything that is measured, and what is ahead of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from forecasting.assessment import Subject, assess
from forecasting.jobs.detector_inputs import STEP_S, Subjects
from forecasting.jobs.fault_periods import known_spells, put_spells
from forecasting.jobs.runs import Outcome, RunLog, Work, run_units
from forecasting.outlook import Outlook, drop_outlooks, put_outlooks, read_outlooks_of
from forecasting.plant_points import measured_points, read_layout, read_series
from forecasting.verification.finished import after_work, finished_findings
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.changes import NewChange, record
from ingestion.history.history import History

LOOK_HOURS = 6
_THINGS_IN_A_UNIT = 50
_KEPT_RUNS_DAYS = 30


@dataclass(frozen=True, slots=True)
class Assessed:
    """How a run went: assets by the state of their outlook, and the units that failed, in words."""

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
    """Write an outlook for each asset that has numeric points. A second call within the same six hours (of UTC) does what the first left undone."""
    subjects = Subjects(ontology, await read_layout(graph), await measured_points(graph))
    plan = _Plan(graph, history, subjects, now)
    runs = RunLog(history)
    work = Work(plan.read, _assess_all, plan.keep)
    run = f"outlooks {now:%Y-%m-%d} {now.hour // LOOK_HOURS}"
    report = await run_units(run, sorted(plan.units), work, executor, width, runs, progress)
    await drop_outlooks(graph, now - timedelta(days=2))
    await runs.forget(days=_KEPT_RUNS_DAYS)
    return Assessed(report.total("flagged"), report.total("sound"), report.total("cannot tell"), report.failed)


def _assess_all(given: tuple[datetime, tuple[Subject, ...]]) -> list[Outlook]:
    now, subjects = given
    return [assess(subject, now) for subject in subjects]


class _Plan:
    """The assets of a plant in units of fifty, and how a unit is read and kept."""

    def __init__(self, graph: GraphStore, history: History, subjects: Subjects, now: datetime) -> None:
        self._graph, self._history, self._subjects, self._now = graph, history, subjects, now
        ids = subjects.ids
        self.units = {
            f"assets {start + 1} to {min(start + _THINGS_IN_A_UNIT, len(ids))}": ids[start : start + _THINGS_IN_A_UNIT]
            for start in range(0, len(ids), _THINGS_IN_A_UNIT)
        }

    async def read(self, unit: str) -> tuple[datetime, tuple[Subject, ...]]:
        ids = self.units[unit]
        spells = await known_spells(self._history, ids, self._now)
        start = self._subjects.since(spells, self._now)
        series = await read_series(self._history, self._subjects.sources(ids), start, self._now, STEP_S)
        return self._now, tuple(self._subjects.of(ids, series, spells, self._now))

    async def keep(self, unit: str, made: list[Outlook]) -> Outcome:
        del unit
        before = {one.asset: one for one in await read_outlooks_of(self._graph, [one.asset for one in made])}
        made = after_work(made, await finished_findings(self._history, [one.asset for one in made]), self._now)
        await _tell(self._history, changes_of(before, made, self._now))  # first: rather twice than never
        await put_outlooks(self._graph, made)
        await put_spells(self._history, {one.asset: one.since for one in made if one.since is not None}, self._now)
        states = [one.state for one in made]
        return {state: states.count(state) for state in ("flagged", "sound", "cannot tell")}


def changes_of(before: Mapping[str, Outlook], made: Sequence[Outlook], now: datetime) -> list[NewChange]:
    """What others are told of: an asset with which something came to be wrong or ahead (``outlook.flagged``), or no longer is
    (``outlook.cleared``)."""
    told: list[NewChange] = []
    for one in made:
        was = one.asset in before and before[one.asset].state == "flagged"
        if was != (one.state == "flagged"):
            told.append(NewChange(f"outlook.{'cleared' if was else 'flagged'}", one.asset, now, _data(one)))
    return told


def _data(one: Outlook) -> dict[str, Any]:
    return {
        "assets": [one.asset],
        "state": one.state,
        "probability": one.probability,
        "horizon_days": one.horizon_days,
        "expected_at": one.expected_at and one.expected_at.isoformat(),
        "mode": one.mode,
        "certainty": one.certainty,
        "model": one.model,
    }


async def _tell(history: History, changes: Sequence[NewChange]) -> None:
    if changes:
        async with history.connection() as connection, connection.transaction():
            await record(connection, changes)
