"""A process that tells people until it is to die: ``python -m evals.notifications.dying``, with its task as one line of JSON on standard input.

It kills itself with SIGKILL right after a step, so that nothing of it can be tidied up.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel

from evals.notifications.chain import Chain
from graph_schema.ontology.ontology import load_ontology
from graph_schema.store.graph import open_graph
from ingestion.history.history import open_history
from ingestion.reading import wall_clock
from interfaces.app.messages.notifications import hurried
from interfaces.notifications.record import Claimed, Notices
from interfaces.notifications.routing import Notice

Step = Literal["recorded", "folded", "planned", "claimed", "sent", "marked"]
_HURRY_S = 0.5
STEPS: tuple[Step, ...] = get_args(Step)


class Task(BaseModel):
    """``after`` is the step after which it dies, None where it lives; its clock is ``ahead_s`` of the wall's."""

    graph: tuple[str, str, str, str]
    database: str
    book: Path
    ahead_s: float
    after: Step | None


class DyingNotices(Notices):
    """The record of a process that dies after a step."""

    after: Step | None = None

    async def newest_time(self, subject: str) -> Any:
        self._died("folded")  # planning begins, so it is folded
        return await super().newest_time(subject)

    async def plan_time(
        self, subject: str, trouble: Mapping[str, Any], notices: Sequence[Notice], time: int, now: datetime
    ) -> int:
        made = await super().plan_time(subject, trouble, notices, time, now)
        self._died("planned")
        return made

    async def claim(self, person: str, now: datetime) -> Sequence[Claimed]:
        claimed = await super().claim(person, now)
        if claimed:
            self._died("claimed")
        return claimed

    async def sent(self, ids: Sequence[int], now: datetime) -> None:
        self._died("sent")
        await super().sent(ids, now)
        self._died("marked")

    def _died(self, step: Step) -> None:
        if self.after == step:
            os.kill(os.getpid(), signal.SIGKILL)


async def tell(task: Task) -> None:
    """Until it dies or is killed."""
    ahead = timedelta(seconds=task.ahead_s)
    async with open_graph(*task.graph) as graph, open_history(task.database) as history:
        record = DyingNotices(history)
        record.after = task.after
        chain = Chain(
            graph, history, load_ontology(), task.database, task.book, lambda: wall_clock() + ahead, record,
            timedelta(seconds=1),
        )  # fmt: skip
        if task.after == "recorded":
            os.kill(os.getpid(), signal.SIGKILL)
        async with chain.running():
            while True:  # a job whose process died waits for a minute; here nobody does
                await hurried(task.database)
                await asyncio.sleep(_HURRY_S)


if __name__ == "__main__":
    asyncio.run(tell(Task.model_validate_json(sys.stdin.readline())))
