"""From a plant and its record to a problem: the demo plant in July, as its simulator has it, with what is stated and what is not."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from forecasting.plant_points import Layout, Measured, Placed
from graph_schema.errors import InvalidInput
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from ingestion.simulator.simulator import simulate_history
from tools.load.book import LoadBook, book_of
from tools.load.gather import DAYS, Gathered, PlantRecord, steps_of
from tools.load.solve import Search, ruled, solve
from tools.load.tariff import Tariff, tariff_of
from tools.load.verify import violations

END = datetime(2026, 7, 15, 8, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
TARIFF = tariff_of(
    {
        "electricity": {"price": 0.2, "periods": [{"price": 0.4, "days": "mon-fri", "hours": "08:00-20:00"}], "demand": {"price_per_kw": 10, "reached_kw": 50}, "co2_kg_per_kwh": 0.35},
        "gas": {"price": 0.09, "co2_kg_per_kwh": 0.2},
    }
)  # fmt: skip
BOOK = book_of(
    {
        "systems": [
            {"serves": "cooling", "building": {"kwh_per_k": 150, "hours": 30}, "units": [{"asset": "Chiller 1", "capacity_kw": 220}, {"asset": "chiller-2", "capacity_kw": 220, "least_kw": 30}]},
        ]
    }
)  # fmt: skip


@pytest.fixture(scope="module")
def read(demo_plant: Plant) -> dict[str, np.ndarray]:
    rows: dict[str, np.ndarray] = {}
    start = END - timedelta(days=DAYS)
    for batch in simulate_history(demo_plant, start, END, 3600):
        for one in batch:
            row = rows.setdefault(one.source, np.full(24 * DAYS, np.nan))
            if one.value is not None:
                row[int((one.at / 1000 - start.timestamp()) // 3600)] = one.value
    return rows


@pytest.fixture
def gathered(demo_plant: Plant, ontology: Ontology, read: dict[str, np.ndarray]):
    names = {one.id: one.name for one in demo_plant.entities}
    owners = {one.end: one.start for one in demo_plant.relations if one.kind == "HAS_POINT"}
    points = [
        Measured(one.id, one.name, str(one.properties.get("quantity")), _text(one.properties.get("unit")), str(one.properties["source"]), None, None, owners[one.id], names[owners[one.id]], None)
        for one in demo_plant.entities
        if one.kind == "Point" and one.properties.get("source") in read
    ]  # fmt: skip
    assets = {one.id: Placed(one.id, one.class_) for one in demo_plant.entities if one.kind == "Asset"}
    feeds = [(one.start, one.end) for one in demo_plant.relations if one.kind == "FEEDS"]
    classes = {"cooling": ontology.descendants("Chiller"), "heating": ontology.descendants("Boiler")}

    def made(book: LoadBook = BOOK, tariff: Tariff = TARIFF, hours: int = 24, without: str = " ") -> Gathered:
        known = {source: row for source, row in read.items() if without not in source}
        record = PlantRecord(Layout(assets, [], feeds), names, points, known, classes, book, tariff, ZONE, END, steps_of(END, hours))  # fmt: skip
        return record.gathered()

    return made


def _text(told: object) -> str | None:
    return None if told is None else str(told)


def test_the_demo_plant_in_july_has_a_plan_that_is_cheaper_than_the_rule(gathered):
    found = gathered()
    cooling, heating = found.problem.systems
    assert [one.name for one in cooling.units] == ["Chiller 1", "Chiller 2"]
    assert [one.curve.source for one in cooling.units] == ["learnt", "learnt"]
    assert cooling.units[0].companions == ("Condenser Water Pump 1",)
    assert {one.id: one.names for one in cooling.shared} == {
        "Chilled_Water_Pump": ("Chilled Water Pump 1", "Chilled Water Pump 2", "Chilled Water Pump 3"),
        "Cooling_Tower": ("Cooling Tower 1", "Cooling Tower 2"),
    }
    assert [one.curve.source for one in heating.units] == ["library", "library"]
    assert max(cooling.load) > 60
    assert all(up >= load - 1e-9 for up, load in zip(cooling.upper, cooling.load, strict=True))
    plan = solve(found.problem, Search(20))
    assert (plan.shortfalls, violations(found.problem, plan)) == ((), [])
    assert plan.cost < ruled(found.problem).cost
    assert any("off by" in note for note in found.notes)


def test_a_learnt_curve_is_near_the_machines_own(gathered, read):
    unit = gathered().problem.systems[0].units[0]
    cop, power = read["chiller-1/coefficient_of_performance"], read["chiller-1/electric_power"]
    on = power > 5
    both = power[on] + read["cwp-1/electric_power"][on]
    outside = read["weather-1/outside_air_temperature"][on]
    told = np.array([unit.curve.power(q, t) for q, t in zip((cop * power)[on], outside, strict=True)])
    assert np.mean(np.abs(told - both) / both) < 0.06
    assert unit.curve.spread < 0.1


def test_what_nobody_has_stated_is_said(gathered):
    found = gathered(LoadBook(), Tariff())
    said = " ".join(found.notes)
    assert not found.problem.purchase.is_priced
    for part in (
        "what a kWh of electricity costs", "the capacity of Chiller 1", "what the building stores (cooling)",
        "Nothing measures what Boiler 1 delivers",
    ):  # fmt: skip
        assert part in said


def test_a_plant_without_what_it_takes_is_told_what_to_state(gathered):
    with pytest.raises(InvalidInput, match="There is nothing to plan") as refused:
        gathered(LoadBook(), without="i")
    assert "State them in load.yaml" in str(refused.value)


def test_a_stated_load_and_a_schedule_of_air_handlers_count(gathered):
    told = {
        "base_kw": 20,
        "systems": [{"serves": "cooling", "load_kw": [50, 80], "upper_kw": [60, 100], "units": [{"asset": "Chiller 1", "capacity_kw": 220}, {"asset": "Crane", "capacity_kw": 1}]}],
        "air_handlers": [{"asset": "AHU-1", "power_kw": 5, "runs": [{"hours": "10:00-11:00"}]}],
    }  # fmt: skip
    found = gathered(book_of(told))
    cooling = found.problem.systems[0]
    assert (cooling.load[0], cooling.load[-1], cooling.upper[-1]) == (50, 80, 100)
    assert found.problem.base[:5] == (25, 25, 25, 25, 20), "10:00 in Berlin is now"
    assert any("Crane, which is no chiller of the plant" in note for note in found.notes)


def test_steps_are_quarters_first_and_hours_then():
    steps = steps_of(END + timedelta(minutes=7), 24)
    assert steps[0].start == END + timedelta(minutes=15)
    assert [one.hours for one in steps] == [0.25] * 48 + [1.0] * 12
    assert all(a.start + timedelta(hours=a.hours) == b.start for a, b in itertools.pairwise(steps))
