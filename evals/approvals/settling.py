"""A process that settles proposals until it is killed: ``python -m evals.approvals.settling DSN SEED``.

Its tool writes a row and takes its time before and after it, so that a kill meets it anywhere. It says that it is ready in one line.
"""

import asyncio
import contextlib
import random
import sys
from typing import Any, Literal

from graph_schema.errors import NotAllowed
from ingestion.history.history import History, open_history
from ingestion.reading import wall_clock
from tools.approvals.record import ProposalRecord
from tools.approvals.settlement import Settlement
from tools.context import EVERYBODY, Caller, ToolContext
from tools.registry.registry import Registry
from tools.registry.tool import Tool
from tools.results.result import ToolResult
from tools.results.table import Table
from tools.sentences.language import ToolSentences, language
from tools.sentences.summary import Summary

ASKER = Caller("ann")
SETTLERS = (ASKER, Caller("bob"), Caller("eve"))
PAUSE_S = 0.02
REJECTED = 0.2
_AT_ONCE = 3
_SENTENCES = ToolSentences(title="Marking {wish}", proposal="mark {wish}", summary={"marked": "Marked"})


class Marked(ToolResult):
    def summary(self) -> Summary[Literal["marked"]]:
        return Summary("marked")

    def tables(self) -> list[Table]:
        return []

    def subjects(self) -> list[str]:
        return []


async def mark(context: ToolContext, wish: int) -> Marked:
    """Mark a wish, which is to be done once."""
    await asyncio.sleep(PAUSE_S)
    await context.history.fetch("insert into effect (wish) values (%s)", [wish])
    await asyncio.sleep(PAUSE_S)
    return Marked()


def settlement_on(history: History) -> Settlement:
    """One process's way to settle."""
    spoken = language()
    english = spoken.model_copy(update={"tools": {**spoken.tools, "mark": _SENTENCES}})
    registry = Registry([Tool.of(mark, effect="write", roles=EVERYBODY)], {"en": english})

    async def context(caller: Caller) -> ToolContext:
        store: Any = None
        return ToolContext(store, history, store, store, wall_clock, caller, "UTC")

    return Settlement(ProposalRecord(history), registry, context, wall_clock)


async def settle(dsn: str, seed: int) -> None:
    """Whatever is proposed, in an order of its own, approved or rejected by anybody."""
    chance = random.Random(seed)  # noqa: S311 - an order of events, no secret
    async with open_history(dsn, connections=4) as history:
        settlement = settlement_on(history)
        print("ready", flush=True)
        while True:
            found, _ = await settlement.record.list(["proposed"], 50)
            chosen = chance.sample([one.id for one in found], min(_AT_ONCE, len(found)))
            await asyncio.gather(*(_one(settlement, id_, chance) for id_ in chosen), settlement.look_after())
            await asyncio.sleep(PAUSE_S)


async def _one(settlement: Settlement, id_: int, chance: random.Random) -> None:
    who = chance.choice(SETTLERS)
    with contextlib.suppress(NotAllowed):  # somebody was faster, or it is the asker's own
        await (settlement.reject(id_, who) if chance.random() < REJECTED else settlement.approve(id_, who))


if __name__ == "__main__":
    asyncio.run(settle(sys.argv[1], int(sys.argv[2])))
