"""What was told of assets, and what came of it once the time it spoke of was over."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from forecasting.failure_forecast import Failing, read_failing
from forecasting.outlook import Outlook, read_outlooks
from forecasting.plant_points import Measured, measured_points, read_series
from forecasting.series import Series
from forecasting.verification.found import settle_by_orders
from graph_schema.condition import is_beyond, sides
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History, Row
from ingestion.orders.work_orders import WorkOrder, WorkOrders

What = Literal["limits", "failure"]
Came = Literal["came", "stayed away", "mended", "false alarm", "not known"]

BOUNDS = (0.05, 0.2, 0.5)
"""Of the bands in which probabilities are counted."""

_SQL = statements("forecasting.jobs", "forecast_verification.sql")
_STEP_S = 3600
_BEFORE = timedelta(days=28)
_PATIENCE = timedelta(days=60)  # work orders may be imported late
_KEPT = timedelta(days=800)
_FRESH = timedelta(days=1)
_THINGS_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Band:
    """Assets of which much the same was told. ``low`` and ``high`` bound the probability, both None where none was told; ``told`` is its mean over
    those that it can be compared with: ``came`` (they left their limits, or failed) and ``stayed_away``. ``mended`` were flagged and repaired
    before, of ``not_known`` too little was read; of ``open`` the time is not over."""

    what: What
    flagged: bool
    low: float | None
    high: float | None
    assets: int
    came: int
    stayed_away: int
    mended: int
    not_known: int
    open: int
    told: float | None


async def note_what_is_told(graph: GraphStore, history: History, now: datetime) -> None:
    """Keep the newest outlooks and forecasts of failures: of each asset once a week, and when it begins or ceases to be flagged."""
    outlooks = [one for one in await read_outlooks(graph) if one.state != "cannot tell"]
    failing = [one for one in await read_failing(graph) if one.probability is not None]
    rows = [_row("limits", one, one.state == "flagged") for one in outlooks if now - one.made_at < _FRESH]
    rows += [_row("failure", one, False) for one in failing if now - one.made_at < _FRESH]
    if rows:
        await history.fetch(_SQL["put"], {"rows": json.dumps(rows), "at": now})


async def look_back(graph: GraphStore, history: History, now: datetime) -> int:
    """Settle what came of all whose time is over, or on which finished work has the word; how many these were."""
    by_orders = sum(count for _, count in (await settle_by_orders(history)).values())
    await history.fetch(_SQL["forget"], {"before": now - _KEPT})
    due = await history.fetch(_SQL["due"], {"now": now})
    if not due:
        return by_orders
    points: defaultdict[str, list[Measured]] = defaultdict(list)
    for point in await measured_points(graph):
        points[point.owner].append(point)
    orders: defaultdict[str, list[WorkOrder]] = defaultdict(list)
    for order in await WorkOrders(history).list():
        orders[order.asset].append(order)
    known_until = max((one.closed_at for some in orders.values() for one in some if one.closed_at), default=None)
    settled = by_orders
    for row in due:
        told: list[Row] = row["told"]
        for first in range(0, len(told), _THINGS_AT_ONCE):
            settled += await _settle(
                history, row, told[first : first + _THINGS_AT_ONCE], points, orders, known_until, now
            )
    return settled


async def hindsight(history: History) -> tuple[list[Band], datetime | None]:
    """What came of what was told, by its probability; and when the first of what is still open can be looked back on."""
    rows = await history.fetch(_SQL["bands"], {"bounds": list(BOUNDS)})
    edges = (0.0, *BOUNDS, 1.0)
    bands: list[Band] = []
    for row in rows:
        band: int | None = row.pop("band")
        low, high = (None, None) if band is None else (edges[band], edges[band + 1])
        bands.append(Band(low=low, high=high, **row))
    (first,) = await history.fetch(_SQL["first_due"])
    return bands, first["at"]


def what_came(
    what: What,
    flagged: bool,
    at: datetime,
    end: datetime,
    read: Sequence[tuple[Measured, Series]],
    orders: Sequence[WorkOrder],
    known_until: datetime | None,
    now: datetime,
) -> Came | None:
    """``read`` are the asset's points, hour by hour, from weeks before ``at`` on; work orders are known until ``known_until``. None where those may
    still be imported.

    It came where an order that nobody planned says so, or a point left a limit that it had kept before. What was flagged and got planned maintenance
    instead was mended: nobody knows what would have come.
    """
    of_that_time = [
        one for one in orders if one.status != "cancelled" and (moment := _moment(one)) and at < moment <= end
    ]
    if any(not one.planned for one in of_that_time):
        return "came"
    left = [_left(point, series, at) for point, series in read] if what == "limits" else []
    if True in left:
        return "came"
    if flagged and of_that_time:
        return "mended"
    if what == "limits":
        return "stayed away" if False in left else "not known"
    if known_until is not None and known_until >= end:
        return "stayed away"
    return None if now < end + _PATIENCE else "not known"


def _row(what: What, one: Outlook | Failing, flagged: bool) -> Row:
    kept: Row = {name: getattr(one, name) for name in ("asset", "horizon_days", "probability", "model")}
    return {**kept, "what": what, "flagged": flagged}


async def _settle(
    history: History,
    row: Row,
    told: Sequence[Row],
    points: Mapping[str, Sequence[Measured]],
    orders: Mapping[str, Sequence[WorkOrder]],
    known_until: datetime | None,
    now: datetime,
) -> int:
    at, end = row["at"], row["at"] + timedelta(days=row["horizon_days"])
    limited = {one["asset"]: _limited(points.get(one["asset"], ())) for one in told if one["what"] == "limits"}
    sources = [point.source for some in limited.values() for point in some]
    series = await read_series(history, sources, at - _BEFORE, end, _STEP_S) if sources else {}
    found: list[Row] = []
    for one in told:
        asset = one["asset"]
        read = [(point, series[point.source]) for point in limited.get(asset, ()) if point.source in series]
        came = what_came(one["what"], one["flagged"], at, end, read, orders.get(asset, ()), known_until, now)
        if came is not None:
            found.append({"asset": asset, "what": one["what"], "came": came})
    if found:
        await history.fetch(_SQL["settle"], {"rows": json.dumps(found), "at": at})
    return len(found)


def _limited(points: Collection[Measured]) -> list[Measured]:
    return [one for one in points if sides(one.low, one.high, one.unit)]


def _left(point: Measured, series: Series, at: datetime) -> bool | None:
    """Whether it passed a limit that it had kept in the weeks before; None where it kept none, or less than half of the hours were read."""
    since = series.times_s >= at.timestamp()
    before, after = (series.values[part & np.isfinite(series.values)] for part in (~since, since))
    kept = [one for one in sides(point.low, point.high, point.unit) if not is_beyond(before, *one).any()]
    if not kept or 2 * len(before) < np.count_nonzero(~since):
        return None
    if any(is_beyond(after, *one).any() for one in kept):
        return True
    return False if 2 * len(after) >= np.count_nonzero(since) else None


def _moment(order: WorkOrder) -> datetime | None:
    """When it failed, or was maintained."""
    return order.closed_at if order.planned else order.failed_at or order.opened_at or order.closed_at
