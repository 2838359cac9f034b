"""Processes that tell people are killed after each step, and others go on; and what came of it."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from evals.notifications.chain import until
from evals.notifications.dying import Step, Task
from evals.notifications.flood import LimitedPoint, limited_points
from evals.notifications.stage import PERSON, Stage
from graph_schema.errors import Unavailable
from graph_schema.statements import statements
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History
from ingestion.reading import wall_clock
from interfaces.notifications.message import words
from interfaces.notifications.record import SENDING_FOR

log = logging.getLogger(__name__)

PATIENCE_S = 120.0
_SQL = statements("evals.notifications", "outcome.sql")
_ENDED = "Over:"
_APART = timedelta(hours=3)
"""Between two alarms: each is an incident of its own, and nothing waits because of what was sent before."""


@dataclass(frozen=True, slots=True)
class Came:
    """How often a message came after a kill at a step, and how often it said that it may have come before."""

    step: Step
    messages: int
    repeated: int

    @property
    def sound(self) -> bool:
        """Told, and each but the first says that it may be a repetition."""
        return self.messages >= 1 and self.repeated >= self.messages - 1


async def try_kills(stage: Stage, steps: Sequence[Step], report: Callable[[Came], None]) -> list[Came]:
    """One alarm for each step. Raises ``Unavailable`` where it does not come to an end."""
    async with stage.chain(wall_clock).running():
        log.info("The readers have their positions from here on.")
    points = limited_points(stage.plant)
    found: list[Came] = []
    for number, step in enumerate(steps):
        try:
            async with asyncio.timeout(2 * PATIENCE_S):
                found.append(await _one(stage, points[number % len(points)], step, _APART * (number + 1)))
            report(found[-1])
        except TimeoutError as error:
            raise Unavailable(f"After a kill ({step}) nothing came for {PATIENCE_S:.0f} s.") from error
    return found


async def _one(stage: Stage, point: LimitedPoint, step: Step, ahead: timedelta) -> Came:
    history, before = stage.app.history, len(stage.channel.of(PERSON))
    at = wall_clock() + ahead
    await Alarms(history).write([_raised(point, at)])
    process = await _started(stage, ahead, step)
    await process.wait()
    process = await _started(stage, ahead + SENDING_FOR + timedelta(seconds=5), None)
    try:
        await until(lambda: _all_told(history), PATIENCE_S)
    finally:
        process.kill()
        await process.wait()
    over = AlarmChange("cleared", point.id, point.id, [point.owner], "alarm", _ms(at) + 1, value=1.0)
    await Alarms(history).write([over])
    came = [one for one in stage.channel.of(PERSON)[before:] if _ENDED not in one.title]
    return Came(step, len(came), sum(words("en").repeated in one.text for one in came))


async def _all_told(history: History) -> bool:
    """Every alarm that is active is in an incident of which a notice was sent, and none is under way."""
    (row,) = await history.fetch(_SQL["untold"])
    return not row["untold"]


async def _started(stage: Stage, ahead: timedelta, after: Step | None) -> Process:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "evals.notifications.dying", stdin=PIPE)
    assert process.stdin is not None
    place, database = stage.graph_address, stage.app.endpoints.postgres_dsn
    task = Task(graph=place, database=database, book=stage.book, ahead_s=ahead.total_seconds(), after=after)
    process.stdin.write(f"{task.model_dump_json()}\n".encode())
    await process.stdin.drain()
    return process


def _raised(point: LimitedPoint, at: datetime) -> AlarmChange:
    return AlarmChange(
        "raised", point.id, point.id, [point.owner], "alarm", _ms(at), value=99.0, side="high", limit_value=50.0
    )


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
