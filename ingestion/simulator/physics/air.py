"""Air handlers, VAV boxes and the zones they serve.

A zone is one thermal capacity. Its box delivers the air that brings the zone to the edge of its dead band by the end of
the step (never faster than in 20 minutes), within what damper, duct pressure and supply air allow; the zone then follows
the exact solution for constant inputs, so that steps of seconds and of a quarter of an hour agree.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingestion.simulator import site as classes
from ingestion.simulator.columns import Columns
from ingestion.simulator.physics.block import Block, Flows
from ingestion.simulator.physics.noise import Floats, channels, fixed, smooth
from ingestion.simulator.site import Site

MODES = ("Unoccupied", "Occupied", "Economizer")
_AIR = 1.207  # kJ per m³ and K
_STATIC = 250.0  # Pa
_DAMPER = 0.7  # exponent from flow to position
_VALVE = 1.4  # exponent from coil effect to position
_CROWDED = frozenset({"Conference_Room", "Cafeteria", "Lobby", "Library"})


@dataclass(slots=True)
class _Drivers:
    """Known before the block runs; shapes (times, zones) and (times, air handlers)."""

    gains: Floats
    people: Floats
    open: Floats
    setpoint: Floats
    band: Floats
    least_flow: Floats
    supply_setpoint: Floats
    least_outside: Floats
    filter_age: Floats
    latent: Floats
    box_stuck: Floats
    reheat_stuck: Floats
    clogging: Floats
    slip: Floats
    wear: Floats
    cooling_stuck: Floats
    heating_stuck: Floats
    damper_stuck: Floats
    leak: Floats


class Air:
    """Outputs of ``step``: ``fan_power`` and ``base_power`` (kW by air handler), and loads in ``Flows``."""

    def __init__(self, site: Site, columns: Columns, seed: int) -> None:
        self.seed = seed
        self.ahus = site.of_class(classes.AIR_HANDLERS)
        fed = {vav: ahu for ahu in self.ahus for vav in site.following("FEEDS", ahu)}
        self.vavs = [vav for vav in site.of_class(classes.TERMINALS) if vav in fed]
        self.parent: NDArray[np.intp] = np.array([self.ahus.index(fed[vav]) for vav in self.vavs], dtype=np.intp)
        self._parts(site)
        self._size_zones(site, columns)
        self._take(columns)
        self.zone = np.full(len(self.vavs), 22.5)
        self.co2 = np.full(len(self.vavs), 450.0)
        self.supply = np.full(len(self.ahus), 15.0)
        self.static = np.full(len(self.ahus), _STATIC)
        self.outside_share: Floats = np.full(len(self.ahus), 0.3)
        self.bearing = np.full(len(self.ahus), 35.0)
        self.fan_power = np.zeros(len(self.ahus))
        self.base_power = np.zeros(len(self.ahus))

    def _parts(self, site: Site) -> None:
        self.filters = [site.part(ahu, classes.FILTERS) for ahu in self.ahus]
        self.fans = [site.part(ahu, classes.FANS) for ahu in self.ahus]
        self.cooling = [site.part(ahu, classes.COOLING_COILS) for ahu in self.ahus]
        self.heating = [site.part(ahu, classes.HEATING_COILS) for ahu in self.ahus]

    def _size_zones(self, site: Site, columns: Columns) -> None:
        rooms = [site.rooms_fed(vav) for vav in self.vavs]
        kinds = [{room.class_ for room in group} for group in rooms]
        self.area = np.array([site.area(group) for group in rooms])
        self.facade = np.array([site.facade(group[0]) if group else 180.0 for group in rooms])
        self.laboratory = np.array(["Laboratory" in kind for kind in kinds])
        self.crowded = np.array([bool(kind & _CROWDED) for kind in kinds])
        self.reheats = np.array([columns.has(vav, "valve_position") for vav in self.vavs])
        self.most_flow = self.area * np.where(self.laboratory, 0.0068, 0.0052)  # kW/K
        self.loss = self.area * np.where(self.reheats, 0.0008, 0.0003)  # kW/K
        self.capacity = self.area * 0.045 * fixed(self.seed, self.vavs, "capacity", 0.85, 1.15)  # kWh/K
        self.most_reheat = self.area * 0.06 * self.reheats  # kW
        self.ahu_flow = self._by_ahu(self.most_flow)
        self.lab_ahu = self._by_ahu(self.laboratory.astype(np.float64)) > 0

    def _by_ahu(self, values: Floats) -> Floats:
        return np.bincount(self.parent, values, minlength=len(self.ahus)).astype(np.float64)

    def _take(self, columns: Columns) -> None:
        vavs, ahus = self.vavs, self.ahus
        self.c_zone = columns.take(vavs, "zone_air_temperature")
        self.c_zone_setpoint = columns.take(vavs, "zone_air_temperature_setpoint")
        self.c_flow = columns.take(vavs, "supply_air_flow")
        self.c_box = columns.take(vavs, "damper_position")
        self.c_reheat = columns.take(vavs, "valve_position")
        self.c_co2 = columns.take(vavs, "zone_co2_level")
        self.c_supply = columns.take(ahus, "supply_air_temperature")
        self.c_setpoint = columns.take(ahus, "supply_air_temperature_setpoint")
        self.c_mixed = columns.take(ahus, "mixed_air_temperature")
        self.c_return = columns.take(ahus, "return_air_temperature")
        self.c_static = columns.take(ahus, "supply_air_static_pressure")
        self.c_ahu_flow = columns.take(ahus, "supply_air_flow")
        self.c_damper = columns.take(ahus, "damper_position")
        self.c_ahu_co2 = columns.take(ahus, "return_air_co2")
        self.c_mode = columns.take(ahus, "operating_mode_status", MODES)
        self.c_filter = columns.take(self.filters, "filter_air_differential_pressure")
        self.c_run = columns.take(self.fans, "run_status")
        self.c_speed = columns.take(self.fans, "speed")
        self.c_power = columns.take(self.fans, "electric_power")
        self.c_vibration = columns.take(self.fans, "vibration")
        self.c_bearing = columns.take(self.fans, "bearing_temperature")
        self.c_cooling_command = columns.take(self.cooling, "valve_position_command")
        self.c_cooling = columns.take(self.cooling, "valve_position")
        self.c_heating_command = columns.take(self.heating, "valve_position_command")
        self.c_heating = columns.take(self.heating, "valve_position")

    def prepare(self, block: Block) -> None:
        sky, days = block.weather, block.calendar
        lab, wide = self.laboratory, (len(block.at), len(self.vavs))
        occupied = np.where(lab, days.laboratory[:, None], days.office[:, None])
        busy = smooth(block.seed, channels(self.vavs, "gains"), block.hours, 1.7)
        presence = np.clip(occupied * (1 + 0.35 * busy), 0, 1.15)
        is_open = np.where(lab, 1.0, days.open[:, None])
        sun = sky.irradiance[:, None] * np.clip(np.cos(np.radians(sky.sun_azimuth[:, None] - self.facade)), 0.12, 1)
        electric = self.area * (np.where(lab, 0.010, 0.0025) + np.where(lab, 0.012, 0.0105) * presence)
        people = self.area * np.where(self.crowded, 0.1, 0.06) * presence
        self.plugs = np.stack([self._by_ahu(row) for row in electric])
        ahus = self.ahus
        own = [(ahu, part) for ahu, part in zip(ahus, self.fans, strict=True)]
        zone_setpoint = 22.5 + fixed(self.seed, self.vavs, "setpoint", -1, 1).round() * 0.5
        self.drivers = _Drivers(
            gains=electric + 0.075 * people + self.area * 0.00002 * sun,
            people=people,
            open=np.where(self.lab_ahu, 1.0, days.open[:, None]),
            setpoint=np.broadcast_to(zone_setpoint, wide),
            band=np.where(is_open > 0, 0.7, 1.7),
            least_flow=self.most_flow * np.where(lab, 0.4, np.where(is_open > 0, 0.2, 0.08)),
            supply_setpoint=np.interp(sky.temperature, [10, 22], [17, 13])[:, None] * np.ones(len(ahus)),
            least_outside=np.where(self.lab_ahu, 0.5, 0.05 + 0.2 * days.open[:, None]),
            filter_age=(block.hours[:, None] / 24 / 90 + fixed(self.seed, ahus, "filter age", 0, 1)) % 1,
            latent=np.clip((sky.dew_point - 6) / 10, 0, 1)[:, None] * np.ones(len(ahus)),
            box_stuck=block.severity("stuck_damper", self.vavs),
            reheat_stuck=block.severity("stuck_valve", self.vavs),
            clogging=block.severity("filter_clogging", list(zip(ahus, self.filters, strict=True))),
            slip=block.severity("belt_slip", own),
            wear=block.severity("bearing_wear", self.fans),
            cooling_stuck=block.severity("stuck_valve", list(zip(ahus, self.cooling, strict=True))),
            heating_stuck=block.severity("stuck_valve", self.heating),
            damper_stuck=block.severity("stuck_damper", ahus),
            leak=block.severity("heating_leak_by", list(zip(ahus, self.heating, strict=True))),
        )
        block.rows[:, self.c_zone_setpoint] = self.drivers.setpoint
        block.rows[:, self.c_setpoint] = self.drivers.supply_setpoint
        block.rows[:, self.c_run] = 1.0

    def step(self, i: int, block: Block, flows: Flows) -> None:
        row, dt, outside = block.rows[i], float(block.dt[i]), float(block.weather.temperature[i])
        air_flow, reheat = self._zones(i, row, dt, outside, flows)
        flow = self._by_ahu(air_flow)
        mixed, returned = self._mix(i, row, outside, flow, air_flow)
        self._condition(i, row, dt, flow, mixed, float(np.sum(reheat)), flows)
        self._blow(i, row, dt, outside, flow, flows.imbalance)
        row[self.c_mixed], row[self.c_return] = mixed, returned

    def _zones(self, i: int, row: Floats, dt: float, outside: float, flows: Flows) -> tuple[Floats, Floats]:
        d = self.drivers
        supply, setpoint, band = self.supply[self.parent] + 0.3, d.setpoint[i], d.band[i]
        span = np.minimum(supply - self.zone, -0.5)
        drift = self.loss * (outside - self.zone) + d.gains[i]
        cool = self.capacity * (setpoint + band - self.zone) / max(dt, 0.33) - drift
        least = np.maximum(d.least_flow[i], self.most_flow * np.clip((self.co2 - 750) / 300, 0, 1))
        wish = np.clip(cool / span, least, self.most_flow) / self.most_flow
        position = wish**_DAMPER
        position += d.box_stuck[i] * (0.12 - position)
        flow = self.most_flow * position ** (1 / _DAMPER) * np.sqrt(self.static[self.parent] / _STATIC)
        heat = self.capacity * (setpoint - band - self.zone) / max(dt, 0.33) - drift - flow * (supply - self.zone)
        valve = np.clip(heat / np.maximum(self.most_reheat, 1e-6), 0, 1) * self.reheats
        valve += d.reheat_stuck[i] * (0.8 - valve) * self.reheats
        reheat = valve * self.most_reheat * min(1.0, max(0.0, (flows.hot_water - 30) / 30))
        self._settle(i, dt, outside, flow, supply, reheat)
        row[self.c_zone], row[self.c_box], row[self.c_reheat] = self.zone, 100 * position, 100 * valve
        row[self.c_flow], row[self.c_co2] = flow / _AIR * 3600, self.co2
        return flow, reheat

    def _settle(self, i: int, dt: float, outside: float, flow: Floats, supply: Floats, reheat: Floats) -> None:
        d, total = self.drivers, self.loss + flow
        end = (self.loss * outside + flow * supply + d.gains[i] + reheat) / total
        self.zone = end + (self.zone - end) * np.exp(-dt * total / self.capacity)
        fresh = flow / _AIR * (0.25 + 0.75 * self.outside_share[self.parent]) + self.area * 0.00012  # m³/s
        end = 420 + 5.2 * d.people[i] / fresh
        self.co2 = end + (self.co2 - end) * np.exp(-dt * 3600 * fresh / (self.area * 3))

    def _mix(self, i: int, row: Floats, outside: float, flow: Floats, air_flow: Floats) -> tuple[Floats, Floats]:
        d = self.drivers
        returned = self._by_ahu(air_flow * self.zone) / flow + 0.4
        wanted = d.supply_setpoint[i] - 0.8
        least: Floats = d.least_outside[i]
        free: Floats = np.clip((returned - wanted) / np.maximum(returned - outside, 0.5), least, 1)
        share = np.where(outside < returned - 1.5, free, least)
        economizing = (share > least + 0.05) & (d.open[i] > 0)
        share += d.damper_stuck[i] * (0.95 - share)
        self.outside_share = share
        row[self.c_damper] = 100 * share
        row[self.c_mode] = np.where(economizing, 2, d.open[i])
        row[self.c_ahu_co2] = self._by_ahu(air_flow * self.co2) / flow
        return returned + share * (outside - returned), returned

    def _condition(
        self, i: int, row: Floats, dt: float, flow: Floats, mixed: Floats, reheat: float, flows: Flows
    ) -> None:
        """Preheat coil, cooling coil, fan heat; the supply sensor follows within three minutes."""
        d = self.drivers
        wanted, strength = d.supply_setpoint[i] - 0.8, 0.9 - 0.1 * flow / self.ahu_flow
        hot = np.maximum(flows.hot_water - mixed, 1.0)
        heat_command = np.clip((wanted - mixed) / (0.6 * hot), 0, 1)
        heat_valve = heat_command + d.heating_stuck[i] * (0.5 - heat_command)
        heated = mixed + 0.6 * hot * np.maximum(heat_valve, 0.25 * d.leak[i])
        cold = np.maximum(heated - flows.chilled_water, 0.5)
        command = np.clip((heated - wanted) / (cold * strength), 0, 1) ** _VALVE
        valve = command + d.cooling_stuck[i] * (0.06 - command)
        cooled = heated - strength * cold * valve ** (1 / _VALVE)
        self.supply += (cooled + 0.8 - self.supply) * (1 - np.exp(-dt / 0.05))
        flows.chilled_load = float(np.sum(flow * (heated - cooled) * (1 + 0.3 * d.latent[i])))
        flows.chilled_demand = float(np.sum(valve * self.ahu_flow)) * 0.6
        flows.hot_load = float(np.sum(flow * (heated - mixed))) + reheat
        row[self.c_supply] = self.supply
        row[self.c_cooling_command], row[self.c_cooling] = 100 * command, 100 * valve
        row[self.c_heating_command], row[self.c_heating] = 100 * heat_command, 100 * heat_valve

    def _blow(self, i: int, row: Floats, dt: float, outside: float, flow: Floats, imbalance: float) -> None:
        d, share = self.drivers, flow / self.ahu_flow
        filter_drop = (150 + 60 * d.filter_age[i]) * share**2 * (1 + 4 * d.clogging[i])
        pressure = _STATIC + filter_drop + 200 * share**2
        wanted = 0.95 * np.sqrt(0.45 * share**2 + 0.55 * pressure / 660) / (1 - 0.4 * d.slip[i])
        speed = np.minimum(wanted, 1.0)
        self.static = _STATIC * (speed / wanted) ** 2
        self.fan_power = flow / _AIR * pressure / 580 * (1 + 0.3 * d.slip[i] + 0.08 * d.wear[i])
        self.base_power = self.plugs[i]
        warm = 22 + 0.25 * (outside - 22) + 20 * speed + 36 * d.wear[i] + 2.5 * imbalance
        self.bearing += (warm - self.bearing) * (1 - np.exp(-dt / 0.5))
        row[self.c_filter], row[self.c_static], row[self.c_speed] = filter_drop, self.static, 100 * speed
        row[self.c_power], row[self.c_bearing] = self.fan_power, self.bearing
        row[self.c_vibration] = 0.7 + 1.3 * speed**2 + 4.5 * d.wear[i] ** 1.5 + 2.4 * d.slip[i]
        row[self.c_ahu_flow] = flow / _AIR * 3600
