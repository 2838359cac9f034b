"""Chilled water: chillers that share the load, their towers, and the pumps of both circuits.

The week's lead chiller runs at all times (the server room needs it); the others join when it is not enough. Chiller, tower
and condenser pump of one number belong together. A standing machine's water sensors sit in the common header.
"""

import numpy as np

from ingestion.simulator import site as classes
from ingestion.simulator.columns import Columns
from ingestion.simulator.physics.block import Block, Flows
from ingestion.simulator.physics.noise import Floats, channels, smooth
from ingestion.simulator.physics.pumps import Pumps, lead
from ingestion.simulator.site import Site

SETPOINT = 6.7  # °C
_CAPACITY = 220.0  # kW of cooling, each
_LOOP = 9.0  # kWh/K, about 8 m³
_DESIGN_FLOW = 8.5  # L/s of chilled water, each
_CONDENSER_FLOW = 11.5  # L/s
_WATER = 4.19  # kJ per litre and K
_TOWER_SETPOINT = 23.0
_TOWER_FAN = 7.5  # kW


class Cooling:
    def __init__(self, site: Site, columns: Columns, seed: int) -> None:
        self.chillers = site.of_class(classes.CHILLERS)
        self.towers = site.of_class(classes.TOWERS)
        self.pumps = Pumps(columns, seed, site.of_class(classes.CHILLED_WATER_PUMPS), _DESIGN_FLOW, 200, 24)
        condenser_pumps = site.of_class(classes.CONDENSER_WATER_PUMPS)
        self.condenser_pumps = Pumps(columns, seed, condenser_pumps, _CONDENSER_FLOW, 180, 24)
        self.duty = max(1, len(self.pumps.ids) - 1) if len(self.pumps.ids) > 2 else len(self.pumps.ids)
        self.supply = SETPOINT
        self.running = 1
        self.basin = np.full(len(self.towers), _TOWER_SETPOINT)
        self.heat = np.zeros(len(self.towers))
        self.power = 0.0
        self._take(columns)

    def _take(self, columns: Columns) -> None:
        chillers, towers = self.chillers, self.towers
        self.c_run = columns.take(chillers, "run_status")
        self.c_leaving = columns.take(chillers, "leaving_chilled_water_temperature")
        self.c_setpoint = columns.take(chillers, "leaving_chilled_water_temperature_setpoint")
        self.c_entering = columns.take(chillers, "entering_chilled_water_temperature")
        self.c_condenser_in = columns.take(chillers, "entering_condenser_water_temperature")
        self.c_condenser_out = columns.take(chillers, "leaving_condenser_water_temperature")
        self.c_power = columns.take(chillers, "electric_power")
        self.c_cop = columns.take(chillers, "coefficient_of_performance")
        self.c_suction = columns.take(chillers, "refrigerant_suction_pressure")
        self.c_discharge = columns.take(chillers, "refrigerant_discharge_pressure")
        self.c_tower_run = columns.take(towers, "run_status")
        self.c_tower_speed = columns.take(towers, "speed")
        self.c_tower_power = columns.take(towers, "electric_power")
        self.c_tower_leaving = columns.take(towers, "leaving_condenser_water_temperature")
        self.c_tower_vibration = columns.take(towers, "vibration")
        self.c_basin_level = columns.take(towers, "collection_basin_water_level")

    def prepare(self, block: Block) -> None:
        self.pumps.prepare(block)
        self.condenser_pumps.prepare(block)
        self.lost = block.severity("refrigerant_loss", self.chillers)
        self.fouled = block.severity("condenser_fouling", self.chillers)
        self.scaled = block.severity("tower_fouling", self.towers)
        self.wear = block.severity("bearing_wear", self.towers)
        level = smooth(block.seed, channels(self.towers, "basin"), block.hours, 0.9)
        block.rows[:, self.c_basin_level] = 74 + 5 * level
        block.rows[:, self.c_setpoint] = SETPOINT

    def step(self, i: int, block: Block, flows: Flows) -> None:
        row, dt = block.rows[i], float(block.dt[i])
        cooling = self._share(i, block, dt, flows)
        on = cooling > 0
        self._circulate(i, row, dt, flows)
        condenser = np.where(on[: len(self.condenser_pumps.ids)], _CONDENSER_FLOW, 0.0)
        condenser = self.condenser_pumps.step(i, row, dt, condenser, flows.imbalance)
        power = self._chill(i, row, cooling, condenser)
        fans = self._reject(i, block, dt, cooling + power)
        self.power = float(np.sum(power) + fans + np.sum(self.pumps.power) + np.sum(self.condenser_pumps.power))
        flows.chilled_water = self.supply

    def _share(self, i: int, block: Block, dt: float, flows: Flows) -> Floats:
        """kW of cooling by each chiller; what they cannot take warms the loop."""
        count = len(self.chillers)
        first = lead(count, float(block.calendar.week[i]))
        order = [(first + k) % count for k in range(count)]
        capacity = _CAPACITY * (1 - 0.45 * self.lost[i] - 0.12 * self.fouled[i])
        self.running = _stage(self.running, flows.chilled_load, [float(capacity[k]) for k in order])
        on = np.zeros(count)
        on[order[: self.running]] = 1
        available = float(np.sum(on * capacity))
        wanted = flows.chilled_load + _LOOP * (self.supply - SETPOINT) / max(dt, 0.25)
        given = min(max(wanted, 0.1 * _CAPACITY), available)
        self.supply = max(3.5, self.supply + (flows.chilled_load - given) * dt / _LOOP)
        return given * on * capacity / available if available else on

    def _circulate(self, i: int, row: Floats, dt: float, flows: Flows) -> None:
        total = min(max(flows.chilled_demand, 0.45 * _DESIGN_FLOW * self.running), _DESIGN_FLOW * len(self.chillers))
        wanted = np.zeros(len(self.pumps.ids))
        wanted[: self.duty] = total / max(self.duty, 1)
        total = float(np.sum(self.pumps.step(i, row, dt, wanted, flows.imbalance))) or total
        row[self.c_leaving] = self.supply
        row[self.c_entering] = self.supply + flows.chilled_load / (_WATER * total)

    def _chill(self, i: int, row: Floats, cooling: Floats, condenser_flow: Floats) -> Floats:
        """kW of electricity by each chiller, and what its gauges show."""
        on = cooling > 0
        part = cooling / _CAPACITY
        entering = self.basin[: len(self.chillers)]
        cop = 5.9 * (1 - 0.022 * (entering - 24)) * (1 - 0.9 * (part - 0.75) ** 2)
        cop *= (1 - 0.28 * self.lost[i]) * (1 - 0.2 * self.fouled[i])
        power = cooling / cop
        leaving = entering + (cooling + power) / (_WATER * np.maximum(condenser_flow, 4.0))
        row[self.c_run], row[self.c_power], row[self.c_cop] = on, power, np.where(on, cop, 0)
        row[self.c_condenser_in], row[self.c_condenser_out] = entering, leaving
        row[self.c_suction] = np.where(on, _saturation(self.supply - 2 - 9 * self.lost[i]), _saturation(22.0))
        hot = leaving + 1.5 + 8 * self.fouled[i] - 3 * self.lost[i]
        row[self.c_discharge] = np.where(on, _saturation(hot), _saturation(22.0))
        return power

    def _reject(self, i: int, block: Block, dt: float, heat: Floats) -> float:
        """Each tower cools its chiller's heat as near to the wet bulb as its fan needs; returns the fans' kW."""
        row, wet_bulb = block.rows[i], float(block.weather.wet_bulb[i])
        on = heat > 0
        approach = (1.2 + 3.3 * heat / 260) * (1 + 1.2 * self.scaled[i])
        speed = np.where(on, np.clip(approach / max(_TOWER_SETPOINT - wet_bulb, 0.1), 0.2, 1), 0)
        end = np.where(on, np.maximum(_TOWER_SETPOINT, wet_bulb + approach), max(wet_bulb + 2, 12.0))
        lag = np.where(on, 0.17, 4.0)
        self.basin += (end - self.basin) * (1 - np.exp(-dt / lag))
        power = _TOWER_FAN * speed**3
        row[self.c_tower_run], row[self.c_tower_speed], row[self.c_tower_power] = on, 100 * speed, power
        row[self.c_tower_leaving] = self.basin
        row[self.c_tower_vibration] = on * (0.9 + 2.0 * speed**2 + 6 * self.wear[i] ** 1.5)
        return float(np.sum(power))


def _stage(running: int, load: float, capacities: list[float]) -> int:
    """One more when those that run are nearly full, one fewer when the rest would have room to spare."""
    if load > 0.88 * sum(capacities[:running]):
        return min(running + 1, len(capacities))
    if running > 1 and load < 0.65 * sum(capacities[: running - 1]):
        return running - 1
    return min(max(running, 1), len(capacities))


def _saturation(temperature: Floats | float) -> Floats:
    """Gauge pressure in kPa of saturated R-134a: an Antoine curve through its values at 0, 20 and 40 °C."""
    return np.asarray(np.exp(14.585 - 2192.6 / (np.asarray(temperature) + 246.2)) - 101.3)
