"""How hard a machine shakes: against a limit of its own, else by the zones of ISO 20816-3.

Zones are A (as new), B (fit for unlimited running), C (for a short while) and D (damaging), of velocity in mm/s RMS over 10 to 1000 Hz on the bearing housings.
A row of the table is for a group of machines by power and for a kind of support. Of the rows that fit what is known of a machine the most
lenient counts, so that nothing is flagged for what nobody stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from forecasting.anomalies.roles import nearest_class
from forecasting.anomalies.verdict import Verdict, Window, amount, cannot_tell, flagged, missing, sound
from forecasting.plant_points import Measured, Placed
from graph_schema.condition import is_beyond
from graph_schema.ontology.ontology import Ontology
from graph_schema.units import convert, unit_name

VIBRATION = "vibration"
CLASSES = ("Pump", "Fan", "Motor", "Cooling_Tower")
"""What the table is for: rotating machines, no engines and no compressors whose pistons shake by their nature."""
_RUNS, _UNIT = "run_status", "mm/s"
_STANDS = 0.1  # mm/s: where nothing says whether it runs, what shakes less stands
_LEAST_S = 3600
_LEAST_KW, _LARGE_KW = 15.0, 300.0
_STANDARD = "ISO 20816-3"

Zone = Literal["A", "B", "C", "D"]
_MEANING: Mapping[Zone, str] = {"C": "not for long-term running", "D": "it may damage the machine"}


@dataclass(frozen=True, slots=True)
class Zones:
    """Upper boundaries of zones A, B and C in mm/s RMS, and the machines that they are for."""

    a: float
    b: float
    c: float
    machines: str

    def zone(self, velocity_mm_s: float) -> Zone:
        if velocity_mm_s <= self.a:
            return "A"
        return "B" if velocity_mm_s <= self.b else "C" if velocity_mm_s <= self.c else "D"

    def judge(self, velocity_mm_s: float) -> Verdict:
        """Flagged in zones C and D."""
        zone, score = self.zone(velocity_mm_s), velocity_mm_s / self.b
        if zone in "AB":
            return sound(score)
        said = f"vibration is {amount(velocity_mm_s, _UNIT)}, zone {zone} of {_STANDARD}: {_MEANING[zone]}"
        return flagged(score, [f"{said} (of {self.machines} zone B ends at {self.b:g} mm/s)"], [VIBRATION])


@dataclass(frozen=True, slots=True)
class OwnLimit:
    """What its maker or its owner allows, in mm/s RMS."""

    limit: float

    def judge(self, velocity_mm_s: float) -> Verdict:
        score = velocity_mm_s / self.limit
        if not is_beyond(velocity_mm_s, "high", self.limit):
            return sound(score)
        said = f"vibration is {amount(velocity_mm_s, _UNIT)} while it runs, beyond its own limit of {amount(self.limit, _UNIT)}"
        return flagged(score, [said], [VIBRATION])


@dataclass(frozen=True, slots=True)
class NoLimit:
    """Why there is nothing to judge a machine by."""

    reason: str

    def judge(self, velocity_mm_s: float) -> Verdict:
        del velocity_mm_s
        return cannot_tell(self.reason, [VIBRATION])


Allowed = Zones | OwnLimit | NoLimit

ZONES: Mapping[tuple[int, str], Zones] = {
    (1, "rigid"): Zones(2.3, 4.5, 7.1, "machines above 300 kW on rigid supports"),
    (1, "flexible"): Zones(3.5, 7.1, 11.0, "machines above 300 kW on flexible supports"),
    (2, "rigid"): Zones(1.4, 2.8, 4.5, "machines of 15 to 300 kW on rigid supports"),
    (2, "flexible"): Zones(2.3, 4.5, 7.1, "machines of 15 to 300 kW on flexible supports"),
}
"""By group and support: the boundaries published for ISO 10816-3:2009, which ISO 20816-3:2022 replaces. Other tables that go by this name differ."""


def allowed(ontology: Ontology, asset: Placed, points: Sequence[Measured]) -> Allowed | None:
    """What an asset is judged by; None of what reads no vibration. Of several sensors' limits the lowest counts."""
    own = [point for point in points if ontology.quantity(point.quantity) == VIBRATION]
    if not own:
        return None
    for point in own:
        if point.unit is None or convert(1.0, unit_name(point.unit), _UNIT) is None:
            unit = f"in {point.unit}" if point.unit else "without a unit"
            return NoLimit(f"vibration is read {unit}, which is no velocity")
    stated = [(point.high, point.unit or "") for point in own if point.high is not None]
    limits = [limit for high, unit in stated if (limit := convert(high, unit_name(unit), _UNIT))]
    return OwnLimit(min(limits)) if limits else _by_table(ontology, asset)


def judge_vibration(window: Window, allowed: Allowed) -> Verdict:
    """The median while it ran, for an hour of the window at least."""
    if lacking := missing(window, [VIBRATION]):
        return cannot_tell("vibration is not read", lacking)
    read = window[VIBRATION]
    runs = window[_RUNS].values > 0.5 if _RUNS in window else read.values >= _STANDS
    running = read.values[np.isfinite(read.values) & runs]
    if len(running) * read.step_s < _LEAST_S:
        return cannot_tell("it stands, or was not read for an hour while it ran", [VIBRATION])
    return allowed.judge(float(np.median(running)))


def _by_table(ontology: Ontology, asset: Placed) -> Allowed:
    if nearest_class(ontology, asset.class_, CLASSES) is None:
        return NoLimit(f"it has no limit of its own, and {_STANDARD} is not for its class")
    power = asset.rated_power_kw
    if power is not None and power < _LEAST_KW:
        return NoLimit(f"it has no limit of its own, and {_STANDARD} begins at {_LEAST_KW:g} kW")
    group = None if power is None else 1 if power > _LARGE_KW else 2
    fits = {key: zones for key, zones in ZONES.items() if group in (None, key[0]) and asset.support in (None, key[1])}
    return max(fits.values(), key=lambda zones: zones.b)
