"""What Plantroom asks of a maintenance system, whoever made it, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ingestion.orders.order import Priority, Status

TRIAL = "check-"
"""Of the numbers of orders that a check makes to see whether it may."""

_REST = "#"
_KEY = re.compile(r"\s*\[(PR-[0-9A-F]{8}-[^\]\s]{1,80})\]")


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be made there. ``key`` is ours and made once for each order of each plant; ``asset`` is the vendor's id."""

    key: str
    title: str
    description: str | None = None
    priority: Priority | None = None
    asset: str | None = None
    due: datetime | None = None
    preventive: bool = False


@dataclass(frozen=True, slots=True)
class VendorOrder:
    """An order as the vendor has it. ``status`` is ours for its ``vendor_status``, None for one that nobody mapped; ``asset`` and
    ``assignee`` are the vendor's own ids or names; ``code`` says
    what had failed; ``key`` is ours where it carries one."""

    id: str
    number: str
    title: str
    status: Status | None
    vendor_status: str
    changed_at: datetime | None = None
    description: str | None = None
    priority: Priority | None = None
    asset: str | None = None
    assignee: str | None = None
    due: datetime | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    remark: str | None = None
    code: str | None = None
    preventive: bool = False
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Amendment:
    """What else of an order is to change; None leaves it."""

    title: str | None = None
    description: str | None = None
    priority: Priority | None = None
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Labor:
    """Work that was done: by whom, for how many ``minutes``. ``key`` tells it from every other line of ours."""

    key: str
    person: str | None
    minutes: float
    started_at: datetime


@dataclass(frozen=True, slots=True)
class PartUse:
    """``part`` is the vendor's id, number or name of a part."""

    key: str
    part: str
    quantity: float


@dataclass(frozen=True, slots=True)
class VendorAsset:
    """``code`` is the number that people know it by."""

    id: str
    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """Orders that changed, the oldest change first. ``position`` is where to go on; ``more`` says that there is more by now."""

    orders: Sequence[VendorOrder]
    position: str
    more: bool


class Cmms(Protocol):
    """A maintenance system.

    Each method raises ``Unavailable`` where it does not answer, ``Busy`` where it asks to wait, and a refusal of ``outcomes.py``. A method that
    writes raises ``AnswerLost`` where nobody can tell whether it was done, and returns the order as it was read afterwards.
    """

    @property
    def vendor(self) -> str: ...

    async def create(self, order: NewOrder) -> VendorOrder: ...

    async def found_by(self, key: str, since: datetime) -> VendorOrder | None:
        """The order that carries this key of ours; it was not made before ``since``."""
        ...

    async def set_status(self, order: str, status: Status, remark: str | None = None) -> VendorOrder: ...

    async def assign(self, order: str, person: str | None) -> VendorOrder: ...

    async def amend(self, order: str, what: Amendment) -> VendorOrder: ...

    async def add_labor(self, order: str, labor: Labor) -> None: ...

    async def add_parts(self, order: str, part: PartUse) -> None: ...

    async def has_line(self, order: str, line: Labor | PartUse) -> bool:
        """Whether a line can be seen to be there. False says nothing where this vendor keeps nothing to tell by."""
        ...

    async def get(self, order: str) -> VendorOrder: ...

    async def list_changed_since(self, position: str) -> ChangedPage:
        """One page from a position on (``position_at``). A change may come twice, none is left out."""
        ...

    async def assets(self) -> Sequence[VendorAsset]: ...


def position_at(moment: datetime, rest: str = "") -> str:
    """Where a list of changes goes on: with what changed at that moment of the vendor's clock, or later. ``rest`` is the vendor's own."""
    return f"{moment.isoformat()}{_REST}{rest}" if rest else moment.isoformat()


def split_position(position: str) -> tuple[datetime, str]:
    """Raises ``ValueError`` for what is no position."""
    moment, _, rest = position.partition(_REST)
    return datetime.fromisoformat(moment), rest


def key_of(plant: str, number: str) -> str:
    """The key of an order: ``plant`` is the home's identity, a hexadecimal word."""
    return f"PR-{plant[:8].upper()}-{number}"


def with_key(text: str, key: str, longest: int | None = None) -> str:
    """A text that carries the key at its end, cut before it where the vendor keeps ``longest`` characters."""
    tail = f" [{key}]"
    kept = text if longest is None else text[: max(longest - len(tail), 0)]
    return f"{kept.rstrip()}{tail}".strip()


def split_key(text: str | None) -> tuple[str, str | None]:
    """The text without the key, wherever somebody has written on behind it, and the key."""
    found = _KEY.search(text or "")
    return (f"{text[: found.start()]}{text[found.end() :]}".strip(), found[1]) if text and found else (text or "", None)
