"""How many devices and series there may be: one that goes wild, or somebody's flood, must not fill the record and the graph with names."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ingestion.decoding.messages import Decoded, Kind
from ingestion.history.history import History
from ingestion.reading import Reading

_LEARN_AGAIN_S = 60.0
_MOST_SUSPECTS = 20


@dataclass(frozen=True, slots=True)
class Caps:
    """A device is what stands before the slash of an address, a series the whole of it."""

    devices: int = 10_000
    series: int = 100_000


USUAL = Caps()


class Admission:
    """What has a series keeps it, and what the plant describes always gets one; strangers get one until there are too many.

    ``described``: whether the plant has a point of this address. ``clock`` gives seconds that only go forward.
    """

    def __init__(
        self,
        history: History,
        described: Callable[[str], bool],
        caps: Caps = USUAL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._history = history
        self._described = described
        self._caps = caps
        self._clock = clock
        self._series: set[str] = set()
        self._devices: set[str] = set()
        self._learned_at = -_LEARN_AGAIN_S

    def knows(self, decoded: Sequence[Decoded]) -> bool:
        """Whether all of these addresses have a series: nearly always, and cheap to find out."""
        known = self._series
        return all(reading.source in known for one in decoded for reading in one.readings)

    async def admit(self, decoded: Sequence[Decoded]) -> Sequence[Decoded]:
        """Each with the readings that may be kept; the rest as a problem. Raises ``Unavailable``."""
        if self._full or not self._series:
            await self._learn()
        return [self._judge(one) for one in decoded]

    @property
    def _full(self) -> bool:
        return len(self._series) >= self._caps.series or len(self._devices) >= self._caps.devices

    async def _learn(self) -> None:
        """What other processes have written, or retention has removed, since."""
        if self._clock() - self._learned_at < _LEARN_AGAIN_S:
            return
        self._series = {row["source"] for row in await self._history.series()}
        self._devices = {_device(source) for source in self._series}
        self._learned_at = self._clock()

    def _judge(self, decoded: Decoded) -> Decoded:
        good: list[Reading] = []
        refused: dict[str, tuple[Kind, str]] = {}
        for reading in decoded.readings:
            if reading.source in self._series:
                good.append(reading)
            elif objection := self._objection(reading.source):
                refused[reading.source] = objection
            else:
                self._series.add(reading.source)
                self._devices.add(_device(reading.source))
                good.append(reading)
        return _without(decoded, good, refused) if refused else decoded

    def _objection(self, source: str) -> tuple[Kind, str] | None:
        caps = self._caps
        if self._described(source):
            return None
        if _device(source) not in self._devices and len(self._devices) >= caps.devices:
            return "too many devices", (
                f"There are {len(self._devices):,} devices already, and this one is not in the plant. "
                f"Describe it there, or raise PLANTROOM_MOST_DEVICES ({caps.devices:,})."
            )
        if len(self._series) >= caps.series:
            return "too many series", (
                f"There are {len(self._series):,} series already, and this one is not in the plant. "
                f"Describe it there, or raise PLANTROOM_MOST_SERIES ({caps.series:,})."
            )
        return None


def _without(decoded: Decoded, good: list[Reading], refused: dict[str, tuple[Kind, str]]) -> Decoded:
    kind, sentence = next(iter(refused.values()))
    return replace(
        decoded,
        readings=good,
        problems=(*decoded.problems, sentence),
        kind=decoded.kind if decoded.problems else kind,
        suspects=(*decoded.suspects, *list(refused)[:_MOST_SUSPECTS]),
        remember=decoded.remember if good else None,
    )


def _device(source: str) -> str:
    return source.partition("/")[0]
