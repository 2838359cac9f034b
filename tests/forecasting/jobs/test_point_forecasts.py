"""Forecasts of points from training to scores, on a real database."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from forecasting.jobs.executors import open_executor
from forecasting.jobs.forecast_scores import day_score, score_yesterday
from forecasting.jobs.point_forecasts import forecast_points, newest_forecasts
from forecasting.jobs.training import model_name, train_telemetry
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import Trained
from forecasting.series import DAY_S, Series
from forecasting.telemetry.result import LEVELS, Forecast
from graph_schema.errors import InvalidInput
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.reading import Reading

NOW = datetime(2026, 3, 30, 2, tzinfo=UTC)
ZONE, POWER = "zone_air_temperature", "electric_power"


def plant() -> Plant:
    entities, relations = [Entity("v", "Asset", "VAV 1", "VAV")], []
    for quantity, count in ((ZONE, 4), (POWER, 1)):
        for n in range(count):
            id_ = f"{quantity}-{n}"
            entities.append(Entity(id_, "Point", id_, None, {"quantity": quantity, "source": f"v/{id_}"}))
            relations.append(Relation("HAS_POINT", "v", id_))
    return Plant("test", tuple(entities), tuple(relations))


async def read(history: History, until: datetime, days: int, *, since: datetime | None = None) -> None:
    """Zones swing by day with noise; the meter has three days only."""
    rng = np.random.default_rng(5)
    readings: list[Reading] = []
    for hour in range(days * 24):
        at = until - timedelta(hours=days * 24 - hour)
        noise = rng.normal(size=4)
        if since is not None and at < since:
            continue
        swing = 2 * np.sin(2 * np.pi * at.hour / 24) - (1.5 if at.weekday() >= 5 else 0)
        for n in range(4):
            readings.append(Reading(f"v/{ZONE}-{n}", milliseconds(at), 21 + n + swing + 0.2 * float(noise[n])))
        if until - at <= timedelta(days=3):
            readings.append(Reading(f"v/{POWER}-0", milliseconds(at), 5.0 + float(noise[0])))
    await history.write(readings)


@pytest.mark.slow
@pytest.mark.parametrize("servers", ["embedded"], indirect=True)
async def test_points_are_learnt_forecast_and_scored(graph: GraphStore, history: History, ontology: Ontology):
    await load_plant(graph, ontology, plant())
    registry = ModelRegistry(history)
    with open_executor(1) as (executor, width):
        with pytest.raises(InvalidInput, match="Those with readings: none yet"):
            await train_telemetry(graph, history, registry, NOW, executor, width, only=[ZONE])
        await graph.write("MATCH (p:Point) SET p.value = 1.0")
        with pytest.raises(InvalidInput, match="not enough data"):
            await train_telemetry(graph, history, registry, NOW, executor, width)
        await read(history, NOW, 45)
        trained = await train_telemetry(graph, history, registry, NOW, executor, width)
        (version,) = trained.versions
        assert (version.name, version.state) == (model_name(ZONE), "live")
        assert version.metrics["loss"] > 0
        assert trained.left_out[POWER].startswith("not enough data: 3 days")

        done = await forecast_points(graph, history, registry, NOW, executor, width)
        assert (done.points, done.too_little, done.failures) == (4, 0, ())
        again = Trained(version.name, "the same", NOW, NOW, {}, await registry.artifact(version))
        assert (await registry.add(again)).state == "shadow"
        following = NOW + timedelta(hours=1)
        assert (await forecast_points(graph, history, registry, following, executor, width)).points == 4  # once a day

        ids = [f"{ZONE}-{n}" for n in range(4)]
        newest = await newest_forecasts(history, ids)
        assert set(newest) == set(ids)
        forecast = newest[ids[2]].forecast
        assert newest[ids[2]].model == version.label
        assert forecast.start_s == NOW.timestamp()
        assert forecast.quantiles.shape == (168, len(LEVELS))
        noon = forecast.median[int((6 + 24 - NOW.hour) % 24)]
        assert noon == pytest.approx(25, abs=1)

        later = NOW + timedelta(days=1)
        await read(history, later, 2, since=NOW)
        assert await score_yesterday(graph, history, registry, later) == {}
        (loss,) = await registry.recent_losses(version)
        assert 0 < loss < 1
        await score_yesterday(graph, history, registry, later)
        assert await registry.recent_losses(version) == [loss]
        assert set(await registry.scores(version.name)) == set()  # the shadow foretold no day that is over


def test_a_perfect_forecast_loses_nothing_and_a_naive_one_as_much_as_naive():
    came = np.concatenate([np.zeros(24), np.sin(np.arange(24.0))])
    read_ = Series(0, 3600, came)
    exact = Forecast(DAY_S, 3600, LEVELS, np.repeat(came[24:, None], len(LEVELS), axis=1), "m")
    naive = Forecast(DAY_S, 3600, LEVELS, np.zeros((24, len(LEVELS))), "m")
    score, same = day_score(exact, read_), day_score(naive, read_)
    assert score
    assert same
    assert (score.loss, score.coverage) == (0.0, 1.0)
    assert same.loss == same.naive > 0


def test_a_day_that_was_hardly_read_is_not_scored():
    holes = np.where(np.arange(48) % 3, np.nan, 1.0)
    forecast = Forecast(DAY_S, 3600, LEVELS, np.ones((24, len(LEVELS))), "m")
    assert day_score(forecast, Series(0, 3600, holes)) is None
    assert day_score(forecast, Series(DAY_S, 3600, np.ones(48))) is None
