"""How what a message shows stands by now, from its own record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from graph_schema.errors import NotFound
from graph_schema.statements import statements
from ingestion.alarms.incidents import Incidents, name_of, number_of
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


class Standings:
    """Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._incidents = Incidents(history)
        self._proposals = ProposalRecord(history)

    async def of(self, subjects: Iterable[str], now: datetime) -> Mapping[str, Standing]:
        """By subject (“incident:12”, “proposal:P-3”); what stands for itself, such as a work order, has none."""
        found: dict[str, Standing] = {}
        for subject in dict.fromkeys(subjects):
            kind, _, name = subject.partition(":")
            with suppress(NotFound):
                if kind == "incident":
                    found[subject] = await self._incident(number_of(name), now)
                if kind == "proposal":
                    found[subject] = _proposal(await self._proposals.get(id_of(name)), now)
        return found

    async def asset(self, incident: int, now: datetime) -> str:
        """Which asset an incident is most likely of: its cause, or whose alarm waits. Raises ``NotFound``."""
        standing = await self._incidents.standing(incident, now)
        owners = [one for alarm in standing.waiting for one in alarm.assets if one]
        owners += [one for assets in (await self._incidents.points(incident)).values() for one in assets if one]
        if standing.cause is None and not owners:
            raise NotFound(f"{standing.name} is of no asset that a work order could be for.")
        return standing.cause or owners[0]

    async def _incident(self, incident: int, now: datetime) -> Standing:
        standing = await self._incidents.standing(incident, now)
        if standing.merged_into is not None:
            return Standing("merged", outcome=name_of(standing.merged_into))
        if standing.waiting:
            return Standing("waits", waits=True)
        (last,) = await self._history.fetch(_SQL["taken_on"], {"incident": incident})
        if last["act"] is None:
            return Standing("returned", waits=True)
        if last["over_at"] is not None:
            state = "over" if last["act"] == "acknowledged" else "ended"
            return Standing(state, who=last["who"], at=last["over_at"])
        return Standing(last["act"], who=last["who"], at=last["at"], until=last["until"])


def _proposal(one: Proposal, now: datetime) -> Standing:
    if one.state == "proposed" and one.wish.expires_at <= now:
        return Standing("expired")
    return Standing(one.state, one.state == "proposed", one.settled_by or "", one.settled_at, outcome=one.outcome or "")
