"""From series of points to the window of an asset: one grid, the usual units, faulty spells left out of what is learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from forecasting.anomalies.detectors import RECENT_DAYS, Looked, is_measured
from forecasting.anomalies.expectations import EXPECTATIONS, SIBLINGS
from forecasting.anomalies.inferred import inferred
from forecasting.anomalies.machine.zones import VIBRATION, allowed
from forecasting.anomalies.roles import nearest_class
from forecasting.anomalies.verdict import Window
from forecasting.plant_points import Measured, Placed
from forecasting.series import DAY_S, Floats, Series, filled
from graph_schema.ontology.ontology import Ontology
from graph_schema.units import convert, unit_name

LEARN_DAYS = 35
RULES = ("AHU", "Chiller", "Pump", "Terminal_Unit")
_BRIDGED = 4  # steps: what is read once an hour has no gaps
_GROWING_S = 7 * DAY_S  # for so long a fault may have grown before it was seen
_FORGOTTEN_S = 60 * DAY_S  # what has been so for longer is how assets are now


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch in which something was wrong, in seconds of Unix time: since when, and when it was last seen."""

    since_s: float
    seen_s: float


def learned_until(spells: Sequence[Spell], now_s: float) -> float:
    """Where what may be learned from ends: two weeks ago, or before what is still going on began to grow."""
    usual = now_s - RECENT_DAYS * DAY_S
    going_on = [
        one.since_s - _GROWING_S
        for one in spells
        if one.seen_s >= now_s - 3 * DAY_S and one.since_s > now_s - _FORGOTTEN_S
    ]
    return min([usual, *going_on])


def looked_at(
    ontology: Ontology,
    asset: Placed,
    own: Sequence[Measured],
    roles: Mapping[str, Sequence[Measured]],
    series: Mapping[str, Series],
    spells: Sequence[Spell],
    now_s: float,
    siblings: Sequence[Window] = (),
) -> Looked:
    """``series`` by source, on one grid that ends now; ``own`` are the asset's own points, ``roles`` all that its window is made of, ``siblings``
    what others of its kind read."""
    window = {name: one for name, points in roles.items() if (one := _joined(ontology, name, points, series))}
    until = learned_until(spells, now_s)
    learned = {
        name: _without(one.before(until).last(LEARN_DAYS * DAY_S // one.step_s), spells, now_s)
        for name, one in window.items()
    }
    recent = {name: one.last((RECENT_DAYS + 1) * DAY_S // one.step_s) for name, one in window.items()}
    learned = {name: one for name, one in learned.items() if len(one)}
    named = tuple(sorted({ontology.quantity(point.quantity) for point in own} & set(window)))
    expects = nearest_class(ontology, asset.class_, EXPECTATIONS)
    return Looked(
        EXPECTATIONS[expects]
        if expects
        else inferred(learned, {name: ontology.unit(name) for name in named if is_measured(name)}),
        nearest_class(ontology, asset.class_, RULES),
        learned,
        recent,
        named,
        allowed(ontology, asset, own),
        SIBLINGS[kind] if (kind := nearest_class(ontology, asset.class_, SIBLINGS)) else None,
        tuple(siblings),
    )


def window_of(ontology: Ontology, roles: Mapping[str, Sequence[Measured]], series: Mapping[str, Series]) -> Window:
    """What was read of late under these names."""
    window = {name: one for name, points in roles.items() if (one := _joined(ontology, name, points, series))}
    return {name: one.last((RECENT_DAYS + 1) * DAY_S // one.step_s) for name, one in window.items()}


def _joined(ontology: Ontology, name: str, points: Sequence[Measured], series: Mapping[str, Series]) -> Series | None:
    """The mean of the points, each in the quantity's usual unit; of vibration the worst. None where none of them was read."""
    wanted = ontology.unit(name.rpartition(".")[2])
    read = [(filled(series[point.source], _BRIDGED), point.unit) for point in points if point.source in series]
    if not read:
        return None
    values = [_in_unit(one.values, unit, wanted) for one, unit in read]
    if len(values) == 1:
        return Series(read[0][0].start_s, read[0][0].step_s, values[0])
    stacked = np.array(values)
    counts = np.isfinite(stacked).sum(axis=0)
    if name.rpartition(".")[2] == VIBRATION:
        joined = np.fmax.reduce(stacked)
    else:
        joined = np.where(counts > 0, np.nansum(stacked, axis=0) / np.maximum(counts, 1), np.nan)
    return Series(read[0][0].start_s, read[0][0].step_s, joined)


def _in_unit(values: Floats, given: str | None, wanted: str | None) -> Floats:
    """As they are where nothing says how to turn one unit into the other; every conversion is a straight line."""
    if not given or not wanted or unit_name(given) == wanted:
        return values
    zero, one = (convert(value, unit_name(given), wanted) for value in (0.0, 1.0))
    return values if zero is None or one is None else zero + (one - zero) * values


def _without(learned: Series, spells: Sequence[Spell], now_s: float) -> Series:
    """What had been wrong is not learned, with the time in which it may have grown; what is long since so is."""
    times = learned.times_s
    faulty = np.zeros(len(times), dtype=bool)
    for spell in spells:
        if spell.seen_s - spell.since_s <= _FORGOTTEN_S and spell.since_s > now_s - 4 * _FORGOTTEN_S:
            faulty |= (times >= spell.since_s - _GROWING_S) & (times <= spell.seen_s)
    return (
        Series(learned.start_s, learned.step_s, np.where(faulty, np.nan, learned.values)) if faulty.any() else learned
    )
