"""When a job is due: pure decisions over the plant's own time. A period is named by its beginning, and has one job."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Past:
    """What there is of a job: the period for which it was queued last, whether it waits or runs, and its last run."""

    period: datetime | None = None
    active: bool = False
    began_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Daily:
    """At these times of the plant's day. What was missed is made up for at once, once.

    Made up for later than ``late``, it counts for the time that comes next.
    """

    at: tuple[time, ...]
    late: timedelta | None = None

    def due(self, past: Past, now: datetime) -> datetime | None:
        """The period to queue a job for at ``now`` (in the plant's zone); None where there is nothing to do."""
        moments = _moments(self.at, now)
        current = max(moment for moment in moments if moment <= now.astimezone(UTC))
        if past.active or (past.period is not None and past.period >= current):
            return None
        if self.late is None or now - current <= self.late:
            return current
        return min(moment for moment in moments if moment > now.astimezone(UTC))


@dataclass(frozen=True, slots=True)
class Once:
    """At once, where it was never queued, and never again."""

    def due(self, past: Past, now: datetime) -> datetime | None:
        return None if past.active or past.period is not None else now.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again, taking at most ``share`` of the time: what takes long comes less often."""

    span: timedelta
    share: float = 1.0

    def due(self, past: Past, now: datetime) -> datetime | None:
        """The period to queue a job for; None where there is nothing to do."""
        span = self.span.total_seconds()
        current = datetime.fromtimestamp(now.timestamp() // span * span, UTC)
        if past.active or (past.period is not None and past.period >= current):
            return None
        if past.began_at and past.ended_at:
            rest = (past.ended_at - past.began_at) / self.share
            if now - past.began_at < rest:
                return None
        return current


def _moments(times: Sequence[time], now: datetime) -> list[datetime]:
    """Around ``now``, in UTC. On the day that lacks an hour of the night, its times come an hour later by the clock; on the one that
    has it twice, the first counts.
    """
    days = (now.date() + timedelta(days=offset) for offset in (-1, 0, 1))
    return [datetime.combine(day, at, now.tzinfo).astimezone(UTC) for day in days for at in times]
