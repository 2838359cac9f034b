"""From a situation to ranked causes: no evidence, no cause; the surest first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from graph_schema.ontology.ontology import Ontology
from ingestion.orders.work_orders import WorkOrder
from tools.analysis.causes import Situation, Supplier, Symptom, causes, modes_of
from tools.analysis.point_states import PointState

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
ONSET = NOW - timedelta(hours=2)
ZONE = PointState(
    "vav", "vav.t", "t", "zone_air_temperature", "°C", "vav/t", 28.0, None, NOW, "alarm", ONSET, 20.0, 26.0
)
STOPPED = PointState("ahu", "ahu.run", "run", "run_status", text="off", at=NOW, status="normal", since=ONSET)
HOT = PointState("ahu", "ahu.t", "t", "supply_air_temperature", "°C", None, 24.0, None, NOW, "alarm", ONSET, 10.0, 20.0)


def situation(*suppliers: Supplier, point: PointState = ZONE, **more: object) -> Situation:
    symptom = Symptom(point, "high", 26.0, None, ONSET)
    return replace(Situation(NOW, symptom, [point], suppliers, {}), **more)


def told(found: Situation) -> list[tuple[str, str, str]]:
    return [(one.kind, one.asset, one.certainty) for one in causes(found)]


def test_without_evidence_there_is_no_cause():
    quiet = replace(HOT, status="normal", value=14.0)
    assert causes(situation(Supplier("ahu", 1, [quiet], False))) == []


def test_a_silent_sensor_is_the_first_and_certain_cause():
    silent = replace(ZONE, status="stale", at=NOW - timedelta(hours=5))
    found = told(situation(Supplier("ahu", 1, [HOT], True), point=silent))
    assert found[0] == ("sensor silent", "vav", "certain")
    assert ("supplier in alarm", "ahu", "likely") in found


def test_a_stuck_sensor_is_likely_and_a_drifting_one_possible():
    stuck = replace(ZONE, doubts=(("stuck", "It reads 28 for hours."),))
    assert told(situation(point=stuck)) == [("sensor doubted", "vav", "likely")]
    drifting = replace(ZONE, doubts=(("drift", "It drifts."),))
    assert told(situation(point=drifting)) == [("sensor doubted", "vav", "possible")]


def test_the_only_supplier_that_stopped_before_is_certain_and_one_of_two_is_no_cause():
    assert told(situation(Supplier("ahu", 1, [STOPPED], True))) == [("supplier stopped", "ahu", "certain")]
    later = replace(STOPPED, since=ONSET + timedelta(hours=1))
    assert told(situation(Supplier("ahu", 1, [later], True))) == [("supplier stopped", "ahu", "likely")]
    assert told(situation(Supplier("ahu", 1, [STOPPED], False))) == []


def test_an_alarm_upstream_is_as_likely_as_the_supply_is_alone():
    assert told(situation(Supplier("ahu", 1, [HOT], True)))[0][2] == "likely"
    assert told(situation(Supplier("ahu", 1, [HOT], False)))[0][2] == "possible"


def test_failure_modes_are_revealed_by_what_is_beyond_limits(ontology: Ontology):
    twin = ontology.twin("VAV")
    assert twin
    flow = replace(ZONE, id="vav.f", quantity="supply_air_flow", value=10.0)
    normal = replace(flow, status="normal")
    both = causes(situation(own=[ZONE, flow], twins={"vav": twin}, covers=ontology.covers))
    modes = {one.mode: one.certainty for one in both}
    assert modes["Starved of air"] == modes["Flow or temperature sensor off"] == "likely"
    assert all(one.check and one.points for one in both)
    one = causes(situation(own=[ZONE, normal], twins={"vav": twin}, covers=ontology.covers))
    assert {cause.certainty for cause in one} == {"possible"}


def test_what_is_upstream_comes_first_where_all_siblings_share_the_symptom():
    doubted = replace(ZONE, doubts=(("gaps", "Half is missing."),))
    off = replace(STOPPED, asset="vav", id="vav.run")
    alone = told(situation(Supplier("ahu", 1, [HOT], True), own=[ZONE, off], siblings="alone"))
    assert [kind for kind, _, _ in alone] == ["stopped", "supplier in alarm"]
    common = told(situation(Supplier("ahu", 1, [HOT], True), own=[ZONE, off], siblings="all"))
    assert [kind for kind, _, _ in common] == ["supplier in alarm", "stopped"]
    assert told(situation(point=doubted, siblings="all"))[0][0] == "sensor doubted"


def test_work_in_the_day_before_the_onset_is_possible_and_older_work_is_not():
    order = WorkOrder("7", "vav", "preventive", closed_at=ONSET - timedelta(hours=3), text="Actuator changed")
    found = causes(situation(orders=[order]))
    assert [(one.kind, one.text) for one in found] == [("work before", "7: Actuator changed")]
    assert causes(situation(orders=[replace(order, closed_at=ONSET - timedelta(days=2))])) == []


def test_how_a_supplier_wears_is_no_cause_of_what_it_supplies():
    worn = replace(HOT, quantity="vibration", status="alarm", value=6.0, unit="mm/s", high=4.5, low=None)
    assert told(situation(Supplier("pump", 3, [worn], False))) == []
    assert told(situation(Supplier("pump", 3, [worn, HOT], False)))[0][:2] == ("supplier in alarm", "pump")


def test_what_is_only_said_to_be_so_does_not_come_from_a_warning_elsewhere():
    warned, fine = replace(HOT, status="warning"), replace(ZONE, status="normal", value=22.0)
    only_said = Symptom(fine, "high", 26.0, None, None, away=False)
    assert told(situation(Supplier("ahu", 1, [warned], False), symptom=only_said)) == []
    assert told(situation(Supplier("ahu", 1, [warned], False)))[0][:2] == ("supplier in warning", "ahu")


def _damper(asset: str, value: float, quantity: str = "damper_position") -> PointState:
    return PointState(
        asset, f"{asset}.{quantity}", quantity, quantity, "%", f"{asset}/{quantity}", value, None, NOW, "normal"
    )


def test_a_damper_that_is_not_where_those_of_its_siblings_are_is_a_possible_cause(ontology: Ontology):
    odd, others = _damper("vav", 12.0), [_damper(f"vav-{n}", 32.0 + n / 10) for n in range(5)]
    twins = {"vav": ontology.twin("VAV")}
    found = situation(own=[ZONE, odd], beside=others, twins=twins, covers=ontology.covers)
    (cause,) = [one for one in causes(found) if one.kind == "unlike its siblings"]
    assert (cause.asset, cause.certainty, cause.mode, cause.points) == ("vav", "possible", "Stuck damper", (odd,))
    well = replace(ZONE, status="normal", value=22.0)
    quiet = replace(found, symptom=Symptom(well, "high", 26.0, None, ONSET, away=False))
    assert "unlike its siblings" not in [one.kind for one in causes(quiet)]


def test_what_the_library_says_of_a_quantity_is_no_cause(ontology: Ontology):
    filter_ = PointState(
        "f",
        "f.dp",
        "dp",
        "filter_air_differential_pressure",
        "Pa",
        "f/dp",
        24.0,
        None,
        NOW,
        "normal",
        None,
        None,
        250.0,
    )
    symptom = Symptom(filter_, "high", 250.0, None, None, away=False)
    found = replace(
        situation(), symptom=symptom, own=[filter_], twins={"f": ontology.twin("Filter")}, covers=ontology.covers
    )
    assert causes(found) == []
    assert [asset for asset, _ in modes_of(found)] == ["f"] * len(modes_of(found)) != []


def test_few_siblings_wide_apart_ones_and_old_readings_say_nothing(ontology: Ontology):
    odd = _damper("vav", 12.0)
    twins = {"vav": ontology.twin("VAV")}
    old = [replace(_damper(f"vav-{n}", 32.0), at=NOW - timedelta(hours=5)) for n in range(5)]
    wide = [_damper(f"vav-{n}", 20.0 * n) for n in range(5)]
    for others in (old, wide, [_damper(f"vav-{n}", 32.0) for n in range(3)]):
        found = situation(own=[ZONE, odd], beside=others, twins=twins, covers=ontology.covers)
        assert "unlike its siblings" not in [one.kind for one in causes(found)]
