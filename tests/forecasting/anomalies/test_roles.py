"""Which points a detector sees under which name."""

import pytest

from evals.bench.forecast.demo_faults import DemoPlant
from forecasting.anomalies.expectations import EXPECTATIONS
from forecasting.anomalies.roles import Roles, nearest_class
from forecasting.plant_points import Layout, Measured, Placed
from graph_schema.ontology.ontology import Ontology


@pytest.fixture(scope="module")
def demo() -> DemoPlant:
    return DemoPlant()


def named(roles: Roles, asset: str) -> dict[str, list[str]]:
    return {name: [point.source for point in points] for name, points in roles.window(asset).items()}


def test_a_fan_sees_its_handler_the_parts_beside_it_and_the_weather(demo: DemoPlant):
    window = named(Roles(demo.ontology, demo.layout, demo.points), "ahu-2-fan")
    assert window["speed"] == ["ahu-2-fan/speed"]
    assert window["air_handler.supply_air_flow"] == ["ahu-2/supply_air_flow"]
    assert window["filter.filter_air_differential_pressure"] == ["ahu-2-filter/filter_air_differential_pressure"]
    assert window["cooling_coil.valve_position"] == ["ahu-2-cooling-coil/valve_position"]
    assert window["outside_air_temperature"] == ["weather-1/outside_air_temperature"]
    assert not any(name.startswith("fan.") for name in window)


def test_a_handler_sees_its_parts_and_a_tower_its_chillers_behind_the_pumps(demo: DemoPlant):
    roles = Roles(demo.ontology, demo.layout, demo.points)
    assert named(roles, "ahu-1")["fan.speed"] == ["ahu-1-fan/speed"]
    power = named(roles, "ct-1")["chiller.electric_power"]
    assert power == ["chiller-1/electric_power", "chiller-2/electric_power"]
    assert not any(name.startswith("chiller.") for name in named(roles, "cwp-1"))


def test_every_expectation_of_the_demo_plant_finds_its_drivers(demo: DemoPlant):
    roles = Roles(demo.ontology, demo.layout, demo.points)
    for asset in demo.subjects.ids:
        window = roles.window(asset)
        class_ = nearest_class(demo.ontology, demo.layout.assets[asset].class_, EXPECTATIONS)
        for expectation in EXPECTATIONS.get(class_ or "", ()):
            if expectation.signal in window:
                assert set(expectation.needed) <= set(window), (asset, expectation.signal)


def test_tolerances_are_in_the_units_that_windows_are_brought_to(ontology: Ontology):
    for expectations in EXPECTATIONS.values():
        for one in expectations:
            assert one.unit == (ontology.unit(one.signal.rpartition(".")[2]) or "")


@pytest.mark.parametrize(
    ("class_", "nearest"),
    [
        ("Supply_Fan", "Fan"),
        ("Exhaust_Fan", "Exhaust_Fan"),
        ("RVAV", "VAV"),
        ("Hot_Water_Pump", "Pump"),
        ("Chair", None),
    ],
)
def test_the_nearest_class_above_counts(ontology: Ontology, class_: str, nearest: str | None):
    assert nearest_class(ontology, class_, EXPECTATIONS) == nearest
    assert nearest_class(ontology, None, EXPECTATIONS) is None


def test_siblings_are_boxes_of_the_same_handler_whatever_else_feeds_them(demo: DemoPlant):
    roles = Roles(demo.ontology, demo.layout, demo.points)
    assert roles.siblings("vav-104") == ("vav-101", "vav-102", "vav-103", "vav-105", "vav-106")
    assert roles.siblings("vav-502") == ("vav-401", "vav-402", "vav-403", "vav-501", "vav-503")
    assert set(roles.shared("vav-104")) == {"zone_air_temperature", "zone_air_temperature_setpoint"}
    for asset in ("ahu-1", "chwp-1", "nobody"):
        assert roles.siblings(asset) == ()
        assert roles.shared(asset) == {}


def test_of_two_weather_stations_the_nearer_one_counts(ontology: Ontology):
    def outside(station: str) -> Measured:
        return Measured(
            f"{station}-t", station, "outside_air_temperature", "°C", f"{station}/t", None, None, station, station, "Weather_Station"
        )  # fmt: skip

    assets = {
        "north": Placed("north", "Weather_Station", 0, 900),
        "south": Placed("south", "Weather_Station", 0, 0),
        "fan": Placed("fan", "Fan", 10, 800),
        "lost": Placed("lost", "Fan"),
    }
    roles = Roles(ontology, Layout(assets, (), ()), [outside("south"), outside("north")])
    assert named(roles, "fan") == {"outside_air_temperature": ["north/t"]}
    assert named(roles, "lost") == {"outside_air_temperature": ["north/t"]}  # the first by id
