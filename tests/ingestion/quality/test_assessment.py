"""What is found wrong with data, and that sound data are left alone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from ingestion.quality.assessment import Assessment, assess
from ingestion.quality.drift import comparable
from ingestion.quality.pace import Pace, holes, pace, shared, without
from ingestion.quality.series import DAY_S, HOUR_S, Issue, Record, Verdict
from ingestion.quality.spikes import spikes
from ingestion.quality.stuck import stuck_since
from ingestion.simulator.demo import demo_faults
from ingestion.simulator.faults import Fault

NOW = datetime(2026, 3, 20, 15, tzinfo=UTC)
NOW_S = NOW.timestamp()
Records = Callable[..., list[Record]]
Make = Callable[..., Record]


def verdict(record: Record, *others: Record, **more) -> Verdict:
    return assess([record, *others], NOW_S, **more).verdicts[0]


def issue(found: Verdict) -> Issue:
    (only,) = found.issues
    return only


def by_id(found: Assessment) -> dict[str, list[str]]:
    return {one.sensor.id: [issue.kind for issue in one.issues] for one in found.verdicts}


# Sound data


@pytest.mark.parametrize("days", [5, 12, 29])
@pytest.mark.parametrize("shift", [0, 31, 88])
def test_a_sound_plant_is_left_alone(simulate: Records, days: int, shift: int):
    now = NOW + timedelta(hours=shift)
    found = assess(simulate(days=days, now=now), now.timestamp()).verdicts
    assert len(found) > 350
    assert [(one.sensor.id, one.issues) for one in found if one.issues] == []
    assert {one.score for one in found} == {1.0}


def test_of_too_little_nothing_is_said(record: Make):
    assert verdict(record(days=0.05)).score is None
    assert verdict(record(lambda at, value: (at[:0], value[:0]))).score is None


# Faults


def test_a_stuck_sensor_is_found_within_hours_and_says_since_when(simulate: Records):
    start = NOW - timedelta(hours=9)
    fault = Fault("sensor_flatline", "ahu-1", start, quantity="supply_air_temperature")
    found = {
        one.sensor.id: one for one in assess(simulate(fault), NOW_S, zone=ZoneInfo("America/Los_Angeles")).verdicts
    }
    amiss = [one for one in found.values() if one.issues]
    (stuck,) = amiss
    assert stuck.sensor.id == "ahu-1/supply_air_temperature"
    assert abs(issue(stuck).since - start.timestamp()) <= HOUR_S
    assert "unchanged since 23:" in issue(stuck).sentence or "unchanged since 19 Mar 23:" in issue(stuck).sentence
    assert 0.5 < (stuck.score or 0) < 0.7


@pytest.mark.parametrize("age_days", [4, 8, 16])
def test_most_drifting_sensors_that_have_siblings_are_found_and_no_others(simulate: Records, age_days: int):
    sensors = [one.sensor for one in simulate() if comparable(one.sensor.quantity) and one.sensor.is_measured]
    groups = {sensor.like: [other for other in sensors if other.like == sensor.like] for sensor in sensors}
    large = [group for group in groups.values() if len(group) >= 4]
    chosen = list({sensor.owner: sensor for n, group in enumerate(large) for sensor in group[n % 4 :: 4][:1]}.values())
    faults = [Fault("sensor_drift", s.owner or "", NOW - timedelta(days=age_days), quantity=s.quantity) for s in chosen]
    found = by_id(assess(simulate(*faults, days=29), NOW_S))
    hits = [sensor.id for sensor in chosen if found[sensor.id] == ["drift"]]
    assert len(hits) >= 0.8 * len(chosen) > 3
    assert {id_ for id_, kinds in found.items() if kinds} <= {sensor.id for sensor in chosen}


def test_a_silent_machine_and_one_that_came_back(simulate: Records):
    lost = Fault("communication_loss", "ahu-2", NOW - timedelta(hours=6))
    back = Fault("communication_loss", "ahu-3", NOW - timedelta(hours=12), NOW - timedelta(hours=4))
    found = assess(simulate(lost, back), NOW_S)
    kinds = {id_: kinds for id_, kinds in by_id(found).items() if kinds}
    assert {id_.partition("/")[0] for id_, one in kinds.items() if one == ["silent"]} == {"ahu-2"}
    assert {id_.partition("/")[0] for id_, one in kinds.items() if one == ["gaps"]} == {"ahu-3"}
    gap = next(one for one in found.verdicts if one.sensor.id == "ahu-3/supply_air_temperature")
    assert issue(gap).sentence == "1 gap in the last 24 hours, 8 hours in all; it lasted from 02:45 to 11:00."
    assert gap.score == pytest.approx(2 / 3, abs=0.01)


def test_faults_of_machines_are_not_laid_at_their_sensors_door(simulate: Records):
    found = by_id(assess(simulate(*demo_faults(NOW), days=29), NOW_S))
    assert {(id_.partition("/")[0], *kinds) for id_, kinds in found.items() if kinds} == {("compressor-1", "silent")}


# One check at a time


def test_spikes_are_single_values_far_from_where_the_point_ever_is(record: Make):
    def with_spikes(at, value):
        value[[-10, -30, -50]] = (85.0, 85.0, -40.0)
        return at, value

    found = verdict(record(with_spikes))
    assert issue(found).kind == "spikes"
    assert "85 °C" in issue(found).sentence


def test_a_step_and_a_busy_hour_are_no_spikes(record: Make):
    def step(at, value):
        value[-40:] += 15
        return at, value

    one = record(step)
    assert not len(spikes(one.value, one.past))


def test_what_rests_at_zero_or_hardly_ever_moves_is_not_stuck(record: Make):
    def off(at, value):
        value[-200:] = 0
        return at, value

    def level(at, value):
        return at, np.where(np.arange(len(at)) > 300, 79.0, 80.0)

    assert stuck_since(record(off).past, True) is None
    assert stuck_since(record(level).past, True) is None


def test_a_state_may_rest_for_ever(record: Make):
    def still(at, value):
        value[-200:] = 1
        return at, value

    assert not verdict(record(still, quantity="run_status")).issues
    assert issue(verdict(record(still))).kind == "stuck"


def test_what_never_moved_is_stuck_only_where_its_like_move(record: Make):
    constant = record(lambda at, value: (at, np.full(len(at), 21.3)), name="constant")
    assert not verdict(constant).issues
    assert issue(verdict(constant, record(name="other"))).kind == "stuck"


def test_a_clock_ahead_shows_in_the_times_or_is_told(record: Make):
    ahead = record(lambda at, value: (at + DAY_S, value))
    assert issue(verdict(ahead)).sentence == "The clock of its device is 1 day ahead."
    assert issue(verdict(record(ahead_s=7200.0))).sentence == "The clock of its device is 2 hours ahead."
    assert issue(verdict(record(ahead_s=-7200.0))).sentence.startswith("Its readings come 2 hours late")


def test_rejected_values_count_against_the_point(record: Make):
    found = verdict(record(rejected=48, objection="-9999 °C is outside what a temperature can be."))
    assert issue(found).kind == "rejected"
    assert "48 messages" in issue(found).sentence
    assert found.score == pytest.approx(0.67, abs=0.01)


def test_when_most_are_silent_at_once_it_is_told_once(record: Make):
    def asleep(at, value):
        awake = (at < NOW_S - 8 * HOUR_S) | (at > NOW_S - 5 * HOUR_S)
        return at[awake], value[awake]

    found = assess([record(asleep, name=f"t{n}") for n in range(12)], NOW_S)
    assert not any(one.issues for one in found.verdicts)
    ((begin, end),) = found.outages
    assert (round((NOW_S - begin) / HOUR_S), round((NOW_S - end) / HOUR_S)) == (8, 5)


def test_a_point_that_reports_more_often_now_had_no_gaps_before(record: Make):
    def quicker(at, value):
        soon = np.arange(NOW_S - 2 * HOUR_S, NOW_S + 1, 5)
        before = at < NOW_S - 2 * HOUR_S
        return np.append(at[before], soon), np.append(value[before], np.round(21 + np.sin(soon / 900), 1))

    def torn(at, value):
        at, value = quicker(at, value)
        there = (at < NOW_S - 9 * HOUR_S) | (at > NOW_S - 6 * HOUR_S)
        return at[there], value[there]

    assert not verdict(record(quicker)).issues
    assert issue(verdict(record(torn))).sentence.startswith("1 gap in the last 24 hours, 3.")


def test_a_new_point_has_no_gap_before_its_first_reading(record: Make):
    assert verdict(record(days=0.3)).score == 1.0


def test_the_pace_of_a_point_that_reports_changes_allows_its_longer_pauses():
    at = np.cumsum(np.tile([10.0, 12.0, 300.0, 11.0], 20))
    assert pace(at) == Pace(12.0, 300.0)


def test_holes_and_what_is_common_to_all(record: Make):
    usual = Pace(900.0, 900.0)

    def torn(at, value):
        there = (at < NOW_S - 6 * HOUR_S) | (at > NOW_S - 3 * HOUR_S)
        return at[there], value[there]

    found = holes(record(torn).past, usual, NOW_S - DAY_S, NOW_S)
    assert found.shape == (1, 2)
    common = np.array([[NOW_S - 6 * HOUR_S, NOW_S - 5 * HOUR_S]])
    ((begin, _),) = without(found, common, usual)
    assert begin == common[0, 1]
    assert len(shared([found] * 9, 0, 1)) == 0, "nine are too few to speak of a plant"
    assert len(shared([found] * 10 + [found[:0]] * 10, 0, 1)) == 0, "half is not most"
