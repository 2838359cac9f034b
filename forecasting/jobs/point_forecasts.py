"""Forecasts of every point, a week ahead: by the live model of its class, and by the shadows beside it."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from forecasting.jobs.runs import Outcome, RunLog, Work, run_units
from forecasting.jobs.training import HORIZON, STEP_S, classes_of_points, model_name
from forecasting.plant_points import Measured, read_series
from forecasting.registry.own import OUTSIDE
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import Version
from forecasting.series import NotEnoughData, Series
from forecasting.telemetry.plausibility.familiarity import unfamiliar
from forecasting.telemetry.plausibility.within import Within
from forecasting.telemetry.result import LEVELS, Forecast
from forecasting.telemetry.windows import CONTEXT_DAYS
from graph_schema.errors import InvalidInput, PlantroomError, Unavailable
from graph_schema.ontology.physical import nature
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History, Row

if TYPE_CHECKING:
    from forecasting.telemetry.model import TelemetryModel

log = logging.getLogger(__name__)

_SQL = statements("forecasting.jobs", "point_forecasts.sql")
_POINTS_IN_A_UNIT = 250
_KEPT_DAYS = 21
_MOST_SECONDS = 600  # that an own model may take of a night


@dataclass(frozen=True, slots=True)
class Foretold:
    """How a run went: points with a forecast, points with too little history for one, and the units that failed, in words."""

    points: int
    too_little: int
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A unit on its way to another process: artifacts by version, its points with their histories and what they can be, and the weather for own models."""

    artifacts: tuple[tuple[int, bytes], ...]
    points: tuple[tuple[str, Series, Within], ...]
    outside: Series | None


@dataclass(frozen=True, slots=True)
class Made:
    """By version: the forecasts of points, or why there are none; and the seconds that it took."""

    foretold: Mapping[int, list[tuple[str, Forecast]]]
    failed: Mapping[int, str]
    seconds: Mapping[int, float]


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
    plan = Plan(history, registry, now)
    for quantity, points in sorted((await classes_of_points(graph)).items()):
        await plan.add(quantity, points)
    runs = RunLog(history)
    work = Work(plan.read, compute, plan.keep)
    report = await run_units(f"forecasts {now:%Y-%m-%d}", sorted(plan.units), work, executor, width, runs, progress)
    await history.fetch(_SQL["forget"], {"before": now - timedelta(days=_KEPT_DAYS)})
    told = await plan.settle()
    return Foretold(report.total("points"), report.total("too little"), (*report.failed, *told))


@dataclass(frozen=True, slots=True)
class Newest:
    """A point's newest forecast, the model that made it (name and version), and when."""

    forecast: Forecast
    model: str
    made_at: datetime


async def newest_forecasts(
    history: History, points: Sequence[str], made_until: datetime | None = None
) -> dict[str, Newest]:
    """By point, those of the live models, of all or of those made until a moment; points without any are left out."""
    rows = await history.fetch(_SQL["newest"], {"subjects": list(points), "made_until": made_until})
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


def compute(task: Task) -> Made:
    """In another process: what every version foretells. One that fails is left out, with the reason."""
    foretold: dict[int, list[tuple[str, Forecast]]] = {}
    failed: dict[int, str] = {}
    seconds: dict[int, float] = {}
    for version, artifact in task.artifacts:
        began = perf_counter()
        try:
            made = _forecasts(artifact, task)
        except PlantroomError as error:
            failed[version] = str(error)
        except Exception as error:  # one version's fault is not that of the others
            log.exception("Version %d failed", version)
            failed[version] = f"{type(error).__name__}: {error}"
        else:
            foretold[version] = [
                (id_, one)
                for (id_, _, _), one in zip(task.points, made, strict=True)
                if not isinstance(one, NotEnoughData)
            ]
        seconds[version] = perf_counter() - began
    return Made(foretold, failed, seconds)


def _forecasts(artifact: bytes, task: Task) -> list[Forecast | NotEnoughData]:
    from forecasting.registry.artifacts import loaded  # loads scikit-learn, which only this process needs
    from forecasting.registry.own import regressors
    from forecasting.telemetry.own.model import OwnModel

    model: TelemetryModel = loaded(artifact)
    given = regressors(model.fitted, task.outside) if isinstance(model.fitted, OwnModel) else []
    histories = [series for _, series, _ in task.points]
    within = [one for _, _, one in task.points]
    horizon = min(HORIZON, model.horizon)
    return model.forecast_many(histories, horizon, LEVELS, [given] * len(histories) if given else None, within)


