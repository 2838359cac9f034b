"""A night of 10,000 points: training, a week's forecast of each, and the outlook of each towards two limits.

The points are made up (seeded): 20 classes of 500, hourly over 35 days, with daily and weekly swings, weather, noise, gaps, and wear in one of a
hundred. What is measured is what a night costs: models for all classes as ``plantroom models train`` makes them, then forecasts and outlooks in
two processes; and the second part again on one Dask worker and on two. Reading and writing the database is not part of it. There is no score and
so no split.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import cast

import numpy as np
import psutil

from forecasting.assessing import Subject, assess
from forecasting.fleet.executors import open_executor
from forecasting.night.training import HORIZON, STEP_S
from forecasting.plant import Measured
from forecasting.registry.artifacts import dumped, loaded
from forecasting.series import DAY_S, Series
from forecasting.telemetry.champion import fit_classes

POINTS, CLASSES, DAYS = 10_000, 20, 35
_UNIT = 250
_DASK_UNITS = 16
_SAMPLE = 100  # points of a class that its model is learnt from, as in training
_NOW = datetime(2026, 3, 30, tzinfo=UTC)


@dataclass
class _Memory:
    """The most that this process and its children held at once, in bytes (proportional set size)."""

    peak: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        this = psutil.Process()
        while not self._over.wait(0.5):
            self.peak = max(self.peak, sum(_held(one) for one in (this, *this.children(recursive=True))))

    def stop(self) -> None:
        self._over.set()


def run(folder: Path) -> dict[str, float | None]:
    """Needs no data. ``fleet_minutes`` and ``fleet_gb`` of a whole night, ``dask_2_vs_1`` the ratio of the times on one worker and on two."""
    del folder
    points = [_point(n) for n in range(POINTS)]
    with _measured() as memory:
        began = monotonic()
        classes = {f"class {c}": [points[n] for n in range(c, POINTS, CLASSES)][:_SAMPLE] for c in range(CLASSES)}
        artifacts = {name: dumped(model) for name, model in fit_classes(classes, horizon=HORIZON).items()}
        trained = monotonic()
        tasks = [(artifacts[f"class {c}"], unit) for c in range(CLASSES) for unit in _units(points, c)]
        with open_executor(2) as (executor, _):
            _all(executor, tasks)
        ended = monotonic()
    one, two = _dask(1, tasks[:_DASK_UNITS]), _dask(2, tasks[:_DASK_UNITS])
    return {
        "fleet_minutes": (ended - began) / 60,
        "fleet_training_minutes": (trained - began) / 60,
        "fleet_gb": memory.peak / 1e9,
        "dask_2_vs_1": one / two,
    }


def _units(points: Sequence[Series], class_: int) -> list[list[Series]]:
    own = points[class_::CLASSES]
    return [list(own[start : start + _UNIT]) for start in range(0, len(own), _UNIT)]


def _all(executor: Executor, tasks: Sequence[tuple[bytes, list[Series]]]) -> None:
    for made in executor.map(_night, tasks):
        assert made > 0


def _night(task: tuple[bytes, list[Series]]) -> int:
    """Of one unit: how many forecasts and outlooks were made."""
    artifact, series = task
    forecasts = loaded(artifact).forecast_many(series, HORIZON)
    outlooks = [assess(Subject(f"thing {n}", ((_measured_point(n), one),)), _NOW) for n, one in enumerate(series)]
    return len(forecasts) + len(outlooks)


def _dask(workers: int, tasks: Sequence[tuple[bytes, list[Series]]]) -> float:
    from distributed import LocalCluster

    cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=cast(str, None), host="127.0.0.1")
    with cluster, open_executor(workers, cluster.scheduler_address) as (executor, _):
        _all(executor, tasks[:workers])  # each worker has imported what it needs
        began = monotonic()
        _all(executor, tasks)
        return monotonic() - began


def _point(n: int) -> Series:
    rng = np.random.default_rng(n)
    hours = np.arange(DAYS * 24)
    level, swing = rng.uniform(5, 500), rng.uniform(0.02, 0.3)
    day = np.sin(2 * np.pi * (hours / 24 + rng.uniform()))
    week = np.where(hours // 24 % 7 >= 5, rng.uniform(-1, 0), 0.0)
    weather = np.cumsum(rng.normal(size=len(hours))) / 30
    values = level * (1 + swing * (day + week + 0.3 * weather + 0.2 * rng.normal(size=len(hours))))
    if n % 100 == 0:
        values += level * swing * 0.3 * np.maximum(0, hours / 24 - DAYS + 10)
    values[rng.random(len(hours)) < 0.01] = np.nan
    return Series(int(_NOW.timestamp()) - DAYS * DAY_S, STEP_S, values)


def _measured_point(n: int) -> Measured:
    return Measured(
        f"point {n}", f"Point {n}", "quantity", "kW", f"device/{n}", -1e4, 1e4, f"thing {n}", f"Thing {n}", None
    )


@contextmanager
def _measured() -> Generator[_Memory]:
    memory = _Memory()
    watching = threading.Thread(target=memory.watch, daemon=True)
    watching.start()
    try:
        yield memory
    finally:
        memory.stop()
        watching.join()


def _held(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # ended a moment ago
