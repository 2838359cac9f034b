"""The judgement of risk: order, bounds and words."""

import math
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.condition import Limits, Weight, weight_at
from graph_schema.condition import judge as judge_condition
from graph_schema.model import Status
from tools.risk.score import Fault, Sign, Suspicion, judge, severity, sign_severity

HOT = Fault("t", "supply_air_temperature", "alarm", 26.0, "°C", 10.0, 20.0)
WARM = Fault("w", "zone_air_temperature", "warning", 26.2, "°C", 20.0, 26.0)
SILENT = Fault("s", "vibration", "stale", age_s=7_300.0)


def test_reasons_name_quantity_value_distance_and_limit() -> None:
    clogged = Suspicion("Clogged filter", "Change the filters.", 1)
    dirty = Fault("f", "filter_air_differential_pressure", "alarm", 280.0, "Pa", None, 250.0, part="AHU-1 Filter")
    assert judge([HOT, dirty, SILENT], [clogged], 4, 24).reasons == (
        "supply air temperature is 26 °C, 6 °C above its limit of 20 °C (alarm)",
        "AHU-1 Filter: filter air differential pressure is 280 Pa, 30 Pa above its limit of 250 Pa (alarm)",
        "vibration has not been read for 2 hours",
        "this can mean: clogged filter. Change the filters",
        "its criticality is 4 of 5",
        "24 assets depend on it",
    )


def test_value_below_its_lower_limit() -> None:
    cold = Fault("c", "temperature", "warning", -3.0, "°C", 0.0, None)
    assert judge([cold], [], 1, 1).reasons[0] == "temperature is -3 °C, 3 °C below its limit of 0 °C (warning)"
    assert judge([cold], [], 1, 1).reasons[-1] == "1 asset depends on it"


def test_many_faults_are_summed_up() -> None:
    reasons = judge([Fault(f"{n}", f"q{n}", "alarm", 2.0, None, None, 1.0) for n in range(9)], [], 1, 0).reasons
    assert reasons[4] == "5 more points are beyond their limits"
    silent = judge([Fault(f"{n}", f"q{n}", "stale", age_s=60.0 * n) for n in range(9)], [], 1, 0).reasons
    assert silent[0].startswith("9 points have not been read, the longest for 8 minutes: q8, q7, q6, q5 and 5 more")


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (judge([HOT], [], 3, 0), judge([WARM], [], 3, 0)),
        (judge([WARM], [], 3, 0), judge([SILENT], [], 3, 0)),
        (judge([HOT, WARM], [], 3, 0), judge([HOT], [], 3, 0)),
        (judge([WARM], [], 5, 0), judge([WARM], [], 1, 0)),
        (judge([WARM], [], 3, 100), judge([WARM], [], 3, 1)),
        (judge([HOT], [], 1, 0), judge([SILENT], [], 5, 999)),
    ],
)
def test_what_is_worse_scores_more(worse: object, better: object) -> None:
    assert getattr(worse, "score") > getattr(better, "score")  # noqa: B009


FAULTS = st.lists(
    st.builds(
        Fault,
        point=st.text(max_size=3),
        quantity=st.text(max_size=3),
        status=st.sampled_from(["alarm", "warning", "stale"]),
        value=st.none() | st.floats(-1e6, 1e6),
        unit=st.none() | st.just("°C"),
        low=st.none() | st.floats(-1e6, 0),
        high=st.none() | st.floats(1, 1e6),
        age_s=st.none() | st.floats(-1e3, 1e9),
        part=st.none() | st.text(max_size=3),
    )
)


@settings(deadline=None)
@given(FAULTS, st.integers(0, 9), st.integers(0, 10**6))
def test_score_stays_in_bounds_and_grows_with_each_fault(
    faults: list[Fault], criticality: int, dependents: int
) -> None:
    judged = judge(faults, [], criticality, dependents)
    assert 0 <= judged.score <= 100
    assert (judged.score > 0) == bool(faults)
    assert judge([*faults, HOT], [], criticality, dependents).score >= judged.score
    assert all(0 < severity(fault) <= 1 for fault in faults)
    assert judge(faults[::-1], [], criticality, dependents).score == pytest.approx(judged.score, abs=0.1)


