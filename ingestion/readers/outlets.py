"""Where samples go: to the broker, as any device's, or to a list."""

import asyncio
import logging
from collections.abc import Sequence

from ingestion.device.client import DeviceClient
from ingestion.pipeline.log_throttle import Seldom
from ingestion.readers.sample import Sample

log = logging.getLogger(__name__)

_MOST_MOMENTS = 500


class BrokerOutlet:
    """Publishes with receipts. While nobody confirms and the window is full, reading waits; that is told once a minute."""

    def __init__(self, client: DeviceClient, patience_s: float = 10.0) -> None:
        self._client = client
        self._patience_s = patience_s
        self._seldom = Seldom()

    async def send(self, *samples: Sample) -> None:
        told = [sample for sample in samples if sample.values]
        for start in range(0, len(told), _MOST_MOMENTS):
            await self._publish(told[start : start + _MOST_MOMENTS])

    async def _publish(self, samples: Sequence[Sample]) -> None:
        units = {key: unit for sample in samples for key, unit in sample.units.items()}
        moments = [(sample.at, sample.values) for sample in samples]
        publishing = asyncio.ensure_future(self._client.publish_many(samples[0].device, moments, units or None))
        try:
            while not (await asyncio.wait({publishing}, timeout=self._patience_s))[0]:
                if self._seldom.due("unconfirmed"):
                    log.warning(
                        "%d messages are not confirmed; reading waits. Is Plantroom running on this broker?",
                        self._client.unconfirmed,
                    )
            await publishing
        finally:
            publishing.cancel()


class Kept:
    """Keeps the samples in memory, for a look at what would be published."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []

    async def send(self, *samples: Sample) -> None:
        self.samples.extend(samples)
