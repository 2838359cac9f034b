"""How far the clocks of devices are off, judged by what they send: pure measuring, one comparison a message."""

from collections.abc import Mapping
from dataclasses import dataclass

TOLERATED_MS = 300_000
_WINDOW_MS = 600_000
_REPLAYED_MS = 86_400_000
_MAX_DEVICES = 100_000


@dataclass(slots=True)
class _Seen:
    since: int
    ahead: int
    before: int | None = None


class Skews:
    """The least late reading of each device within ten to twenty minutes.

    A device that keeps readings while its network is away sends late ones beside fresh ones, so only what even its
    freshest readings lack, or have too much, can be its clock.
    """

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def note(self, device: str, at: int, received_at: int) -> None:
        """``at`` is the newest moment of a message. All in epoch milliseconds."""
        seen = self._seen.get(device)
        ahead = at - received_at
        if seen is None:
            if len(self._seen) < _MAX_DEVICES:
                self._seen[device] = _Seen(received_at, ahead)
        elif received_at - seen.since > _WINDOW_MS:
            self._seen[device] = _Seen(received_at, ahead, seen.ahead)
        elif ahead > seen.ahead:
            seen.ahead = ahead

    def all(self) -> Mapping[str, int]:
        """Milliseconds by device, positive ahead. A recording that is played back says nothing of a clock."""
        found = {
            device: seen.ahead if seen.before is None else max(seen.ahead, seen.before)
            for device, seen in self._seen.items()
        }
        return {device: ahead for device, ahead in found.items() if ahead > -_REPLAYED_MS}

    def wrong(self) -> Mapping[str, int]:
        """Those beyond what is tolerated."""
        return {device: ahead for device, ahead in self.all().items() if abs(ahead) > TOLERATED_MS}
