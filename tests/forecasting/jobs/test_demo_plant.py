"""The demo plant as a night's run sees it: what is wrong is flagged on the right asset before it fails, and nothing else."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from evals.bench.forecast.demo_faults import DemoPlant, Run
from forecasting.anomalies.windows import Spell
from forecasting.jobs.detector_inputs import HISTORY_DAYS
from forecasting.outlook import Outlook
from forecasting.series import Floats
from ingestion.simulator.faults import Fault
from ingestion.simulator.simulator import Simulator

RUN = Run(31, datetime(2026, 8, 3, 2, tzinfo=UTC), 1.0)
DAYS = 5
FAULTS = (
    ("cavitation", "cwp-1"),
    ("sensor_flatline", "vav-105"),
    ("communication_loss", "vav-305"),
    ("bearing_wear", "chwp-2"),
    ("lamp_failure", "streetlights-1"),
)


@pytest.fixture(scope="module")
def sick() -> tuple[DemoPlant, Floats]:
    """Five days of several faults at once, on assets that have nothing to do with each other, after sound weeks."""
    demo = DemoPlant()
    faults = [Fault(name, asset, RUN.begin) for name, asset in FAULTS]
    simulator = Simulator(demo.plant, RUN.seed, faults)
    start = RUN.begin - timedelta(days=HISTORY_DAYS)
    at = np.arange(
        round(start.timestamp() * 1000),
        round((RUN.begin + timedelta(days=DAYS)).timestamp() * 1000),
        900_000,
        dtype=np.int64,
    )
    return demo, simulator.advance(at)


def night(demo: DemoPlant, rows: Floats, day: int, spells: dict[str, list[Spell]] | None = None) -> dict[str, Outlook]:
    made = demo.look(
        rows, RUN.begin, RUN.begin + timedelta(days=day), demo.subjects.ids, {} if spells is None else spells
    )
    return {one.asset: one for one in made}


def test_the_night_before_anything_is_wrong_nothing_is_flagged(sick: tuple[DemoPlant, Floats]):
    outlooks = night(*sick, day=0)
    assert {id_ for id_, one in outlooks.items() if one.state == "flagged"} == set()
    assert sum(one.state == "sound" for one in outlooks.values()) >= 78


def test_each_fault_is_flagged_on_its_asset_with_since_when_and_how_sure(sick: tuple[DemoPlant, Floats]):
    demo, rows = sick
    spells: dict[str, list[Spell]] = {}
    early = night(demo, rows, 2, spells)
    late = night(demo, rows, DAYS, spells)
    flagged = {id_ for id_, one in late.items() if one.state == "flagged"}
    for name, asset in FAULTS:
        assert flagged & demo.family(asset), name
    related = {one for _, asset in FAULTS for one in demo.family(asset)}
    assert flagged <= related, {id_: late[id_].reasons for id_ in flagged - related}
    for id_ in ("cwp-1", "vav-105", "vav-305"):
        assert early[id_].state == "flagged", id_
        since = late[id_].since
        assert since is not None
        assert abs(since - RUN.begin) <= timedelta(days=3), id_  # the pump rested in the week before
        assert late[id_].certainty == "certain"
        assert late[id_].reasons
    assert any("without a change for" in reason for reason in late["vav-105"].reasons)
    assert "has not been read for" in late["vav-305"].reasons[0]
    assert late["chwp-2"].mode == "Bearing wear or misalignment"
    assert {"chwp-2/vibration", "chwp-2/bearing_temperature"} & set(late["chwp-2"].points)


def test_what_cannot_be_told_is_carried(sick: tuple[DemoPlant, Floats]):
    outlooks = night(*sick, day=0)
    resting = outlooks["chwp-3"]  # a standby that never ran
    assert resting.state == "sound"
    assert any(one.startswith("own past of vibration: not enough data") for one in resting.unknown)


def test_a_spell_that_goes_on_keeps_its_days_out_of_what_is_learned(sick: tuple[DemoPlant, Floats]):
    demo, rows = sick
    spells: dict[str, list[Spell]] = {}
    for day in (2, 3, 4):
        night(demo, rows, day, spells)
    (spell,) = spells["cwp-1"]
    assert spell.seen_s == (RUN.begin + timedelta(days=4)).timestamp()
    assert demo.subjects.since(spells, RUN.begin + timedelta(days=6)) < RUN.begin + timedelta(days=6 - HISTORY_DAYS)
