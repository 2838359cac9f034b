"""A server room, kept cool by a CRAC unit on chilled water and powered through a UPS."""

import numpy as np

from ingestion.simulator.columns import Columns
from ingestion.simulator.physics.block import Block, Flows
from ingestion.simulator.physics.noise import channels, smooth
from ingestion.simulator.site import Site

_LOAD = 38.0  # kW of servers
_AIR = 5.0  # kW/K moved by a unit's fan
_ROOM = 2.5  # kWh/K
_RETURN = 24.0  # °C wanted
_WALLS = 0.8  # kW/K into the building around it


class ServerRoom:
    def __init__(self, site: Site, columns: Columns, seed: int) -> None:
        self.cracs = site.of_class({"CRAC", "CRAH"})
        self.room = _RETURN
        self.load = _LOAD
        self.power = 0.0
        self.c_run = columns.take(self.cracs, "run_status")
        self.c_supply = columns.take(self.cracs, "supply_air_temperature")
        self.c_return = columns.take(self.cracs, "return_air_temperature")
        self.c_humidity = columns.take(self.cracs, "return_air_humidity")
        self.c_valve = columns.take(self.cracs, "valve_position")

    def prepare(self, block: Block) -> None:
        curve = smooth(block.seed, channels(["servers", "room humidity"], "it"), block.hours, 2.3)
        self.loads = _LOAD + 2.5 * curve[:, 0] + 2 * block.calendar.office
        self.stuck = block.severity("stuck_valve", self.cracs)
        block.rows[:, self.c_run] = 1.0
        block.rows[:, self.c_humidity] = (44 + 3 * curve[:, 1])[:, None]

    def step(self, i: int, block: Block, flows: Flows) -> None:
        row, dt = block.rows[i], float(block.dt[i])
        count = len(self.cracs)
        self.load = float(self.loads[i])
        if not count:
            return
        cold = max(self.room - flows.chilled_water, 0.5)
        each = self.load / count + _ROOM * (self.room - _RETURN) / max(dt, 0.25) / count
        wanted = float(np.clip(each / (_AIR * 0.75 * cold), 0, 1))
        valve = wanted + self.stuck[i] * (0.25 - wanted)
        strength = float(np.sum(_AIR * 0.75 * valve))
        end = (strength * flows.chilled_water + _WALLS * _RETURN + self.load) / (strength + _WALLS)
        self.room = end + (self.room - end) * float(np.exp(-dt * (strength + _WALLS) / _ROOM))
        flows.chilled_load += max(strength * cold, 0.0)
        flows.chilled_demand += 1.8 * float(np.sum(valve))
        self.power = 2.4 * count
        row[self.c_supply] = self.room - 0.75 * valve * (self.room - flows.chilled_water)
        row[self.c_return], row[self.c_valve] = self.room, 100 * valve
