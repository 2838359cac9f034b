"""The past of every asset from work orders and alarms, on one time line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from forecasting.failures.labels import ClosedOrder, Verdict, failures, verdict
from forecasting.failures.renewal_intervals import Past
from forecasting.series import DAY_S

ALARM, OTHER_WORK = "alarm", "unplanned work without a failure"


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece of equipment of which work orders are kept. ``installed`` is the day it was new, where that is known."""

    id: str
    class_: str
    installed: date | None = None


def pasts(
    assets: Iterable[Kept], orders: Sequence[ClosedOrder], alarms: Mapping[str, Sequence[datetime]]
) -> dict[str, Past]:
    """By asset. All of them were watched from the first unplanned order of any asset to the newest order: before, only planned work was kept.

    A failure's repair, a replacement and an overhaul make an asset as good as new; where the day it was new is not known, its clock
    starts with the record. Alarms were noticed from the earliest of any asset on. Empty without unplanned orders.
    """
    unplanned = [one.at for one in orders if not one.planned]
    if not unplanned:
        return {}
    since, until = days_of(min(unplanned)), days_of(max(one.closed_at for one in orders))
    heard = min((days_of(one) for some in alarms.values() for one in some), default=float("inf"))
    by_asset: defaultdict[str, list[ClosedOrder]] = defaultdict(list)
    for order in orders:
        by_asset[order.asset].append(order)
    return {
        asset.id: _past(asset, by_asset.get(asset.id, ()), alarms.get(asset.id, ()), since, until, heard)
        for asset in assets
    }


def days_of(moment: datetime) -> float:
    """Days since the Unix epoch."""
    return moment.timestamp() / DAY_S


def _past(
    asset: Kept,
    orders: Sequence[ClosedOrder],
    alarms: Sequence[datetime],
    since: float,
    until: float,
    heard: float,
) -> Past:
    verdicts = [(order, verdict(order)[0]) for order in orders]
    renewed = [order.closed_at for order, what in verdicts if order.renews or what is Verdict.FAILURE]
    other = [order.at for order, what in verdicts if what in (Verdict.WORK, Verdict.UNCLEAR) and not order.renews]
    born = _born(asset)
    start = since if born is None else born
    return Past(
        asset.id,
        renewals=sorted({start, *(days_of(one) for one in renewed)}),
        failures=[days_of(one.at) for one in failures(orders)],
        until_days=until,
        since_days=since,
        events={ALARM: sorted(map(days_of, alarms)), OTHER_WORK: sorted(map(days_of, other))},
        born_days=born,
        heard_since={ALARM: heard},
    )


def _born(asset: Kept) -> float | None:
    if asset.installed is None:
        return None
    return days_of(datetime(asset.installed.year, asset.installed.month, asset.installed.day, tzinfo=UTC))
