"""The condition of a point: levels, deadband, delays, latching, and that swings are told once."""

import itertools
import math
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.condition import (
    DEADBAND,
    DELAY_S,
    STALE_AFTER_S,
    WARNING_BAND,
    Condition,
    Level,
    Limits,
    Weight,
    excess,
    is_beyond,
    is_stale,
    judge,
    level_of,
    passed,
    reset,
    restored,
    sides,
    weighed,
    weight_of,
    worst_of,
)

LIMITS = Limits(low=10, high=30)  # warning band 1, deadband 0.6
MINUTE = 60_000


def run(values: list[tuple[int, float | None]], limits: Limits = LIMITS, begin: float = 20.0) -> list[Condition]:
    """Conditions after each of (moment in seconds, value), from a sound value at 0."""
    condition = judge(None, begin, 0, limits)
    found: list[Condition] = []
    for at_s, value in values:
        condition = judge(condition, value, at_s * 1000, limits)
        found.append(condition)
    return found


def levels(values: list[tuple[int, float | None]], limits: Limits = LIMITS) -> list[Level]:
    return [one.level for one in run(values, limits)]


@pytest.mark.parametrize(
    ("value", "level"),
    [(30, "normal"), (30.5, "warning"), (31, "warning"), (31.1, "alarm"), (10, "normal"), (9.5, "warning"), (8.9, "alarm"), (None, "normal")],
)  # fmt: skip
def test_one_value_by_itself(value: float | None, level: Level):
    assert level_of(value, LIMITS) == level


def test_the_band_of_a_single_limit_is_a_share_of_its_size():
    assert level_of(104, Limits(high=100)) == "warning"
    assert level_of(106, Limits(high=100)) == "alarm"
    assert level_of(-1, Limits(low=0)) == "alarm"
    assert level_of(101, Limits(high=100, warning_band=0)) == "alarm"


def test_the_ends_of_a_scale_cannot_be_passed():
    assert sides(0, 100, "%") == []
    assert sides(0, 90, "%") == [("high", 90)]
    assert sides(0, 100, "kPa") == [("high", 100), ("low", 0)]


def test_what_is_passed_and_by_how_much():
    assert passed(31, 10, 30) == ("high", 30)
    assert passed(9, 10, 30) == ("low", 10)
    assert passed(30, 10, 30) is None
    assert excess(32, 10, 30) == 2
    assert excess(9, 10, 30) == 1
    assert excess(None, 10, 30) == excess(20, 10, 30) == 0
    assert is_beyond(9, "low", 10)


def test_first_value_counts_at_once_and_since_when_is_not_known():
    first = judge(None, 40.0, 5, LIMITS)
    assert (first.level, first.since, first.worst) == ("alarm", None, 40.0)


def test_alarm_is_raised_after_the_delay_and_cleared_after_it():
    assert levels([(10, 35), (69, 35), (70, 35)]) == ["normal", "normal", "alarm"]
    assert levels([(10, 35), (70, 35), (100, 20), (159, 20), (160, 20)])[1:] == ["alarm", "alarm", "alarm", "normal"]


def test_without_delay_it_is_told_at_once():
    limits = Limits(low=10, high=30, delay_on_s=0, delay_off_s=0)
    assert levels([(10, 35), (11, 20)], limits) == ["alarm", "normal"]


def test_a_single_spike_is_not_told():
    assert set(levels([(10, 35), (15, 20), (80, 20), (200, 20)])) == {"normal"}


def test_within_the_deadband_it_is_not_over():
    values: list[tuple[int, float | None]] = [(0, 30.5), (60, 30.5), *((at, 29.7) for at in range(70, 4000, 30))]
    assert set(levels(values)[1:]) == {"warning"}
    assert levels([*values, (4000, 29.3), (4060, 29.3)])[-2:] == ["warning", "normal"]


def test_alarm_comes_down_to_a_warning_and_the_worst_is_kept():
    found = run([(0, 40), (60, 40), (61, 35), (100, 30.2), (160, 30.2)])
    assert [one.level for one in found[1:]] == ["alarm", "alarm", "alarm", "warning"]
    assert found[-1].worst == 40
    assert found[-1].before == "alarm"
    assert found[-1].since == 160_000


def test_latched_condition_stays_until_a_person_resets_it():
    limits = Limits(low=10, high=30, latched=True)
    found = run([(0, 40), (60, 40), (100, 20), (100_000, 20)], limits)
    assert found[-1].level == "alarm"
    assert reset(found[-1], 100_000_001).level == "normal"


