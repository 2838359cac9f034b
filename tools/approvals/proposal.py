"""A change that was asked for, as it stands in the record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from graph_schema.errors import InvalidInput, NotAllowed
from tools.context import Caller, Role, lowest
from tools.results.proposals import State

_NAMED = re.compile(r"(?:P-)?(\d{1,18})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A result that stood before the wish: its ``letter``, and its ``summary`` in one line."""

    letter: str
    summary: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. ``arguments`` are canonical: plain JSON, ids instead of names; ``sentence`` says in words what would happen."""

    tool: str
    digest: str
    arguments: Mapping[str, Any]
    sentence: str
    assets: Sequence[str]
    caller: Caller
    model: str
    conversation: str
    approvers: frozenset[Role]
    own: bool
    proposed_at: datetime
    expires_at: datetime
    evidence: Sequence[Found] = ()
    asked_at: datetime | None = None
    """Of the question that it was asked for in; known only while it is written down."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row of ``proposal``: the wish, and what became of it. ``outcome`` is what the run came to, in one line; ``new`` is whether it was
    written just now."""

    id: int
    wish: Wish
    state: State
    settled_by: str | None = None
    settled_at: datetime | None = None
    reason: str | None = None
    run: str | None = None
    run_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str | None = None
    new: bool = field(default=False, compare=False)

    @property
    def name(self) -> str:
        """“P-12”."""
        return name_of(self.id)

    def check_settler(self, who: Caller) -> None:
        """Raises ``NotAllowed`` where this person may not settle it."""
        approvers = self.wish.approvers - {"viewer"}
        if not who.roles & approvers:
            raise NotAllowed(f"{self.name} is for the role {lowest(approvers)} and above to settle.")
        if "approve" not in who.scopes:
            raise NotAllowed(f"Settling {self.name} needs a key of the scope “approve”.")

    def check_approver(self, who: Caller) -> None:
        """Raises ``NotAllowed`` where this person may not approve it; who asked may always reject it."""
        self.check_settler(who)
        if not self.wish.own and who.name == self.wish.caller.name:
            raise NotAllowed(f"{self.name} is {who.name}'s own wish: somebody else has to approve it.")


def name_of(id_: int) -> str:
    return f"P-{id_}"


def id_of(name: str) -> int:
    """From “P-12” or “12”. Raises ``InvalidInput``."""
    match = _NAMED.fullmatch(name.strip())
    if match is None:
        raise InvalidInput(f"“{name[:40]}” is no proposal; they go by P- and a number, as P-12.")
    return int(match[1])


def caller_json(caller: Caller) -> dict[str, Any]:
    return {
        "name": caller.name,
        "roles": sorted(caller.roles),
        "language": caller.language,
        "units": caller.units,
        "timezone": caller.timezone,
        "site": caller.site,
    }


def caller_of(row: Mapping[str, Any]) -> Caller:
    return Caller(row["name"], frozenset(row["roles"]), row["language"], row["units"], row["timezone"], row["site"])


def proposal_of(row: Mapping[str, Any]) -> Proposal:
    """From a row of the table."""
    wish = Wish(
        tool=row["tool"],
        digest=row["digest"],
        arguments=row["arguments"],
        sentence=row["sentence"],
        assets=row["assets"],
        caller=caller_of(row["caller"]),
        model=row["model"],
        conversation=row["conversation"],
        approvers=frozenset(row["approvers"]),
        own=row["own"],
        proposed_at=row["proposed_at"],
        expires_at=row["expires_at"],
        evidence=[Found(**one) for one in row["evidence"]],
    )
    return Proposal(wish=wish, **{name: row[name] for name in _OF_THE_RUN})


_OF_THE_RUN = (
    "id", "state", "settled_by", "settled_at", "reason", "run", "run_at", "finished_at", "outcome",
)  # fmt: skip


def proposal_json(one: Proposal) -> dict[str, Any]:
    """All of a proposal; ``evidence`` are the results that stood before it, ``own`` is whether who asked may approve it."""
    wish = one.wish
    return {
        "id": one.name,
        "state": one.state,
        "tool": wish.tool,
        "arguments": dict(wish.arguments),
        "digest": wish.digest,
        "sentence": wish.sentence,
        "assets": list(wish.assets),
        "asked_by": caller_json(wish.caller),
        "model": wish.model,
        "conversation": wish.conversation,
        "evidence": [asdict(one) for one in wish.evidence],
        "approvers": sorted(wish.approvers),
        "own": wish.own,
        "proposed_at": wish.proposed_at.isoformat(),
        "expires_at": wish.expires_at.isoformat(),
        "settled_by": one.settled_by,
        "settled_at": one.settled_at and one.settled_at.isoformat(),
        "run_at": one.run_at and one.run_at.isoformat(),
        "reason": one.reason,
        "outcome": one.outcome,
        "finished_at": one.finished_at and one.finished_at.isoformat(),
    }
