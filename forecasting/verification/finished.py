"""A finding that was worked on is not found again in what had been read before: it comes back on new evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from forecasting.outlook import Outlook
from graph_schema.statements import statements
from ingestion.history.history import History

ENOUGH = timedelta(days=3)
"""Signs that go on for so long after the work are new evidence."""

_SQL = statements("forecasting.verification", "finished.sql")


@dataclass(frozen=True, slots=True)
class Finished:
    """The order that dealt with what was wrong with an asset."""

    asset: str
    number: str
    closed_at: datetime


async def finished_findings(history: History, assets: Sequence[str]) -> Mapping[str, Finished]:
    """The last such order of each of these assets."""
    rows = await history.fetch(_SQL["finished"], {"assets": [*assets]}) if assets else []
    return {row["asset"]: Finished(**row) for row in rows}


def after_work(outlooks: Sequence[Outlook], finished: Mapping[str, Finished], now: datetime) -> list[Outlook]:
    """Signs that began before the work was done count again once they have gone on for three days after it; until then nothing can be told."""
    return [_after(one, finished.get(one.asset), now) for one in outlooks]


def _after(one: Outlook, done: Finished | None, now: datetime) -> Outlook:
    if one.state != "flagged" or done is None or (one.since is not None and one.since > done.closed_at):
        return one
    if now - done.closed_at >= ENOUGH:
        told = f"It goes on after {done.number}, which was done on {done.closed_at:%-d %b %Y}"
        return replace(one, reasons=(*one.reasons, told))
    why = f"{done.number} was done on {done.closed_at:%-d %b %Y}, and too little has been read since to say whether it helped"
    return replace(
        one, state="cannot tell", probability=None, expected_at=None, earliest_at=None, latest_at=None, mode=None, advice=None, reasons=(),
        points=(), since=None, certainty=None, unknown=(why,),
    )  # fmt: skip
