"""Approving, rejecting, and running what was approved: exactly once, whatever process dies in between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from graph_schema.errors import AmbiguousName, InvalidInput, NotAllowed, NotFound, PlantroomError, Unavailable
from ingestion.reading import Clock
from tools.approvals.proposal import Proposal, State
from tools.approvals.proposing import readable
from tools.approvals.record import ProposalRecord
from tools.approvals.terms import digest_of
from tools.context import Caller, ToolContext
from tools.registry.registry import Registry

log = logging.getLogger(__name__)

LOOK_S = 15.0
_REFUSED = (InvalidInput, NotFound, NotAllowed, AmbiguousName)
"""What a tool raises before it has changed anything."""
_LOST = "The process that ran it ended before it said what came of it."


class Settlement:
    """``context`` gives the tools' context for the person in whose name a proposal runs."""

    def __init__(
        self,
        record: ProposalRecord,
        registry: Registry,
        context: Callable[[Caller], Awaitable[ToolContext]],
        clock: Clock,
    ) -> None:
        self.record = record
        self._registry = registry
        self._context = context
        self._clock = clock
        self._runs: set[asyncio.Task[Proposal]] = set()

    async def approve(self, id_: int, who: Caller) -> Proposal:
        """Approve and run it; the row tells what came of it. A caller that goes away does not stop the run.

        Raises ``NotFound``, or ``NotAllowed`` with a sentence.
        """
        await self.record.approve(id_, who, self._clock())
        return await asyncio.shield(self._started(id_))

    async def reject(self, id_: int, who: Caller, reason: str = "") -> Proposal:
        """Raises as ``approve`` does."""
        return await self.record.reject(id_, who, self._clock(), reason)

    async def close(self, id_: int, who: Caller, *, happened: bool) -> Proposal:
        """A person has looked what an ambiguous run did. Raises as ``approve`` does."""
        return await self.record.close(id_, who, self._clock(), happened=happened)

    async def listed(
        self, states: Sequence[State] | None, limit: int, before: int | None = None
    ) -> tuple[Sequence[Proposal], int]:
        """The newest in these states, those ``before`` one if it is given, and how many there are; what has expired by now is so."""
        await self.record.lapse(self._clock())
        return await self.record.list(states, limit, before)

    async def shown(self, id_: int) -> Proposal:
        """As it is by now. Raises ``NotFound``."""
        await self.record.lapse(self._clock())
        return await self.record.get(id_)

    async def look_after(self) -> None:
        """What expired, what was approved and not yet run, and what a process that is gone left running. Raises ``Unavailable``."""
        await self.record.lapse(self._clock())
        for id_, state in await self.record.unfinished():
            await (asyncio.shield(self._started(id_)) if state == "approved" else self._park_if_lost(id_))

    async def aclose(self) -> None:
        """Wait for what runs."""
        await asyncio.gather(*self._runs, return_exceptions=True)

    async def keep_looking(self) -> None:
        """``look_after`` now and then, until cancelled."""
        while True:
            try:
                await self.look_after()
            except PlantroomError as error:
                log.warning("Proposals cannot be looked after, and are tried again: %s", error)
            await asyncio.sleep(LOOK_S)

    def _started(self, id_: int) -> asyncio.Task[Proposal]:
        task = asyncio.create_task(self._run(id_), name=f"proposal {id_}")
        self._runs.add(task)
        task.add_done_callback(self._runs.discard)
        return task

    async def _run(self, id_: int) -> Proposal:
        async with self.record.held(id_) as alone:
            claimed = await self.record.claim(id_, self._clock()) if alone else None
            if claimed is None:
                return await self.record.get(id_)
            state, outcome = await self._carried_out(claimed)
            log.info("%s, approved by %s, is %s.", claimed.name, claimed.settled_by, state)
            return await self.record.finish(claimed, state, outcome, self._clock()) or await self.record.get(id_)

    async def _carried_out(self, claimed: Proposal) -> tuple[State, str]:
        """Whatever is not known to have changed nothing is for a person to look at."""
        wish = claimed.wish
        if digest_of(wish.tool, wish.arguments) != wish.digest:
            return "failed", "Its arguments are not those that were proposed."
        try:
            context = replace(await self._context(wish.caller), approved=wish.digest, propose=None)
            tool = self._registry[wish.tool]
        except PlantroomError as error:
            return "failed", str(error)
        try:
            result = await self._registry.call(wish.tool, wish.arguments, context)
        except _REFUSED as error:
            return "failed", str(error)
        except Unavailable as error:
            return "ambiguous", str(error)
        except Exception as error:
            log.exception("%s broke while it ran", claimed.name)
            return "ambiguous", f"It broke while it ran: {type(error).__name__}."
        return "done", readable(tool.summary(result, context.caller.language), 400)

    async def _park_if_lost(self, id_: int) -> None:
        async with self.record.held(id_) as alone:
            if not alone:
                return
            lost = await self.record.get(id_)
            if lost.state == "running" and await self.record.park(lost, _LOST, self._clock()):
                log.warning(
                    "%s was left running by a process that is gone; a person has to look what it did.", lost.name
                )
