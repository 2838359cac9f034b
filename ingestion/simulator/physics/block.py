"""A stretch of time to be computed: its moments, and all that is known of them beforehand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingestion.simulator.faults import Alias, FaultSet
from ingestion.simulator.physics.noise import Floats, Times
from ingestion.simulator.physics.occupancy import Calendar, calendar
from ingestion.simulator.physics.weather import Weather, weather
from ingestion.simulator.site import Site


@dataclass(frozen=True, slots=True)
class Block:
    """``dt`` is the hours since the moment before; ``rows`` (times, columns and a spare one) takes the values."""

    at: Times
    hours: Floats
    dt: Floats
    seed: int
    weather: Weather
    calendar: Calendar
    faults: FaultSet
    rows: Floats

    def severity(self, name: str, assets: Sequence[Alias]) -> Floats:
        return self.faults.severity(name, assets, self.at)


def prepare_block(site: Site, seed: int, faults: FaultSet, before: int, at: Times, columns: int) -> Block:
    """``before`` is the moment that the state belongs to, epoch milliseconds."""
    return Block(
        at=at,
        hours=at / 3_600_000,
        dt=np.diff(at, prepend=before) / 3_600_000,
        seed=seed,
        weather=weather(seed, site.latitude, site.longitude, at),
        calendar=calendar(site.timezone, at),
        faults=faults,
        rows=np.zeros((len(at), columns + 1)),
    )


@dataclass(slots=True)
class Flows:
    """What the systems hand each other within a step: kW, L/s, °C. Later systems read what earlier ones wrote."""

    chilled_water: float = 6.7
    hot_water: float = 65.0
    imbalance: float = 0.0
    chilled_load: float = 0.0
    chilled_demand: float = 0.0
    hot_load: float = 0.0
    gas: float = 0.0
    water_demand: float = 0.0
