"""Forecasts of every point, a week ahead: by the live model of its class, and by the shadows beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from forecasting.fleet.runs import Outcome, RunLog, Work, run_units
from forecasting.night.training import HORIZON, STEP_S, classes_of_points, model_name
from forecasting.plant import Measured, read_series
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import Version
from forecasting.series import NotEnoughData, Series
from forecasting.telemetry.result import LEVELS, Forecast
from forecasting.telemetry.windows import CONTEXT_DAYS
from graph_schema.statements import statements
from graph_schema.store import GraphStore
from ingestion.history import History, Row

_SQL = statements("forecasting", "night/points.sql")
_POINTS_IN_A_UNIT = 250
_KEPT_DAYS = 21


@dataclass(frozen=True, slots=True)
class Foretold:
    """How a run went: points with a forecast, points with too little history for one, and the units that failed, in words."""

    points: int
    too_little: int
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Task:
    """A unit on its way to another process: artifacts by version, and the histories of its points."""

    artifacts: tuple[tuple[int, bytes], ...]
    points: tuple[tuple[str, Series], ...]


Made = dict[int, list[tuple[str, Forecast]]]


async def forecast_points(
    graph: GraphStore,
    history: History,
    registry: ModelRegistry,
    now: datetime,
    executor: Executor,
    width: int,
    progress: Callable[[int, int], None] | None = None,
) -> Foretold:
    """Forecast all points whose class has a model. A second call on the same day does what the first left undone."""
    plan = _Plan(history, registry, now)
    for quantity, points in sorted((await classes_of_points(graph)).items()):
        await plan.add(quantity, points)
    runs = RunLog(history)
    work = Work(plan.read, _compute, plan.keep)
    report = await run_units(f"forecasts {now:%Y-%m-%d}", sorted(plan.units), work, executor, width, runs, progress)
    await history.fetch(_SQL["forget"], {"before": now - timedelta(days=_KEPT_DAYS)})
    return Foretold(report.total("points"), report.total("too little"), report.failed)


@dataclass(frozen=True, slots=True)
class Newest:
    """A point's newest forecast, the model that made it (name and version), and when."""

    forecast: Forecast
    model: str
    made_at: datetime


async def newest_forecasts(history: History, points: Sequence[str]) -> dict[str, Newest]:
    """By point, those of the live models; points without any are left out."""
    rows = await history.fetch(_SQL["newest"], {"subjects": list(points)})
    return {row["subject"]: Newest(_forecast(row), f"{row['model']} v{row['version']}", row["made_at"]) for row in rows}


def newest_statement() -> str:
    """What ``newest_forecasts`` asks, as evidence."""
    return _SQL["newest"]


async def matured(history: History, name: str, before: datetime, after: datetime) -> list[tuple[str, int, Forecast]]:
    """Point, version and forecast of those that began between the two moments and were not scored."""
    rows = await history.fetch(_SQL["matured"], {"model": name, "before": before, "after": after})
    return [(row["subject"], row["version"], _forecast(row)) for row in rows]


async def mark_scored(history: History, name: str, before: datetime) -> None:
    """Forecasts of a model that began before are not scored again."""
    await history.fetch(_SQL["scored"], {"model": name, "before": before})


def _compute(task: _Task) -> Made:
    from forecasting.registry.artifacts import loaded  # loads scikit-learn, which only this process needs

    histories = [series for _, series in task.points]
    made: Made = {}
    for version, artifact in task.artifacts:
        foretold = loaded(artifact).forecast_many(histories, HORIZON, LEVELS)
        made[version] = [
            (id_, one)
            for (id_, _), one in zip(task.points, foretold, strict=True)
            if not isinstance(one, NotEnoughData)
        ]
    return made


class _Plan:
    """The points of a plant in units of one class, and how a unit is read and kept."""

    def __init__(self, history: History, registry: ModelRegistry, now: datetime) -> None:
        self._history, self._registry = history, registry
        self._end = datetime.fromtimestamp(int(now.timestamp()) // STEP_S * STEP_S, UTC)
        self.units: dict[str, tuple[str, list[Measured]]] = {}
        self._running: dict[str, list[Version]] = {}

    async def add(self, quantity: str, points: list[Measured]) -> None:
        """Points of a class that has a model; others are not forecast."""
        name = model_name(quantity)
        live, shadows = await self._registry.running(name)
        if live is None:
            return
        self._running[name] = [live, *shadows]
        for start in range(0, len(points), _POINTS_IN_A_UNIT):
            self.units[f"{quantity} {start + 1}"] = (name, points[start : start + _POINTS_IN_A_UNIT])

    async def read(self, unit: str) -> _Task:
        name, points = self.units[unit]
        start = self._end - timedelta(days=CONTEXT_DAYS)
        series = await read_series(self._history, [point.source for point in points], start, self._end, STEP_S)
        artifacts = [(one.version, await self._registry.artifact(one)) for one in self._running[name]]
        found = [(point.id, series[point.source]) for point in points if point.source in series]
        return _Task(tuple(artifacts), tuple(found))

    async def keep(self, unit: str, made: Made) -> Outcome:
        name, points = self.units[unit]
        for version, foretold in made.items():
            if foretold:
                await self._history.fetch(_SQL["put"], _rows(name, version, foretold))
        live = made[self._running[name][0].version]
        return {"points": len(live), "too little": len(points) - len(live)}


def _rows(name: str, version: int, foretold: Sequence[tuple[str, Forecast]]) -> dict[str, Any]:
    rows = [
        {
            "subject": id_,
            "start_at": datetime.fromtimestamp(one.start_s, UTC).isoformat(),
            "quantiles": [[float(f"{value:.6g}") for value in step] for step in one.quantiles],
        }
        for id_, one in foretold
    ]
    first = foretold[0][1]
    return {
        "model": name,
        "version": version,
        "step_s": first.step_s,
        "levels": list(first.levels),
        "rows": json.dumps(rows),
    }


def _forecast(row: Row) -> Forecast:
    return Forecast(
        int(row["start_at"].timestamp()),
        row["step_s"],
        tuple(row["levels"]),
        np.asarray(row["quantiles"], dtype=np.float64),
        f"{row['model']} v{row['version']}",
    )
