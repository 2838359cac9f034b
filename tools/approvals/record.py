"""The record of proposals in PostgreSQL. Each step is one statement that only one of many can take, with its change in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, LiteralString, cast

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Json, Jsonb

from graph_schema.errors import NotAllowed, NotFound
from graph_schema.statements import statements
from ingestion.changes import NewChange, record
from ingestion.history.history import History
from tools.approvals.proposal import Proposal, State, Wish, caller_json, name_of, proposal_of
from tools.audit import log as audit_log
from tools.audit.log import Entry
from tools.context import Caller

_SQL = statements("tools.approvals", "approvals.sql")
_LOCK = 0x7072  # the first of two keys of a run's advisory lock; the second is the proposal's id
_LONGEST = 1_000
OPEN: Sequence[State] = ("proposed", "approved", "running", "ambiguous")


class ProposalRecord:
    """The ``proposal`` table. Every method raises ``Unavailable`` when the database does not answer."""

    def __init__(self, history: History) -> None:
        self._history = history

    async def add(self, wish: Wish) -> Proposal:
        """The wish as a row; the row that there is where the same was asked for before."""
        while True:
            await self.lapse(wish.proposed_at)
            async with self._history.connection() as connection, connection.transaction():
                if made := await _one(connection, "propose", _parameters(wish)):
                    await _tell(connection, [made], wish.proposed_at)
                    return replace(made, new=True)
                if known := await _one(connection, "same", _parameters(wish)):
                    return known
            # It expired or failed in between: ask again.

    async def get(self, id_: int) -> Proposal:
        """Raises ``NotFound``."""
        rows = await self._history.fetch(_SQL["of_id"], {"id": id_})
        if not rows:
            raise NotFound(f"There is no proposal {name_of(id_)}.")
        return proposal_of(rows[0])

    async def list(
        self, states: Sequence[State] | None, limit: int, before: int | None = None
    ) -> tuple[Sequence[Proposal], int]:
        """The newest first, those ``before`` one if it is given, and how many there are."""
        given = {"states": None if states is None else list(states), "limit": limit, "before": before}
        rows = await self._history.fetch(_SQL["newest"], given)
        (counted,) = await self._history.fetch(_SQL["counted"], given)
        return [proposal_of(row) for row in rows], counted["total"]

    async def lapse(self, now: datetime) -> int:
        """What nobody settled in time expires; nobody has rejected it."""
        async with self._history.connection() as connection, connection.transaction():
            gone = await _all(connection, "lapse", {"now": now})
            await _tell(connection, gone, now)
        return len(gone)

    async def approve(self, id_: int, who: Caller, now: datetime) -> Proposal:
        """Raises ``NotAllowed`` with a sentence: not by this person, too late, or somebody was faster."""
        return await self._settle(id_, "approved", who, now, None)

    async def reject(self, id_: int, who: Caller, now: datetime, reason: str) -> Proposal:
        """As ``approve``."""
        return await self._settle(id_, "rejected", who, now, reason.strip()[:_LONGEST] or None)

    async def _settle(self, id_: int, state: State, who: Caller, now: datetime, reason: str | None) -> Proposal:
        await self.lapse(now)
        known = await self.get(id_)
        async with self._refusals(known, who, now):
            if known.state == "proposed":
                (known.check_approver if state == "approved" else known.check_settler)(who)
            given = {"id": id_, "state": state, "by": who.name, "now": now, "reason": reason}
            if settled := await self._step("settle", given, now):
                return settled
            raise NotAllowed(_settled(await self.get(id_)))

    async def claim(self, id_: int, now: datetime) -> Proposal | None:
        """The one run of an approved proposal; None where another has it."""
        return await self._step("claim", {"id": id_, "run": secrets.token_hex(8), "now": now}, now)

    async def finish(self, running: Proposal, state: State, outcome: str, now: datetime) -> Proposal | None:
        """What the run came to; None where a person has closed it meanwhile."""
        given = {"id": running.id, "run": running.run, "state": state, "outcome": outcome[:_LONGEST], "now": now}
        return await self._step("finish", given, now)

    async def park(self, lost: Proposal, outcome: str, now: datetime) -> Proposal | None:
        """A run that ended without saying how waits for a person."""
        return await self._step("park", {"id": lost.id, "run": lost.run, "outcome": outcome}, now)

    async def close(self, id_: int, who: Caller, now: datetime, *, happened: bool) -> Proposal:
        """A person has looked what a lost run did. Raises ``NotAllowed`` where there is nothing to tell."""
        known = await self.get(id_)
        async with self._refusals(known, who, now):
            known.check_settler(who)
        said = f"{who.name} looked: it {'was' if happened else 'was not'} done."
        given = {"id": id_, "state": "done" if happened else "failed", "outcome": said, "now": now}
        if closed := await self._step("close", given, now):
            return closed
        raise NotAllowed(f"{known.name} is {known.state}, so there is nothing to look after.")

    async def unfinished(self) -> Sequence[tuple[int, State]]:
        """Approved and not yet run, or running, by id."""
        return [(row["id"], row["state"]) for row in await self._history.fetch(_SQL["unfinished"])]

    @asynccontextmanager
    async def held(self, id_: int) -> AsyncGenerator[bool]:
        """Whether nobody else runs it: a lock that goes with this connection, so with the process."""
        async with self._history.session() as connection:
            query = "select pg_try_advisory_lock(%s, %s)"
            row = await (await connection.execute(query, [_LOCK, id_ % 2**31])).fetchone()
            yield bool(row and row[0])

    @asynccontextmanager
    async def _refusals(self, known: Proposal, who: Caller, now: datetime) -> AsyncGenerator[None]:
        """Who tries what is not theirs to settle is in the audit log; the proposal stays as it is."""
        try:
            yield
        except NotAllowed as error:
            entry = replace(_entry(known, now), who=who.name, what="proposal.refused", outcome=str(error))
            async with self._history.connection() as connection, connection.transaction():
                await audit_log.record(connection, [entry])
            raise

    async def _step(self, name: str, given: dict[str, Any], now: datetime) -> Proposal | None:
        async with self._history.connection() as connection, connection.transaction():
            found = await _one(connection, name, given)
            if found is not None:
                await _tell(connection, [found], now)
            return found


async def _all(connection: psycopg.AsyncConnection, name: str, given: dict[str, Any]) -> list[Proposal]:
    cursor = connection.cursor(row_factory=dict_row)
    await cursor.execute(cast(LiteralString, _SQL[name]), given)
    return [proposal_of(row) for row in await cursor.fetchall()]


async def _one(connection: psycopg.AsyncConnection, name: str, given: dict[str, Any]) -> Proposal | None:
    return next(iter(await _all(connection, name, given)), None)


async def _tell(connection: psycopg.AsyncConnection, told: Sequence[Proposal], now: datetime) -> None:
    """In the audit log and to who reads changes. Never the arguments or a text of theirs: those look the proposal up."""
    await audit_log.record(connection, [_entry(one, now) for one in told])
    await record(connection, [NewChange(f"proposal.{one.state}", one.name, now, _data(one)) for one in told])


def _entry(one: Proposal, now: datetime) -> Entry:
    """Who asked, until somebody settles it; what nobody settled in time expires by itself."""
    wish = one.wish
    return Entry(
        at=now,
        who=one.settled_by or (wish.caller.name if one.state == "proposed" else "nobody"),
        what=f"proposal.{one.state}",
        tool=wish.tool,
        digest=wish.digest,
        model=wish.model,
        conversation=wish.conversation,
        evidence=[found.letter for found in wish.evidence],
        proposal=one.id,
        subject=wish.caller.name,
        site=wish.caller.site,
        outcome=one.outcome,
    )


def _data(one: Proposal) -> dict[str, Any]:
    wish = one.wish
    return {
        "tool": wish.tool,
        "assets": [*wish.assets],
        "asked_by": wish.caller.name,
        "approvers": sorted(wish.approvers),
        "expires_at": wish.expires_at.isoformat(),
        "settled_by": one.settled_by,
    }


def _settled(known: Proposal) -> str:
    by = f" by {known.settled_by}" if known.settled_by else ""
    return f"{known.name} cannot be settled any more: it is {known.state}{by}."


def _parameters(wish: Wish) -> dict[str, Any]:
    return {
        "tool": wish.tool,
        "digest": wish.digest,
        "arguments": Json(wish.arguments),
        "sentence": wish.sentence,
        "assets": [*wish.assets],
        "asked_by": wish.caller.name,
        "caller": Jsonb(caller_json(wish.caller)),
        "model": wish.model,
        "conversation": wish.conversation,
        "evidence": Jsonb([asdict(one) for one in wish.evidence]),
        "approvers": sorted(wish.approvers),
        "own": wish.own,
        "asked_at": wish.asked_at or wish.proposed_at,
        "proposed_at": wish.proposed_at,
        "expires_at": wish.expires_at,
    }
