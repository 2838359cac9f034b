import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from ingestion.simulator.live import run_live
from ingestion.simulator.simulator import Simulator

START = datetime(2026, 3, 2, 18, tzinfo=UTC)


class Wire:
    """Keeps what was published; after so many moments it stops whoever publishes."""

    def __init__(self, moments: int) -> None:
        self.sent: list[tuple[str, datetime, Mapping[str, object]]] = []
        self.moments = moments

    async def publish(self, device: str, ts: datetime, values: Mapping[str, object]) -> None:
        if len({at for _, at, _ in self.sent} | {ts}) > self.moments:
            raise asyncio.CancelledError
        self.sent.append((device, ts, values))


class Clock:
    def __init__(self, *steps_s: float) -> None:
        self.now, self.steps = START, list(steps_s)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=self.steps.pop(0) if self.steps else 5)
        return self.now


async def test_each_asset_publishes_as_a_device_of_its_own(plant):
    wire = Wire(2)
    with pytest.raises(asyncio.CancelledError):
        await run_live(Simulator(plant), wire, Clock(), period_s=0)
    assets = {e.id for e in plant.entities if e.kind == "Asset"}
    assert {device for device, _, _ in wire.sent} == assets
    assert len(wire.sent) == 2 * len(assets)
    assert next(values for device, _, values in wire.sent if device == "ats-1") == {"switch_status": "Utility"}


async def test_a_clock_that_stands_still_publishes_once(plant):
    wire = Wire(1)
    with pytest.raises(asyncio.CancelledError):
        await run_live(Simulator(plant), wire, Clock(5, 0, 0, 5), period_s=0)
    assert {at for _, at, _ in wire.sent} == {START + timedelta(seconds=5)}


async def test_a_pause_is_lived_through(plant):
    wire = Wire(2)
    with pytest.raises(asyncio.CancelledError):
        await run_live(Simulator(plant), wire, Clock(5, 7200), period_s=0)
    energy = [values["electric_energy"] for device, _, values in wire.sent if device == "meter-campus"]
    assert 100 < energy[1] - energy[0] < 600
