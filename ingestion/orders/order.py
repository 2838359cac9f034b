"""A work order: what is to be done or was done to which asset, by whom, when, and what had failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Literal

from graph_schema.errors import InvalidInput

Kind = Literal["corrective", "preventive", "predictive", "inspection", "improvement", "other"]
Priority = Literal["low", "medium", "high", "urgent"]
Status = Literal["open", "in_progress", "on_hold", "done", "cancelled"]
Source = Literal["person", "forecast", "alarm", "plan", "cmms", "import"]
OVER: Sequence[Status] = ("done", "cancelled")


@dataclass(frozen=True, slots=True)
class Labour:
    """Work of one person: ``at`` is when it was written down."""

    who: str
    minutes: float
    at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PartUsed:
    """``part`` is a number of the parts master, or a word for what stands in none."""

    part: str
    quantity: float


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the checklist; who ticked it off and when, once it is ``done``."""

    text: str
    done: bool = False
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """``number`` is ours (“WO-12”) or that of the system it came from, ``asset`` an id of the graph. It is over with ``closed_at``, which goes with the
    status done or cancelled; one that is given a ``closed_at`` alone is done.

    ``code`` is the failure mode (ISO 14224) or the site's own, ``cause`` and ``remark`` are what was found; ``planned_at`` and ``planned_h`` are the plan,
    ``started_at``, ``closed_at`` and ``labour`` what it came to. ``source_ref`` is the asset of the forecast, the alarm, the plan or the system it came of.
    ``vendor_status`` is the maintenance system's own word. Texts are what somebody wrote, and are only ever shown.
    """

    number: str
    asset: str
    kind: Kind = "corrective"
    opened_at: datetime | None = None
    failed_at: datetime | None = None
    closed_at: datetime | None = None
    code: str | None = None
    text: str | None = None
    priority: Priority = "medium"
    status: Status = "open"
    due_at: datetime | None = None
    planned_at: datetime | None = None
    planned_h: float | None = None
    started_at: datetime | None = None
    description: str | None = None
    cause: str | None = None
    remark: str | None = None
    assignee: str | None = None
    opened_by: str | None = None
    source: Source = "import"
    source_ref: str | None = None
    labour: tuple[Labour, ...] = ()
    parts: tuple[PartUsed, ...] = ()
    checklist: tuple[Check, ...] = ()
    vendor: str | None = None
    vendor_number: str | None = None
    vendor_status: str | None = None
    changed_at: datetime | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.closed_at is not None and self.status not in OVER:
            object.__setattr__(self, "status", "done")
        if self.closed_at is None and self.status in OVER:
            raise InvalidInput(
                f"The work order {self.number} is {self.status}, so it needs the moment when it was closed."
            )

    @property
    def planned(self) -> bool:
        """All work but the repair of what had failed."""
        return self.kind != "corrective"

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def labour_h(self) -> float:
        return sum(one.minutes for one in self.labour) / 60

    def is_overdue(self, now: datetime) -> bool:
        return self.due_at is not None and not self.is_over and self.due_at < now

    def at(self, moment: datetime) -> WorkOrder | None:
        """As it stood then, as far as its own times tell: None before it was opened, open before it was closed."""
        begun = min((one for one in (self.opened_at, self.failed_at, self.closed_at) if one is not None), default=None)
        if begun is not None and begun > moment:
            return None
        if self.closed_at is None or self.closed_at <= moment:
            return self
        return replace(self, closed_at=None, status="open")


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """Who changed what of an order; ``what`` is the name of the field, or “created”."""

    at: datetime
    who: str
    what: str
    old: str | None
    new: str | None


def order_of(row: Mapping[str, Any]) -> WorkOrder:
    """From a row of the table."""
    known: dict[str, Any] = {one.name: row[one.name] for one in fields(WorkOrder)}
    known["labour"] = tuple(_labour(one) for one in row["labour"])
    known["parts"] = tuple(PartUsed(**one) for one in row["parts"])
    known["checklist"] = tuple(_check(one) for one in row["checklist"])
    return WorkOrder(**known)


def _labour(row: Mapping[str, Any]) -> Labour:
    return Labour(row["who"], row["minutes"], datetime.fromisoformat(row["at"]), row.get("note"))


def _check(row: Mapping[str, Any]) -> Check:
    at = row.get("at")
    return Check(row["text"], row["done"], row.get("by"), datetime.fromisoformat(at) if at else None)
