"""A night of a plant of 10,000 points, as a served plant runs it.

The plant is 28 demo plants in one graph, each simulated with a seed of its own over 60 days in quarters of an hour; graph and history are the
embedded servers, filled and summed up before the clock starts. ``fleet_minutes`` is the first night, the longest there is: outlooks of all
assets by their limits and detectors, models for all classes of points, and a week's forecast of every point, from reading to writing, on two
processes. ``fleet_gb`` is the most that the night's processes held together; the servers', which serve everything else too, is
``fleet_servers_gb``. ``dask_2_vs_1`` is how much longer one Dask worker takes than two to compute the forecasts of all points, with
what they are made from and come to travelling between the processes. There is no score and so no split.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from time import monotonic
from typing import Any, cast

import numpy as np
import psutil
from rich.console import Console

from evals.bench.filling import Block, fill, sum_up
from forecasting.jobs.executors import open_executor
from forecasting.jobs.point_forecasts import Made, Plan, Task, compute
from forecasting.jobs.training import TRAIN_DAYS, classes_of_points
from forecasting.registry.store import ModelRegistry
from graph_schema.importers.plant_file import read_plant_file
from graph_schema.model import Entity, Plant, Property, Relation
from graph_schema.ontology.ontology import load_ontology
from graph_schema.store.loader import load_plant
from ingestion.reading import Reading
from ingestion.simulator.demo import demo_plant_file
from ingestion.simulator.simulator import Simulator
from interfaces.app.composition import App, open_app
from interfaces.app.forecasts import forecast_now
from interfaces.settings import Settings

COPIES = 28
_NOW = datetime(2026, 3, 30, 9, tzinfo=UTC)  # two in the morning in Los Angeles
_STEP_MS = 900_000
_APART_M = 1000.0
_PROCESSES = 2
_ROUNDS = 2


def run(folder: Path) -> dict[str, float | None]:
    """Needs no data, and about 15 GB of disk for a while."""
    del folder
    return dict(asyncio.run(measure(COPIES)))


async def measure(copies: int) -> dict[str, float]:
    """The figures of a night of so many demo plants."""
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="plantroom-fleet-", ignore_cleanup_errors=True) as home:
        settings = Settings(
            home=Path(home), model="offline", graph_url=None, postgres_url=None, mqtt_url=None,
            forecast_processes=_PROCESSES, dask_url=None, retrain_minutes=120,
        )  # fmt: skip
        async with open_app(settings, clock=lambda: _NOW) as app:
            points = await _build(app, copies, console)
            figures = {"fleet_points": float(points)} | await _night(app, console)
            return figures | {"dask_2_vs_1": await _dask(app, console)}


async def _build(app: App, copies: int, console: Console) -> int:
    """Graph, history and its sums; returns how many points there are."""
    began = monotonic()
    points = 0
    with ProcessPoolExecutor(_PROCESSES, get_context("spawn")) as pool:
        for made in [asyncio.wrap_future(pool.submit(_simulated, number)) for number in range(copies)]:
            plant, sources, block = await made
            await load_plant(app.graph, app.ontology, plant)
            await fill(app.history, sources, [block])
            await sum_up(app.history, sources)
            app.ingestion.projection.offer(_newest(sources, block))
            await app.ingestion.projection.tick()
            points += len(sources)
            console.print(f"{monotonic() - began:6.0f} s: {points:,} points are filled")
    return points


def _newest(sources: Sequence[str], block: Block) -> list[Reading]:
    at, values = block
    return [Reading(source, int(at[-1]), float(value)) for source, value in zip(sources, values[-1], strict=True)]


async def _night(app: App, console: Console) -> dict[str, float]:
    sentences: list[str] = []

    def report(sentence: str, share: float | None = None) -> None:
        if sentence not in sentences:
            sentences.append(sentence)
            console.print(f"{monotonic() - began:6.0f} s: {sentence}")

    began = monotonic()
    with _measured() as memory:
        done = await forecast_now(app, report)
        took_s = monotonic() - began
    if done.assets.failures or done.points.failures:
        raise AssertionError([*done.assets.failures, *done.points.failures])
    console.print(done)
    return {
        "fleet_minutes": took_s / 60,
        "fleet_forecasts": float(done.points.points),
        "fleet_outlooks": float(done.assets.flagged + done.assets.sound + done.assets.cannot_tell),
        "fleet_gb": memory.night / 1e9,
        "fleet_servers_gb": memory.servers / 1e9,
    }


async def _dask(app: App, console: Console) -> float:
    """One worker and two take turns at the same work."""
    plan = Plan(app.history, ModelRegistry(app.history), _NOW)
    for quantity, points in sorted((await classes_of_points(app.graph)).items()):
        await plan.add(quantity, points)
    tasks = [await plan.read(unit) for unit in sorted(plan.units)]
    took = {1: 0.0, 2: 0.0}
    for workers in list(took) * _ROUNDS:
        seconds = await asyncio.to_thread(_on_dask, workers, tasks)
        console.print(f"{workers} Dask workers: {seconds:.0f} s")
        took[workers] += seconds
    return took[1] / took[2]


def _on_dask(workers: int, tasks: Sequence[Task]) -> float:
    """Seconds. Each worker has imported what it needs before."""
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=cast(str, None), host="127.0.0.1")
    with cluster:
        with Client(cluster) as client:
            cast(Any, client).run(_warm)
        with open_executor(workers, cluster.scheduler_address) as (executor, _):
            began = monotonic()
            _compute_all(executor, tasks, 2 * workers)
            return monotonic() - began


def _compute_all(executor: Executor, tasks: Sequence[Task], most: int) -> None:
    """At most so many under way, as in a night."""
    under_way: set[Future[Made]] = set()
    for task in tasks:
        if len(under_way) >= most:
            done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            _check(done)
        under_way.add(executor.submit(compute, task))
    _check(under_way)


def _check(done: Iterable[Future[Made]]) -> None:
    for one in done:
        made = one.result()
        if not made.foretold:
            raise AssertionError(made.failed)


def _warm() -> None:
    """In a worker: what it needs is imported."""
    import forecasting.registry.artifacts  # pyright: ignore[reportUnusedImport]  # noqa: F401


def _simulated(number: int) -> tuple[Plant, list[str], Block]:
    """In another process: one of the plants, its addresses in order, and what they read."""
    demo = read_plant_file(demo_plant_file(), load_ontology())
    first = round((_NOW - timedelta(days=TRAIN_DAYS)).timestamp() * 1000)
    at = np.arange(first, round(_NOW.timestamp() * 1000), _STEP_MS, dtype=np.int64)
    simulator = Simulator(demo, seed=number)
    values = simulator.advance(at)
    labels = simulator.columns.labels
    addresses = sorted(
        (f"p{number}-{point.source}", column)
        for column, point in enumerate(simulator.columns.points)
        if column not in labels
    )
    return (
        _copy(demo, number),
        [source for source, _ in addresses],
        (at, values[:, [column for _, column in addresses]]),
    )


def _copy(plant: Plant, number: int) -> Plant:
    """The plant with ids and addresses of its own, a kilometre from the one before: each has its own weather."""

    def entity(one: Entity) -> Entity:
        source, x = one.properties.get("source"), one.properties.get("x")
        moved: dict[str, Property] = {"source": f"p{number}-{source}"} if source else {}
        if isinstance(x, int | float):
            moved["x"] = x + number * _APART_M
        return replace(one, id=f"p{number}-{one.id}", properties={**one.properties, **moved})

    def relation(one: Relation) -> Relation:
        return replace(one, start=f"p{number}-{one.start}", end=f"p{number}-{one.end}")

    return replace(
        plant,
        name=f"{plant.name} {number}",
        entities=tuple(entity(one) for one in plant.entities),
        relations=tuple(relation(one) for one in plant.relations),
    )


@dataclass
class _Memory:
    """The most that the processes held at once, in bytes (proportional set size): this one with those of the night, and the servers."""

    night: int = 0
    servers: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def watch(self) -> None:
        this = psutil.Process()
        servers = this.children()
        while not self._over.wait(0.5):
            helpers = [one for one in this.children() if one not in servers]
            self.night = max(self.night, sum(_held(one) for one in (this, *_all_of(helpers))))
            self.servers = max(self.servers, sum(_held(one) for one in _all_of(servers)))

    def stop(self) -> None:
        self._over.set()


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


def _all_of(processes: list[psutil.Process]) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for one in processes:
        try:
            found += [one, *one.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue  # ended a moment ago
    return found


def _held(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0  # ended a moment ago
