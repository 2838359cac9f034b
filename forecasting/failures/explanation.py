"""Why an asset is as likely to fail as it is said to be, in words: its own record, and what multiplies the risk by how much."""

from __future__ import annotations

import math
from collections.abc import Iterable

from forecasting.failures.equipment_class import label
from forecasting.failures.model_selection import RATE, FailingModel
from forecasting.failures.moments import HORIZON_DAYS, RECENT_DAYS, RECORD, Moment, row_of
from forecasting.failures.renewal_intervals import YEAR_DAYS, Past
from forecasting.failures.survival import SurvivalModel

_CLEAR = 1.2  # a factor nearer to one is not worth a sentence
_SHOWN = 3


def reasons(model: FailingModel, past: Past, moment: Moment, probability: float) -> tuple[str, ...]:
    """Sentences without a full stop: the record, the comparison with its kind, then what drives it, the strongest first."""
    found = [_record(past, moment.at_days), _compared(model, probability)]
    if model.trees is not None and moment.row is not None:
        causes = model.trees.causes(row_of(moment), _SHOWN)
        found += [f"{one.words}: {_points(one.effect)} of the probability" for one in causes if one.feature != RECORD]
    elif model.survival is not None and model.kind != RATE:
        found += _factors(model, model.survival, moment)
    return tuple(found)


def _record(past: Past, at_days: float) -> str:
    times = [time for time in past.failures if past.since_days <= time <= at_days]
    span = _span(at_days - max(past.since_days, past.born_days or past.since_days))
    if not times:
        return f"it has not failed in {span} of work orders"
    often = "1 failure" if len(times) == 1 else f"{len(times)} failures"
    return f"{often} in {span}, the last {_span(at_days - max(times))} ago"


def _compared(model: FailingModel, probability: float) -> str:
    usual = f"of its kind ({label(model.what)}) {model.share:.0%} fail within {HORIZON_DAYS} days"
    ratio = probability / model.share
    if model.kind == RATE:
        return f"{usual}, and nothing that is known tells one from another"
    if 1 / _CLEAR < ratio < _CLEAR:
        return f"{usual}, and it is about as likely"
    return f"{usual}; it is {_times(ratio)} as likely"


def _factors(model: FailingModel, survival: SurvivalModel, moment: Moment) -> Iterable[str]:
    factors = {_covariate(name, moment): factor for name, factor in survival.factors(moment.known).items()}
    here = survival.hazard(moment.so_far, moment.so_far + HORIZON_DAYS, moment.known)
    usual = survival.hazard(model.usual_days, model.usual_days + HORIZON_DAYS, moment.known)
    factors[f"{_span(moment.so_far)} since it was as good as new"] = here / max(usual, 1e-12)
    clear = {what: one for what, one in factors.items() if not 1 / _CLEAR < one < _CLEAR}
    for what, factor in sorted(clear.items(), key=lambda one: -abs(math.log(max(one[1], 1e-12))))[:_SHOWN]:
        yield f"{what}: {_times(factor)} the risk"


def _covariate(name: str, moment: Moment) -> str:
    value = moment.known.get(name, math.nan)
    if name == RECORD:
        return f"it failed {'more' if value > 0 else 'less'} often than others"
    if name.startswith("recent "):
        what = name.removeprefix("recent ")
        return f"{value:.0f} times {what} in the last {RECENT_DAYS:.0f} days"
    if name == "age in years":
        return f"an age of {value:.1f} years"
    return name


def _times(factor: float) -> str:
    return f"{factor:.1f} times" if factor >= 0.095 else "less than a tenth of"


def _points(effect: float) -> str:
    return f"{100 * effect:.0f} percentage points" if effect >= 0.01 else "less than a percentage point"


def _span(days: float) -> str:
    if days < 60:
        whole = max(0, round(days))
        return "1 day" if whole == 1 else f"{whole} days"
    return f"{days / 30.44:.0f} months" if days < 2 * YEAR_DAYS else f"{days / YEAR_DAYS:.1f} years"
