"""A plant that was connected three days ago: what is wrong with one of many is seen, though nothing is learned yet."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from evals.bench.forecast.demo_faults import DemoPlant
from forecasting.assessment import assess
from forecasting.jobs.detector_inputs import STEP_S
from forecasting.outlook import Outlook
from forecasting.series import Series
from ingestion.simulator.faults import Fault
from ingestion.simulator.simulator import Simulator

BEGIN = datetime(2026, 6, 8, 2, tzinfo=UTC)
NOW = BEGIN + timedelta(days=3)
BOXES = tuple(f"vav-{number}" for number in (101, 102, 103, 104, 105, 106))


@pytest.fixture(scope="module")
def read() -> tuple[DemoPlant, dict[str, Series]]:
    demo = DemoPlant()
    faults = [Fault("stuck_damper", "vav-102", BEGIN), Fault("sensor_flatline", "vav-105", BEGIN + timedelta(days=1))]
    start, end = (round(moment.timestamp()) for moment in (BEGIN, NOW))
    simulator = Simulator(demo.plant, 41, faults)
    rows = simulator.advance(np.arange(start, end, STEP_S, dtype=np.int64) * 1000)
    return demo, {
        point.source: Series(start, STEP_S, rows[:, i])
        for i, point in enumerate(simulator.columns.points)
        if i not in simulator.columns.labels
    }


def outlooks(read: tuple[DemoPlant, dict[str, Series]], *ids: str) -> dict[str, Outlook]:
    """Of a unit of the night's work with these assets, which reads what they need and no more."""
    demo, series = read
    wanted = set(demo.subjects.sources(ids))
    unit = {source: one for source, one in series.items() if source in wanted}
    return {one.asset: one for one in (assess(subject, NOW) for subject in demo.subjects.of(ids, unit, {}, NOW))}


def test_the_box_that_is_wrong_is_flagged_and_no_other(read: tuple[DemoPlant, dict[str, Series]]):
    found = outlooks(read, *BOXES)
    assert {id_ for id_, one in found.items() if one.state == "flagged"} == {"vav-102", "vav-105"}
    by_rule, by_siblings = found["vav-102"].reasons
    assert by_rule.startswith("its room is short of air: CO₂ rose to ")
    assert "above the median of 6 like it" in by_siblings
    assert {"vav-102/zone_air_temperature", "vav-102/zone_air_temperature_setpoint"} <= set(found["vav-102"].points)
    assert "without a change for" in found["vav-105"].reasons[0]


def test_siblings_are_read_though_they_are_of_another_unit(read: tuple[DemoPlant, dict[str, Series]]):
    assert outlooks(read, "vav-102", "chwp-1")["vav-102"].reasons == outlooks(read, *BOXES)["vav-102"].reasons
