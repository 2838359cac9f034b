"""From true values to what sensors send: noise, resolution, drift, sticking, silence, and words for states."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingestion.reading import Reading
from ingestion.simulator.columns import Columns
from ingestion.simulator.faults import FaultSet
from ingestion.simulator.physics.noise import Floats, Times, channels, normal
from ingestion.simulator.site import Point

Value = float | str


@dataclass(frozen=True, slots=True)
class Sensor:
    """Deviation of its noise, in the unit and as a share of the value, and how many steps it shows per unit."""

    noise: float = 0.0
    share: float = 0.0
    steps: float = 10.0
    drift: float = 0.0


_EXACT = Sensor()
_BY_UNIT = {
    "°C": Sensor(noise=0.08, steps=10, drift=4),
    "%": Sensor(share=0.004, steps=10, drift=20),
    "Pa": Sensor(share=0.012, steps=1, drift=60),
    "kPa": Sensor(share=0.006, steps=10, drift=60),
    "m³/h": Sensor(share=0.012, steps=1, drift=400),
    "L/s": Sensor(share=0.01, steps=100, drift=2),
    "kW": Sensor(share=0.008, steps=100, drift=8),
    "mm/s": Sensor(share=0.05, steps=100, drift=1.5),
    "ppm": Sensor(noise=6, steps=1, drift=250),
    "V": Sensor(share=0.001, steps=10, drift=8),
    "A": Sensor(share=0.006, steps=10, drift=10),
    "m": Sensor(noise=0.004, steps=100, drift=0.5),
    "kVA": Sensor(share=0.005, steps=10, drift=20),
    "Hz": Sensor(noise=0.003, steps=1000, drift=0.2),
    "W/m²": Sensor(share=0.01, steps=1, drift=80),
    "lx": Sensor(share=0.02, steps=1, drift=500),
    "m/s": Sensor(share=0.06, steps=10, drift=2),
    "mm/h": Sensor(share=0.05, steps=10, drift=2),
}
_BY_QUANTITY = {
    "coefficient_of_performance": Sensor(share=0.008, steps=100, drift=0.8),
    "power_factor": Sensor(noise=0.002, steps=1000, drift=0.05),
    "fuel_level": Sensor(noise=0.1, steps=1, drift=15),
    "natural_gas_flow": Sensor(share=0.01, steps=100, drift=5),
}
_COUNTED = ("_energy", "_usage", "run_time", "_count", "_status", "_setpoint", "_command")


def sensor(point: Point) -> Sensor:
    """Totals, states and commands come without noise."""
    if point.quantity.endswith(_COUNTED):
        return _EXACT
    return _BY_QUANTITY.get(point.quantity) or _BY_UNIT.get(point.unit or "", _EXACT)


class Sensors:
    def __init__(self, columns: Columns, seed: int) -> None:
        self._columns = columns
        self._seed = seed
        self._channels = channels([point.source for point in columns.points], "sensor")
        models = [sensor(point) for point in columns.points]
        self._noise = np.array([model.noise for model in models])
        self._share = np.array([model.share for model in models])
        self._steps = np.array([model.steps for model in models])
        self._drift = np.array([model.drift for model in models])
        self._percent = np.array([point.unit == "%" for point in columns.points])
        self._held: dict[int, float] = {}
        self._index = {(p.asset, p.quantity): i for i, p in enumerate(columns.points)}

    def hold(self, last: Mapping[str, float], at: Times, faults: FaultSet) -> None:
        """Sensors that are stuck by now go on showing what they showed last, by source."""
        for fault in faults.faults:
            if fault.name == "sensor_flatline" and fault.quantity is not None and fault.severity_at(at)[0] > 0:
                column = self._index[fault.asset, fault.quantity]
                source = self._columns.points[column].source
                if source in last:
                    self._held[column] = last[source]

    def measure(self, rows: Floats, at: Times, faults: FaultSet) -> Floats:
        """Shape (times, points); NaN is a value that is not sent."""
        true = rows[:, :-1]
        noise = normal(self._seed, self._channels, at)
        values = true + noise * (self._noise + self._share * np.abs(true))
        self._apply_drift(values, at, faults)
        values = np.rint(values * self._steps) / self._steps
        values = np.where(self._percent, np.clip(values, 0, 100), values) + 0.0
        self._apply_flatline(values, at, faults)
        self._apply_silence(values, at, faults)
        return values

    def _apply_drift(self, values: Floats, at: Times, faults: FaultSet) -> None:
        for fault in faults.faults:
            if fault.name == "sensor_drift" and fault.quantity is not None:
                column = self._index[fault.asset, fault.quantity]
                scale = self._drift[column] or 0.2 * np.abs(values[:, column])
                values[:, column] += fault.severity_at(at) * scale

    def _apply_flatline(self, values: Floats, at: Times, faults: FaultSet) -> None:
        for fault in faults.faults:
            if fault.name == "sensor_flatline" and fault.quantity is not None:
                self._freeze(values, self._index[fault.asset, fault.quantity], fault.severity_at(at) > 0)

    def _freeze(self, values: Floats, column: int, stuck: NDArray[np.bool_]) -> None:
        if not stuck.any():
            self._held.pop(column, None)
            return
        shown = self._held.setdefault(column, float(values[int(np.argmax(stuck)), column]))
        values[stuck, column] = shown

    def _apply_silence(self, values: Floats, at: Times, faults: FaultSet) -> None:
        for fault in faults.faults:
            if fault.name == "communication_loss":
                own = np.array([point.asset == fault.asset for point in self._columns.points])
                values[np.ix_(fault.severity_at(at) > 0, own)] = np.nan

    def readings(self, values: Floats, at: Times) -> Iterator[Reading]:
        """In time order, all points of a moment together."""
        names = [(point.source, self._columns.labels.get(i)) for i, point in enumerate(self._columns.points)]
        for moment, row in zip(at.tolist(), values.tolist(), strict=True):
            for (source, labels), value in zip(names, row, strict=True):
                if labels is not None and value == value:
                    yield Reading(source, moment, text=labels[int(value)])
                elif value == value:
                    yield Reading(source, moment, value)
