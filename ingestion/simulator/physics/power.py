"""Electricity: supply, transformer, switchgear and meters, UPS, transfer switch and emergency generator."""

import numpy as np
from numpy.typing import NDArray

from ingestion.simulator.columns import Columns
from ingestion.simulator.physics.air import Air
from ingestion.simulator.physics.block import Block, Flows
from ingestion.simulator.physics.noise import Floats, channels, fixed, smooth
from ingestion.simulator.site import Site

_VOLTAGE = 480.0  # V between phases
_UPS_LOW = 432.0  # V below which the UPS takes over
_UPS_LOSS = 0.95
_TEST_POWER = 60.0  # kW into a load bank


class Power:
    def __init__(self, site: Site, columns: Columns, seed: int, air: Air) -> None:
        self.meters = site.of_class({"Electrical_Meter", "Building_Electrical_Meter"})
        self.transformers = site.of_class({"Transformer"})
        self.switchgear = site.of_class({"Switchgear"})
        self.upses = site.of_class({"UPS"})
        self.feeds, self.whole = _metered(site, self.meters, air)
        self.exhaust = np.array([self._feeds_exhaust(site, meter) for meter in self.meters], dtype=np.float64)
        self.winding = np.full(len(self.transformers), 60.0)
        self.oil = np.full(len(self.transformers), 50.0)
        self.charge = np.ones(len(self.upses))
        self._take(columns)
        start = fixed(seed, self.meters, "energy", 800_000, 2_600_000)
        self.energy = columns.count(self.meters, "electric_energy", start)
        self.generator = Generator(site, columns)

    @staticmethod
    def _feeds_exhaust(site: Site, meter: str) -> bool:
        return any(site.entities[fed].class_ == "Exhaust_Fan" for fed in site.following("FEEDS", meter))

    def _take(self, columns: Columns) -> None:
        self.c_active = columns.take(self.meters, "active_power")
        self.c_current = columns.take(self.meters, "current")
        self.c_factor = columns.take(self.meters, "power_factor")
        self.c_apparent = columns.take(self.transformers, "apparent_power")
        self.c_winding = columns.take(self.transformers, "winding_temperature")
        self.c_oil = columns.take(self.transformers, "oil_temperature")
        self.c_voltage = columns.take(self.switchgear, "voltage")
        self.c_frequency = columns.take(self.switchgear, "frequency")
        self.c_voltage_imbalance = columns.take(self.switchgear, "voltage_imbalance")
        self.c_current_imbalance = columns.take(self.switchgear, "current_imbalance")
        self.c_source = columns.take(self.switchgear, "operating_mode_status", ("Normal", "Undervoltage"))
        self.c_ups_mode = columns.take(self.upses, "operating_mode_status", ("Online", "On battery"))
        self.c_ups_voltage = columns.take(self.upses, "output_voltage")
        self.c_ups_battery = columns.take(self.upses, "battery_voltage")
        self.c_ups_temperature = columns.take(self.upses, "battery_temperature")
        self.c_ups_power = columns.take(self.upses, "active_power")

    def prepare(self, block: Block) -> None:
        curve = smooth(block.seed, channels(["voltage", "phases", "frequency", "battery"], "grid"), block.hours, 0.8)
        sag = block.severity("voltage_sag", self.switchgear).max(axis=1, initial=0.0)
        self.uneven = block.severity("phase_imbalance", self.switchgear).max(axis=1, initial=0.0)
        self.blocked = block.severity("cooling_blocked", self.transformers)
        self.voltage = _VOLTAGE * (1 + 0.007 * curve[:, 0]) * (1 - sag * (0.17 + 0.02 * curve[:, 1]))
        self.low = self.voltage < _UPS_LOW
        rows = block.rows
        rows[:, self.c_voltage] = self.voltage[:, None]
        rows[:, self.c_frequency] = 60 + 0.02 * curve[:, 2:3]
        rows[:, self.c_voltage_imbalance] = (0.7 + 0.2 * curve[:, 1] + 3.6 * self.uneven)[:, None]
        rows[:, self.c_current_imbalance] = (4 + 1.2 * curve[:, 1] + 22 * self.uneven)[:, None]
        rows[:, self.c_source] = rows[:, self.c_ups_mode] = self.low[:, None]
        rows[:, self.c_ups_voltage] = _VOLTAGE
        rows[:, self.c_ups_temperature] = 24 + 0.8 * curve[:, 3:4]
        self.generator.prepare(block)

    def step(self, i: int, block: Block, flows: Flows, air: Air, exhaust: float, ups: float, other: float) -> None:
        """``other`` is the power of all that no building meter covers, in kW."""
        row, dt = block.rows[i], float(block.dt[i])
        buildings = air.fan_power + air.base_power
        total = float(np.sum(buildings)) + exhaust + ups / _UPS_LOSS + other
        power = np.where(self.whole, total, self.feeds @ buildings + self.exhaust * exhaust)
        factor = np.clip(0.95 - 0.0001 * power - 0.02 * self.uneven[i], 0.86, 1)
        row[self.c_active], row[self.c_factor] = power, factor
        row[self.c_current] = power / factor * 1000 / (3**0.5 * float(self.voltage[i]))
        self.energy.add(row, power * dt)
        self._warm(i, row, dt, float(block.weather.temperature[i]), total / 0.93)
        self._discharge(i, row, dt, ups)
        flows.imbalance = float(self.uneven[i])
        self.generator.step(i, row, dt)

    def _warm(self, i: int, row: Floats, dt: float, outside: float, load: float) -> None:
        """Hot spots follow the load to the power 1.6, as in IEC 60076-7; ``load`` is in kVA."""
        share = load / 300
        hindered = 1 + 1.3 * self.blocked[i]
        oil = outside + (8 + 35 * share**1.6) * hindered
        self.oil += (oil - self.oil) * (1 - np.exp(-dt / 3))
        winding = self.oil + 18 * share**1.6 * hindered + 14 * self.uneven[i] + 8 * self.blocked[i]
        self.winding += (winding - self.winding) * (1 - np.exp(-dt / 0.3))
        row[self.c_apparent], row[self.c_oil], row[self.c_winding] = load, self.oil, self.winding

    def _discharge(self, i: int, row: Floats, dt: float, load: float) -> None:
        """Two hours of battery, recharged in eight."""
        change = np.where(self.low[i], -dt / 2, dt / 8)
        self.charge = np.clip(self.charge + change, 0.1, 1)
        row[self.c_ups_battery] = np.where(self.low[i], 470 + 45 * self.charge, 532 + 13 * self.charge)
        row[self.c_ups_power] = load