def test_what_a_restart_restores_goes_on_and_is_not_told_again():
    kept = restored("alarm", 1000, 40.0)
    on = judge(kept, 35.0, 50_000, LIMITS)
    assert (on.level, on.since, on.worst) == ("alarm", 1000, 40.0)
    off = judge(judge(on, 20.0, 60_000, LIMITS), 20.0, 60_000 + MINUTE, LIMITS)
    assert (off.level, off.before, off.before_worst) == ("normal", "alarm", 40.0)


def test_earlier_moment_changes_nothing():
    now = judge(None, 20.0, 10_000, LIMITS)
    assert judge(now, 99.0, 5_000, LIMITS) is now


@pytest.mark.parametrize("amplitude", [0.1, 0.5, 1.5, 5.0])
@pytest.mark.parametrize("period_s", [4, 20, 58, 110])
def test_point_that_swings_about_its_limit_for_an_hour_is_told_once(amplitude: float, period_s: int):
    swing = [(at, 30 + amplitude * math.sin(2 * math.pi * at / period_s)) for at in range(1, 3600)]
    rest: list[tuple[int, float | None]] = [(at, 20.0) for at in range(3600, 3800, 5)]
    found = levels([*swing, *rest])
    beyond = [level != "normal" for level in found]
    assert sum(not before and now for before, now in itertools.pairwise(beyond)) == 1
    assert not beyond[-1]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 100), st.floats(0, 60)), max_size=60))
def test_level_never_changes_faster_than_its_delays(steps: list[tuple[int, float]]):
    at, condition, changes = 0, judge(None, 20.0, 0, LIMITS), [0]
    for seconds, value in steps:
        at += seconds * 1000
        after = judge(condition, value, at, LIMITS)
        if (after.level == "normal") != (condition.level == "normal"):
            assert at - changes[-1] >= DELAY_S * 1000
            changes.append(at)
        condition = after


@settings(deadline=None)
@given(st.floats(allow_nan=False), st.integers(1, 5))
def test_value_that_stays_ends_in_what_it_says_by_itself(value: float, hours: int):
    condition = judge(None, 20.0, 0, LIMITS)
    for at in range(0, hours * 60 * MINUTE, 20_000):
        condition = judge(condition, value, at, LIMITS)
    assert condition.level == level_of(value, LIMITS)


def test_stale_is_a_matter_of_age():
    assert not is_stale(None, 10**12)
    assert not is_stale(0, 900_000)
    assert is_stale(0, 900_001)
    assert not is_stale(0, 900_001, 3600)


def test_an_asset_is_as_its_worst_point():
    assert worst_of(["normal", "stale", None]) == "stale"
    assert worst_of(["alarm", "normal"]) == "alarm"
    assert worst_of([None]) == worst_of([]) == "unknown"


def test_documented_defaults_are_those_that_hold():
    text = (Path(__file__).parents[2] / "docs" / "engineers" / "conditions.md").read_text("utf-8")
    assert f"| `warning_band` | {WARNING_BAND:.0%} of the span" in text
    assert f"| `deadband` | {DEADBAND:.0%} of the span" in text
    assert f"| `delay_on_s` | {DELAY_S:g} |" in text
    assert f"| `delay_off_s` | {DELAY_S:g} |" in text
    assert f"| `stale_after_s` | {STALE_AFTER_S:g} |" in text


def test_nobody_else_compares_with_a_limit():
    """A value and a limit meet in ``condition.py`` alone; charts and intervals have a low and a high that are none."""
    root = Path(__file__).parents[2]
    packages = ("agent", "evals", "forecasting", "graph_schema", "ingestion", "interfaces", "tools")
    compared = re.compile(r"[<>]=?\s*(?:p|point|known|fault|one\.point)\.(?:low|high)\b|STALE\w*\s*=\s*(?:900|cast)")
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for package in packages
        for path in (root / package).rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if compared.search(line)
    ]
    assert [one for one in found if not one.startswith("graph_schema/condition.py")] == []


def test_weight_moves_by_a_tenth_a_minute_and_arrives():
    none, alarm = weight_of("normal", None, LIMITS), weight_of("alarm", 36.0, LIMITS)
    assert alarm == Weight(1.0, 1.0, 0.0, 6.0)
    assert weighed(none, alarm, 0, LIMITS) == none
    assert weighed(none, alarm, 60, LIMITS) == Weight(0.1, 0.1, 0.0, 2.0)
    assert weighed(none, alarm, 600, LIMITS) == alarm
    assert weighed(alarm, weight_of("stale", None, LIMITS), 300, LIMITS) == Weight(0.5, 0.5, 0.5, 0.0)
