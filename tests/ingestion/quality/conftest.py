"""Records as history would give them, made from arrays and from the simulated plant."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from graph_schema.model import Plant
from ingestion.quality.series import DAY_S, Past, Record, Sensor
from ingestion.simulator.faults import Fault
from ingestion.simulator.simulator import Simulator

NOW = datetime(2026, 3, 20, 15, tzinfo=UTC)


def past_of(at: np.ndarray, value: np.ndarray, now: float) -> Past:
    """By the day, the hour and the quarter of an hour, as the database sums up."""
    fine = np.floor((now - DAY_S) / 3600) * 3600
    hours = np.floor((now - 14 * DAY_S) / DAY_S) * DAY_S
    width = np.where(at >= fine, 900.0, np.where(at >= hours, 3600.0, DAY_S))
    start = np.floor(at / width) * width
    buckets, first = np.unique(start, return_index=True)
    counts = np.diff(np.append(first, len(at)))
    return Past(
        buckets,
        counts.astype(float),
        np.add.reduceat(value, first) / counts,
        np.minimum.reduceat(value, first),
        np.maximum.reduceat(value, first),
        at[first],
        at[first + counts - 1],
    )


def record_of(sensor: Sensor, at: np.ndarray, value: np.ndarray, now: float, **more) -> Record:
    known = np.isfinite(value)
    at, value = at[known], value[known]
    past = past_of(at, value, now) if len(at) else Past(*(np.empty(0) for _ in range(7)))
    newest = at > now - 3 * DAY_S
    return Record(sensor, at[newest][-400:], value[newest][-400:], past, **more)


@pytest.fixture(scope="session")
def plant(demo_plant: Plant) -> Plant:
    return demo_plant


def simulated(
    plant: Plant, faults: Sequence[Fault] = (), days: float = 20, seed: int = 7, now: datetime = NOW
) -> list[Record]:
    """What the sensors of a simulated plant sent, every quarter of an hour."""
    end = now.timestamp()
    at = np.arange(end - days * DAY_S, end + 1, 900)
    simulator = Simulator(plant, seed, faults)
    values = simulator.advance((at * 1000).astype(np.int64))
    classes = {entity.id: entity.class_ or "" for entity in plant.entities}
    found: list[Record] = []
    for column, point in enumerate(simulator.columns.points):
        if column in simulator.columns.labels:
            continue
        like = (point.quantity, point.unit or "", classes[point.asset])
        sensor = Sensor(point.source, point.source, point.source, point.quantity, point.unit, point.asset, like)
        found.append(record_of(sensor, at, values[:, column], end))
    return found


@pytest.fixture(scope="session")
def simulate(plant: Plant) -> Callable[..., list[Record]]:
    return lambda *faults, **more: simulated(plant, faults, **more)


@pytest.fixture(scope="session")
def record() -> Callable[..., Record]:
    """A record of a room's temperature, a sample every quarter of an hour; ``change`` may do what it likes to moments and values."""

    def make(
        change=lambda at, value: (at, value), days: float = 20, name: str = "t", step_s: float = 900, **more
    ) -> Record:
        now = NOW.timestamp()
        at = np.arange(now - days * DAY_S, now + 1, step_s)
        random = np.random.default_rng(len(name))
        value = np.round(21 + 2 * np.sin(2 * np.pi * at / DAY_S) + random.normal(0, 0.1, len(at)), 1)
        at, value = change(at, value.copy())
        sensor = Sensor(
            name, name, f"d/{name}", more.pop("quantity", "zone_air_temperature"), "°C", name, ("t", "°C", "VAV")
        )
        return record_of(sensor, at, value, now, **more)

    return make
