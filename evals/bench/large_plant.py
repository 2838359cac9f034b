"""A campus of any number of assets: the same number gives the same plant and the same readings.

Each building has a central plant (chillers, boilers, pumps, cooling tower, tanks, meters) and floors. Each floor has an air handler with
its parts, and rooms with a terminal unit each: mostly VAVs, some fan coil units. Names are given as people give them: by building and number.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ingestion.reading import Reading

_BUILDINGS = (
    "Harbor Hall", "North Tower", "Science Center", "Library", "Mill House", "East Wing", "Stadium", "Clinic", "Foundry", "Archive",
    "Gatehouse", "Observatory", "West Annex", "Granary", "Depot", "Chapel",
)  # fmt: skip
_FLOORS = 8
_ROOMS = 96  # of a floor
_FAN_COILS = 16  # of them
_AROUND = 18  # assets of a central plant and of an air handler with its parts
_ROOM_CLASSES = ("Office", "Office", "Open_Office", "Conference_Room", "Laboratory", "Classroom", "Storage_Room")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Signal:
    """A quantity: its unit, the middle and the spread of its readings, its limits."""

    unit: str | None
    middle: float
    spread: float
    low: float | None = None
    high: float | None = None


_SIGNALS = {
    "AHU": {
        "supply_air_temperature": _Signal("°C", 14, 1.5, 10, 20),
        "supply_air_temperature_setpoint": _Signal("°C", 13, 0),
        "return_air_temperature": _Signal("°C", 23, 1, 16, 28),
        "supply_air_static_pressure": _Signal("Pa", 250, 30, 100, 450),
        "supply_air_flow": _Signal("m³/h", 9000, 900),
        "return_air_co2": _Signal("ppm", 600, 120, None, 1000),
    },
    "VAV": {
        "zone_air_temperature": _Signal("°C", 22, 1.2, 18, 26),
        "zone_air_temperature_setpoint": _Signal("°C", 22, 0),
        "supply_air_flow": _Signal("m³/h", 320, 60),
        "damper_position": _Signal("%", 45, 15, 0, 100),
    },
    "FCU": {
        "zone_air_temperature": _Signal("°C", 22, 1.2, 18, 26),
        "zone_air_temperature_setpoint": _Signal("°C", 22, 0),
        "valve_position": _Signal("%", 40, 15, 0, 100),
        "run_status": _Signal(None, 1, 0),
    },
    "Supply_Fan": {
        "electric_power": _Signal("kW", 5, 1, None, 12),
        "speed": _Signal("%", 70, 10, None, 100),
        "vibration": _Signal("mm/s", 2.2, 0.6, None, 4.5),
        "run_status": _Signal(None, 1, 0),
    },
    "Return_Fan": {"electric_power": _Signal("kW", 3, 0.6, None, 8), "speed": _Signal("%", 65, 10, None, 100)},
    "Filter": {"filter_air_differential_pressure": _Signal("Pa", 120, 30, None, 250)},
    "Chilled_Water_Coil": {"valve_position": _Signal("%", 50, 20, 0, 100)},
    "Hot_Water_Coil": {"valve_position": _Signal("%", 30, 15, 0, 100)},
    "Chiller": {
        "chilled_water_supply_temperature": _Signal("°C", 6.5, 0.5, 4, 9),
        "chilled_water_return_temperature": _Signal("°C", 12, 0.8, 8, 16),
        "electric_power": _Signal("kW", 180, 30, None, 320),
    },
    "Boiler": {"hot_water_supply_temperature": _Signal("°C", 70, 3, 55, 85), "water_pressure": _Signal("bar", 2, 0.2, 1, 3)},
    "Pump": {
        "speed": _Signal("%", 70, 10, None, 100),
        "electric_power": _Signal("kW", 11, 2, None, 22),
        "vibration": _Signal("mm/s", 2, 0.6, None, 4.5),
        "bearing_temperature": _Signal("°C", 52, 6, None, 80),
    },
    "Cooling_Tower": {"condenser_water_supply_temperature": _Signal("°C", 27, 1.5, 18, 33)},
    "Water_Storage_Tank": {"water_level": _Signal("%", 70, 10, 20, 95)},
    "Electrical_Meter": {"electric_power": _Signal("kW", 260, 60)},
    "Water_Meter": {"water_flow": _Signal("m³/h", 6, 2)},
}  # fmt: skip


@dataclass(slots=True)
class LargePlant:
    """``document`` is a plant description; ``readings`` are those of all its points."""

    document: Json
    signals: dict[str, _Signal] = field(default_factory=dict[str, _Signal])

    def readings(self, end: datetime, steps: int, step: timedelta) -> Iterator[list[Reading]]:
        """A batch for each of the moments up to ``end``, the oldest first. Of a thousand values three are far out."""
        dice = random.Random(1)  # noqa: S311
        away = {source: dice.gauss(0, 1) * (6 if dice.random() < 0.003 else 1) for source in sorted(self.signals)}
        for back in range(steps - 1, -1, -1):
            at = round((end - back * step).timestamp() * 1000)
            yield [
                Reading(source, at, round(signal.middle + signal.spread * (away[source] + dice.gauss(0, 0.2)), 2))
                for source, signal in self.signals.items()
            ]


def large_plant(assets: int) -> LargePlant:
    """A campus with this many assets, give or take a central plant."""
    return _Campus(assets).built()


class _Campus:
    def __init__(self, assets: int) -> None:
        self.wanted = assets
        self.dice = random.Random(assets)  # noqa: S311
        self.places: list[Json] = []
        self.assets: list[Json] = []
        self.signals: dict[str, _Signal] = {}

    def built(self) -> LargePlant:
        number = 0
        while len(self.assets) < self.wanted:
            self._building(number)
            number += 1
        site = {"id": "campus", "name": "Lakeside Campus", "timezone": "America/Los_Angeles"}
        return LargePlant({"site": site, "places": self.places, "assets": self.assets}, self.signals)

    def _building(self, number: int) -> None:
        again, which = divmod(number, len(_BUILDINGS))
        name = _BUILDINGS[which] + (f" {again + 1}" if again else "")
        code = f"b{number + 1}"
        self.places.append({"id": code, "class": "Building", "name": name, "in": "campus"})
        self.places.append(
            {"id": f"{code}-0", "class": "Basement", "name": f"{name} Basement", "level": -1, "in": code}
        )
        self.places.append(
            {"id": f"{code}-plant", "class": "Mechanical_Room", "name": f"{name} Plant Room", "in": f"{code}-0"}
        )
        levels = [level for level in range(1, _FLOORS + 1) if self._floor(code, name, level)]
        self._central_plant(code, name, [f"{code}-ahu-{level}" for level in levels])

    def _central_plant(self, code: str, name: str, ahus: list[str]) -> None:
        room = f"{code}-plant"
        coils = [{"to": ahu} for ahu in ahus]
        pumps = [{"to": f"{code}-chwp-{n}"} for n in (1, 2)]
        self._asset(f"{code}-ct-1", "Cooling_Tower", f"{name} Cooling Tower 1", room, feeds=[{"to": f"{code}-ch-1"}])
        for n in (1, 2):
            self._asset(f"{code}-ch-{n}", "Chiller", f"{name} Chiller {n}", room, feeds=pumps, criticality=5)
            self._asset(f"{code}-chwp-{n}", "Chilled_Water_Pump", f"{name} Chilled Water Pump {n}", room, feeds=coils)
            self._asset(f"{code}-b-{n}", "Boiler", f"{name} Boiler {n}", room, feeds=[{"to": f"{code}-hwp-{n}"}])
            self._asset(f"{code}-hwp-{n}", "Hot_Water_Pump", f"{name} Hot Water Pump {n}", room, feeds=coils)
        self._asset(f"{code}-tank-1", "Water_Storage_Tank", f"{name} Water Tank", room)
        self._asset(f"{code}-em-1", "Electrical_Meter", f"{name} Main Electrical Meter", room)
        self._asset(f"{code}-wm-1", "Water_Meter", f"{name} Water Meter", room)

    def _floor(self, code: str, name: str, level: int) -> bool:
        rooms = min(_ROOMS, self.wanted - len(self.assets) - _AROUND)
        if rooms < 1:
            return False
        floor = f"{code}-{level}"
        self.places.append({"id": floor, "class": "Floor", "name": f"{name} Floor {level}", "level": level, "in": code})
        ahu = f"{code}-ahu-{level}"
        label = f"AHU {code.upper()}-{level}"
        parts = (
            ("Supply_Fan", "Supply Fan"), ("Return_Fan", "Return Fan"), ("Filter", "Filter"),
            ("Chilled_Water_Coil", "Cooling Coil"), ("Hot_Water_Coil", "Heating Coil"),
        )  # fmt: skip
        units = [f"{floor}-{'fcu' if n <= _FAN_COILS else 'vav'}-{n:02}" for n in range(1, rooms + 1)]
        air = [{"to": unit, "medium": "air"} for unit in units if "-vav-" in unit]
        self._asset(ahu, "AHU", label, floor, feeds=air, criticality=4)
        for class_, words in parts:
            self._asset(f"{ahu}-{class_.lower()}", class_, f"{label} {words}", floor, part_of=ahu)
        for n, unit in enumerate(units, 1):
            self._room(code, name, floor, f"{level}{n:02}", unit)
        return True

    def _room(self, code: str, name: str, floor: str, number: str, unit: str) -> None:
        room, zone = f"{code}-r{number}", f"{code}-z{number}"
        class_ = self.dice.choice(_ROOM_CLASSES)
        words = class_.replace("_", " ")
        self.places.append({"id": room, "class": class_, "name": f"{name} {words} {number}", "in": floor})
        self.places.append(
            {"id": zone, "class": "HVAC_Zone", "name": f"{name} Zone {number}", "in": floor, "parts": [room]}
        )
        kind = "FCU" if "-fcu-" in unit else "VAV"
        feeds = [{"to": zone, "medium": "air"}]
        self._asset(unit, kind, f"{kind} {code.upper()}-{number}", room, feeds=feeds)

    def _asset(self, id_: str, class_: str, name: str, where: str, **fields: Any) -> None:
        signals = _SIGNALS["Pump" if class_.endswith("Pump") else class_]
        points: Json = {}
        for quantity, signal in signals.items():
            source = f"{id_}/{quantity}"
            told = {"unit": signal.unit, "source": source, "low": signal.low, "high": signal.high}
            points[quantity] = {key: value for key, value in told.items() if value is not None}
            self.signals[source] = signal
        self.assets.append({"id": id_, "class": class_, "name": name, "in": where, "points": points, **fields})
