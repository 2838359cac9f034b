"""The plant in real time: reads the simulated sensors every few seconds and publishes like any devices."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from ingestion.simulator.simulator import Simulator


class Publisher(Protocol):
    """What ``ingestion.device.client.DeviceClient`` does."""

    async def publish(self, device: str, ts: datetime, values: Mapping[str, float | bool | str | None]) -> None: ...


async def run_live(
    simulator: Simulator, client: Publisher, clock: Callable[[], datetime], period_s: float = 5.0
) -> None:
    """Publish every asset as a device of its own until cancelled; goes on from wherever the simulator stands.

    A pause (a sleeping laptop, a broker that was away) is bridged: the plant lives through it without readings.
    """
    while True:
        now = clock()
        if simulator.now is None or now > simulator.now:
            for device, values in simulator.read(now).items():
                await client.publish(device, now, values)
        await asyncio.sleep(period_s)
