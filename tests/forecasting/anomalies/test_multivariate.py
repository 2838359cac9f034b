import numpy as np
import pytest

from evals.bench.forecast import skab
from forecasting.anomalies.multivariate import fit_components, fit_forest, watch
from forecasting.series import NotEnoughData, Series


def pump(n: int, seed: int, broken_from: int | None = None) -> dict[str, Series]:
    """Flow and power follow speed; a broken one loses flow at the same speed, by as little as it varies by itself."""
    rng = np.random.default_rng(seed)
    speed = 70 + 10 * np.sin(np.arange(n) / 40) + rng.normal(0, 1, n)
    flow = 0.1 * speed + rng.normal(0, 0.05, n)
    power = 0.02 * speed + rng.normal(0, 0.02, n)
    if broken_from is not None:
        flow[broken_from:] -= 0.8
    return {k: Series(0, 60, v) for k, v in {"speed": speed, "water_flow": flow, "electric_power": power}.items()}


@pytest.mark.parametrize("fit", [fit_components, lambda windows: fit_forest(windows, seed=1)])
def test_a_broken_relation_is_flagged_and_a_sound_one_is_not(fit):
    watching = watch(fit([pump(2000, 1)]), [pump(2000, 1)], steps=20, quantile=0.999)
    broken = watching.judge(pump(600, 2, broken_from=400))
    assert watching.judge(pump(600, 2)).state == "sound"
    assert (broken.state, broken.score > 1) == ("flagged", True)


def test_the_signal_at_fault_leads_the_reasons():
    watching = watch(fit_components([pump(2000, 1)]), [pump(2000, 1)], steps=20)
    verdict = watching.judge(pump(600, 2, broken_from=400))
    assert verdict.quantities[0] == "water_flow"
    assert "water flow makes up" in verdict.reasons[1]
    assert "20 minutes" in verdict.reasons[0]


def test_limits_of_single_rows_are_passed_as_often_as_they_say():
    rng = np.random.default_rng(5)
    mixing = rng.normal(size=(6, 6))
    learned, fresh = (
        {str(i): Series(0, 60, column) for i, column in enumerate((rng.normal(size=(n, 6)) @ mixing).T)}
        for n in (3000, 40_000)
    )
    model = fit_components([learned], explained=0.9, alpha=0.01)
    t2, q = model.indices(np.column_stack([series.values for series in fresh.values()]))
    assert np.mean(t2 > model.t2_limit) == pytest.approx(0.01, abs=0.003)
    assert np.mean(q > model.q_limit) == pytest.approx(0.01, abs=0.004)


def test_contributions_add_up_to_the_score():
    model = fit_components([pump(2000, 1)], explained=0.6)
    row = np.array([1.4, 80.0, 6.0])
    assert model.contributions(row).sum() == pytest.approx(model.scores(row[None])[0])


def test_missing_signals_and_gaps_cannot_be_told():
    watching = watch(fit_components([pump(2000, 1)]), [pump(2000, 1)], steps=20)
    window = pump(600, 2)
    lacking = watching.judge({name: series for name, series in window.items() if name != "water_flow"})
    assert (lacking.state, lacking.quantities, lacking.score) == ("cannot tell", ("water_flow",), None)
    window["speed"].values[-15:] = np.nan
    assert watching.judge(window).state == "cannot tell"


def test_too_few_rows_teach_nothing():
    with pytest.raises(NotEnoughData):
        fit_components([pump(40, 1)])


def test_the_forest_is_the_same_for_the_same_seed():
    rows = np.random.default_rng(0).normal(size=(5, 3))
    one, again = (fit_forest([pump(400, 1)], seed=3).scores(rows) for _ in range(2))
    assert np.array_equal(one, again)


def test_skab(shared_data):
    figures = skab.run(shared_data)
    assert figures["skab_f1"] >= 0.76
    assert figures["skab_far"] <= 27
