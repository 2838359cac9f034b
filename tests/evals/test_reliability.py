"""Every fault of ``make reliability``, for a shorter time; and that a loss would be noticed."""

import json
from collections.abc import AsyncGenerator

import pytest

from evals.reliability.broker_faults import BROKER
from evals.reliability.devices import PlainDevices
from evals.reliability.faults import FAULTS, LONG, Fault
from evals.reliability.overload import OVERLOAD
from evals.reliability.page import write_page
from evals.reliability.stage import Stage, open_stage, stage_folder
from evals.reliability.verdict import Verdict, judge

pytestmark = [pytest.mark.slow, pytest.mark.service]


@pytest.fixture(scope="module")
async def stage(services) -> AsyncGenerator[Stage]:
    assert services["mosquitto"]
    with stage_folder() as folder:
        async with open_stage(folder) as opened:
            yield opened


@pytest.mark.parametrize(
    "fault", [fault for fault in (*FAULTS, *OVERLOAD) if not fault.disk_mb], ids=lambda fault: fault.name
)
async def test_nothing_acknowledged_is_lost(stage: Stage, fault: Fault):
    verdict = await fault.run(stage, 2)
    assert verdict.sound, verdict
    assert verdict.acknowledged == verdict.sent > 0


async def test_the_embedded_broker_loses_nothing_when_everything_is_killed_at_once():
    fault = next(fault for fault in BROKER if fault.name == "embedded-power-cut")
    with stage_folder() as folder:
        async with open_stage(folder, broker="embedded") as opened:
            verdict = await fault.run(opened, 1)
    assert verdict.sound, verdict
    assert verdict.acknowledged == verdict.sent > 0


async def test_a_full_disk_loses_nothing(services):
    assert services["mosquitto"]
    fault = next(fault for fault in FAULTS if fault.disk_mb)
    with stage_folder() as folder:
        async with open_stage(folder, disk_mb=fault.disk_mb) as small:
            verdict = await fault.run(small, 2)
    assert verdict.sound, verdict


async def test_a_loss_would_be_noticed(stage: Stage):
    devices = PlainDevices(stage.broker.address, "control", devices=2)
    for n in range(100):
        devices.publish(devices.names[n % 2])
    await devices.settle()
    devices.close()
    assert (await judge(stage, devices.ledger)).sound

    await stage.history.fetch(
        "delete from reading where series = (select id from series where source = 'control-1/power') and value = 7"
    )
    await stage.history.fetch(
        "update reading set value = -1 where series = (select id from series where source = 'control-0/power') and value = 9"
    )
    verdict = await judge(stage, devices.ledger, patience_s=0.2)
    assert (verdict.missing, verdict.strange, verdict.sound) == (1, 1, False)


def test_the_page_keeps_what_people_wrote(tmp_path):
    page = tmp_path / "reliability.md"
    page.write_text(
        "# Title\n\n<!-- written by `make reliability` -->\nold\n<!-- end of what is written -->\n\nAfter.\n"
    )
    verdict = Verdict(10, 9, 9, 0, 0, 1, True, 0.5)
    write_page(page, LONG, {LONG[0].name: verdict})
    text = page.read_text()
    assert text.startswith("# Title\n\n<!-- written")
    assert "| 10 | 9 | 0 | 0 | 1 | yes | 0.5 s |" in text
    assert "old" not in text
    assert text.endswith("\n\nAfter.\n")
    write_page(page, LONG, {LONG[0].name: verdict})
    assert page.read_text() == text


def test_hostile_payloads_are_the_same_in_every_run():
    from evals.reliability.hostile import hostile_payloads

    first, second = hostile_payloads(60), hostile_payloads(60)
    assert first == second
    assert any(_is_json(payload) for payload in first)
    assert not all(_is_json(payload) for payload in first)


def _is_json(payload: bytes) -> bool:
    try:
        json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return True
