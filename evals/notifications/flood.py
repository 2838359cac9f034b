"""A flood of alarms on a plant: points that go beyond their limits and come back, within a minute."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from graph_schema.model import Plant
from ingestion.alarms.alarms import AlarmChange


@dataclass(frozen=True, slots=True)
class LimitedPoint:
    id: str
    owner: str


def limited_points(plant: Plant) -> Sequence[LimitedPoint]:
    """Those with limits that belong to an asset."""
    limited = {one.id for one in plant.entities if one.kind == "Point" and {"low", "high"} & one.properties.keys()}
    return [LimitedPoint(r.end, r.start) for r in plant.relations if r.kind == "HAS_POINT" and r.end in limited]


def flood(
    points: Sequence[LimitedPoint], count: int, start: datetime, steps: int, seed: int
) -> Iterator[list[list[AlarmChange]]]:
    """So many alarms in a minute, in as many steps: of each, what is recorded first and what after that. A point that is chosen again comes back
    before it goes beyond anew."""
    chance = random.Random(seed)  # noqa: S311 - an order of events, no secret
    beyond = set[str]()
    for step in range(steps):
        at = round((start + timedelta(minutes=step / steps)).timestamp() * 1000)
        chosen = chance.sample(points, share) if (share := _share(count, steps, step)) <= len(points) else [*points]
        back = [_change(one, "cleared", at) for one in chosen if one.id in beyond]
        beyond |= {one.id for one in chosen}
        yield [back, [_change(one, "raised", at + 1) for one in chosen]]


def _share(count: int, steps: int, step: int) -> int:
    return count * (step + 1) // steps - count * step // steps


def _change(point: LimitedPoint, verb: str, at: int) -> AlarmChange:
    raised = verb == "raised"
    return AlarmChange(
        "raised" if raised else "cleared", point.id, point.id, [point.owner], "alarm", at, value=99.0 if raised else 1.0, side="high",
        limit_value=50.0,
    )  # fmt: skip
