"""What failed and when, from closed work orders.

A closed order is a failure when it was not planned and its code names something that broke. Codes differ from site to site; a table
maps them, by their beginning, to the failure modes of ISO 14224 (annex B), which the twin library also uses. What is done to an
asset (inspection, cleaning, an overhaul) is no failure, planned or not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# ISO 14224 failure modes by the beginning of a site's code; the longest beginning counts, None is work and no failure.
CODES: Mapping[str, str | None] = {
    "M": "BRD",
    "M005": "VIB",  # misalignment
    "M006": "OHE",
    "M007": "OHE",
    "M008": "VIB",
    "M012": "FTF",
    "M013": "PLU",
    "M014": "INL",
    "M015": "AIR",  # abnormal instrument reading
    "M016": None,
    "M017": None,
    "M018": None,
    "M019": None,
    "M020": None,
    "C": "STD",  # structural deficiency: corrosion, erosion, wear
    "L": "ELP",
    "L002": "INL",
    "L003": "INL",
    "E": "FTF",
    "CS": "ERO",
    "CS001": "AIR",
    "CS002": "AIR",
    "H": "OTH",
    "EX": "OTH",
    "OP": "ERO",
    "OP002": "PLU",
    "OP003": "PLU",
    "OP004": "AIR",
    "MT": None,
    "NFF": None,  # somebody looked, and found nothing wrong
    # Maintenance activities of ISO 14224, table B.5, as words.
    **dict.fromkeys(
        (
            "REPLACE",
            "REPLACEMENT",
            "OVERHAUL",
            "INSTALL",
            "INSTALLATION",
            "REPAIR",
            "MODIFY",
            "ADJUST",
            "REFIT",
            "CHECK",
            "SERVICE",
            "TEST",
            "INSPECTION",
            "CLEANING",
        )
    ),
}
# Codes, by their beginning, of work after which an asset is as good as new, besides the repair of a failure.
RENEWALS = ("M017", "M018", "M019", "MT006", "REPLACE", "OVERHAUL", "INSTALL")
NOTHING_FOUND = "NFF"
RENEWED = "as good as new"
_SAME = timedelta(days=7)


class Verdict(StrEnum):
    """What a closed order tells a model."""

    FAILURE = "failure"
    PLANNED = "planned work"
    WORK = "unplanned work, nothing had failed"
    UNCLEAR = "no code that is known"


@dataclass(frozen=True, slots=True)
class ClosedOrder:
    """A work order that is done. ``code`` is the site's own, or an ISO 14224 failure mode; ``failed_at`` where the order says it."""

    asset: str
    closed_at: datetime
    planned: bool
    code: str | None = None
    failed_at: datetime | None = None

    @property
    def at(self) -> datetime:
        return self.failed_at or self.closed_at

    @property
    def renews(self) -> bool:
        """Whether the asset was replaced or overhauled; the repair of a failure renews as well, whatever its code."""
        return self.code is not None and self.code.upper().startswith(RENEWALS)


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure of ``mode`` (ISO 14224); ``orders`` is how many work orders it took."""

    asset: str
    at: datetime
    mode: str
    orders: int = 1


def verdict(order: ClosedOrder, codes: Mapping[str, str | None] = CODES) -> tuple[Verdict, str | None]:
    """What an order tells, with the failure mode where it is a failure."""
    if order.planned:
        return Verdict.PLANNED, None
    known, mode = _mode(order.code, codes)
    if not known:
        return Verdict.UNCLEAR, None
    return (Verdict.WORK, None) if mode is None else (Verdict.FAILURE, mode)


def failures(
    orders: Iterable[ClosedOrder], codes: Mapping[str, str | None] = CODES, same: timedelta = _SAME
) -> list[Failure]:
    """Failures in the order of time. Orders for the same asset and mode, each within ``same`` of the one before, are one failure."""
    found: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for order in orders:
        _, mode = verdict(order, codes)
        if mode is not None:
            found[order.asset, mode].append(order.at)
    merged = [one for (asset, mode), times in found.items() for one in _merged(asset, mode, sorted(times), same)]
    return sorted(merged, key=lambda one: (one.at, one.asset, one.mode))


def _mode(code: str | None, codes: Mapping[str, str | None]) -> tuple[bool, str | None]:
    if not code:
        return False, None
    if code in {mode for mode in codes.values() if mode}:  # already an ISO mode
        return True, code
    for length in range(len(code), 0, -1):
        if code[:length] in codes and _whole(code, length):
            return True, codes[code[:length]]
    return False, None


def _whole(code: str, length: int) -> bool:
    """``M`` is the beginning of ``M001``, not of ``MX001``: letters are not cut apart."""
    return length == len(code) or not (code[length - 1].isalpha() and code[length].isalpha())


def _merged(asset: str, mode: str, times: list[datetime], same: timedelta) -> list[Failure]:
    groups: list[list[datetime]] = []
    for at in times:
        if groups and at - groups[-1][-1] <= same:
            groups[-1].append(at)
        else:
            groups.append([at])
    return [Failure(asset, group[0], mode, len(group)) for group in groups]
