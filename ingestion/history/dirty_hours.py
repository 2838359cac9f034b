"""Which hours a writer need not mark as changed once more.

The rollups' worker takes a mark away only 62 minutes after its hour began. So whoever has marked a series' present hour can rely on that mark
for the rest of it, instead of writing it again with every batch. It asks in a transaction that has written already: the worker waits for those.
A lost connection ends the reliance, since another server may answer next.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RELIED_ON_MS = 60 * 60_000
_AHEAD_MS = 5 * 60_000


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of series: the series' ids, and the hours' first epoch milliseconds."""

    series: NDArray[np.int64]
    hour: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.series)

    def where(self, chosen: NDArray[np.bool_]) -> "Hours":
        return Hours(self.series[chosen], self.hour[chosen])


class Marks:
    """The marks of present hours that this process has seen committed."""

    def __init__(self) -> None:
        self._marked: dict[int, NDArray[np.bool_]] = {}

    def missing(self, hours: Hours, now_ms: int) -> Hours:
        """Those that have to be marked. The present, not the readings' own time, says which hours are safe."""
        self._marked = {hour: marked for hour, marked in self._marked.items() if _is_present(hour, now_ms)}
        needed = np.ones(len(hours), np.bool_)
        for hour, marked in self._marked.items():
            known = (hours.hour == hour) & (hours.series < len(marked))
            needed[known] = ~marked[hours.series[known]]
        return hours.where(needed)

    def committed(self, hours: Hours, now_ms: int) -> None:
        for hour in np.unique(hours.hour).tolist():
            if _is_present(hour, now_ms):
                self._note(hour, hours.series[hours.hour == hour])

    def forget(self) -> None:
        self._marked.clear()

    def _note(self, hour: int, series: NDArray[Any]) -> None:
        marked = self._marked.get(hour, np.zeros(0, np.bool_))
        size = int(series.max()) + 1
        if size > len(marked):
            marked = np.concatenate([marked, np.zeros(2 * size - len(marked), np.bool_)])
        marked[series] = True
        self._marked[hour] = marked


def _is_present(hour: int, now_ms: int) -> bool:
    return now_ms - RELIED_ON_MS < hour <= now_ms + _AHEAD_MS
