"""The parts of ``reading`` by time: made before a batch is written that is the first of its month.

What a part is, a month or a hypertable's chunk, only the database's ``make_part`` knows (``migrations/0005_partitions.sql``).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

import psycopg

_DAY_MS = 86_400_000
_FIRST_DAY, _LAST_DAY = 10_956, 47_482  # 1999-12-31 and 2100-01-01: all that is farther off is in one part with them


class Parts:
    """The parts that are known to be there."""

    def __init__(self) -> None:
        self._known: set[datetime] = set()

    async def prepare(self, connection: psycopg.AsyncConnection, times: Iterable[int]) -> None:
        """Make the parts that readings of these times (epoch ms) need; the connection has no open transaction."""
        wanted = {_month(day) for day in {at // _DAY_MS for at in times}}
        for month in sorted(wanted - self._known):
            await connection.execute("select make_part('reading', %s)", [month])
            self._known.add(month)

    def forget(self) -> None:
        """Some may be gone: retention drops them, in another process perhaps."""
        self._known.clear()


@lru_cache(maxsize=10_000)
def _month(day: int) -> datetime:
    moment = datetime.fromtimestamp(min(max(day, _FIRST_DAY), _LAST_DAY) * 86_400, UTC)
    return moment.replace(day=1)
