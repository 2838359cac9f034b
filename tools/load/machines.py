"""Machines of a system as history shows them: what each delivers, takes, can at most, and how its curve goes. Series are hourly means. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tools.load.book import UnitEntry
from tools.load.curve import BOILER, CENTRIFUGAL, Curve, Floats, Samples, from_library, learnt, through
from tools.load.model import Carrier, Shared, Unit

COP, EFFICIENCY = 5.0, 0.9
"""Of a chiller and of a boiler that nothing is known of."""
_RUNS = 0.05
"""A machine runs where it takes more than this share of the most that it took."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one unit, in kW: ``power`` of its carrier, with its companions; ``load`` what it delivered, None where nothing tells."""

    asset: str
    name: str
    power: Floats
    load: Floats | None = None
    companions: tuple[str, ...] = ()
    rated_power_kw: float | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """Machines that serve all units: kW, and speeds as shares where they are read."""

    id: str
    names: tuple[str, ...]
    power: Sequence[Floats]
    speed: Sequence[Floats] = field(default_factory=tuple)


@dataclass(slots=True)
class Known:
    """A unit with what is assumed of it, and the load it carried."""

    unit: Unit
    load: Floats
    notes: list[str]


def unit_of(measured: Measured, carrier: Carrier, outside: Floats, entry: UnitEntry | None) -> Known | None:
    """None where nothing says how much it can deliver."""
    notes = list[str]()
    guess = COP if carrier == "electricity" else EFFICIENCY
    cop = entry.cop if entry is not None and entry.cop is not None else guess
    load = measured.load
    if load is None:
        load = measured.power * cop
        if np.isfinite(load).any():
            notes.append(f"Nothing measures what {measured.name} delivers: {cop:g} times what it takes stands for it.")
    capacity = _capacity(measured, entry, load, cop, notes)
    if capacity is None:
        return None
    curve = _curve(measured, carrier, outside, entry, capacity, cop, notes)
    known = entry or UnitEntry(asset=measured.asset)
    on = runs(measured.power)
    unit = Unit(
        measured.asset, measured.name, curve, capacity, min(known.least_kw, capacity), known.min_run_h, known.min_rest_h,
        known.start_cost, frozenset(), bool(len(on) and on[-1]), _held(on), measured.companions,
    )  # fmt: skip
    return Known(unit, load, notes)


def _capacity(measured: Measured, entry: UnitEntry | None, load: Floats, cop: float, notes: list[str]) -> float | None:
    if entry is not None and entry.capacity_kw is not None:
        return entry.capacity_kw
    if measured.rated_power_kw is not None:
        notes.append(f"Nobody has stated the capacity of {measured.name}: {cop:g} times its rated power stands for it.")
        return cop * measured.rated_power_kw
    most = float(np.nanmax(load)) if np.isfinite(load).any() else 0.0
    if most <= 0:
        notes.append(f"{measured.name} is left out: nobody has stated its capacity, and nothing shows that it has run.")
        return None
    notes.append(f"Nobody has stated the capacity of {measured.name}: {most:.0f} kW, the most it has delivered, stands for it.")  # fmt: skip
    return most


def _curve(
    measured: Measured, carrier: Carrier, outside: Floats, entry: UnitEntry | None, capacity: float, cop: float, notes: list[str]
) -> Curve:  # fmt: skip
    if entry is not None and entry.curve is not None:
        return through(entry.curve)
    if measured.load is not None:
        on = runs(measured.power)
        found = learnt(Samples(measured.load[on], measured.power[on], outside[on]), capacity)
        if found is not None:
            return found
        notes.append(f"Too little is known of how {measured.name} takes power against its load: a curve from the library stands for it.")  # fmt: skip
    return from_library(capacity, capacity / cop, CENTRIFUGAL if carrier == "electricity" else BOILER)


def runs(power: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    most = float(np.nanmax(power)) if np.isfinite(power).any() else 0.0
    return np.nan_to_num(power) > _RUNS * most if most > 0 else np.zeros(len(power), dtype=np.bool_)


def _held(on: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """For how many hours it has been as it is."""
    changes = np.flatnonzero(on[1:] != on[:-1])
    return float(len(on) - 1 - changes[-1]) if len(changes) else float(len(on))


def shared_of(beside: Beside, load: Floats, capacity: float) -> Shared | None:
    """By the affinity laws from power and speed; without a speed each runs at full power. None where none has ever taken power."""
    rated, most = list[float](), list[float]()
    for n, power in enumerate(beside.power):
        on = runs(power)
        if not on.any():
            continue
        most.append(float(np.nanquantile(power[on], 0.95)))
        if beside.speed:
            turns = beside.speed[n]
            sound = on & (np.nan_to_num(turns) > 0.2)
            rated += [float(np.median(power[sound] / turns[sound] ** 3))] if sound.any() else []
    if not most:
        return None
    if not rated:
        return Shared(beside.id, beside.names, float(np.mean(most)), capacity / len(most), least_speed=1.0)
    count = np.sum([runs(one) for one in beside.power], axis=0)
    turns = np.nanmean(np.where(np.array([runs(one) for one in beside.power]), np.array(beside.speed), np.nan)[:, count > 0], axis=0)  # fmt: skip
    carried = load[count > 0] / count[count > 0] / turns
    sound = np.isfinite(carried) & (carried > 0)
    each = float(np.quantile(carried[sound], 0.9)) if sound.any() else capacity / len(most)
    least = float(np.clip(np.nanquantile(turns, 0.05), 0.2, 1.0))
    return Shared(beside.id, beside.names, float(np.mean(rated)), max(each, capacity / len(beside.names)), least)


def together(each: Sequence[Floats], hours: int) -> Floats:
    """Their sum; what was not read counts as nothing where another was."""
    if not each:
        return np.full(hours, np.nan)
    rows = np.array(each)
    return np.where(np.isfinite(rows).any(axis=0), np.nansum(rows, axis=0), np.nan)
