"""Trend logs: what a device noted by itself, at its own times."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from ingestion.readers.bacnet.network import Wanted
from ingestion.readers.bacnet.object_map import BacnetDevice, TrendLog
from ingestion.readers.bacnet.values import local_time, log_value, moments
from ingestion.readers.sample import Sample

_OVERLAP = 5
"""Records that are read again, for those that were noted between two questions."""


class Logs(Protocol):
    """What a look back needs of the network."""

    async def read(self, address: str, wanted: Sequence[Wanted]) -> dict[Wanted, Any]: ...
    async def log_records(self, address: str, log: str, position: int) -> list[Any]: ...


class Lookback:
    """How far a trend log has been read. What is read twice changes nothing in history."""

    def __init__(self, network: Logs, device: BacnetDevice, log: TrendLog, zone: ZoneInfo) -> None:
        self._network = network
        self._device = device
        self._log = log
        self._zone = zone
        self._total: int | None = None
        self._last: datetime | None = None
        self._last_at: int | None = None

    @property
    def name(self) -> str:
        return self._log.object

    async def newer(self, address: str) -> list[Sample]:
        """What the log has beyond what was read of it; at first all of it. Raises ``InvalidInput`` for a log that cannot be read."""
        counts = await self._network.read(
            address, [(self.name, which) for which in ("record-count", "total-record-count")]
        )
        count = int(counts.get((self.name, "record-count"), 0))
        total = int(counts.get((self.name, "total-record-count"), count))
        records = await self._records(address, count, self._new(count, total))
        self._total = total
        return self._samples(records)

    def _new(self, count: int, total: int) -> int:
        """How many of the ``count`` records are new, ``total`` being all that there ever were; a log that was emptied begins anew."""
        if self._total is None or total < self._total:
            return count
        return min(count, total - self._total + _OVERLAP) if total > self._total else 0

    async def _records(self, address: str, count: int, new: int) -> list[Any]:
        position, found = count - new + 1, list[Any]()
        while position <= count and (records := await self._network.log_records(address, self.name, position)):
            found += records
            position += len(records)
        return found

    def _samples(self, records: Sequence[Any]) -> list[Sample]:
        timed = [(time, record) for record in records if (time := local_time(record.timestamp))]
        known = [number for number, (time, _) in enumerate(timed[:_OVERLAP]) if time == self._last]
        timed = timed[known[-1] + 1 :] if known else timed
        ats = moments([time for time, _ in timed], self._zone, self._last_at)
        if timed:
            self._last, self._last_at = timed[-1][0], ats[-1]
        units = {self._log.key: self._log.unit} if self._log.unit else {}
        told = ((at, *log_value(record)) for at, (_, record) in zip(ats, timed, strict=True))
        return [
            Sample(self._device.name, at, {self._log.key: value}, units) for at, is_value, value in told if is_value
        ]
