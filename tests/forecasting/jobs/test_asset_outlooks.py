"""A night's run over a simulated plant: wear is seen on the right asset before its limit is reached, and written to the graph."""

from datetime import UTC, datetime, timedelta

from forecasting.jobs.asset_outlooks import assess_plant
from forecasting.jobs.detector_inputs import HISTORY_DAYS
from forecasting.jobs.executors import open_executor
from forecasting.outlook import Outlook, read_outlooks
from graph_schema.importers.plant_file import read_plant_file
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.simulator.demo import demo_plant_file
from ingestion.simulator.faults import Fault
from ingestion.simulator.simulator import simulate_history

NIGHT = datetime(2026, 6, 29, 2, tzinfo=UTC)
THINGS = ("chwp-1", "chwp-2", "chwp-3", "generator-1", "tank-1", "weather-station")


async def night(
    graph: GraphStore, history: History, ontology: Ontology, faults: list[Fault]
) -> tuple[dict[str, Outlook], tuple[str, ...]]:
    plant = read_plant_file(demo_plant_file(), ontology)
    await load_plant(graph, ontology, plant)
    for batch in simulate_history(plant, NIGHT - timedelta(days=HISTORY_DAYS), NIGHT, 3600, faults=faults):
        await history.write(reading for reading in batch if reading.source.startswith(THINGS))
    numbers = await history.fetch(
        "select distinct source from series join reading on series = id where value is not null"
    )
    await graph.write(
        "UNWIND $sources AS source MATCH (p:Point {source: source}) SET p.value = 0.0",
        sources=[n["source"] for n in numbers],
    )
    with open_executor(2) as (executor, width):
        done = await assess_plant(graph, history, ontology, NIGHT, executor, width)
        again = await assess_plant(graph, history, ontology, NIGHT, executor, width)
    assert (again.flagged, again.sound, again.cannot_tell) == (done.flagged, done.sound, done.cannot_tell)
    outlooks = {one.asset: one for one in await read_outlooks(graph)}
    assert done.flagged == sum(one.state == "flagged" for one in outlooks.values())
    return outlooks, done.failures


async def test_wear_is_seen_on_the_right_asset_before_its_limit_is_reached(
    graph: GraphStore, history: History, ontology: Ontology
):
    faults = [
        Fault("bearing_wear", "chwp-2", NIGHT - timedelta(days=9), severity=0.9),
        Fault("weak_battery", "generator-1", NIGHT - timedelta(days=3)),
    ]
    outlooks, failures = await night(graph, history, ontology, faults)
    assert failures == ()
    assert {id_ for id_, one in outlooks.items() if one.state == "flagged"} == {"chwp-2", "generator-1"}
    pump = outlooks["chwp-2"]
    assert pump.probability is not None
    assert pump.probability > 0.9
    assert pump.mode == "Bearing wear or misalignment"
    assert pump.expected_at is not None
    assert timedelta(0) < pump.expected_at - NIGHT < timedelta(days=8)
    assert outlooks["chwp-1"].state == "sound"
    assert "a day for" in pump.reasons[0]
    assert "upper limit" in pump.reasons[0]