class Plan:
    """The points of a plant in units of one class, and how a unit is read and kept."""

    def __init__(self, history: History, registry: ModelRegistry, now: datetime) -> None:
        self._history, self._registry = history, registry
        self._end = datetime.fromtimestamp(int(now.timestamp()) // STEP_S * STEP_S, UTC)
        self.units: dict[str, tuple[str, list[Measured]]] = {}
        self.failed: dict[tuple[str, int], str] = {}
        self._running: dict[str, list[Version]] = {}
        self._seconds: defaultdict[tuple[str, int], float] = defaultdict(float)
        self._outside: list[str] = []
        self._worked: set[tuple[str, int]] = set()

    async def add(self, quantity: str, points: list[Measured]) -> None:
        """Points of a class that has a model; others are not forecast."""
        name = model_name(quantity)
        live, shadows = await self._registry.running(name)
        if quantity == OUTSIDE:
            self._outside = [points[0].source]
        if live is None:
            return
        self._running[name] = [live, *shadows]
        for start in range(0, len(points), _POINTS_IN_A_UNIT):
            self.units[f"{quantity} {start + 1}"] = (name, points[start : start + _POINTS_IN_A_UNIT])

    async def read(self, unit: str) -> Task:
        name, points = self.units[unit]
        start = self._end - timedelta(days=CONTEXT_DAYS)
        sources = [point.source for point in points]
        series = await read_series(self._history, [*sources, *self._outside], start, self._end, STEP_S)
        found = [
            (point.id, series[point.source], within(point))
            for point in points
            if point.source in series and unfamiliar(series[point.source], within(point)) is None
        ]
        outside = series.get(self._outside[0]) if self._outside else None
        return Task(tuple(await self._artifacts(name)), tuple(found), outside)

    async def keep(self, unit: str, made: Made) -> Outcome:
        name, points = self.units[unit]
        for version, reason in made.failed.items():
            self.failed.setdefault((name, version), reason)
        self._count_time(name, made)
        if not made.foretold:
            raise Unavailable("; ".join(made.failed.values()) or "no version could be used")
        for version, foretold in made.foretold.items():
            if foretold:
                await self._history.fetch(_SQL["put"], _rows(name, version, foretold))
            self._worked.add((name, version))
        used = next(made.foretold[one.version] for one in self._running[name] if one.version in made.foretold)
        return {"points": len(used), "too little": len(points) - len(used)}

    async def settle(self) -> list[str]:
        """Record which versions failed. Where the live one did, the one that was live before takes over; told in sentences."""
        told: list[str] = []
        for name, versions in self._running.items():
            for one in versions:
                if reason := self.failed.get((name, one.version)):
                    await self._registry.failed(one, reason)
                elif one.failure and (name, one.version) in self._worked:
                    await self._registry.worked(one)
            live = versions[0]
            if reason := self.failed.get((name, live.version)):
                after = await self._registry.step_down(name)
                then = f"{after.label} is live instead" if after else "no version that was live before can take over"
                told.append(f"{live.label} failed, {then}: {reason}")
        return told

    async def _artifacts(self, name: str) -> list[tuple[int, bytes]]:
        """Of the versions that have not failed in this run."""
        found: list[tuple[int, bytes]] = []
        for one in self._running[name]:
            if (name, one.version) in self.failed:
                continue
            try:
                found.append((one.version, await self._registry.artifact(one)))
            except InvalidInput as error:
                self.failed[name, one.version] = str(error)
        return found

    def _count_time(self, name: str, made: Made) -> None:
        """An own model that would cost the night is left out of what remains of it."""
        for one in self._running[name]:
            spent = self._seconds[name, one.version] = self._seconds[name, one.version] + made.seconds.get(
                one.version, 0
            )
            if one.own and spent > _MOST_SECONDS:
                self.failed.setdefault(
                    (name, one.version), f"it took {spent:.0f} s of the {_MOST_SECONDS} s of a night"
                )


def within(point: Measured) -> Within:
    """What a point can be: the nature of its quantity, tightened by the range of its instrument."""
    natural = nature(point.quantity, point.unit)
    lows = [one for one in (natural.low, point.range_low) if one is not None]
    highs = [one for one in (natural.high, point.range_high) if one is not None]
    rises = natural.rises if point.series_kind is None else point.series_kind == "counter"
    return Within(max(lows, default=-np.inf), min(highs, default=np.inf), rises)


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
