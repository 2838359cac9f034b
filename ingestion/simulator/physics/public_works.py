"""Public works: the lift station, the water tank and its boosters, stormwater gate, street lights, compressed air."""

import numpy as np

from ingestion.simulator import site as classes
from ingestion.simulator.columns import Columns
from ingestion.simulator.physics.block import Block, Flows
from ingestion.simulator.physics.noise import Floats, channels, fixed, normal, smooth
from ingestion.simulator.physics.pumps import Pumps, lead
from ingestion.simulator.site import Site


class LiftStation:
    """A wet well that fills with sewage and is pumped out; the pumps take turns and help each other at high level.

    Pumping is faster than a history step, so a step is cut into minutes.
    """

    AREA = 9.0  # m²
    START, STOP, HELP = 1.5, 0.7, 2.0  # m
    PUMP = 11.0  # L/s

    def __init__(self, site: Site, columns: Columns, seed: int) -> None:
        stations = site.of_class({"Lift_Station"})
        self.pumps = site.of_class(classes.SEWAGE_PUMPS)
        self.wells = site.of_class({"Wet_Well"})
        self.level = 1.1
        self.turn = 0
        self.on = [False] * len(self.pumps)
        self.power = 0.0
        self.bias = fixed(seed, self.pumps, "pump", 0.9, 1.15)
        self.c_inflow = columns.take(stations, "entering_water_flow")
        self.c_level = columns.take(self.wells, "water_level")
        self.c_run = columns.take(self.pumps, "run_status")
        self.c_flow = columns.take(self.pumps, "water_flow")
        self.c_current = columns.take(self.pumps, "motor_current")
        self.c_vibration = columns.take(self.pumps, "vibration")
        self.hours = columns.count(self.pumps, "run_time", fixed(seed, self.pumps, "hours", 9000, 14000))

    def prepare(self, block: Block) -> None:
        days, sky = block.calendar, block.weather
        noise = smooth(block.seed, channels(["inflow"], "sewage"), block.hours, 0.6)[:, 0]
        self.inflow = np.clip(0.4 + 2.6 * days.water_use * (1 + 0.25 * noise) + 0.25 * sky.rain, 0.1, 9)
        self.failed = block.severity("pump_failure", self.pumps)
        self.wear = block.severity("bearing_wear", self.pumps)
        self.cavitation = block.severity("cavitation", self.pumps)
        self.jitter = np.abs(normal(block.seed, channels(self.pumps, "burst"), block.at // 5000))
        block.rows[:, self.c_inflow] = self.inflow[:, None]

    def step(self, i: int, block: Block, flows: Flows) -> None:
        row, seconds = block.rows[i], float(block.dt[i]) * 3600
        rates = (self.PUMP * (1 - self.failed[i]) * (1 - 0.25 * self.cavitation[i])).tolist()
        ran = self._minutes(seconds, float(self.inflow[i]), rates)
        on = np.array(self.on, dtype=np.float64)
        row[self.c_level], row[self.c_run], row[self.c_flow] = self.level, on, on * rates
        row[self.c_current] = on * (22 + 3 * self.cavitation[i] + 5 * self.failed[i])
        shake = self.cavitation[i] * (3 + 2 * self.jitter[i])
        row[self.c_vibration] = on * (2.2 * self.bias + 6 * self.wear[i] ** 1.5 + shake)
        self.hours.add(row, np.array(ran) / 3600)
        self.power = 15.0 * sum(ran) / seconds if seconds else 15.0 * sum(self.on)

    def _minutes(self, seconds: float, inflow: float, rates: list[float]) -> list[float]:
        """Advance the level; returns the seconds that each pump ran."""
        ran = [0.0] * len(rates)
        while seconds > 0:
            part = min(60.0, seconds)
            seconds -= part
            self._switch()
            out = sum(rate for rate, on in zip(rates, self.on, strict=True) if on)
            self.level = min(max(self.level + (inflow - out) / 1000 * part / self.AREA, 0.2), 4.0)
            ran = [total + part * on for total, on in zip(ran, self.on, strict=True)]
        return ran

    def _switch(self) -> None:
        if self.level <= self.STOP and any(self.on):
            self.on = [False] * len(self.on)
            self.turn = (self.turn + 1) % len(self.on)
        elif self.level >= self.HELP:
            self.on = [True] * len(self.on)
        elif self.level >= self.START and self.on and not any(self.on):
            self.on[self.turn] = True


class WaterSupply:
    """City water fills the tank; boosters hold the pressure downstream."""

    AREA = 50.0  # m²
    FILL = 6.0  # L/s
    LOW, HIGH = 6.0, 7.6  # m, where filling starts and stops
    PRESSURE = 420.0  # kPa

    def __init__(self, site: Site, columns: Columns, seed: int) -> None:
        self.tanks = site.of_class({"Water_Storage_Tank"})
        meters = site.of_class({"Water_Meter", "Building_Water_Meter"})
        self.pumps = Pumps(columns, seed, site.of_class(classes.BOOSTER_PUMPS), 3.5, 300, 20)
        self.level = 6.8
        self.filling = False
        self.power = 0.0
        self.c_level = columns.take(self.tanks, "water_level")
        self.c_temperature = columns.take(self.tanks, "water_temperature")
        self.c_pressure = columns.take(self.pumps.ids, "leaving_water_pressure")
        self.c_flow = columns.take(meters, "water_flow")
        self.used = columns.count(meters, "water_usage", np.full(len(meters), 96_450.0))

    def prepare(self, block: Block) -> None:
        self.pumps.prepare(block)
        noise = smooth(block.seed, channels(["demand"], "water"), block.hours, 0.4)[:, 0]
        self.demand = 0.15 + 1.2 * block.calendar.water_use * (1 + 0.3 * noise)
        self.leak = block.severity("tank_leak", self.tanks).max(axis=1, initial=0.0)
        season = 17 + 6 * np.cos(2 * np.pi * (block.hours / 24 / 365.25 - 0.6))
        block.rows[:, self.c_temperature] = (season + 0.05 * (block.weather.temperature - 18))[:, None]

    def step(self, i: int, block: Block, flows: Flows) -> None:
        row, dt = block.rows[i], float(block.dt[i])
        wanted = np.zeros(len(self.pumps.ids))
        wanted[lead(len(wanted), float(block.calendar.week[i])) :][:1] = self.demand[i] + flows.water_demand
        drawn = float(np.sum(self.pumps.step(i, row, dt, wanted, flows.imbalance)))
        if self.level < self.LOW or self.level > self.HIGH:
            self.filling = self.level < self.LOW
        fill = self.FILL * self.filling
        change = (fill - drawn - 6.5 * float(self.leak[i])) * 3.6 * dt / self.AREA
        self.level = min(max(self.level + change, 0.3), 9.0)
        cavitating = float(np.max(self.pumps.cavitation[i], initial=0.0))
        row[self.c_level], row[self.c_flow] = self.level, fill
        row[self.c_pressure] = self.PRESSURE + 8 * (self.level - 7) - 90 * cavitating
        self.used.add(row, fill * 3.6 * dt)
        self.power = float(np.sum(self.pumps.power))


class Stormwater:
    """Runoff gathers behind a gate that opens as it rises."""

    def __init__(self, site: Site, columns: Columns) -> None:
        self.gates = site.of_class({"Stormwater_Gate"})
        self.level = np.full(len(self.gates), 0.9)
        self.c_level = columns.take(self.gates, "water_level")
        self.c_position = columns.take(self.gates, "position")

    def prepare(self, block: Block) -> None:
        self.stuck = block.severity("stuck_gate", self.gates)

    def step(self, i: int, block: Block) -> None:
        row = block.rows[i]
        opening = np.clip((self.level - 0.7) / 0.7, 0, 1)
        opening -= self.stuck[i] * opening
        rate = 0.03 + 0.7 * opening  # per hour
        end = 0.3 + (0.045 + 0.06 * block.weather.rain[i]) / rate
        self.level = end + (self.level - end) * np.exp(-float(block.dt[i]) * rate)
        row[self.c_level], row[self.c_position] = self.level, 100 * opening


class StreetLights:
    """Forty lamps that burn from dusk to dawn."""

    LAMPS = 40
    POWER = 6.0  # kW, all of them

    def __init__(self, site: Site, columns: Columns) -> None:
        self.circuits = site.of_class({"Streetlight_Circuit"})
        self.c_on = columns.take(self.circuits, "on_off_status")
        self.c_power = columns.take(self.circuits, "electric_power")
        self.c_light = columns.take(self.circuits, "outside_illuminance")
        self.c_failed = columns.take(self.circuits, "lamp_failure_count")

    def prepare(self, block: Block) -> None:
        dark = (block.weather.illuminance < 400)[:, None]
        failed = 1 + np.round(11 * block.severity("lamp_failure", self.circuits))
        power = dark * self.POWER * (1 - failed / self.LAMPS)
        self.powers: Floats = power.sum(axis=1)
        block.rows[:, self.c_on], block.rows[:, self.c_power] = dark, power
        block.rows[:, self.c_light], block.rows[:, self.c_failed] = block.weather.illuminance[:, None], failed


class CompressedAir:
    """A compressor that loads and unloads between two pressures, for as long as the network's demand asks."""

    LOW, BAND = 660.0, 90.0  # kPa
    CYCLE = 0.13  # hours

    def __init__(self, site: Site, columns: Columns) -> None:
        self.compressors = site.of_class({"Compressor"})
        self.phase = 0.0
        self.oil = np.full(len(self.compressors), 65.0)
        self.power = 0.0
        self.c_run = columns.take(self.compressors, "run_status")
        self.c_pressure = columns.take(self.compressors, "air_pressure")
        self.c_power = columns.take(self.compressors, "electric_power")
        self.c_oil = columns.take(self.compressors, "oil_temperature")

    def prepare(self, block: Block) -> None:
        self.leak = block.severity("air_leak", self.compressors)
        self.duty = 0.25 + 0.3 * block.calendar.laboratory[:, None] + 0.75 * self.leak

    def step(self, i: int, block: Block) -> None:
        row, dt = block.rows[i], float(block.dt[i])
        duty: Floats = self.duty[i]
        self.phase = (self.phase + dt / self.CYCLE) % 1
        busy: Floats = np.minimum(duty, 1.0)
        loaded = self.phase < busy
        rising = np.where(loaded, self.phase / busy, (1 - self.phase) / np.maximum(1 - busy, 1e-6))
        pressure = self.LOW + self.BAND * rising - 400 * np.maximum(duty - 0.9, 0)
        power = np.where(loaded, 15.0, 4.5)
        self.oil += (48 + 36 * busy - self.oil) * (1 - np.exp(-dt / 0.4))
        row[self.c_run], row[self.c_pressure] = 1.0, pressure
        row[self.c_power], row[self.c_oil] = power, self.oil
        self.power = float(np.sum(power))