class Generator:
    """Stands by with a warm engine and runs half an hour every Tuesday at nine, into a load bank."""

    def __init__(self, site: Site, columns: Columns) -> None:
        self.sets = site.of_class({"Emergency_Generator"})
        self.switches = site.of_class({"Automatic_Transfer_Switch"})
        self.coolant = np.full(len(self.sets), 42.0)
        self.c_run = columns.take(self.sets, "run_status")
        self.c_battery = columns.take(self.sets, "battery_voltage")
        self.c_fuel = columns.take(self.sets, "fuel_level")
        self.c_coolant = columns.take(self.sets, "coolant_temperature")
        self.c_power = columns.take(self.sets, "electric_power")
        self.c_switch = columns.take(self.switches, "switch_status", ("Utility", "Generator"))
        self.hours = columns.count(self.sets, "run_time", np.full(len(self.sets), 412.0))

    def prepare(self, block: Block) -> None:
        days = block.calendar
        weak = block.severity("weak_battery", self.sets)
        test = ((days.weekday == 1) & (days.hour >= 9) & (days.hour < 9.5))[:, None]
        self.runs = (test & (weak <= 0.5)).astype(np.float64)
        cranking = test & (weak > 0.5)
        rows = block.rows
        rows[:, self.c_run], rows[:, self.c_power] = self.runs, _TEST_POWER * self.runs
        rows[:, self.c_battery] = np.where(self.runs > 0, 28.3, 27.2) - 4.4 * weak - 5 * cranking
        rows[:, self.c_fuel] = (94 - 1.5 * (days.week % 20))[:, None]
        rows[:, self.c_switch] = 0

    def step(self, i: int, row: Floats, dt: float) -> None:
        runs = self.runs[i]
        lag = np.where(runs > 0, 0.12, 1.0)
        self.coolant += (42 + 42 * runs - self.coolant) * (1 - np.exp(-dt / lag))
        row[self.c_coolant] = self.coolant
        self.hours.add(row, runs * dt)


def _metered(site: Site, meters: list[str], air: Air) -> tuple[Floats, NDArray[np.bool_]]:
    """Which air handlers (with the rooms they serve) a meter covers: those whose fan it feeds. Others cover everything."""
    fed = [set(site.following("FEEDS", meter)) for meter in meters]
    table = np.array([[float(fan in ids) for fan in air.fans] for ids in fed]).reshape(len(meters), len(air.fans))
    return table, np.array([site.entities[meter].class_ == "Electrical_Meter" for meter in meters], dtype=np.bool_)
