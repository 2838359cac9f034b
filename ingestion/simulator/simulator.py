"""A plant that behaves: its state goes forward in steps of any length, and its sensors send readings.

Weather, occupancy, faults and noise are functions of the moment; only what must be integrated (temperatures, levels,
totals) is state. The backfill in quarters of an hour and the live plant in seconds run the same steps.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

import numpy as np

from graph_schema.errors import InvalidInput
from graph_schema.model import Plant
from ingestion.reading import Reading
from ingestion.simulator.columns import Columns
from ingestion.simulator.faults import Fault, FaultSet, check
from ingestion.simulator.physics.air import Air
from ingestion.simulator.physics.block import Block, Flows, prepare_block
from ingestion.simulator.physics.cooling import Cooling
from ingestion.simulator.physics.exhaust import Exhaust
from ingestion.simulator.physics.heating import Heating
from ingestion.simulator.physics.noise import Floats, Times
from ingestion.simulator.physics.power import Power
from ingestion.simulator.physics.public_works import CompressedAir, LiftStation, Stormwater, StreetLights, WaterSupply
from ingestion.simulator.physics.server_room import ServerRoom
from ingestion.simulator.sensors import Sensors
from ingestion.simulator.site import Site

_STEP_MS = 900_000
_SETTLING_STEPS = 3 * 96  # three days bring every state but the totals to where it would be anyway
_BLOCK = 672
_BATCH = 24  # moments in a batch of readings


class Simulator:
    """``last`` holds the latest values on record by source: totals go on from them, and stuck sensors stay stuck."""

    def __init__(
        self, plant: Plant, seed: int = 7, faults: Iterable[Fault] = (), last: Mapping[str, float] | None = None
    ) -> None:
        self.site = Site(plant)
        self.seed = seed
        self.faults: list[Fault] = [check(self.site, fault) for fault in faults]
        self.columns = Columns(self.site)
        self._build()
        self.columns.check_complete()
        self._last = dict(last or {})
        self._now: int | None = None

    def _build(self) -> None:
        site, columns, seed = self.site, self.columns, self.seed
        self.flows = Flows()
        self.air = Air(site, columns, seed)
        self.server_room = ServerRoom(site, columns, seed)
        self.cooling = Cooling(site, columns, seed)
        self.heating = Heating(site, columns, seed)
        self.exhaust = Exhaust(site, columns)
        self.lift = LiftStation(site, columns, seed)
        self.water = WaterSupply(site, columns, seed)
        self.storm = Stormwater(site, columns)
        self.lights = StreetLights(site, columns)
        self.compressed = CompressedAir(site, columns)
        self.power = Power(site, columns, seed, self.air)
        self.sensors = Sensors(columns, seed)
        self._sky(columns)

    def _sky(self, columns: Columns) -> None:
        stations = self.site.of_class({"Weather_Station"})
        names = ("temperature", "humidity", "wet_bulb_temperature")
        self.c_sky = [columns.take(stations, f"outside_air_{name}") for name in names]
        self.c_sky += [columns.take(stations, name) for name in ("solar_irradiance", "wind_speed", "rain_level")]

    @property
    def now(self) -> datetime | None:
        """The moment that the plant has reached, UTC; None before its first."""
        return None if self._now is None else datetime.fromtimestamp(self._now / 1000, UTC)

    def inject(self, fault: Fault) -> Fault:
        """Let something go wrong from now on; returns the fault as understood. Raises ``NotFound`` or ``InvalidInput``."""
        checked = check(self.site, fault)
        self.faults.append(checked)
        return checked

    def history(self, start: datetime, end: datetime, step_s: float = 900) -> Iterator[list[Reading]]:
        """Batches of readings for start <= t < end, in time order; a batch holds all points of several moments."""
        if step_s <= 0 or start >= end:
            raise InvalidInput("A history needs a start before its end and a step above zero.")
        at = np.arange(_ms(start), _ms(end), round(step_s * 1000), dtype=np.int64)
        for first in range(0, len(at), _BLOCK):
            part = at[first : first + _BLOCK]
            values = self.advance(part)
            for k in range(0, len(part), _BATCH):
                yield list(self.sensors.readings(values[k : k + _BATCH], part[k : k + _BATCH]))

    def read(self, moment: datetime) -> dict[str, dict[str, float | str]]:
        """Go on to this moment and read every sensor: values by key, by device."""
        now = _ms(moment)
        if self._now is not None and now <= self._now:
            raise InvalidInput("A simulated plant only goes forward in time.")
        values = self.advance(np.array([now], dtype=np.int64))
        devices: dict[str, dict[str, float | str]] = {}
        for point, reading in self._named(values, now):
            devices.setdefault(point[0], {})[point[1]] = reading
        return devices

    def _named(self, values: Floats, now: int) -> Iterator[tuple[tuple[str, str], float | str]]:
        for reading in self.sensors.readings(values, np.array([now], dtype=np.int64)):
            device, _, key = reading.source.rpartition("/")
            value = reading.text if reading.text is not None else reading.value
            assert value is not None
            yield (device, key), value

    def advance(self, at: Times) -> Floats:
        """Measured values of these ascending moments, shape (times, points)."""
        faults = FaultSet(tuple(self.faults))
        self._catch_up(int(at[0]), faults)
        return self.sensors.measure(self._run(at, faults), at, faults)

    def _catch_up(self, first: int, faults: FaultSet) -> None:
        """Settle before the first moment ever, or bridge a gap, without readings."""
        if self._now is None:
            self._now = first - _SETTLING_STEPS * _STEP_MS
            self._run(np.arange(self._now + _STEP_MS, first, _STEP_MS, dtype=np.int64), faults)
            self.columns.restore(self._last)
            self.sensors.hold(self._last, np.array([first], dtype=np.int64), faults)
        elif first - self._now > _STEP_MS:
            self._run(np.arange(self._now + _STEP_MS, first, _STEP_MS, dtype=np.int64), faults)

    def _run(self, at: Times, faults: FaultSet) -> Floats:
        assert self._now is not None
        block = prepare_block(self.site, self.seed, faults, self._now, at, len(self.columns))
        self._prepare(block)
        for i in range(len(at)):
            self._step(i, block)
        self._now = int(at[-1]) if len(at) else self._now
        return block.rows

    def _prepare(self, block: Block) -> None:
        for system in (self.air, self.server_room, self.cooling, self.heating, self.exhaust, self.lift, self.water):
            system.prepare(block)
        for system in (self.storm, self.lights, self.compressed, self.power):
            system.prepare(block)
        sky = block.weather
        shown = (sky.temperature, sky.humidity, sky.wet_bulb, sky.irradiance, sky.wind, sky.rain)
        for columns, values in zip(self.c_sky, shown, strict=True):
            block.rows[:, columns] = values[:, None]

    def _step(self, i: int, block: Block) -> None:
        """Causes before effects: air asks for cold and heat, the plants deliver, electricity adds it up."""
        flows = self.flows
        self.air.step(i, block, flows)
        self.server_room.step(i, block, flows)
        self.cooling.step(i, block, flows)
        self.heating.step(i, block, flows)
        self.lift.step(i, block, flows)
        self.water.step(i, block, flows)
        self.storm.step(i, block)
        self.compressed.step(i, block)
        other = self.cooling.power + self.heating.power + self.server_room.power + self.lift.power
        other += self.water.power + self.compressed.power + float(self.lights.powers[i])
        self.power.step(i, block, flows, self.air, float(self.exhaust.powers[i]), self.server_room.load, other)


def simulate_history(
    plant: Plant, start: datetime, end: datetime, step_s: float = 900, seed: int = 7, faults: Iterable[Fault] = ()
) -> Iterator[list[Reading]]:
    """The past of a plant, pure: the same arguments give the same readings."""
    return Simulator(plant, seed, faults).history(start, end, step_s)


def _ms(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise InvalidInput("A moment needs a time zone.")
    return round(moment.timestamp() * 1000)
