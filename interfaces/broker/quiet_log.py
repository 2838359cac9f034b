"""The broker's log, in which one sentence is not repeated without end."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic

_ERROR = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),\d+ ERROR (.*)")
_LINES, _PERIOD_S = 20, 60.0
_KINDS = 1_000


@dataclass(slots=True)
class _Count:
    since: float
    lines: int = 0


class AtMost(logging.Filter):
    """Of each kind of sentence ``lines`` in ``period_s``; the first one of the next period says how many were left out."""

    def __init__(
        self, lines: int = _LINES, period_s: float = _PERIOD_S, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__()
        self._lines = lines
        self._period_s = period_s
        self._clock = clock
        self._counts: dict[str, _Count] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = self._clock()
        if len(self._counts) > _KINDS:
            self._counts.clear()
        count = self._counts.setdefault(str(record.msg), _Count(now))
        if now - count.since >= self._period_s:
            if (left_out := count.lines - self._lines) > 0:
                record.msg = f"{record.msg} ({left_out:,} more like this were left out before.)"
            count.since, count.lines = now, 0
        count.lines += 1
        return count.lines <= self._lines


def open_log() -> None:
    """On standard error, which whoever runs the broker keeps in a file and keeps short."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(AtMost())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def newest_error(path: Path, since: datetime) -> str | None:
    """When and what, where there was one."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    for line in reversed(lines):
        if (found := _ERROR.match(line)) and datetime.fromisoformat(found[1]).astimezone() >= since:
            return f"{found[1]}: {found[2]}"
    return None
