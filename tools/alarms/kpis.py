"""How much the alarms ask of operators, in the figures of ISA-18.2 (clause 16) and EEMUA 191. Pure; times are of a half-open window.

| figure | is | EEMUA 191 / ISA-18.2 hold for good |
|---|---|---|
| ``per_hour`` | alarms raised an hour for each operator | at most 6; more than 12 is too much (ISA-18.2: about 150 and 300 a day) |
| ``flood_share`` | share of 10-minute spells with more than 10 alarms for each operator | less than 1 % |
| ``most_in_10_min`` | most alarms in such a spell | at most 10 |
| ``chattering`` | points that raise 3 or more within any minute | none |
| ``stale`` | alarms that are active for 24 hours or longer at the end | fewer than 5 |
| ``top_share`` | share of all alarms that the ten busiest points raise | 1 to 5 % |

Spells of ten minutes are fixed ones that begin with the window, as both standards count them; the last one may be shorter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingestion.alarms.alarms import Alarm

SPELL = timedelta(minutes=10)
FLOOD_ABOVE = 10
CHATTER, CHATTER_WITHIN = 3, timedelta(minutes=1)
STALE_AFTER = timedelta(hours=24)
TOP = 10


@dataclass(frozen=True, slots=True)
class Kpis:
    """``top`` are points with how often each raised, the busiest first; ``levels`` counts by the worst level that alarms came to."""

    raised: int
    per_hour: float
    most_in_10_min: int
    flood_share: float
    chattering: Sequence[str]
    stale: int
    standing: int
    unacknowledged: int
    top: Sequence[tuple[str, int]]
    top_share: float
    levels: dict[str, int]


def kpis(alarms: Sequence[Alarm], start: datetime, end: datetime, operators: int = 1) -> Kpis:
    """``alarms`` are those that were open at some time of the window, as they stood at its end; ``operators`` are on duty at once."""
    raised = [one for one in alarms if start <= one.raised_at < end]
    standing = [one for one in alarms if one.raised_at < end and (one.cleared_at is None or one.cleared_at >= end)]
    spells = Counter((one.raised_at - start) // SPELL for one in raised)
    count = -(-(end - start) // SPELL)
    by_point = Counter(one.point for one in raised)
    top = sorted(by_point.items(), key=lambda one: (-one[1], one[0]))[:TOP]
    return Kpis(
        raised=len(raised),
        per_hour=len(raised) / operators / ((end - start) / timedelta(hours=1)),
        most_in_10_min=max(spells.values(), default=0),
        flood_share=sum(many > FLOOD_ABOVE * operators for many in spells.values()) / count,
        chattering=_chattering(raised),
        stale=sum(end - one.raised_at >= STALE_AFTER for one in standing),
        standing=len(standing),
        unacknowledged=sum(one.acknowledged_at is None for one in standing),
        top=top,
        top_share=sum(many for _, many in top) / len(raised) if raised else 0.0,
        levels=dict(Counter(one.worst_level for one in raised)),
    )


def _chattering(raised: Sequence[Alarm]) -> list[str]:
    times: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in sorted(raised, key=lambda one: one.raised_at):
        times[one.point].append(one.raised_at)
    return sorted(point for point, some in times.items() if _chatters(some))


def _chatters(times: Sequence[datetime]) -> bool:
    last = CHATTER - 1
    return any(times[place + last] - times[place] <= CHATTER_WITHIN for place in range(len(times) - last))
