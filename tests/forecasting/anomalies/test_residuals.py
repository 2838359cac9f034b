from datetime import timedelta

import numpy as np
import pytest

from forecasting.anomalies.residuals import Expectation, learn
from forecasting.series import NotEnoughData, Series

POWER = Expectation("electric_power", ("outside_air_temperature",), 1.0, "kW", running="run_status")
STEP = 900


def chiller(days: int, seed: int = 0, extra_kw: float = 0.0, warmer: float = 0.0) -> dict[str, Series]:
    rng = np.random.default_rng(seed)
    hours = np.arange(days * 96) / 4
    outside = 22 + warmer + 6 * np.sin(2 * np.pi * hours / 24) + 3 * np.sin(2 * np.pi * hours / 24 / 9)
    runs = (hours % 24 > 6).astype(float)
    power = runs * (30 + 1.5 * outside + 0.05 * (outside - 20) ** 2 + extra_kw + rng.normal(0, 1, len(hours)))
    values = {"electric_power": power, "outside_air_temperature": outside, "run_status": runs}
    return {name: Series(0, STEP, one) for name, one in values.items()}


def test_more_power_than_the_weather_asks_for_is_flagged_with_how_much():
    model = learn(POWER, [chiller(30)])
    assert model.judge(chiller(3, seed=1)).state == "sound"
    verdict = model.judge(chiller(3, seed=1, extra_kw=8))
    assert verdict.state == "flagged"
    assert verdict.quantities == ("electric_power", "outside_air_temperature")
    assert "above what it used to be given outside air temperature" in verdict.reasons[0]
    assert model.deviations(chiller(3, seed=1, extra_kw=8)) == pytest.approx([8, 8, 8], abs=0.6)


def test_what_is_within_tolerance_is_sound_however_steady_the_signal():
    model = learn(POWER, [chiller(30)])
    assert model.judge(chiller(3, seed=1, extra_kw=0.5)).state == "sound"
    assert model.limit >= 1.0


def test_weather_that_was_never_learned_cannot_be_told():
    verdict = learn(POWER, [chiller(30)]).judge(chiller(3, warmer=25))
    assert (verdict.state, verdict.reasons) == (
        "cannot tell",
        ("outside air temperature went outside what was learned",),
    )


def test_drivers_that_were_never_seen_together_cannot_be_told():
    rng = np.random.default_rng(3)
    warm = np.repeat(np.arange(30) % 2 == 0, 96)
    outside, load = np.where(warm, 25.0, 5.0), np.where(warm, 80.0, 20.0)

    def window(outside: np.ndarray, load: np.ndarray) -> dict[str, Series]:
        speed = 20 + 0.5 * load + outside + rng.normal(0, 0.5, len(load))
        drivers = {"outside": outside + rng.normal(0, 1, len(load)), "load": load + rng.normal(0, 3, len(load))}
        return {name: Series(0, STEP, values) for name, values in {"speed": speed, **drivers}.items()}

    model = learn(Expectation("speed", ("outside", "load"), 10.0, "%", hours=False), [window(outside, load)])
    assert model.judge(window(np.full(192, 25.0), np.full(192, 80.0))).state == "sound"
    assert model.judge(window(np.full(192, 5.0), np.full(192, 80.0))).reasons == (
        "its drivers went outside what was learned",
    )


def test_a_asset_that_rests_or_is_silent_cannot_be_told():
    model = learn(POWER, [chiller(30)])
    resting = chiller(3)
    resting["run_status"].values[:] = 0
    assert model.judge(resting).state == "cannot tell"
    silent = {name: one for name, one in chiller(3).items() if name != "electric_power"}
    assert model.judge(silent).quantities == ("electric_power",)


def test_short_history_teaches_nothing():
    with pytest.raises(NotEnoughData):
        learn(POWER, [chiller(2)])
    with pytest.raises(NotEnoughData, match="no readings of run status"):
        learn(POWER, [{name: one for name, one in chiller(30).items() if name != "run_status"}])


def test_stretches_can_be_shorter_than_a_day():
    hourly = Expectation(
        "electric_power", ("outside_air_temperature",), 1.0, "kW", running="run_status", over=timedelta(hours=2)
    )
    window = chiller(3, seed=1)
    window["electric_power"].values[-8:] += 20
    assert learn(hourly, [chiller(30)]).judge(window).state == "flagged"


def test_drivers_that_multiply_each_other_are_learned():
    rng = np.random.default_rng(4)
    load, wet = rng.uniform(0, 10, 3000), rng.uniform(5, 20, 3000)
    window = {"speed": load * wet / 2, "load": load, "wet": wet}
    asked = Expectation("speed", ("load", "wet"), 1.0, "%", hours=False, products=True)
    model = learn(asked, [{name: Series(0, STEP, values) for name, values in window.items()}])
    assert model.limit == 1.0
    assert abs(np.nanmean(model.residuals({name: Series(0, STEP, values) for name, values in window.items()}))) < 0.1


def test_only_busy_steps_count_where_that_is_asked():
    flow = np.tile(np.concatenate([np.full(48, 100.0), np.full(48, 1000.0)]), 30) + np.random.default_rng(0).normal(
        0, 5, 2880
    )
    drop = 0.1 * flow
    asked = Expectation("drop", ("flow",), 5.0, "Pa", hours=False, busy=0.5)
    model = learn(asked, [{"drop": Series(0, STEP, drop), "flow": Series(0, STEP, flow)}])
    clogged = {"drop": Series(0, STEP, 1.5 * drop[:96]), "flow": Series(0, STEP, flow[:96])}
    assert np.isnan(model.residuals(clogged)[:48]).all()
    assert model.judge(clogged).state == "flagged"


def test_a_pump_that_runs_for_minutes_can_be_judged_where_little_has_to_count():
    runs = np.zeros(96 * 60)
    runs[::20] = 1
    sound = {"flow": Series(0, STEP, 11 * runs), "run_status": Series(0, STEP, runs)}
    failed = {"flow": Series(0, STEP, 0 * runs), "run_status": Series(0, STEP, runs)}
    rare = Expectation("flow", (), 2, "L/s", "run_status", over=timedelta(days=2), hours=False, least=0.03)
    assert learn(rare, [sound]).judge(failed).reasons == (
        "flow is 0 L/s, 11 L/s below what it used to be (median over 2 days)",
    )
    common = Expectation("flow", (), 2, "L/s", "run_status", over=timedelta(days=2), hours=False)
    with pytest.raises(NotEnoughData):
        learn(common, [sound])
