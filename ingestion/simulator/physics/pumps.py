"""A group of like pumps: flow, head, power, vibration and bearing temperature, sound or worn."""

import numpy as np

from ingestion.simulator.columns import Columns
from ingestion.simulator.physics.block import Block
from ingestion.simulator.physics.noise import Floats, channels, fixed, normal


class Pumps:
    """``flow`` is one pump's design flow in L/s and ``head`` its design pressure in kPa."""

    def __init__(self, columns: Columns, seed: int, ids: list[str], flow: float, head: float, ambient: float) -> None:
        self.ids, self.seed, self.flow, self.head, self.ambient = ids, seed, flow, head, ambient
        self.bearing = np.full(len(ids), ambient + 15.0)
        self.bias = fixed(seed, ids, "pump", 0.85, 1.15)
        self.power = np.zeros(len(ids))
        self.c_run = columns.take(ids, "run_status")
        self.c_speed = columns.take(ids, "speed")
        self.c_flow = columns.take(ids, "water_flow")
        self.c_head = columns.take(ids, "water_differential_pressure")
        self.c_power = columns.take(ids, "electric_power")
        self.c_vibration = columns.take(ids, "vibration")
        self.c_bearing = columns.take(ids, "bearing_temperature")

    def prepare(self, block: Block) -> None:
        self.wear = block.severity("bearing_wear", self.ids)
        self.cavitation = block.severity("cavitation", self.ids)
        bursts = np.abs(normal(block.seed, channels(self.ids, "burst"), block.at // 5000))
        self.shake = self.cavitation * (2.5 + 1.5 * bursts)

    def step(self, i: int, row: Floats, dt: float, flows: Floats, imbalance: float) -> Floats:
        """Take the flows that are wanted (0 is a pump that stands), return those that come."""
        share = flows / self.flow
        runs = (flows > 0).astype(np.float64)
        speed = runs * np.minimum(0.35 + 0.6 * share, 1.0)
        hollow = 1 - 0.25 * self.cavitation[i]
        delivered = flows * hollow
        head = runs * self.head * (0.4 + 0.6 * share**2) * hollow
        self.power = delivered * head / 650 * (1 + 0.08 * self.wear[i]) + 0.15 * runs
        warm = self.ambient + runs * (12 + 14 * speed + 38 * self.wear[i] + 5 * self.cavitation[i] + 2.5 * imbalance)
        self.bearing += (warm - self.bearing) * (1 - np.exp(-dt / 0.5))
        row[self.c_run], row[self.c_speed], row[self.c_flow] = runs, 100 * speed, delivered
        row[self.c_head], row[self.c_power], row[self.c_bearing] = head, self.power, self.bearing
        row[self.c_vibration] = runs * ((0.6 + 1.1 * speed**2) * self.bias + 5.0 * self.wear[i] ** 1.5 + self.shake[i])
        return delivered


def lead(count: int, week: float) -> int:
    """Which of several like machines leads this week."""
    return int(week) % count if count else 0
