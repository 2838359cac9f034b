"""An asset at a moment of its past: what was known of it then, what its telemetry was like, and whether a failure followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.failures import windows
from forecasting.failures.renewal_intervals import YEAR_DAYS, Known, Past, at_risk, known_at, so_far
from forecasting.failures.windows import Watched, fails_within
from forecasting.series import DAY_S, Floats, NotEnoughData

HORIZON_DAYS = 30
RECENT_DAYS = 30.0
RECORD = "its own record"
_STEP_DAYS = 10.0


@dataclass(frozen=True, slots=True)
class Moment:
    """An asset at a moment that it ran at; ``failed`` says what followed, ``row`` is its telemetry, where there is any."""

    asset: str
    at_days: float
    failed: bool
    so_far: float
    known: Mapping[str, float]
    row: Floats | None


def knowing(a_year: float) -> Known:
    """Covariates as of a moment: recent alarms and work, traits, age, and the asset's own record.

    The record is the log of how many failures it has had for each that assets of its kind have in that time, drawn towards none more and
    none less by one failure (the mean of a gamma posterior).
    """

    def known(past: Past, at_days: float) -> dict[str, float]:
        usual = a_year * max(at_days - past.since_days, 0.0) / YEAR_DAYS
        earlier = sum(past.since_days < time < at_days for time in past.failures)
        return {**known_at(past, at_days, recent_days=RECENT_DAYS), RECORD: float(np.log((earlier + 1) / (usual + 1)))}

    return known


def moments_of(watched: Watched, known: Known) -> list[Moment]:
    """Every ten days of the past of which it is known what followed."""
    past = watched.past
    count = int(max(past.until_days - HORIZON_DAYS - past.since_days, -1.0) // _STEP_DAYS) + 1
    found: list[Moment] = []
    for index in range(count):
        at = past.until_days - HORIZON_DAYS - index * _STEP_DAYS
        failed = fails_within(past, at, HORIZON_DAYS)
        moment = None if failed is None else moment_at(watched, at, failed, known)
        if moment is not None:
            found.append(moment)
    return found


def moment_at(watched: Watched, at_days: float, failed: bool | None, known: Known) -> Moment | None:
    past = watched.past
    age = so_far(past, at_days)
    if age is None or not at_risk(past, at_days):
        return None
    try:
        row = windows.row(watched, at_days * DAY_S) if watched.signals else None
    except NotEnoughData:
        row = None
    return Moment(past.asset, at_days, bool(failed), age, known(past, at_days), row)


def row_of(moment: Moment) -> Floats:
    """As the trees take it: its telemetry, and its record."""
    assert moment.row is not None
    return np.array([*moment.row, moment.known[RECORD]], dtype=np.float64)


def table_of(moments: Sequence[Moment]) -> Floats:
    return np.array([row_of(one) for one in moments])
