from datetime import UTC, datetime, timedelta

import numpy as np

from ingestion.simulator.demo import DEMO_FAULTS, demo_faults
from ingestion.simulator.simulator import Simulator

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)


def last_days(plant, days: int = 3) -> dict[str, np.ndarray]:
    simulator = Simulator(plant, faults=demo_faults(NOW))
    end = int(NOW.timestamp() * 1000)
    values = simulator.advance(np.arange(end - days * 86_400_000, end, 900_000, dtype=np.int64))
    return {point.source: values[:, i] for i, point in enumerate(simulator.columns.points)}


def test_the_demo_has_something_to_find(plant):
    run = last_days(plant)
    assert run["chwp-2/vibration"][-1] > 4.5 > run["chwp-1/vibration"].max()
    a_day = 24 * 4
    before, since = run["vav-202/damper_position"][: a_day - 1], run["vav-202/damper_position"][a_day + 1 :]
    assert before.std() > 5 > 0.5 > since.std()  # it moved until two days ago
    assert run["vav-202/zone_co2_level"][-40:].max() > 1100
    assert np.isnan(run["compressor-1/air_pressure"][-20:]).all()
    clogged, clean = (run[f"ahu-{i}-filter/filter_air_differential_pressure"].mean() for i in (2, 3))
    assert clogged > 2 * clean


def test_demo_faults_are_relative_to_now():
    later = demo_faults(NOW + timedelta(days=100))
    assert [fault.start for fault in later] == [NOW + timedelta(days=100) - fault.age for fault in DEMO_FAULTS]


def test_the_demo_plant_is_complete(plant):
    """Everything stands somewhere, within its place, and carries a weight."""
    places = {
        e.id: e.properties for e in plant.entities if e.kind in ("Building", "Floor", "Space") and "x" in e.properties
    }
    inside = {r.start: places[r.end] for r in plant.relations if r.kind == "LOCATED_IN"}
    assets = [e for e in plant.entities if e.kind == "Asset"]
    assert 60 <= len(assets) <= 90
    for asset in assets:
        box = inside[asset.id]
        assert 1 <= int(asset.properties["criticality"]) <= 5
        assert box["x"] <= asset.properties["x"] <= box["x"] + box["w"], asset.id
        assert box["y"] <= asset.properties["y"] <= box["y"] + box["d"], asset.id
        assert box["z"] <= asset.properties["z"] <= box["z"] + box["h"] + 0.5, asset.id
