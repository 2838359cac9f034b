"""An asset among others like it: the odd one is named, and only where there are enough to tell."""

import numpy as np
import pytest

from forecasting.anomalies.detectors import Looked, look
from forecasting.anomalies.expectations import EXPECTATIONS, SIBLINGS
from forecasting.anomalies.siblings import Likeness, judge_level, judge_rest
from forecasting.series import Series
from graph_schema.ontology.ontology import Ontology

STEP = 900
POSITION = Likeness("damper_position", 10, "%")
WARMTH = Likeness("zone_air_temperature", 2.5, "°C", above="zone_air_temperature_setpoint")
KIN = SIBLINGS["Terminal_Unit"]


def box(seed: int, warm: float = 0.0, setpoint: float = 22.0, days: int = 3) -> dict[str, Series]:
    noise = np.random.default_rng(seed).normal(0, 0.2, days * 96)
    return {
        "zone_air_temperature": Series(0, STEP, setpoint + warm + noise),
        "zone_air_temperature_setpoint": Series(0, STEP, np.full(days * 96, setpoint)),
    }


def boxes(count: int, **changes: float) -> list[dict[str, Series]]:
    return [box(seed, **changes) for seed in range(1, count + 1)]


def positions(*levels: float) -> list[dict[str, Series]]:
    rng = np.random.default_rng(2)
    return [{"damper_position": Series(0, STEP, rng.normal(level, 2, 200))} for level in levels]


def test_the_odd_one_is_flagged_with_how_far_and_of_how_many():
    odd, *others = positions(98, 40, 41, 42, 43, 44)
    verdict = judge_level(POSITION, odd, others)
    assert verdict.state == "flagged"
    assert verdict.reasons[0].startswith("damper position is 98")
    assert verdict.reasons[0].endswith("above the median of 6 like it")
    assert judge_level(POSITION, others[0], [odd, *others[1:]]).state == "sound"


def test_how_different_they_are_by_nature_counts():
    own, *others = positions(75, 10, 30, 50, 70, 90)
    assert judge_level(POSITION, own, others).state == "sound"


def test_of_fewer_than_five_nobody_is_the_odd_one():
    verdict = judge_level(WARMTH, box(0, warm=9), boxes(3))
    assert (verdict.state, verdict.reasons) == (
        "cannot tell",
        ("only 4 siblings read zone air temperature, of 5 that it takes",),
    )
    assert judge_level(WARMTH, box(0, warm=9), boxes(4)).state == "flagged"
    assert judge_rest("zone_air_temperature", box(0), boxes(3)).state == "cannot tell"


def test_a_room_is_compared_by_its_own_set_point():
    assert judge_level(WARMTH, box(0, setpoint=26), boxes(6)).state == "sound"
    verdict = judge_level(WARMTH, box(0, warm=-4), boxes(6))
    assert verdict.state == "flagged"
    assert "°C below zone air temperature setpoint" in verdict.reasons[0]
    assert verdict.reasons[0].endswith("below the median of 7 like it")
    assert verdict.quantities == ("zone_air_temperature", "zone_air_temperature_setpoint")


def test_what_was_hardly_read_cannot_be_told():
    hardly = box(0, warm=9)
    hardly["zone_air_temperature"].values[:-20] = np.nan
    assert judge_level(WARMTH, hardly, boxes(6)).state == "cannot tell"
    del hardly["zone_air_temperature_setpoint"]
    assert judge_level(WARMTH, hardly, boxes(6)).state == "cannot tell"


def stuck(hours: int, seed: int = 0) -> dict[str, Series]:
    window = box(seed)
    window["zone_air_temperature"].values[-4 * hours :] = 23.0
    return window


def test_a_value_that_rests_where_others_move_is_stuck():
    verdict = judge_rest("zone_air_temperature", stuck(20), boxes(5))
    assert verdict.state == "flagged"
    assert verdict.reasons == (
        "zone air temperature has read 23 without a change for 20 hours; 5 like it rest for 15 minutes at most",
    )
    assert judge_rest("zone_air_temperature", stuck(10), boxes(5)).state == "sound"


def test_where_all_rest_or_it_rested_so_before_nothing_is_stuck():
    assert judge_rest("zone_air_temperature", stuck(20), [stuck(20, seed) for seed in range(1, 6)]).state == "sound"
    coarse = stuck(20)
    coarse["zone_air_temperature"].values[4:60] = 21.0
    assert judge_rest("zone_air_temperature", coarse, boxes(5)).state == "sound"


def test_siblings_are_asked_where_its_own_past_cannot_tell():
    own = box(0, warm=5)
    looked = Looked(EXPECTATIONS["VAV"], None, {}, own, tuple(own), kin=KIN, siblings=tuple(boxes(5)))
    found = {one.detector: one for one in look(looked)}
    assert found["own past of zone_air_temperature"].state == "cannot tell"
    assert found["siblings of zone_air_temperature"].state == "flagged"
    assert found["siblings of zone_air_temperature"].lasted_s > 0
    assert found["rest of zone_air_temperature among siblings"].state == "sound"


def test_siblings_are_not_asked_where_its_own_past_can_tell():
    def with_weather(seed: int, days: int) -> dict[str, Series]:
        window = box(seed, warm=5, days=days)
        hours = np.arange(days * 96) / 4
        window["outside_air_temperature"] = Series(0, STEP, 15 + 8 * np.sin(2 * np.pi * hours / 24))
        return window

    own = with_weather(1, 15)
    looked = Looked(EXPECTATIONS["VAV"], None, with_weather(0, 30), own, tuple(own), kin=KIN, siblings=tuple(boxes(5)))
    found = {one.detector: one for one in look(looked)}
    assert found["own past of zone_air_temperature"].state == "sound"
    assert not any("siblings" in name for name in found)


@pytest.mark.parametrize("class_", SIBLINGS)
def test_tolerances_are_in_the_units_that_windows_are_brought_to(ontology: Ontology, class_: str):
    assert ontology.canonical(class_) == class_
    assert ontology.canonical(SIBLINGS[class_].fed_by) is not None
    for one in SIBLINGS[class_].alike:
        assert {one.unit} == {ontology.unit(name) for name in one.needed}
