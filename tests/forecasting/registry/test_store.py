"""Versions of models on a real PostgreSQL: one is live, better ones take over, and nothing else does."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import numpy as np
import psycopg
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor

from forecasting.registry import artifacts
from forecasting.registry.drift import loss_drift
from forecasting.registry.store import ModelRegistry
from forecasting.registry.versions import NotBetter, Trained
from graph_schema.errors import InvalidInput, NotFound
from ingestion.history.history import History

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def trained(loss: float | None = 0.8, name: str = "telemetry/Zone_Air_Temperature_Sensor") -> Trained:
    metrics = {} if loss is None else {"loss": loss}
    return Trained(name, "boosting", MARCH, MARCH + timedelta(days=28), metrics, b"bytes \x00 of a model")


@pytest.fixture
async def registry(history: History) -> ModelRegistry:
    return ModelRegistry(history)


async def test_the_first_version_is_live_and_the_next_a_shadow(registry: ModelRegistry):
    first, second = await registry.add(trained()), await registry.add(trained(0.7))
    assert (first.version, first.state, first.metrics) == (1, "live", {"loss": 0.8})
    assert (second.version, second.state) == (2, "shadow")
    assert await registry.artifact(second) == b"bytes \x00 of a model"
    live, shadows = await registry.running(first.name)
    assert live == first
    assert shadows == [second]


async def test_a_model_that_may_not_lead_waits_even_when_it_is_alone(registry: ModelRegistry):
    assert (await registry.add(trained(), may_lead=False)).state == "shadow"


async def test_a_better_backtest_is_promoted_and_can_be_rolled_back(registry: ModelRegistry):
    first, second = await registry.add(trained(0.8)), await registry.add(trained(0.7))
    assert (await registry.promote(first.name, second.version)).state == "live"
    assert (await registry.version(first.name, 1)).state == "shadow"
    assert (await registry.rollback(first.name)).version == 1
    assert (await registry.version(first.name, 2)).state == "retired"
    with pytest.raises(InvalidInput, match="no earlier version"):
        await ModelRegistry(registry.history).rollback(first.name)


async def test_a_worse_backtest_is_refused_with_both_figures(registry: ModelRegistry):
    first, second = await registry.add(trained(0.7)), await registry.add(trained(0.75))
    with pytest.raises(NotBetter, match=r"v2 is not better than .* v1 in the backtest: its loss is 0.75 against 0.7"):
        await registry.promote(first.name, second.version)
    assert (await registry.running(first.name))[0] == first


async def test_a_week_side_by_side_outweighs_the_backtest(registry: ModelRegistry):
    first, second = await registry.add(trained(0.7)), await registry.add(trained(None))
    with pytest.raises(NotBetter, match="let it run in shadow for a week"):
        await registry.promote(first.name, second.version)
    for n in range(7):
        day = date(2026, 3, 2) + timedelta(days=n)
        rows = [
            {"version": 1, "subjects": 40, "loss": 0.9, "coverage": 0.8},
            {"version": 2, "subjects": 40, "loss": 0.6, "coverage": None},
        ]
        await registry.put_scores(first.name, day, rows)
    assert {v: (s.days, round(s.loss, 6)) for v, s in (await registry.scores(first.name)).items()} == {
        1: (7, 0.9),
        2: (7, 0.6),
    }
    assert (await registry.promote(first.name, second.version)).state == "live"


async def test_days_that_only_one_version_saw_do_not_count(registry: ModelRegistry):
    first, _ = await registry.add(trained()), await registry.add(trained())
    await registry.put_scores(
        first.name, date(2026, 3, 2), [{"version": 1, "subjects": 1, "loss": 0.1, "coverage": 1.0}]
    )
    assert await registry.scores(first.name) == {}


async def test_the_database_allows_one_live_version_whatever_happens_at_once(registry: ModelRegistry):
    first = await registry.add(trained(0.9))
    others = [await registry.add(trained(0.5)) for _ in range(4)]
    await asyncio.gather(*(registry.promote(first.name, v.version) for v in others), return_exceptions=True)
    states = [v.state for v in await registry.versions(first.name)]
    assert states.count("live") == 1
    with pytest.raises(psycopg.errors.UniqueViolation):
        await registry.history.fetch("update forecasting.model set state = 'live'")


async def test_names_and_versions_that_do_not_exist_are_told(registry: ModelRegistry):
    with pytest.raises(NotFound, match="no model “x”"):
        await registry.promote("x", 1)
    await registry.add(trained())
    with pytest.raises(NotFound, match="no version 9; there are 1"):
        await registry.retire(trained().name, 9)
    with pytest.raises(InvalidInput, match="is live"):
        await registry.retire(trained().name, 1)


def test_an_estimator_comes_back_as_it_was():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(200, 3)), rng.normal(size=200)
    model = HistGradientBoostingRegressor(max_iter=5, random_state=1).fit(x, y)
    again = artifacts.loaded(artifacts.dumped(model))
    np.testing.assert_array_equal(model.predict(x), again.predict(x))


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("it ran",)


@pytest.mark.parametrize("artifact", [b"", b"PK\x03\x04 no zip", b"\x80\x04K\x01."])
def test_what_is_no_model_is_refused(artifact: bytes):
    with pytest.raises(InvalidInput, match="no model file"):
        artifacts.loaded(artifact)


def test_types_that_are_not_trusted_are_refused_and_not_built(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(InvalidInput, match=r"types that are not trusted: .*Evil"):
        artifacts.loaded(artifacts.dumped({"model": Evil()}))
    assert "it ran" not in capsys.readouterr().out


def test_drift_is_a_week_that_loses_more_than_chance_allows():
    rng = np.random.default_rng(3)
    usual = (0.7 + 0.05 * rng.normal(size=40)).tolist()
    assert loss_drift(usual[:20]) is None
    calm = loss_drift(usual)
    assert calm
    assert not calm.drifted
    risen = loss_drift([*usual, *(1.1 + 0.05 * rng.normal(size=7))])
    assert risen
    assert risen.drifted
    assert "train anew" in risen.reason
