"""Vibration by zone or by a machine's own limit: said in words, and never of a machine that stands."""

import numpy as np
import pytest

from forecasting.anomalies.detectors import Looked, look
from forecasting.anomalies.machine.zones import ZONES, Allowed, NoLimit, OwnLimit, allowed, judge_vibration
from forecasting.plant_points import Measured, Placed
from forecasting.series import Series
from graph_schema.ontology.ontology import Ontology

STEP = 900


def shaking(value: float, runs: list[float] | None = None, steps: int = 96) -> dict[str, Series]:
    window = {"vibration": Series(0, STEP, np.full(steps, value))}
    if runs is not None:
        window["run_status"] = Series(0, STEP, np.resize(np.array(runs, dtype=float), steps))
    return window


def point(unit: str | None = "mm/s", high: float | None = None) -> Measured:
    return Measured("v", "Pump 2 vibration", "vibration", unit, "p/v", None, high, "p", "Pump 2", "Chilled_Water_Pump")


def pump(ontology: Ontology, *points: Measured, class_: str = "Chilled_Water_Pump", **known: object) -> Allowed | None:
    return allowed(ontology, Placed("p", class_, **known), points or (point(),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("velocity", "zone", "state"), [(1.0, "A", "sound"), (2.0, "B", "sound"), (3.0, "C", "flagged"), (9.0, "D", "flagged")]
)  # fmt: skip
def test_zones_are_read_off_a_table(velocity: float, zone: str, state: str):
    assert ZONES[2, "rigid"].zone(velocity) == zone
    assert ZONES[2, "rigid"].judge(velocity).state == state


def test_a_zone_is_said_in_words_with_its_boundary_and_the_machines_it_is_for():
    verdict = judge_vibration(shaking(5.1, [1]), ZONES[2, "flexible"])
    assert verdict.reasons == (
        "vibration is 5.1 mm/s, zone C of ISO 20816-3: not for long-term running "
        "(of machines of 15 to 300 kW on flexible supports zone B ends at 4.5 mm/s)",
    )
    assert "zone D of ISO 20816-3: it may damage the machine" in ZONES[2, "flexible"].judge(8.0).reasons[0]


def test_a_limit_of_its_own_comes_first_in_whichever_unit(ontology: Ontology):
    assert pump(ontology, point(high=4.5), rated_power_kw=30.0) == OwnLimit(4.5)
    assert pump(ontology, point("in/s", 0.2), point(high=6.0)) == OwnLimit(pytest.approx(5.08))
    verdict = judge_vibration(shaking(5.1, [1]), OwnLimit(4.5))
    assert verdict.reasons == ("vibration is 5.1 mm/s while it runs, beyond its own limit of 4.5 mm/s",)
    assert judge_vibration(shaking(9.0, [1]), OwnLimit(10.0)).state == "sound"


def test_of_the_rows_that_fit_what_is_known_the_most_lenient_counts(ontology: Ontology):
    assert pump(ontology) == ZONES[1, "flexible"]
    assert pump(ontology, support="rigid") == ZONES[1, "rigid"]
    assert pump(ontology, rated_power_kw=30.0) == ZONES[2, "flexible"]
    assert pump(ontology, rated_power_kw=30.0, support="rigid") == ZONES[2, "rigid"]


def test_what_the_table_is_not_for_cannot_be_told(ontology: Ontology):
    assert pump(ontology, class_="Emergency_Generator") == NoLimit(
        "it has no limit of its own, and ISO 20816-3 is not for its class"
    )
    assert pump(ontology, rated_power_kw=5.0) == NoLimit("it has no limit of its own, and ISO 20816-3 begins at 15 kW")
    for unit, said in (("g", "in g"), (None, "without a unit"), ("mm", "in mm")):
        found = pump(ontology, point(unit, 4.5))
        assert found == NoLimit(f"vibration is read {said}, which is no velocity")
        assert judge_vibration(shaking(9.0, [1]), found).state == "cannot tell"
    warm = Measured("t", "t", "bearing_temperature", "°C", "p/t", None, 80.0, "p", "Pump 2", "Pump")
    assert pump(ontology, warm) is None


def test_a_machine_that_stands_is_not_judged():
    for window in (shaking(9.0, [0]), shaking(0.02), shaking(float("nan"), [1]), shaking(9.0, [1] + 95 * [0])):
        assert judge_vibration(window, ZONES[2, "rigid"]).state == "cannot tell"


def test_what_shakes_while_it_stands_does_not_count_and_without_a_status_it_runs_while_it_shakes():
    window = shaking(2.0, [1, 0])
    window["vibration"].values[1::2] = 20.0
    assert judge_vibration(window, ZONES[2, "rigid"]).state == "sound"
    assert judge_vibration(shaking(5.0), ZONES[2, "rigid"]).state == "flagged"


def test_a_machine_that_was_connected_yesterday_is_judged_at_night():
    looked = Looked((), None, {}, shaking(8.0, [1]), ("vibration",), OwnLimit(4.5))
    (finding,) = (one for one in look(looked) if one.detector == "zone of vibration")
    assert finding.state == "flagged"
