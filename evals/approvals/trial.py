"""Many proposals, several processes that settle them, and a kill -9 now and then; and what came of it."""

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from datetime import timedelta

from evals.approvals.settling import ASKER
from graph_schema.errors import Unavailable
from graph_schema.statements import statements
from ingestion.history.history import History
from ingestion.reading import wall_clock
from tools.approvals.proposal import Wish
from tools.approvals.record import ProposalRecord
from tools.approvals.terms import digest_of
from tools.context import EVERYBODY

PROCESSES = 3
PATIENCE_S = 300.0
_EACH_S = 2.0
_SQL = statements("evals.approvals", "trial.sql")
_OWN = 0.3  # of them the asker may approve as well
_KILLED_AFTER_S = (0.05, 0.6)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``double``: ran more than once; ``unapproved``: ran, and nobody who may had approved it; ``lost``: neither settled nor parked, or said
    to be done and not. ``ambiguous`` wait for a person, as they should."""

    proposals: int
    kills: int
    done: int
    rejected: int
    ambiguous: int
    double: int
    unapproved: int
    lost: int

    @property
    def sound(self) -> bool:
        return not (self.double or self.unapproved or self.lost)


async def try_proposals(history: History, dsn: str, proposals: int, seed: int = 1) -> Outcome:
    """On an empty database. Raises ``Unavailable`` where it does not come to an end."""
    chance = random.Random(seed)  # noqa: S311 - an order of events, no secret
    await history.fetch("create table effect (wish integer not null)")
    record = ProposalRecord(history)
    for number in range(proposals):
        await record.add(_wish(number, own=chance.random() < _OWN))
    kills = await _settled(history, dsn, chance, PATIENCE_S + _EACH_S * proposals)
    (counts,) = await history.fetch(_SQL["judge"], {"asker": ASKER.name})
    return Outcome(proposals=proposals, kills=kills, **counts)


async def _settled(history: History, dsn: str, chance: random.Random, patience_s: float) -> int:
    """Until nothing is open: each process is killed a moment after it began, and another takes its place."""
    try:
        async with asyncio.timeout(patience_s):
            return sum(await asyncio.gather(*(_lives(history, dsn, chance) for _ in range(PROCESSES))))
    except TimeoutError as error:
        raise Unavailable(f"The proposals were not settled within {patience_s:.0f} s.") from error


async def _lives(history: History, dsn: str, chance: random.Random) -> int:
    """One process after the other, and how many were killed."""
    kills = 0
    while (await history.fetch(_SQL["open"]))[0]["open"]:
        process = await _started(dsn, chance.randrange(10**6))
        try:
            await asyncio.sleep(chance.uniform(*_KILLED_AFTER_S))
        finally:
            process.kill()
            await process.wait()
        kills += 1
    return kills


async def _started(dsn: str, seed: int) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "evals.approvals.settling", dsn, str(seed), stdout=PIPE
    )
    assert process.stdout
    await process.stdout.readline()
    return process


def _wish(number: int, *, own: bool) -> Wish:
    now, arguments = wall_clock(), {"wish": number}
    return Wish(
        tool="mark",
        digest=digest_of("mark", arguments),
        arguments=arguments,
        sentence=f"mark {number}",
        assets=(),
        caller=ASKER,
        model="scripted",
        conversation=f"c-{number % 7}",
        approvers=EVERYBODY,
        own=own,
        proposed_at=now,
        expires_at=now + timedelta(days=1),
    )
