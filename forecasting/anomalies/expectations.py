"""What the signals of each kind of equipment depend on, and which of them should be alike: data for the own models of ``residuals`` and for ``siblings``.

Quantities are those of the twin library. A driver of another asset is named by its role: ``fan.speed`` is the speed of the handler's fan,
``air_handler.supply_air_flow`` that of the handler that a part belongs to, ``chiller.electric_power`` that of the chillers a tower serves;
outdoor conditions are the nearest weather station's. Tolerances are the least deviations worth a visit: about a tenth of a signal's
usual range, and not below what an ordinary sensor can be off by.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from forecasting.anomalies.residuals import Expectation
from forecasting.anomalies.siblings import Likeness, Siblings

_RUNS = "run_status"
_OUTSIDE, _WET_BULB = "outside_air_temperature", "outside_air_wet_bulb_temperature"


def _pump(*load: str) -> tuple[Expectation, ...]:
    return (
        Expectation("vibration", load, 0.6, "mm/s", _RUNS, hours=False),
        Expectation("bearing_temperature", load, 5, "°C", _RUNS, hours=False),
        Expectation("water_differential_pressure", load, 15, "kPa", _RUNS, hours=False),
        Expectation("water_flow", load, 0.6, "L/s", _RUNS, hours=False),
    )


EXPECTATIONS: Mapping[str, tuple[Expectation, ...]] = {
    "Pump": _pump("speed"),
    "Condenser_Water_Pump": _pump(),
    "Sewage_Pump": tuple(
        Expectation(signal, (), tolerance, unit, _RUNS, over=timedelta(days=2), hours=False, least=0.03)
        for signal, tolerance, unit in (("water_flow", 2, "L/s"), ("motor_current", 2, "A"), ("vibration", 0.8, "mm/s"))
    ),
    "Fan": (
        Expectation("vibration", ("speed",), 0.6, "mm/s", _RUNS, hours=False),
        Expectation("bearing_temperature", ("speed", _OUTSIDE), 5, "°C", _RUNS, hours=False),
        Expectation(
            "speed",
            ("air_handler.supply_air_flow", "filter.filter_air_differential_pressure"),
            8,
            "%",
            _RUNS,
            hours=False,
        ),
    ),
    "Exhaust_Fan": (
        Expectation("vibration", ("electric_power",), 0.6, "mm/s", hours=False),
        Expectation("exhaust_air_flow", (), 300, "m³/h"),
    ),
    "Filter": (
        Expectation(
            "filter_air_differential_pressure", ("air_handler.supply_air_flow",), 25, "Pa", hours=False, busy=0.25
        ),
    ),
    "AHU": (
        Expectation("supply_air_temperature", ("supply_air_temperature_setpoint",), 1, "°C", hours=False),
        Expectation("supply_air_static_pressure", (), 25, "Pa", hours=False),
        Expectation(
            "cooling_coil.valve_position",
            ("mixed_air_temperature", "supply_air_temperature", "supply_air_flow"),
            8,
            "%",
            hours=False,
        ),
    ),
    "VAV": (
        Expectation("zone_air_temperature", ("zone_air_temperature_setpoint", _OUTSIDE), 2.5, "°C"),
        Expectation("supply_air_flow", ("damper_position",), 150, "m³/h", hours=False),
        Expectation("valve_position", (_OUTSIDE,), 20, "%"),
    ),
    "CRAC": (
        Expectation("return_air_temperature", (), 1.5, "°C"),
        Expectation("supply_air_temperature", (), 1.5, "°C"),
    ),
    "Chiller": (
        Expectation(
            "refrigerant_suction_pressure", ("leaving_chilled_water_temperature",), 15, "kPa", _RUNS, hours=False
        ),
        Expectation(
            "refrigerant_discharge_pressure", ("leaving_condenser_water_temperature",), 30, "kPa", _RUNS, hours=False
        ),
        Expectation(
            "coefficient_of_performance",
            ("entering_condenser_water_temperature", "electric_power"),
            0.5,
            "",
            _RUNS,
            hours=False,
        ),
    ),
    "Cooling_Tower": (
        Expectation("vibration", ("speed",), 0.8, "mm/s", _RUNS, hours=False),
        Expectation(
            "speed",
            (_WET_BULB, "chiller.electric_power", "leaving_condenser_water_temperature"),
            10,
            "%",
            _RUNS,
            products=True,
            hours=False,
        ),
        Expectation(
            "leaving_condenser_water_temperature", (_WET_BULB, "chiller.electric_power"), 1.5, "°C", _RUNS, hours=False
        ),
    ),
    "Boiler": (
        Expectation(
            "flue_gas_temperature", ("entering_hot_water_temperature", "natural_gas_flow"), 8, "°C", _RUNS, hours=False
        ),
    ),
    "Heat_Exchanger": (Expectation("leaving_domestic_hot_water_temperature", (), 2, "°C", hours=False),),
    "Compressor": (
        Expectation("oil_temperature", (), 6, "°C"),
        Expectation("air_pressure", (), 25, "kPa", hours=False),
    ),
    "Transformer": (
        Expectation("winding_temperature", ("apparent_power", _OUTSIDE), 5, "°C", hours=False),
        Expectation("oil_temperature", ("apparent_power", _OUTSIDE), 5, "°C", hours=False),
    ),
    "Switchgear": (
        Expectation("voltage", (), 12, "V", hours=False),
        Expectation("voltage_imbalance", (), 1, "%", hours=False),
        Expectation("current_imbalance", (), 5, "%", hours=False),
    ),
    "Emergency_Generator": (Expectation("battery_voltage", (), 0.8, "V", hours=False),),
    "Water_Storage_Tank": (Expectation("water_level", (), 0.8, "m", hours=False),),
    "Stormwater_Gate": (
        Expectation("position", ("water_level",), 15, "%", hours=False),
        Expectation("water_level", (), 0.5, "m", hours=False),
    ),
    "Streetlight_Circuit": (Expectation("lamp_failure_count", (), 2, "", hours=False),),
    "Weather_Station": (),
}
"""By Brick class; a class that is not named here takes those of the nearest class above it. Where there is none, they are inferred (``inferred``): weather
has no fault."""

SIBLINGS: Mapping[str, Siblings] = {
    "Terminal_Unit": Siblings(
        "AHU",
        (Likeness("zone_air_temperature", 2.5, "°C", above="zone_air_temperature_setpoint"),),
        moving=("zone_air_temperature", "zone_co2_level"),
    ),
}
"""By Brick class, as ``EXPECTATIONS``. Boxes of one handler differ in size, façade and use, so that positions and flows are not comparable. Handlers
have rules of their own that need no learning, and the pumps of a header take turns, so that five of them seldom run on one day."""
