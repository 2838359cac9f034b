"""What can go wrong, and how much of it is there at a moment.

A fault is a function of time alone, so a run that starts later or steps differently meets the same fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from graph_schema.errors import InvalidInput, NotFound
from ingestion.simulator import site as classes
from ingestion.simulator.physics.noise import Floats, Times
from ingestion.simulator.site import Site

_FANS = classes.FANS | {"Exhaust_Fan"}


@dataclass(frozen=True, slots=True)
class FaultKind:
    """``classes`` is what it can befall (None: anything with telemetry); ``moves`` the quantities that show it.

    ``ramp_days`` is how long it takes to come to its full severity; 0 strikes at once.
    """

    name: str
    description: str
    classes: frozenset[str] | None
    moves: tuple[str, ...]
    ramp_days: float = 0.0


_KINDS = (
    FaultKind(
        "bearing_wear",
        "A worn bearing: it shakes, runs hot and takes a little more power.",
        classes.PUMPS | _FANS | classes.TOWERS,
        ("vibration", "bearing_temperature", "electric_power"),
        14,
    ),
    FaultKind(
        "filter_clogging",
        "A dirty filter: its pressure drop grows and the fan works harder.",
        classes.AIR_HANDLERS | classes.FILTERS,
        ("filter_air_differential_pressure", "speed", "electric_power"),
        10,
    ),
    FaultKind(
        "belt_slip",
        "A slack fan belt: the motor runs faster for the same air, and at full speed duct pressure falls.",
        classes.AIR_HANDLERS | _FANS,
        ("speed", "vibration", "supply_air_static_pressure", "exhaust_air_flow"),
        3,
    ),
    FaultKind(
        "stuck_valve",
        "A control valve that no longer follows its command: almost shut on cooling, wide open on reheat, half open on a heating coil.",
        classes.AIR_HANDLERS | classes.COOLING_COILS | classes.HEATING_COILS | classes.TERMINALS | {"CRAC"},
        ("valve_position", "supply_air_temperature", "zone_air_temperature", "return_air_temperature"),
    ),
    FaultKind(
        "stuck_damper",
        "A damper that no longer moves: almost shut on a VAV box, wide open on an air handler's outside air.",
        classes.AIR_HANDLERS | classes.TERMINALS,
        ("damper_position", "supply_air_flow", "zone_air_temperature", "mixed_air_temperature"),
    ),
    FaultKind(
        "heating_leak_by",
        "A heating valve that leaks when shut: cooling works against it.",
        classes.AIR_HANDLERS | classes.HEATING_COILS,
        ("valve_position", "valve_position_command", "natural_gas_flow"),
        2,
    ),
    FaultKind(
        "refrigerant_loss",
        "A leak of refrigerant: suction pressure, efficiency and capacity fall.",
        classes.CHILLERS,
        ("refrigerant_suction_pressure", "coefficient_of_performance"),
        10,
    ),
    FaultKind(
        "condenser_fouling",
        "Scale in the condenser's tubes: condensing pressure and power rise.",
        classes.CHILLERS,
        ("refrigerant_discharge_pressure", "coefficient_of_performance", "electric_power"),
        14,
    ),
    FaultKind(
        "tower_fouling",
        "Scale in the tower's fill: the fan runs harder for warmer water.",
        classes.TOWERS,
        ("speed", "electric_power", "leaving_condenser_water_temperature"),
        14,
    ),
    FaultKind(
        "cavitation",
        "Vapour at a pump's inlet: it shakes in bursts and loses flow and head.",
        classes.PUMPS,
        ("vibration", "water_flow", "water_differential_pressure"),
        1,
    ),
    FaultKind(
        "boiler_fouling",
        "Soot and scale: hotter flue gas and more gas for the same heat.",
        classes.BOILERS,
        ("flue_gas_temperature", "natural_gas_flow"),
        14,
    ),
    FaultKind(
        "exchanger_fouling",
        "Scale on the plates: the heated water leaves cooler.",
        frozenset({"Plate_Heat_Exchanger", "Heat_Exchanger"}),
        ("leaving_domestic_hot_water_temperature", "leaving_hot_water_temperature"),
        14,
    ),
    FaultKind(
        "air_leak",
        "A leak in the compressed air network: the compressor hardly rests and pressure falls.",
        frozenset({"Compressor"}),
        ("electric_power", "air_pressure", "oil_temperature"),
        3,
    ),
    FaultKind(
        "voltage_sag",
        "Low supply voltage: more current for the same power, and the UPS runs on its battery.",
        frozenset({"Switchgear"}),
        ("voltage", "current", "battery_voltage", "operating_mode_status"),
    ),
    FaultKind(
        "phase_imbalance",
        "Unequal phases: unequal currents, warm motors and a warm transformer.",
        frozenset({"Switchgear"}),
        ("voltage_imbalance", "current_imbalance", "winding_temperature", "bearing_temperature"),
        1,
    ),
    FaultKind(
        "cooling_blocked",
        "A transformer that cannot shed its heat: oil and windings run hot.",
        frozenset({"Transformer"}),
        ("winding_temperature", "oil_temperature"),
        2,
    ),
    FaultKind(
        "weak_battery",
        "A failing starter battery: low voltage, and past half its severity the engine fails its weekly test.",
        frozenset({"Emergency_Generator"}),
        ("battery_voltage", "run_status", "coolant_temperature"),
        5,
    ),
    FaultKind(
        "pump_failure",
        "A sewage pump that moves less and less: the wet well rises until its partner helps.",
        classes.SEWAGE_PUMPS,
        ("water_level", "water_flow"),
    ),
    FaultKind(
        "tank_leak",
        "Water lost from the tank: its level falls and the supply makes it up.",
        frozenset({"Water_Storage_Tank"}),
        ("water_level", "water_usage"),
        0.5,
    ),
    FaultKind(
        "stuck_gate",
        "A gate that stays shut: stormwater rises behind it.",
        frozenset({"Stormwater_Gate"}),
        ("position", "water_level"),
    ),
    FaultKind(
        "lamp_failure",
        "Lamps that fail one after the other: less power, more failures counted.",
        frozenset({"Streetlight_Circuit"}),
        ("lamp_failure_count", "electric_power"),
        7,
    ),
    FaultKind("sensor_drift", "A sensor that reads further and further off.", None, (), 7),
    FaultKind("sensor_flatline", "A sensor that repeats its last value for ever.", None, ()),
    FaultKind("communication_loss", "A device that has gone silent.", None, ()),
)
FAULTS: Mapping[str, FaultKind] = {kind.name: kind for kind in _KINDS}
Alias = str | tuple[str | None, ...] | None
"""One machine: its id, or ids that all stand for it (an air handler and its fan)."""
SENSOR_FAULTS = frozenset({"sensor_drift", "sensor_flatline"})


@dataclass(frozen=True, slots=True)
class Fault:
    """``severity`` runs from 0 to 1; ``end`` is when it was put right. Times are aware.

    ``quantity`` says which sensor drifts or sticks; without it, the first of the asset's that measures something.
    """

    name: str
    asset: str
    start: datetime
    end: datetime | None = None
    severity: float = 1.0
    quantity: str | None = None

    def severity_at(self, at: Times) -> Floats:
        """Shape (times): 0 before and after, rising in a straight line at first."""
        start = self.start.timestamp() * 1000
        ramp = FAULTS[self.name].ramp_days * 86_400_000
        grown = np.clip((at - start) / ramp, 0, 1) if ramp else np.ones(len(at))
        active = (at >= start) & (at < self.end.timestamp() * 1000 if self.end else True)
        return np.where(active, grown * self.severity, 0.0)


def parse_fault(text: str, start: datetime) -> Fault:
    """``asset:fault`` or ``asset:fault:severity``, as typed on a command line; raises ``InvalidInput``."""
    parts = text.split(":")
    try:
        severity = float(parts[2]) if len(parts) == 3 else 1.0
    except ValueError as error:
        raise InvalidInput(f"“{parts[2]}” is not a severity; it is a number from 0 to 1.") from error
    if len(parts) not in (2, 3):
        raise InvalidInput(
            f"“{text}” is not a fault. Write asset:fault or asset:fault:severity, as chwp-2:bearing_wear:0.8."
        )
    return Fault(parts[1], parts[0], start, severity=severity)


def check(site: Site, fault: Fault) -> Fault:
    """The same fault, with its sensor named where it needs one; raises ``NotFound`` or ``InvalidInput``."""
    kind = FAULTS.get(fault.name)
    if kind is None:
        raise NotFound(f"There is no fault “{fault.name}”. There are: {', '.join(sorted(FAULTS))}.")
    asset = site.entities.get(fault.asset)
    if asset is None or asset.kind != "Asset":
        raise NotFound(f"There is no equipment “{fault.asset}” in {site.plant.name}.")
    if kind.classes is not None and asset.class_ not in kind.classes:
        suited = ", ".join(sorted(kind.classes))
        raise InvalidInput(f"{kind.name} does not befall {asset.name} ({asset.class_}); it befalls: {suited}.")
    _check_values(fault)
    return _with_sensor(site, fault)


def _check_values(fault: Fault) -> None:
    if not 0 < fault.severity <= 1:
        raise InvalidInput(f"A severity lies between 0 and 1; {fault.severity} does not.")
    if fault.start.tzinfo is None or (fault.end is not None and fault.end.tzinfo is None):
        raise InvalidInput("A fault's start and end need a time zone.")
    if fault.end is not None and fault.end <= fault.start:
        raise InvalidInput("A fault must end after it starts.")


def _with_sensor(site: Site, fault: Fault) -> Fault:
    quantities = [point.quantity for point in site.points if point.asset == fault.asset]
    if fault.quantity is not None and fault.quantity not in quantities:
        raise NotFound(f"{fault.asset} has no {fault.quantity}. It has: {', '.join(quantities) or 'no points'}.")
    if fault.name == "communication_loss" and not quantities:
        raise InvalidInput(f"{fault.asset} sends nothing that could fall silent.")
    if fault.name not in SENSOR_FAULTS or fault.quantity is not None:
        return fault
    measured = [q for q in quantities if not q.endswith(("_setpoint", "_status", "_command"))]
    if not measured:
        raise InvalidInput(f"{fault.asset} has no sensor that could fail.")
    return Fault(fault.name, fault.asset, fault.start, fault.end, fault.severity, measured[0])


@dataclass(frozen=True, slots=True)
class FaultSet:
    """The faults of one run."""

    faults: tuple[Fault, ...]

    def severity(self, name: str, assets: Sequence[Alias], at: Times) -> Floats:
        """Shape (times, assets): the worst of the faults of that name; several ids may stand for one machine."""
        table = np.zeros((len(at), len(assets)))
        for fault in self.faults:
            for column, ids in enumerate(assets):
                if fault.name == name and (fault.asset in ids if isinstance(ids, tuple) else fault.asset == ids):
                    table[:, column] = np.maximum(table[:, column], fault.severity_at(at))
        return table
