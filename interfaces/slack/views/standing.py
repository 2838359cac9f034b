"""How what a message shows stands by now, from its own record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph_schema.errors import NotFound
from graph_schema.statements import statements
from ingestion.history.history import History
from tools.approvals.proposal import Proposal, id_of
from tools.approvals.record import ProposalRecord

_SQL = statements("interfaces.slack", "slack.sql")


@dataclass(frozen=True, slots=True)
class Standing:
    """``state`` is one of the words; ``waits`` where a person may still act."""

    state: str
    waits: bool = False
    who: str = ""
    at: datetime | None = None
    until: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class AlarmPlace:
    """Which point an alarm is of, and the assets that have it."""

    point: str
    assets: Sequence[str]


class Standings:
    """Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._proposals = ProposalRecord(history)

    async def of(self, subjects: Iterable[str], now: datetime) -> Mapping[str, Standing]:
        """By subject (“alarm:12”, “proposal:P-3”); what stands for itself, such as a work order, has none."""
        wanted = list(dict.fromkeys(subjects))
        found = {f"alarm:{row['id']}": _alarm(row) for row in await self._alarms(wanted, now)}
        for subject in wanted:
            if subject.startswith("proposal:"):
                try:
                    found[subject] = _proposal(await self._proposals.get(id_of(subject.removeprefix("proposal:"))), now)
                except NotFound:
                    continue
        return found

    async def place(self, alarm: int, now: datetime) -> AlarmPlace:
        """Raises ``NotFound``."""
        for row in await self._alarms([f"alarm:{alarm}"], now):
            return AlarmPlace(row["point"], row["assets"])
        raise NotFound(f"There is no alarm {alarm} any more.")

    async def _alarms(self, subjects: Sequence[str], now: datetime) -> Sequence[Mapping[str, Any]]:
        ids = [int(one.removeprefix("alarm:")) for one in subjects if one.startswith("alarm:")]
        return await self._history.fetch(_SQL["alarms"], {"ids": ids, "now": now}) if ids else []


def _alarm(row: Mapping[str, Any]) -> Standing:
    if row["act"] is not None:
        return Standing(row["act"], waits=False, who=row["who"], until=row["until"])
    known = row["acknowledged_at"] is not None
    if row["cleared_at"] is not None:
        state = "over" if known else "returned"
        return Standing(state, waits=not known, who=row["acknowledged_by"] or "", at=row["cleared_at"])
    if known:
        return Standing("acknowledged", who=row["acknowledged_by"] or "", at=row["acknowledged_at"])
    return Standing("waits", waits=True)


def _proposal(one: Proposal, now: datetime) -> Standing:
    if one.state == "proposed" and one.wish.expires_at <= now:
        return Standing("expired")
    return Standing(one.state, one.state == "proposed", one.settled_by or "", one.settled_at, outcome=one.outcome or "")
