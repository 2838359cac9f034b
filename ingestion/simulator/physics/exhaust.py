"""The laboratories' exhaust fan: constant air, day and night."""

import numpy as np

from ingestion.simulator.columns import Columns
from ingestion.simulator.physics.block import Block
from ingestion.simulator.physics.noise import Floats
from ingestion.simulator.site import Site

_FLOW = 5200.0  # m³/h
_POWER = 5.5  # kW


class Exhaust:
    """All of it is known beforehand; ``powers`` is the kW of each moment."""

    def __init__(self, site: Site, columns: Columns) -> None:
        self.fans = site.of_class({"Exhaust_Fan"})
        self.c_run = columns.take(self.fans, "run_status")
        self.c_flow = columns.take(self.fans, "exhaust_air_flow")
        self.c_power = columns.take(self.fans, "electric_power")
        self.c_vibration = columns.take(self.fans, "vibration")
        self.powers: Floats = np.zeros(0)

    def prepare(self, block: Block) -> None:
        wear = block.severity("bearing_wear", self.fans)
        slip = block.severity("belt_slip", self.fans)
        power = _POWER * (1 - 0.25 * slip + 0.08 * wear)
        self.powers = power.sum(axis=1)
        block.rows[:, self.c_run] = 1.0
        block.rows[:, self.c_flow] = _FLOW * (1 - 0.35 * slip)
        block.rows[:, self.c_power] = power
        block.rows[:, self.c_vibration] = 1.8 + 5 * wear**1.5 + 2.5 * slip
