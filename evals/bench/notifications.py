"""``make bench-notifications``: how long an alarm takes to become a message, and what a flood comes to.

    python -m evals.bench.notifications [--alarms 60]

Serves the way from alarm to message on the demo plant, with the job that sends, and a channel of this machine. First a thousand alarms within a minute;
then one after the other, hours apart by the plant's clock: from the moment it is recorded until the message is taken.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from evals.bench.questions import percentile
from evals.notifications.chain import until
from evals.notifications.channel import loopback
from evals.notifications.flood import flood, limited_points
from evals.notifications.outcome import Counted, counted
from evals.notifications.stage import PERSON, Stage, demo
from ingestion.alarms.alarms import AlarmChange, Alarms, cleared
from ingestion.reading import wall_clock

TARGET_S = 2.0
_FLOOD, _STEPS, _AFTER = 1_000, 12, 4
_APART = timedelta(hours=3)
_WARM = 3


@dataclass(slots=True)
class Ahead:
    """A clock that is ahead of the wall's."""

    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return wall_clock() + self.by


async def bench(stage: Stage, alarms: int) -> tuple[list[float], Counted, int]:
    """Seconds from an alarm to its message; what a flood came to, and in how many messages."""
    clock = Ahead()
    found, messages = await _flood(stage, clock)
    record = Alarms(stage.app.history)
    at = round(clock().timestamp() * 1000)
    await record.write([cleared(one, at, "The flood is over.") for one in await record.open()])
    async with stage.chain(clock, timedelta(seconds=1)).running():
        took = [await _one(stage, clock, number) for number in range(_WARM + alarms)][_WARM:]
    return took, found, messages


async def _one(stage: Stage, clock: Ahead, number: int) -> float:
    points, taken = limited_points(stage.plant), stage.channel.taken
    point = points[number % len(points)]
    clock.by += _APART
    before, began = len(taken), perf_counter()
    at = round(clock().timestamp() * 1000)
    raised = AlarmChange(
        "raised", point.id, point.id, [point.owner], "alarm", at, value=99.0, side="high", limit_value=50.0
    )
    await Alarms(stage.app.history).write([raised])

    async def came() -> bool:
        return any(point.id in one.text or "Over" not in one.title for one in taken[before:])

    await until(came, 60)
    over = AlarmChange("cleared", point.id, point.id, [point.owner], "alarm", at + 1, value=1.0)
    await Alarms(stage.app.history).write([over])
    return next(one.at for one in taken[before:] if "Over" not in one.title) - began


async def _flood(stage: Stage, clock: Ahead) -> tuple[Counted, int]:
    before, start = len(stage.channel.of(PERSON)), clock()
    chain, alarms = stage.chain(clock, timedelta(seconds=1)), Alarms(stage.app.history)
    async with chain.running():
        for changes in flood(limited_points(stage.plant), _FLOOD, start, _STEPS, seed=1):
            for some in changes:
                await alarms.write(some)
            await chain.has_read()
            clock.by += timedelta(minutes=1) / _STEPS
        for _ in range(_AFTER):
            clock.by += timedelta(minutes=1)

            async def nothing_is_due() -> bool:
                return not await chain.record.due(clock())

            await until(nothing_is_due, 60)
    return await counted(stage.app.history), len(stage.channel.of(PERSON)) - before


async def _measured(folder: Path, alarms: int) -> None:
    with loopback() as channel:
        async with demo(folder, channel) as stage:
            took, found, messages = await bench(stage, alarms)
    middle, high = (percentile(took, share) for share in (0.5, 0.95))
    print(f"{len(took)} alarms, to the message: p50 {middle:.2f} s, p95 {high:.2f} s (target {TARGET_S:g} s)")
    print(
        f"{found.alarms:,} alarms in a minute: {found.incidents} incidents, {messages} messages to a person, "
        f"{found.told:,} alarms named or counted in them"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alarms", type=int, default=60)
    alarms = parser.parse_args().alarms
    with tempfile.TemporaryDirectory(prefix="plantroom-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        asyncio.run(_measured(Path(folder), alarms))


if __name__ == "__main__":
    main()
