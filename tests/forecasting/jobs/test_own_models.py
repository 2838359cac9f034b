"""Own models among the nightly forecasts and beside the live model: what they do wrong costs nobody else anything."""

from collections.abc import Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecasting.jobs.point_forecasts import forecast_points, newest_forecasts
from forecasting.jobs.training import model_name
from forecasting.registry.artifacts import dumped, loaded
from forecasting.registry.own import Workshop
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import AGAINST, NotBetter, Trained
from forecasting.series import Series
from forecasting.telemetry.boosting import Boosting
from forecasting.telemetry.champion import Settings, fit
from forecasting.telemetry.conformal import Calibration
from forecasting.telemetry.model import TelemetryModel
from forecasting.telemetry.own.calls import Limits
from forecasting.telemetry.own.checking import started
from forecasting.telemetry.own.model import OwnModel
from forecasting.telemetry.seasonal_naive import SeasonalNaive
from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.reading import Reading

NOW = datetime(2026, 3, 30, 2, tzinfo=UTC)
ZONE, OUTSIDE = "zone_air_temperature", "outside_air_temperature"
NAME = model_name(ZONE)
SOURCE = """
import numpy as np

def week_mean(history, horizon):
    return np.resize(history.values[-7 * history.day:].reshape(7, history.day).mean(axis=0), horizon)

def of_outside(history, horizon):
    assert set(history.regressors) == {"outside_air_temperature"}
    assert np.isfinite(history.regressors["outside_air_temperature"][-horizon - 24:-horizon]).all()
    return week_mean(history, horizon)

def zeros(history, horizon):
    return np.zeros(horizon)

def raises(history, horizon):
    raise RuntimeError("no idea")
"""

