"""What is amiss with a device, told when it begins and when it is over, and not with each reading."""

import logging

from ingestion.readers.sample import WHOLE, Sample

log = logging.getLogger(__name__)


class Troubles:
    """The faults that each value of each device has now."""

    def __init__(self) -> None:
        self._now: dict[tuple[str, str], str] = {}

    def changed(self, sample: Sample) -> tuple[list[str], list[str]]:
        """Take what was looked at: the faults that are new, and those that are over."""
        new: list[str] = []
        over: list[str] = []
        for key in (WHOLE, *sample.values, *(key for key in sample.faults if key and key not in sample.values)):
            before, now = self._now.pop((sample.device, key), None), sample.faults.get(key)
            if now:
                self._now[sample.device, key] = now
            if now != before:
                new += [now] if now else []
                over += [before] if before else []
        return new, over

    def tell(self, sample: Sample) -> None:
        """Log what is new and what is over."""
        new, over = self.changed(sample)
        for sentence in new:
            log.warning("%s: %s", sample.device, sentence)
        for sentence in over:
            log.info("%s: over: %s", sample.device, sentence)
