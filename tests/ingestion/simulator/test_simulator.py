from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise

import numpy as np
import pytest

from graph_schema.errors import InvalidInput
from graph_schema.model import Entity, Plant, Relation
from ingestion.simulator.faults import FAULTS, Fault
from ingestion.simulator.simulator import Simulator, simulate_history

SUMMER = datetime(2026, 7, 20, tzinfo=UTC)
SPRING = datetime(2026, 3, 2, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def moments(start: datetime, days: float, step_s: int = 900) -> np.ndarray:
    first = int(start.timestamp() * 1000)
    return np.arange(first, first + int(days * 86_400_000), step_s * 1000, dtype=np.int64)


class Run:
    """Measured values of a stretch of time, by source."""

    def __init__(self, plant: Plant, start: datetime, days: float, *faults: Fault) -> None:
        simulator = Simulator(plant, faults=faults)
        self.values = simulator.advance(moments(start, days))
        self.points = simulator.columns.points
        self.index = {point.source: i for i, point in enumerate(self.points)}

    def __getitem__(self, source: str) -> np.ndarray:
        return self.values[:, self.index[source]]


@pytest.fixture(scope="module")
def sound(plant):
    return Run(plant, SUMMER, 3)


@pytest.mark.parametrize("start", [SUMMER - timedelta(days=20), datetime(2026, 1, 5, tzinfo=UTC)])
def test_a_sound_plant_stays_within_its_limits_for_thirty_days(plant, start):
    run = Run(plant, start, 30)
    limits = {str(e.properties.get("source")): e.properties for e in plant.entities if e.kind == "Point"}
    beyond = [
        (point.source, run[point.source].min(), run[point.source].max())
        for point in run.points
        if run[point.source].min() < float(limits[point.source].get("low", -np.inf))
        or run[point.source].max() > float(limits[point.source].get("high", np.inf))
    ]
    assert beyond == []


def test_every_reading_of_the_demo_plant_is_a_number_or_a_known_state(plant):
    readings = list(chain.from_iterable(simulate_history(plant, SPRING, SPRING + QUARTER * 30)))
    sources = {str(e.properties["source"]) for e in plant.entities if e.kind == "Point"}
    assert {reading.source for reading in readings} == sources
    assert len(readings) == 30 * len(sources)
    assert all((reading.value is None) != (reading.text is None) for reading in readings)
    modes = {reading.text for reading in readings if reading.source == "ahu-1/operating_mode_status"}
    assert modes <= {"Unoccupied", "Occupied", "Economizer"}


def test_batches_are_in_time_order_and_hold_whole_moments(plant):
    batches = list(simulate_history(plant, SPRING, SPRING + timedelta(days=1)))
    times = [reading.at for batch in batches for reading in batch]
    assert times == sorted(times)
    assert [{reading.at for reading in batch} & {r.at for r in after} for batch, after in pairwise(batches)] == [
        set()
    ] * (len(batches) - 1)


def test_the_same_seed_gives_the_same_history_and_another_does_not(plant):
    one, again, other = (
        list(chain.from_iterable(simulate_history(plant, SPRING, SPRING + QUARTER * 5, seed=seed)))
        for seed in (7, 7, 8)
    )
    assert one == again
    assert one != other


def test_a_history_in_two_parts_is_the_history_in_one(plant):
    middle, end = SPRING + timedelta(days=1), SPRING + timedelta(days=2)
    whole = list(chain.from_iterable(simulate_history(plant, SPRING, end)))
    simulator = Simulator(plant)
    parts = [
        *chain.from_iterable(simulator.history(SPRING, middle)),
        *chain.from_iterable(simulator.history(middle, end)),
    ]
    assert whole == parts


def test_the_live_plant_goes_on_where_its_history_ended(plant):
    end = SPRING + timedelta(hours=18)
    simulator = Simulator(plant)
    last = {r.source: r.value for batch in simulator.history(end - timedelta(days=1), end) for r in batch}
    now = simulator.read(end + timedelta(seconds=5))
    for quantity in ("ahu-2/supply_air_temperature", "vav-201/zone_air_temperature", "chwp-2/bearing_temperature"):
        device, key = quantity.split("/")
        assert now[device][key] == pytest.approx(last[quantity], abs=0.6)
    assert now["meter-campus"]["electric_energy"] >= last["meter-campus/electric_energy"]
    assert now["weather-1"]["outside_air_temperature"] == pytest.approx(
        last["weather-1/outside_air_temperature"], abs=0.7
    )


def test_steps_of_seconds_and_of_quarter_hours_agree(plant):
    end = SPRING + timedelta(hours=20)
    fine, coarse = Simulator(plant), Simulator(plant)
    fine_values = fine.advance(moments(end - timedelta(hours=3), 0.125, 30))[-1]
    coarse_values = coarse.advance(moments(end - timedelta(hours=3), 0.125))[-1]
    for i, point in enumerate(fine.columns.points):
        if point.quantity in ("zone_air_temperature", "supply_air_temperature", "leaving_chilled_water_temperature"):
            assert fine_values[i] == pytest.approx(coarse_values[i], abs=0.7), point.source


def test_totals_go_on_from_the_last_values_on_record(plant):
    simulator = Simulator(plant, last={"meter-campus/electric_energy": 5_000_000.0, "generator-1/run_time": 77.0})
    first = simulator.read(SPRING)
    assert first["meter-campus"]["electric_energy"] == pytest.approx(5_000_000, abs=60)
    assert first["generator-1"]["run_time"] == 77.0
    assert simulator.read(SPRING + timedelta(hours=5))["meter-campus"]["electric_energy"] > 5_000_200


def test_a_gap_is_lived_through(plant):
    simulator = Simulator(plant)
    before = simulator.read(SPRING)["meter-campus"]["electric_energy"]
    after = simulator.read(SPRING + timedelta(days=1))["meter-campus"]["electric_energy"]
    assert 1500 < after - before < 5000


def test_time_does_not_go_backwards(plant):
    simulator = Simulator(plant)
    simulator.read(SPRING)
    with pytest.raises(InvalidInput, match="forward in time"):
        simulator.read(SPRING)
    with pytest.raises(InvalidInput, match="before its end"):
        list(simulator.history(SPRING, SPRING))
    with pytest.raises(InvalidInput, match="time zone"):
        simulator.read(SPRING.replace(tzinfo=None))


def test_an_injected_fault_starts_then_and_not_before(plant):
    simulator = Simulator(plant)
    assert "compressor-1" in simulator.read(SPRING)
    simulator.inject(Fault("communication_loss", "compressor-1", SPRING + timedelta(seconds=10)))
    assert "compressor-1" in simulator.read(SPRING + timedelta(seconds=5))
    assert "compressor-1" not in simulator.read(SPRING + timedelta(seconds=10))


def test_a_point_without_a_model_is_named():
    plant = Plant(
        "odd",
        (
            Entity("pond-1", "Asset", "Pond", "Tank"),
            Entity("pond-1/fish", "Point", "Fish", None, {"quantity": "fish_count", "source": "pond-1/fish"}),
        ),
        (Relation("HAS_POINT", "pond-1", "pond-1/fish"),),
    )
    with pytest.raises(InvalidInput, match="no model of 1 points: pond-1/fish"):
        Simulator(plant)


# What each fault must move, and which way, on the equipment named.
EFFECTS = [
    ("bearing_wear", "chwp-2", {"chwp-2/vibration": 1, "chwp-2/bearing_temperature": 1, "chwp-2/electric_power": 1}),
    ("bearing_wear", "ahu-1-fan", {"ahu-1-fan/vibration": 1, "ahu-1-fan/bearing_temperature": 1}),
    ("bearing_wear", "ef-1", {"ef-1/vibration": 1, "ef-1/electric_power": 1}),
    (
        "filter_clogging",
        "ahu-2",
        {"ahu-2-filter/filter_air_differential_pressure": 1, "ahu-2-fan/speed": 1, "ahu-2-fan/electric_power": 1},
    ),
    ("filter_clogging", "ahu-2-filter", {"ahu-2-filter/filter_air_differential_pressure": 1}),
    ("belt_slip", "ahu-3", {"ahu-3-fan/speed": 1, "ahu-3-fan/vibration": 1, "ahu-3/supply_air_static_pressure": -1}),
    ("belt_slip", "ef-1", {"ef-1/exhaust_air_flow": -1, "ef-1/vibration": 1}),
    (
        "stuck_valve",
        "ahu-1-cooling-coil",
        {
            "ahu-1-cooling-coil/valve_position": -1,
            "ahu-1/supply_air_temperature": 1,
            "vav-101/zone_air_temperature": 1,
            "vav-106/zone_air_temperature": 1,
            "ahu-1/return_air_temperature": 1,
        },
    ),
    ("stuck_valve", "crac-1", {"crac-1/valve_position": -1, "crac-1/return_air_temperature": 1}),
    ("stuck_valve", "vav-101", {"vav-101/valve_position": 1, "vav-101/zone_air_temperature": 1}),
    ("stuck_valve", "ahu-4-heating-coil", {"ahu-4-heating-coil/valve_position": 1, "gas-meter-1/natural_gas_flow": 1}),
    (
        "stuck_damper",
        "vav-202",
        {"vav-202/damper_position": -1, "vav-202/supply_air_flow": -1, "vav-202/zone_air_temperature": 1},
    ),
    ("stuck_damper", "ahu-1", {"ahu-1/damper_position": 1, "ahu-1/mixed_air_temperature": 1}),
    (
        "heating_leak_by",
        "ahu-1",
        {
            "ahu-1-cooling-coil/valve_position": 1,
            "ahu-1-cooling-coil/valve_position_command": 1,
            "gas-meter-1/natural_gas_flow": 1,
        },
    ),
    (
        "refrigerant_loss",
        "chiller-1",
        {"chiller-1/refrigerant_suction_pressure": -1, "chiller-1/coefficient_of_performance": -1},
    ),
    (
        "condenser_fouling",
        "chiller-1",
        {
            "chiller-1/refrigerant_discharge_pressure": 1,
            "chiller-1/coefficient_of_performance": -1,
            "chiller-1/electric_power": 1,
        },
    ),
    (
        "tower_fouling",
        "ct-1",
        {"ct-1/speed": 1, "ct-1/electric_power": 1, "ct-1/leaving_condenser_water_temperature": 1},
    ),
    (
        "cavitation",
        "chwp-1",
        {"chwp-1/vibration": 1, "chwp-1/water_flow": -1, "chwp-1/water_differential_pressure": -1},
    ),
    ("boiler_fouling", "boiler-1", {"boiler-1/flue_gas_temperature": 1, "boiler-1/natural_gas_flow": 1}),
    (
        "exchanger_fouling",
        "hx-1",
        {"hx-1/leaving_domestic_hot_water_temperature": -1, "hx-1/leaving_hot_water_temperature": 1},
    ),
    (
        "air_leak",
        "compressor-1",
        {"compressor-1/electric_power": 1, "compressor-1/air_pressure": -1, "compressor-1/oil_temperature": 1},
    ),
    (
        "voltage_sag",
        "switchgear-1",
        {
            "switchgear-1/voltage": -1,
            "meter-campus/current": 1,
            "ups-1/battery_voltage": -1,
            "ups-1/operating_mode_status": 1,
        },
    ),
    (
        "phase_imbalance",
        "switchgear-1",
        {
            "switchgear-1/voltage_imbalance": 1,
            "switchgear-1/current_imbalance": 1,
            "transformer-1/winding_temperature": 1,
            "chwp-1/bearing_temperature": 1,
        },
    ),
    (
        "cooling_blocked",
        "transformer-1",
        {"transformer-1/winding_temperature": 1, "transformer-1/oil_temperature": 1},
    ),
    (
        "weak_battery",
        "generator-1",
        {"generator-1/battery_voltage": -1, "generator-1/run_status": -1, "generator-1/coolant_temperature": -1},
    ),
    ("pump_failure", "sewage-pump-1", {"wet-well-1/water_level": 1, "sewage-pump-1/water_flow": -1}),
    ("tank_leak", "tank-1", {"tank-1/water_level": -1, "water-meter-1/water_usage": 1}),
    ("stuck_gate", "gate-1", {"gate-1/position": -1, "gate-1/water_level": 1}),
    ("lamp_failure", "streetlights-1", {"streetlights-1/lamp_failure_count": 1, "streetlights-1/electric_power": -1}),
    ("sensor_drift", "ahu-1", {"ahu-1/supply_air_temperature": 1}),
]


@pytest.mark.parametrize(
    ("name", "asset", "effects"), EFFECTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_fault_shows_in_what_it_moves(plant, sound, name, asset, effects):
    faulty = Run(plant, SUMMER, 3, Fault(name, asset, SUMMER - timedelta(days=20)))
    for source, direction in effects.items():
        shift = (faulty[source] - sound[source]).mean() * direction
        assert shift > 0.05 * sound[source].std() + 1e-3, (source, sound[source].mean(), faulty[source].mean())


def test_every_quantity_that_a_fault_is_said_to_move_is_put_to_the_test():
    tested = {name: {s.split("/")[1] for n, _, effects in EFFECTS if n == name for s in effects} for name in FAULTS}
    untold = {name: set(kind.moves) - tested[name] for name, kind in FAULTS.items()}
    assert {name: quantities for name, quantities in untold.items() if quantities} == {}


def test_a_sound_machine_is_not_touched_by_its_neighbours_fault(plant, sound):
    faulty = Run(plant, SUMMER, 3, Fault("bearing_wear", "chwp-2", SUMMER - timedelta(days=20)))
    assert np.array_equal(faulty["chwp-1/vibration"], sound["chwp-1/vibration"])
    assert np.array_equal(faulty["vav-101/zone_air_temperature"], sound["vav-101/zone_air_temperature"])


def test_a_stuck_sensor_repeats_itself_while_the_plant_goes_on(plant, sound):
    start = SUMMER + timedelta(days=1)
    faulty = Run(plant, SUMMER, 3, Fault("sensor_flatline", "ahu-1", start, quantity="mixed_air_temperature"))
    stuck = faulty["ahu-1/mixed_air_temperature"]
    assert np.array_equal(stuck[:96], sound["ahu-1/mixed_air_temperature"][:96])
    assert len(set(stuck[96:].tolist())) == 1
    assert np.array_equal(faulty["ahu-1/supply_air_temperature"], sound["ahu-1/supply_air_temperature"])


def test_a_sensor_that_was_put_right_reads_true_again(plant, sound):
    fault = Fault("sensor_flatline", "ahu-1", SUMMER, SUMMER + timedelta(days=1), quantity="mixed_air_temperature")
    faulty = Run(plant, SUMMER, 3, fault)
    assert np.array_equal(faulty["ahu-1/mixed_air_temperature"][96:], sound["ahu-1/mixed_air_temperature"][96:])


def test_a_silent_device_sends_nothing(plant):
    fault = Fault("communication_loss", "vav-101", SPRING + QUARTER)
    readings = list(chain.from_iterable(simulate_history(plant, SPRING, SPRING + QUARTER * 4, faults=[fault])))
    assert {r.at for r in readings if r.source.startswith("vav-101/")} == {int(SPRING.timestamp() * 1000)}


def test_a_stuck_sensor_stays_stuck_over_a_restart(plant):
    fault = Fault("sensor_flatline", "ahu-1", SPRING - timedelta(days=1), quantity="mixed_air_temperature")
    simulator = Simulator(plant, faults=[fault], last={"ahu-1/mixed_air_temperature": 19.9})
    assert simulator.read(SPRING)["ahu-1"]["mixed_air_temperature"] == 19.9