pytestmark = pytest.mark.parametrize("servers", ["embedded"], indirect=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own")
    (path / "night_models.py").write_text(SOURCE)
    return path


@pytest.fixture
def executor() -> Generator[Executor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


async def own(folder: Path, function: str) -> OwnModel:
    return await started(OwnModel(function, "", f"night_models:{function}", str(folder), limits=Limits(memory_mb=512)))


async def loaded_plant(graph: GraphStore, history: History, ontology: Ontology) -> None:
    """Four zones that swing by day under noise, outside air, and 45 days of readings."""
    entities, relations = [Entity("v", "Asset", "VAV 1", "VAV")], []
    for quantity, count in ((ZONE, 4), (OUTSIDE, 1)):
        for n in range(count):
            id_ = f"{quantity}-{n}"
            entities.append(Entity(id_, "Point", id_, None, {"quantity": quantity, "source": f"v/{id_}"}))
            relations.append(Relation("HAS_POINT", "v", id_))
    await load_plant(graph, ontology, Plant("test", tuple(entities), tuple(relations)))
    await graph.write("MATCH (p:Point) SET p.value = 1.0")
    rng = np.random.default_rng(5)
    readings: list[Reading] = []
    for hour in range(45 * 24):
        at = NOW - timedelta(hours=45 * 24 - hour)
        swing = 2 * np.sin(2 * np.pi * at.hour / 24)
        readings += [Reading(f"v/{ZONE}-{n}", milliseconds(at), 21 + n + swing + rng.normal()) for n in range(4)]
        readings.append(Reading(f"v/{OUTSIDE}-0", milliseconds(at), 8 + swing + rng.normal()))
    await history.write(readings)


def shop(graph: GraphStore, history: History, ontology: Ontology, executor: Executor) -> Workshop:
    return Workshop(graph, history, ontology, ModelRegistry(history), executor, NOW, lambda sentence: None)


def plain(fitted: Any = None, name: str = "as the day before", own_name: str | None = None) -> Trained:
    shares = np.repeat(np.linspace(-2, 2, 41)[:, None], 168, axis=1)
    model = TelemetryModel(fitted or SeasonalNaive("day"), Calibration(shares), 168, 3600, ())
    return Trained(NAME, name, NOW - timedelta(days=60), NOW, {"loss": 0.5}, dumped(model), own_name)


async def test_registered_a_model_is_a_shadow_with_its_comparison_and_its_weather(
    graph: GraphStore, history: History, ontology: Ontology, executor: Executor, folder: Path
):
    await loaded_plant(graph, history, ontology)
    registry, works = ModelRegistry(history), shop(graph, history, ontology, executor)
    await registry.add(plain())
    done = await works.register(await own(folder, "of_outside"), "Zone_Air_Temperature_Sensor", 24)
    (one,) = done.judged
    assert (one.version.label, one.version.state, one.version.own) == (f"{NAME} v2", "shadow", "of_outside")
    assert one.live
    assert one.live_label == f"{NAME} v1"
    assert one.own.loss < 0.9 * one.live.loss
    assert 0.74 < one.own.coverage < 0.86
    assert one.version.metrics["loss of the live model"] == one.live.loss
    model = loaded(await registry.artifact(one.version))
    assert (model.horizon, model.fitted.regressors) == (24, (OUTSIDE,))

    night = await forecast_points(graph, history, registry, NOW, executor, 1)
    assert (night.points, night.failures) == (4, ())
    rows = await history.fetch(
        "select distinct version, jsonb_array_length(quantiles) as steps from forecasting.forecast order by 1"
    )
    assert [(row["version"], row["steps"]) for row in rows] == [(1, 168), (2, 24)]

    assert (await registry.promote(NAME, 2)).state == "live"
    assert (await registry.rollback(NAME)).version == 1
    assert (await registry.version(NAME, 2)).state == "retired"


async def test_a_live_boosting_model_is_compared_as_it_was_before_the_backtest(
    graph: GraphStore, history: History, ontology: Ontology, executor: Executor, folder: Path
):
    await loaded_plant(graph, history, ontology)
    registry, works = ModelRegistry(history), shop(graph, history, ontology, executor)
    rng = np.random.default_rng(1)
    hours = np.arange(45 * 24)
    series = [Series(0, 3600, 20 + np.sin(hours * np.pi / 12) + rng.normal(size=len(hours))) for _ in range(4)]
    settings = Settings(candidates=(Boosting(iterations=3),), windows=60)
    artifact = dumped(fit(series, horizon=168, settings=settings))
    await registry.add(replace(plain(name="boosting"), artifact=artifact))
    said: list[str] = []
    done = await replace(works, report=said.append).register(await own(folder, "week_mean"), "all", 24)
    (zone,) = (one for one in done.judged if one.version.name == NAME)
    assert zone.live
    assert zone.live.windows == zone.own.windows
    assert zone.live.loss < 1
    assert said.count("learning the live kind anew from what came before the backtest") == 1
    assert {one.version.name for one in done.judged} == {NAME, model_name(OUTSIDE)}, done.left_out


async def test_registering_a_name_again_replaces_its_shadow_and_a_score_is_taken_anew(
    graph: GraphStore, history: History, ontology: Ontology, executor: Executor, folder: Path
):
    await loaded_plant(graph, history, ontology)
    registry, works = ModelRegistry(history), shop(graph, history, ontology, executor)
    alone = await works.register(await own(folder, "zeros"), ZONE, 24)
    assert (alone.judged[0].version.state, alone.judged[0].live) == ("shadow", None)
    live = await registry.add(plain())
    assert live.state == "live"
    with pytest.raises(NotBetter, match="`plantroom models score zeros`"):
        await registry.promote(NAME, 1)
    measured = await works.score("zeros")
    assert measured.judged[0].live
    assert measured.judged[0].version.metrics[AGAINST] == live.version
    with pytest.raises(NotBetter, match=r"v1 is not better than .* v2 in the backtest"):
        await registry.promote(NAME, 1)
    again = await works.register(await own(folder, "zeros"), ZONE, 24)
    assert again.judged[0].version.version == 3
    assert [one.version for one in await registry.own("zeros")] == [3]


async def test_what_cannot_be_registered_is_told_and_nothing_is_kept(
    graph: GraphStore, history: History, ontology: Ontology, executor: Executor, folder: Path
):
    await loaded_plant(graph, history, ontology)
    works = shop(graph, history, ontology, executor)
    with pytest.raises(NotFound, match=rf"No point with readings is of class Speed_Sensor.*{OUTSIDE}, {ZONE}"):
        await works.register(await own(folder, "zeros"), "Speed_Sensor", 24)
    with pytest.raises(InvalidInput, match=r"raises: It raised RuntimeError: no idea \(night_models.py, line"):
        await works.register(await own(folder, "raises"), "all", 24)
    with pytest.raises(NotFound, match="no own model “nobody”"):
        await works.score("nobody")
    early = replace(works, now=NOW - timedelta(days=40))
    with pytest.raises(InvalidInput, match=r"zeros is not registered: not enough data: 5 days of 7"):
        await early.register(await own(folder, "zeros"), ZONE, 24)
    assert await ModelRegistry(history).versions() == []


async def test_a_shadow_that_fails_is_skipped_with_its_reason_and_the_others_go_on(
    graph: GraphStore, history: History, ontology: Ontology, executor: Executor, folder: Path
):
    await loaded_plant(graph, history, ontology)
    registry = ModelRegistry(history)
    live = await registry.add(plain())
    bad = await registry.add(plain(await own(folder, "raises"), "raises", "raises"), may_lead=False)
    changed = await registry.add(plain(), may_lead=False)
    await history.fetch("update forecasting.model set artifact = artifact || '\\x00' where version = 3")
    night = await forecast_points(graph, history, registry, NOW, executor, 1)
    assert (night.points, night.failures) == (4, ())
    assert len(await newest_forecasts(history, [f"{ZONE}-{n}" for n in range(4)])) == 4
    told = {one.version: one.failure for one in await registry.versions(NAME)}
    assert told[live.version] is None
    assert told[bad.version] is not None
    assert "RuntimeError: no idea" in told[bad.version]
    assert "its checksum differs" in (told[changed.version] or "")
    again = await forecast_points(graph, history, registry, NOW, executor, 1)
    assert again.points == 4
    assert (await registry.version(NAME, bad.version)).failure, "a run with nothing left to do clears no reason"
    with pytest.raises(NotBetter, match="failed in the last run"):
        await registry.promote(NAME, bad.version)


async def test_a_live_model_that_fails_hands_over_to_the_one_before_in_the_same_night(
    graph: GraphStore, history: History, ontology: Ontology, executor: Executor, folder: Path
):
    await loaded_plant(graph, history, ontology)
    registry = ModelRegistry(history)
    await registry.add(plain())
    await registry.add(replace(plain(await own(folder, "raises"), "raises"), metrics={"loss": 0.1}))
    assert (await registry.promote(NAME, 2)).state == "live"
    night = await forecast_points(graph, history, registry, NOW, executor, 1)
    assert night.points == 4
    (told,) = night.failures
    assert told.startswith(f"{NAME} v2 failed, {NAME} v1 is live instead: raises: It raised RuntimeError")
    assert [(one.version, one.state) for one in await registry.versions(NAME)] == [(2, "shadow"), (1, "live")]
    newest = await newest_forecasts(history, [f"{ZONE}-0"])
    assert newest[f"{ZONE}-0"].model == f"{NAME} v1"
