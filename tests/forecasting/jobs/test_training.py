"""Champions are chosen anew week by week: what is due, in the time there is, and taking over by what nights have shown."""

from collections.abc import Callable, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from forecasting.jobs.training import Training, model_name, train_what_is_due
from forecasting.registry.store import ModelRegistry
from forecasting.telemetry import champion
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.seasonal_naive import SeasonalNaive
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.reading import Reading

NOW = datetime(2026, 3, 30, 2, tzinfo=UTC)
WEEK = timedelta(days=7)
ZONE, FLOW, POWER = "zone_air_temperature", "water_flow", "electric_power"


@pytest.fixture
def executor() -> Generator[Executor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = champion.Settings(candidates=(SeasonalNaive("day"), Boosting(iterations=5)), windows=60)
    monkeypatch.setattr(champion, "Settings", lambda *_, **changes: quick)


async def loaded_plant(graph: GraphStore, history: History, ontology: Ontology) -> None:
    """Two zones and a flow with 60 days of readings, and a meter with three."""
    entities, relations = [Entity("v", "Asset", "VAV 1", "VAV")], []
    for id_, quantity in (("z-0", ZONE), ("z-1", ZONE), ("f", FLOW), ("m", POWER)):
        entities.append(Entity(id_, "Point", id_, None, {"quantity": quantity, "source": f"v/{id_}"}))
        relations.append(Relation("HAS_POINT", "v", id_))
    await load_plant(graph, ontology, Plant("test", tuple(entities), tuple(relations)))
    await graph.write("MATCH (p:Point) SET p.value = 1.0")
    rng = np.random.default_rng(5)
    readings: list[Reading] = []
    for hour in range(60 * 24):
        at = NOW + timedelta(days=15) - timedelta(hours=60 * 24 - hour)
        swing = 21 + 2 * np.sin(2 * np.pi * at.hour / 24)
        ids = ["z-0", "z-1", "f", *(["m"] if NOW - timedelta(days=3) <= at < NOW else [])]
        readings += [Reading(f"v/{id_}", milliseconds(at), swing + rng.normal()) for id_ in ids]
    await history.write(readings)


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
async def test_classes_are_trained_when_they_are_due_and_take_over_when_they_lost_less(
    graph: GraphStore, history: History, ontology: Ontology, executor: Executor
):
    await loaded_plant(graph, history, ontology)
    registry = ModelRegistry(history)

    async def train(
        now: datetime,
        most_s: float = 600,
        after: timedelta | None = WEEK,
        progress: Callable[[str], None] | None = None,
    ) -> Training:
        return await train_what_is_due(
            graph, history, registry, now, executor, 2, after=after, most_s=most_s, progress=progress
        )

    assert (await train(NOW, most_s=0)).versions == ()
    first = await train(NOW)
    assert sorted((one.label, one.state) for one in first.versions) == [
        (f"{model_name(FLOW)} v1", "live"),
        (f"{model_name(ZONE)} v1", "live"),
    ]
    assert first.left_out[POWER].startswith("not enough data: 3 days")

    said: list[str] = []
    assert (await train(NOW + timedelta(days=6), progress=said.append)).versions == ()
    assert not any("learning" in one for one in said), "nothing is learnt where nothing is due"
    assert (await train(NOW + 5 * WEEK, after=None)).versions == ()

    # The zones were trained by hand since: only the flow is due.
    await history.fetch(
        "update forecasting.model set data_to = data_to + interval '3 days' where name = %(name)s",
        {"name": model_name(ZONE)},
    )
    (flow,) = (await train(NOW + timedelta(days=8))).versions
    assert (flow.label, flow.state) == (f"{model_name(FLOW)} v2", "shadow")

    for n in range(7):
        rows = [
            {"version": version, "subjects": 1, "loss": loss, "coverage": 0.8} for version, loss in ((1, 0.9), (2, 0.6))
        ]
        await registry.put_scores(flow.name, (NOW + timedelta(days=8 + n)).date(), rows)
    after = await train(NOW + timedelta(days=15))
    assert {one.label for one in after.versions} == {f"{model_name(FLOW)} v3", f"{model_name(ZONE)} v2"}
    states = {one.version: one.state for one in await registry.versions(flow.name)}
    assert states == {1: "shadow", 2: "live", 3: "shadow"}


@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
async def test_a_shadow_that_lost_more_in_its_week_is_retired(
    graph: GraphStore, history: History, ontology: Ontology, executor: Executor
):
    await loaded_plant(graph, history, ontology)
    registry = ModelRegistry(history)
    for now in (NOW, NOW + timedelta(days=7)):
        await train_what_is_due(graph, history, registry, now, executor, 2, after=WEEK, most_s=600)
    for n in range(7):
        rows = [
            {"version": version, "subjects": 1, "loss": loss, "coverage": 0.8} for version, loss in ((1, 0.6), (2, 0.9))
        ]
        await registry.put_scores(model_name(ZONE), (NOW + timedelta(days=8 + n)).date(), rows)
    await train_what_is_due(graph, history, registry, NOW + timedelta(days=15), executor, 2, after=WEEK, most_s=600)
    states = {one.version: one.state for one in await registry.versions(model_name(ZONE))}
    assert states == {1: "live", 2: "retired", 3: "shadow"}
