"""One run over many units of work: bounded, with progress, and resumable."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from graph_schema.errors import PlantroomError
from graph_schema.statements import statements
from ingestion.history.history import History

log = logging.getLogger(__name__)

_SQL = statements("forecasting.jobs", "runs.sql")

Outcome = Mapping[str, Any]
Given = TypeVar("Given")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Work(Generic[Given, Made]):
    """What is done with a unit: read what it needs, compute anywhere, keep the result, in this order.

    ``compute`` and what it takes and gives travel to another process. ``keep`` gives the outcome to record (plain JSON);
    it may run a second time for a unit whose record was lost, so it replaces rather than adds.
    """

    read: Callable[[str], Awaitable[Given]]
    compute: Callable[[Given], Made]
    keep: Callable[[str, Made], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended: the outcomes by unit, those of an earlier attempt among them, and the failures in words."""

    outcomes: Mapping[str, Outcome]
    failures: Mapping[str, str]

    def total(self, key: str) -> int:
        """The sum of a count over all outcomes."""
        return sum(int(outcome.get(key, 0)) for outcome in self.outcomes.values())

    @property
    def failed(self) -> tuple[str, ...]:
        """A sentence for each failure, by unit."""
        return tuple(f"{unit}: {reason}" for unit, reason in sorted(self.failures.items()))


class RunLog:
    """What runs have finished, in PostgreSQL."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def finished(self, run: str) -> dict[str, Outcome]:
        """Outcomes by unit."""
        rows = await self._history.fetch(_SQL["finished"], {"run": run})
        return {row["unit"]: row["outcome"] for row in rows}

    async def record(self, run: str, unit: str, outcome: Outcome) -> None:
        await self._history.fetch(_SQL["record"], {"run": run, "unit": unit, "outcome": json.dumps(dict(outcome))})

    async def forget(self, *, days: int) -> None:
        """Drop the records of runs that are older than this."""
        await self._history.fetch(_SQL["forget"], {"days": days})


@dataclass(frozen=True, slots=True)
class _Failed:
    reason: str


def _computed(compute: Callable[[Given], Made], given: Given) -> Made | _Failed:
    """In the other process. A failure returns as words: an exception that cannot travel would end the process."""
    try:
        return compute(given)
    except PlantroomError as error:
        return _Failed(str(error))
    except Exception as error:  # a fault of one unit is not one of all
        log.exception("A unit failed")
        return _Failed(f"{type(error).__name__}: {error}")


async def run_units(
    run: str,
    units: Sequence[str],
    work: Work[Given, Made],
    executor: Executor,
    width: int,
    runs: RunLog,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Do what is left of the units, at most ``width`` computing and one more reading; a unit that fails does not stop the others.

    ``run`` names the run, such as ``telemetry 2026-03-02``: a second call with the same name does only what the first did not finish.
    """
    outcomes = {unit: one for unit, one in (await runs.finished(run)).items() if unit in set(units)}
    failures: dict[str, str] = {}
    left = [unit for unit in units if unit not in outcomes]
    gate = asyncio.Semaphore(width + 1)

    async def one(unit: str) -> None:
        async with gate:
            try:
                given = await work.read(unit)
                made = await asyncio.wrap_future(executor.submit(_computed, work.compute, given))
                if isinstance(made, _Failed):
                    failures[unit] = made.reason
                    return
                outcome = await work.keep(unit, made)
            except PlantroomError as error:
                failures[unit] = str(error)
            except BrokenExecutor as error:
                failures[unit] = f"the process that computed it ended: {error}"
            else:
                await runs.record(run, unit, outcome)
                outcomes[unit] = outcome
            finally:
                if progress:
                    progress(len(outcomes) + len(failures), len(units))

    if progress:
        progress(len(outcomes), len(units))
    async with asyncio.TaskGroup() as group:
        for unit in left:
            group.create_task(one(unit))
    for unit, failure in failures.items():
        log.warning("%s: %s: %s", run, unit, failure)
    return Report(outcomes, failures)
