"""What is not heard is a fault of the communication, and never one of the machine."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from evals.bench.forecast.demo_faults import DemoPlant
from forecasting.assessment import COMMUNICATION, assess
from forecasting.jobs.detector_inputs import HISTORY_DAYS, STEP_S
from forecasting.outlook import Outlook
from forecasting.series import Series
from ingestion.simulator.simulator import Simulator

NOW = datetime(2026, 8, 5, 14, tzinfo=UTC)
HOUR = 3600 // STEP_S
FAMILIES = {
    "air handlers": ("ahu-1", "ahu-2"),
    "chillers": ("chiller-1", "chiller-2"),
    "pumps": ("chwp-1", "cwp-1"),
    "terminal units": ("vav-101", "vav-102", "vav-103"),
    "compressed air": ("air-compressor-1",),
}
Read = dict[str, Series]


@pytest.fixture(scope="module")
def sound() -> tuple[DemoPlant, Read]:
    demo = DemoPlant()
    start, end = (round(moment.timestamp()) for moment in (NOW - timedelta(days=HISTORY_DAYS), NOW))
    simulator = Simulator(demo.plant, 53)
    rows = simulator.advance(np.arange(start, end, STEP_S, dtype=np.int64) * 1000)
    columns = simulator.columns
    return demo, {
        point.source: Series(start, STEP_S, rows[:, i])
        for i, point in enumerate(columns.points)
        if i not in columns.labels
    }


def family(demo: DemoPlant, name: str) -> list[str]:
    return [one for one in FAMILIES[name] if one in demo.subjects.ids]


def changed(demo: DemoPlant, read: Read, ids: list[str], change: Callable[[str, np.ndarray], None]) -> list[Outlook]:
    wanted = set(demo.subjects.sources(ids))
    series: Read = {}
    for source, one in read.items():
        if source in wanted:
            values = one.values.copy()
            change(source, values)
            series[source] = Series(one.start_s, one.step_s, values)
    return [assess(subject, NOW) for subject in demo.subjects.of(ids, series, {}, NOW)]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_device_that_falls_silent_is_a_communication_fault(sound: tuple[DemoPlant, Read], name: str):
    demo, read = sound
    ids = family(demo, name)
    own = {point.source for point in demo.points if point.owner in ids}

    def silent(source: str, values: np.ndarray) -> None:
        if source in own:
            values[-5 * HOUR :] = np.nan

    for outlook in changed(demo, read, ids, silent):
        assert (outlook.state, outlook.mode) == ("flagged", COMMUNICATION), outlook
        assert all("has not been read for 5 hours" in reason for reason in outlook.reasons), outlook.reasons


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("seed", range(4))
def test_dropping_any_points_for_any_hours_says_nothing_new_of_the_machine(
    sound: tuple[DemoPlant, Read], name: str, seed: int
):
    demo, read = sound
    ids = family(demo, name)
    rng = np.random.default_rng(seed)

    def dropped(source: str, values: np.ndarray) -> None:
        del source
        if rng.random() < 0.4:
            first = len(values) - int(rng.integers(1, 48)) * HOUR
            values[first : first + int(rng.integers(2, 30)) * HOUR] = np.nan

    for outlook in changed(demo, read, ids, dropped):
        assert outlook.state != "flagged" or outlook.mode == COMMUNICATION, outlook


def test_a_gateway_that_repeats_its_last_values_is_a_communication_fault(sound: tuple[DemoPlant, Read]):
    demo, read = sound
    own = {point.source for point in demo.points if point.owner == "chwp-1"}

    def frozen(source: str, values: np.ndarray) -> None:
        if source in own:
            values[-5 * 24 * HOUR :] = values[-5 * 24 * HOUR - 1]

    for outlook in changed(demo, read, ["chwp-1"], frozen):
        assert outlook.state != "flagged" or outlook.mode == COMMUNICATION, outlook
