"""What is kept the same on both sides, and what follows when one side changed, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import get_args

from ingestion.orders.order import Priority, Status, WorkOrder
from tools.cmms.port import VendorOrder

Values = Mapping[str, str | None]
"""By field; a moment as ISO 8601 in UTC."""

FIELDS = ("status", "title", "description", "priority", "assignee", "due")
STATUSES: frozenset[str] = frozenset(get_args(Status))
PRIORITIES: frozenset[str] = frozenset(get_args(Priority))


@dataclass(frozen=True, slots=True)
class Merge:
    """``push`` goes to the vendor, ``pull`` comes to us, ``conflicts`` changed on both sides, ``same`` changed to the same."""

    push: frozenset[str] = field(default_factory=frozenset[str])
    pull: frozenset[str] = field(default_factory=frozenset[str])
    conflicts: frozenset[str] = field(default_factory=frozenset[str])
    same: frozenset[str] = field(default_factory=frozenset[str])


def merged(ours_before: Values, theirs_before: Values, ours: Values, theirs: Values) -> Merge:
    """Each side is compared with itself as it was when both were last the same: a vendor may hold a value of ours in another way."""
    push, pull, conflicts, same = set[str](), set[str](), set[str](), set[str]()
    for name in FIELDS:
        here = ours.get(name) != ours_before.get(name)
        there = theirs.get(name) != theirs_before.get(name)
        if here and there:
            (same if _alike(ours.get(name), theirs.get(name)) else conflicts).add(name)
        elif here:
            push.add(name)
        elif there:
            pull.add(name)
    return Merge(frozenset(push), frozenset(pull), frozenset(conflicts), frozenset(same))


def values_of(order: WorkOrder, title: str) -> Values:
    """``title`` is what an order without a text goes by."""
    return {
        "status": order.status,
        "title": order.text or title,
        "description": order.description,
        "priority": order.priority,
        "assignee": order.assignee,
        "due": _moment(order.due_at),
    }


def vendor_values_of(order: VendorOrder) -> Values:
    """A status that nobody mapped is none: it never counts as a change of ours."""
    return {
        "status": order.status,
        "title": order.title,
        "description": order.description,
        "priority": order.priority,
        "assignee": order.assignee,
        "due": _moment(order.due),
    }


def as_made(theirs: Values) -> Values:
    """How an order of ours stood there when it was made: what has become of its status and person since counts as a change."""
    return {**theirs, "status": "open", "assignee": None}


def changes_of(pulled: Mapping[str, str | None], order: VendorOrder) -> dict[str, object]:
    """Fields of our order. What we cannot hold, a priority or a title of none, stays as it is."""
    changes: dict[str, object] = {}
    for name, value in pulled.items():
        match name, value:
            case "status", str() if value in STATUSES:
                changes["status"] = value
                if value in ("done", "cancelled"):
                    changes["closed_at"] = order.closed_at or order.changed_at
            case "title", str() if value:
                changes["text"] = value
            case "priority", str() if value in PRIORITIES:
                changes["priority"] = value
            case "due", _:
                changes["due_at"] = datetime.fromisoformat(value) if value else None
            case "description" | "assignee", _:
                changes[name] = value
            case _:
                pass
    return {name: one for name, one in changes.items() if name != "closed_at" or one is not None}


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).replace(microsecond=0).isoformat() if at else None


def _alike(one: str | None, other: str | None) -> bool:
    return (one or "").strip().casefold() == (other or "").strip().casefold()