def test_signs_of_the_outlook_count_by_probability_and_how_soon_and_never_twice() -> None:
    def sign(**known: object) -> Sign:
        return Sign(**{"certainty": "certain", "reasons": ("it shakes",), "points": frozenset({"v"}), **known})  # type: ignore[arg-type]

    soon, late = sign(probability=0.9, days=2.0), sign(probability=0.9, days=25.0)
    assert sign_severity(soon) > sign_severity(late) > sign_severity(sign(probability=0.3, days=25.0))
    assert [sign_severity(sign(certainty=one)) for one in ("possible", "likely", "certain")] == [0.25, 0.4, 0.55]
    alarm = Fault("v", "vibration", "alarm", 5.0, "mm/s", None, 4.5)
    alone = judge([alarm], [], 3, 0)
    assert judge([alarm], [], 3, 0, [soon]).score == alone.score
    assert judge([alarm], [], 3, 0, [sign(points=frozenset({"t"}))]).score > alone.score


# -- over time ---------------------------------------------------------------------------------------------------------

LIMITS = Limits(low=10, high=30)


@dataclass(frozen=True)
class Shown:
    """What ingestion keeps of a point in the graph."""

    status: Status
    since: int | None = None
    before: Status | None = None
    worst: float | None = None
    counted: Weight = field(default_factory=Weight)

    def then(self, status: Status, worst: float | None, at: int) -> "Shown":
        if status == self.status:
            return replace(self, worst=worst)
        return Shown(status, at, self.status, worst, self.weight(at))

    def weight(self, at: int) -> Weight:
        return weight_at(at, LIMITS, self.status, self.worst, self.since, begin=self.counted)

    def fault(self, name: str, at: int) -> Fault:
        return Fault(name, name, self.status, self.worst, None, 10, 30, 0.0, weight=self.weight(at))  # type: ignore[arg-type]


def scores(points: list[list[float | None]], step_s: int, limits: Limits = LIMITS) -> list[float]:
    """The asset's score at each step; None is silence."""
    shown = [Shown("normal") for _ in points]
    known = [judge_condition(None, 20.0, 0, limits) for _ in points]
    found: list[float] = []
    for step, values in enumerate(zip(*points, strict=True), 1):
        at = step * step_s * 1000
        for i, value in enumerate(values):
            if value is None:
                shown[i] = shown[i].then("stale", None, at)
                continue
            known[i] = judge_condition(known[i], value, at, limits)
            shown[i] = shown[i].then(known[i].level, known[i].worst, at)
        found.append(judge([one.fault(f"p{i}", at) for i, one in enumerate(shown)], [], 5, 999).score)
    return found


def greatest_jump(found: list[float], step_s: int) -> float:
    """The largest difference within a minute."""
    within = [found[i : i + 60 // step_s + 1] for i in range(len(found))]
    return max(max(some) - min(some) for some in within)


@pytest.mark.parametrize("period_s", [40, 130, 300, 700, 1500])
@pytest.mark.parametrize("amplitude", [0.5, 3.0, 12.0])
def test_risk_of_an_asset_with_a_swinging_point_does_not_jump(period_s: int, amplitude: float) -> None:
    swing = [30 + amplitude * math.sin(2 * math.pi * at / period_s) for at in range(0, 3600, 10)]
    found = scores([swing, [20.0] * len(swing)], 10)
    assert max(found) > 0
    assert greatest_jump(found, 10) <= 10.2  # scores are rounded to a tenth


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 40), st.sampled_from([20.0, 30.5, 40.0, None])), min_size=3, max_size=25),
    st.integers(1, 4),
)
def test_risk_does_not_jump_however_points_come_and_go(steps: list[tuple[int, float | None]], count: int) -> None:
    values = [value for lasts, value in steps for _ in range(lasts)]
    quick = replace(LIMITS, delay_on_s=0, delay_off_s=0)
    assert greatest_jump(scores([values] * count, 20, quick), 20) <= 10.2


def test_what_lasts_counts_in_full_after_ten_minutes_and_what_is_over_is_forgotten() -> None:
    found = scores([[40.0] * 120 + [20.0] * 120], 10)
    alarm = judge([Fault("p0", "p0", "alarm", 40.0, None, 10, 30)], [], 5, 999).score
    assert found[119] == alarm
    assert found[60 // 10 + 18] == pytest.approx(30, abs=2), "three minutes after it was raised"
    assert found[-1] == 0


def test_reasons_say_since_when() -> None:
    new = replace(HOT, since_s=130.0)
    back = Fault("b", "vibration", "normal", 3.0, "mm/s", None, 4.5, since_s=250.0, before="alarm")
    heard = Fault("h", "flow", "normal", 3.0, "m³/h", since_s=250.0, before="stale")
    assert judge([new, back, heard], [], 1, 0).reasons[:3] == (
        "supply air temperature is 26 °C, 6 °C above its limit of 20 °C (alarm for 2 minutes)",
        "vibration was in alarm until 4 minutes ago and is 3 mm/s now",
        "flow was not read until 4 minutes ago and is 3 m³/h now",
    )
