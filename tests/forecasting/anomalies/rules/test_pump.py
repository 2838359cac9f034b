import numpy as np
import pytest

from forecasting.anomalies.rules.pump import duty_of, judge_pump
from forecasting.series import NotEnoughData, Series


def pump(
    n: int = 96, *, flow: float = 1.0, head: float = 1.0, power: float = 1.0, shake: float = 1.0, runs: float = 1.0
):
    """By the affinity laws: 10 L/s, 200 kPa and 3 kW at full speed; the factors are what is wrong."""
    share = 0.7 + 0.2 * np.sin(np.arange(n) / 9)
    values = {
        "run_status": np.full(n, runs),
        "speed": 100 * share,
        "water_flow": 10 * share * flow,
        "water_differential_pressure": 200 * share**2 * head,
        "electric_power": 3 * share**3 * power,
        "vibration": np.full(n, 1.5 * shake),
    }
    return {name: Series(0, 900, value) for name, value in values.items()}


DUTY = duty_of(pump(960))


def test_the_duty_is_found_at_full_speed():
    assert (DUTY.flow, DUTY.head, DUTY.power) == pytest.approx((10, 200, 3))
    assert DUTY.efficiency
    assert list(DUTY.efficiency.values()) == pytest.approx([2 / 3] * len(DUTY.efficiency))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"flow": 0.05, "head": 1.3, "power": 0.6}, "dead-heading"),
        ({"flow": 0.02, "head": 0.05, "power": 0.3}, "dry running"),
        ({"flow": 0.8, "head": 0.75, "power": 0.75, "shake": 2.5}, "cavitation"),
        ({"flow": 0.85, "head": 0.85, "power": 1.1}, "efficiency is"),
    ],
)
def test_what_is_wrong_is_named(wrong, words):
    verdict = judge_pump(pump(**wrong), DUTY)
    assert verdict.state == "flagged"
    assert verdict.reasons[0].startswith(words)


def test_a_sound_pump_is_sound_at_any_speed():
    assert judge_pump(pump(), DUTY).state == "sound"


def test_a_pump_that_loses_more_at_low_speed_is_compared_with_its_own_low_speed():
    share = np.repeat([0.9, 0.4], 480)
    slow_motor = {
        "run_status": np.ones(960),
        "speed": 100 * share,
        "water_flow": 10 * share,
        "water_differential_pressure": 200 * share**2,
        "electric_power": 3 * share**3 / np.where(share > 0.5, 1.0, 0.7),
    }
    window = {name: Series(0, 900, value) for name, value in slow_motor.items()}
    duty = duty_of(window)
    assert judge_pump(window, duty).state == "sound"
    worn = window | {"electric_power": Series(0, 900, window["electric_power"].values * 1.4)}
    assert judge_pump(worn, duty).reasons == ("efficiency is 33%, where 47% was usual at such speeds",)


def test_a_pump_that_stands_or_lacks_its_flow_cannot_be_told():
    assert judge_pump(pump(runs=0), DUTY).state == "cannot tell"
    assert judge_pump({k: v for k, v in pump().items() if k != "water_flow"}, DUTY).quantities == ("water_flow",)


def test_a_pump_without_power_and_vibration_is_still_judged_by_its_flow():
    few = {k: v for k, v in pump(flow=0.05).items() if k not in ("electric_power", "vibration")}
    assert "dead-heading" in judge_pump(few, DUTY).reasons[0]


def test_a_pump_that_never_ran_teaches_nothing():
    with pytest.raises(NotEnoughData):
        duty_of(pump(runs=0))
