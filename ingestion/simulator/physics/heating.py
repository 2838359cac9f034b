"""Hot water: boilers that share the load, their pumps, and the heat exchanger for domestic hot water."""

import numpy as np

from ingestion.simulator import site as classes
from ingestion.simulator.columns import Columns
from ingestion.simulator.physics.block import Block, Flows
from ingestion.simulator.physics.noise import Floats
from ingestion.simulator.physics.pumps import Pumps, lead
from ingestion.simulator.site import Site

_CAPACITY = 60.0  # kW, each
_LOOP = 4.0  # kWh/K
_LOSS = 5.0  # kW from pipes
_DESIGN_FLOW = 2.2  # L/s
_WATER = 4.19  # kJ per litre and K
_GAS = 10.6  # kWh per m³
_DOMESTIC_SETPOINT = 56.0


class Heating:
    """The lead boiler and the lead pump change every week."""

    def __init__(self, site: Site, columns: Columns, seed: int) -> None:
        self.boilers = site.of_class(classes.BOILERS)
        self.exchangers = site.of_class({"Plate_Heat_Exchanger", "Heat_Exchanger"})
        self.meters = site.of_class({"Gas_Meter", "Building_Gas_Meter"})
        self.pumps = Pumps(columns, seed, site.of_class(classes.HOT_WATER_PUMPS), _DESIGN_FLOW, 140, 26)
        self.supply = 65.0
        self.running = 1
        self.power = 0.0
        self._take(columns)

    def _take(self, columns: Columns) -> None:
        self.c_run = columns.take(self.boilers, "run_status")
        self.c_leaving = columns.take(self.boilers, "leaving_hot_water_temperature")
        self.c_setpoint = columns.take(self.boilers, "leaving_hot_water_temperature_setpoint")
        self.c_entering = columns.take(self.boilers, "entering_hot_water_temperature")
        self.c_gas = columns.take(self.boilers, "natural_gas_flow")
        self.c_flue = columns.take(self.boilers, "flue_gas_temperature")
        self.c_primary_in = columns.take(self.exchangers, "entering_hot_water_temperature")
        self.c_primary_out = columns.take(self.exchangers, "leaving_hot_water_temperature")
        self.c_domestic = columns.take(self.exchangers, "leaving_domestic_hot_water_temperature")
        self.c_meter_flow = columns.take(self.meters, "natural_gas_flow")
        self.gas_used = columns.count(self.meters, "natural_gas_usage", np.full(len(self.meters), 184_320.0))

    def prepare(self, block: Block) -> None:
        self.pumps.prepare(block)
        self.sooted = block.severity("boiler_fouling", self.boilers)
        self.scaled = block.severity("exchanger_fouling", self.exchangers)
        self.setpoint = np.interp(block.weather.temperature, [-5, 20], [80, 64])
        self.domestic = 3 + 14 * block.calendar.office + 2 * block.calendar.water_use
        block.rows[:, self.c_setpoint] = self.setpoint[:, None]

    def step(self, i: int, block: Block, flows: Flows) -> None:
        row, dt = block.rows[i], float(block.dt[i])
        load = flows.hot_load + float(self.domestic[i]) + _LOSS
        heat = self._fire(i, block, dt, load)
        water = min(max(load / (_WATER * 11), 0.3 * _DESIGN_FLOW), 1.3 * _DESIGN_FLOW)
        wanted = np.zeros(len(self.pumps.ids))
        wanted[lead(len(wanted), float(block.calendar.week[i])) :][:1] = water
        water = float(np.sum(self.pumps.step(i, row, dt, wanted, flows.imbalance))) or water
        returned = self.supply - load / (_WATER * water)
        row[self.c_leaving], row[self.c_entering] = self.supply, returned
        self._burn(i, row, dt, heat, returned)
        self._exchange(i, row)
        self.power = float(np.sum(self.pumps.power)) + 0.4 * self.running
        flows.hot_water = self.supply

    def _fire(self, i: int, block: Block, dt: float, load: float) -> Floats:
        count = len(self.boilers)
        first = lead(count, float(block.calendar.week[i]))
        order = [(first + k) % count for k in range(count)]
        if load > 0.9 * _CAPACITY * self.running:
            self.running = min(self.running + 1, count)
        elif self.running > 1 and load < 0.6 * _CAPACITY * (self.running - 1):
            self.running -= 1
        wanted = load + _LOOP * (float(self.setpoint[i]) - self.supply) / max(dt, 0.25)
        given = min(max(wanted, 0.0), _CAPACITY * self.running)
        self.supply += (given - load) * dt / _LOOP
        heat = np.zeros(count)
        heat[order[: self.running]] = given / max(self.running, 1)
        return heat

    def _burn(self, i: int, row: Floats, dt: float, heat: Floats, returned: float) -> None:
        on = heat > 0
        efficiency = 0.97 - 0.0012 * max(returned - 30, 0) - 0.12 * self.sooted[i]
        gas = heat / efficiency / _GAS
        row[self.c_run], row[self.c_gas] = on, gas
        row[self.c_flue] = np.where(on, returned + 8 + 14 * heat / _CAPACITY + 45 * self.sooted[i], 32)
        row[self.c_meter_flow] = total = float(np.sum(gas))
        self.gas_used.add(row, total * dt)

    def _exchange(self, i: int, row: Floats) -> None:
        """A clean exchanger holds the domestic setpoint; a fouled one cannot."""
        effect = 0.88 * (1 - 0.55 * self.scaled[i])
        reach = 15 + effect * (self.supply - 15)
        row[self.c_primary_in] = self.supply
        row[self.c_domestic] = np.minimum(_DOMESTIC_SETPOINT, reach)
        row[self.c_primary_out] = self.supply - float(self.domestic[i]) / (_WATER * 0.9) * (1 - 0.5 * self.scaled[i])
