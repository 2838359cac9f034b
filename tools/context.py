"""What a tool works with: the stores, the clock, and who asks. Injected, and hidden from the language model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from graph_schema.errors import InvalidInput
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History

if TYPE_CHECKING:
    from tools.audit.log import Entry
    from tools.query.reader import Reader
    from tools.registry.tool import Tool
    from tools.results.result import ToolResult

Role = Literal["viewer", "technician", "manager", "engineer", "admin"]
"""From who only looks to who gives others their roles; each holds those before it."""
ROLES: tuple[Role, ...] = get_args(Role)
EVERYBODY: frozenset[Role] = frozenset(ROLES)
ACTING = EVERYBODY - {"viewer"}
"""Who may ask for a change, and settle one."""
Scope = Literal["read", "write", "approve", "admin"]
"""What a key or a token may be used for, within the roles that it has."""
SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
EVERYWHERE = "*"
"""Instead of a site: all of them."""


def up_to(role: Role) -> frozenset[Role]:
    """The role with those that it holds."""
    return frozenset(ROLES[: ROLES.index(role) + 1])


def lowest(roles: Iterable[Role]) -> Role:
    """Enough to hold one of these, as each role holds those before it."""
    return min(roles, key=ROLES.index)


def highest(roles: Iterable[Role]) -> Role | None:
    """None of none."""
    given = set(roles)
    return next((role for role in reversed(ROLES) if role in given), None)


Cited = Callable[[str], tuple[float | datetime, str | None] | None]
"""From an id of the evidence, such as ``a2`` or ``a2.since``, to its number with its unit or its moment; None for what there is not."""


def nothing_cited(cited: str) -> None:
    """Where no results went before."""
    del cited


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, in which roles, and how that person reads: ``language`` is a code, ``timezone`` an IANA name, None for the plant's.

    The roles hold at ``site``, None for every one; ``scopes`` are what a key or a token may be used for. Raises ``InvalidInput`` for a time
    zone that there is not.
    """

    name: str
    roles: frozenset[Role] = frozenset({"technician"})
    language: str = "en"
    units: Literal["metric", "imperial"] = "metric"
    timezone: str | None = None
    site: str | None = None
    answered_in: str | None = None
    """The language that the person wishes to read, whichever they write; None for the one they write."""
    scopes: frozenset[Scope] = SCOPES

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.timezone or "UTC")
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InvalidInput(f"There is no time zone “{(self.timezone or '')[:60]}”.") from error


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a call comes from: the ``model`` that made it, empty for a person's own, in which ``conversation``, the letter and summary
    of each result that it had by then, and when the question was asked."""

    model: str = ""
    conversation: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    asked_at: datetime | None = None


Propose = Callable[["Tool", Mapping[str, Any], "ToolContext"], Awaitable["ToolResult"]]
"""Writes down the call of a tool that changes something, with its arguments as one JSON object, for a person to approve."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """``clock`` gives aware UTC times; ``plant_timezone`` is the IANA name of the plant's own time.

    ``found`` gives the ids of all assets that an earlier result of the same question found, by its letter; ``cited`` the values of these
    results, by the ids that models cite. ``documents`` is the folder of the plant's manuals, where it has one. ``as_of`` is the moment that is asked
    about instead of the present, if any. What changes something goes to ``propose``; ``approved`` is the digest of the one call that a person has
    approved, while that runs.
    """

    graph: GraphStore
    history: History
    ontology: Ontology
    reader: Reader
    clock: Callable[[], datetime]
    caller: Caller
    plant_timezone: str
    found: Callable[[str], Sequence[str] | None] = nothing_cited
    cited: Cited = nothing_cited
    documents: Path | None = None
    origin: Origin = Origin()
    propose: Propose | None = None
    approved: str | None = None
    as_of: datetime | None = None
    site: str | None = None
    """The plant's site, where roles are given for sites; None where there is but one."""
    audit: Callable[[Entry], Awaitable[None]] | None = None
    """Where each call is written down."""

    def at(self, moment: datetime) -> ToolContext:
        """As it was at a moment that is over: the clock stands there, and the reader reads the history alone. Raises ``InvalidInput``."""
        if moment > self.clock():
            raise InvalidInput(
                "as_of lies in the future: it is a moment that is over, of which is asked what was known then."
            )
        return replace(self, clock=lambda: moment, reader=self.reader.at(moment, past=True), as_of=moment)

    def at_one_moment(self) -> ToolContext:
        """With a clock that stands, so that all calls of a question mean the same by “now”."""
        now = self.clock()
        return replace(self, clock=lambda: now, reader=self.reader.at(now, past=False))

    @property
    def timezone(self) -> str:
        """The time in which “yesterday” and a day's rows are meant: the caller's, else the plant's."""
        return self.caller.timezone or self.plant_timezone
