"""The demo plant in its first days, when little or nothing is learned: false alarms of the sound plant, and what is seen of faults of boxes and handlers.

Looked at are the nights 3, 7 and 12 days after it was connected; faults begin on the first day after. A fault is found when such a night flags the faulty asset,
something it is part of, or a part of it; ``siblings`` counts where the comparison of boxes alone does.

Split: the siblings' tolerances were settled on the seeds 7, 1001 and 1002. Measured are ``SOUND`` and ``SICK``, which nothing was settled on.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from evals.bench.forecast.demo_faults import DemoPlant, Run
from forecasting.anomalies.detectors import look
from forecasting.assessment import Subject, assess
from forecasting.jobs.detector_inputs import STEP_S
from forecasting.series import DAY_S, Floats, Series
from ingestion.simulator.faults import FAULTS, Fault
from ingestion.simulator.simulator import Simulator

NIGHTS = (3, 7, 12)
_BEFORE = timedelta(days=2)  # until the plant has come to terms with its weather
_FROM = datetime(2026, 1, 5, 2, tzinfo=UTC)
SOUND = tuple(Run(2001 + i, _FROM + timedelta(days=15 * i), 1.0) for i in range(24))
SICK = tuple(Run(2101 + i, _FROM + timedelta(days=91 * i + 10), 1.0) for i in range(4))
BOX_FAULTS = ("stuck_valve", "stuck_damper", "sensor_drift", "sensor_flatline", "communication_loss")
HANDLER_FAULTS = ("filter_clogging", "belt_slip", "stuck_valve", "stuck_damper", "heating_leak_by", "bearing_wear")


def run(folder: Path) -> dict[str, float | None]:
    """Needs no data."""
    del folder
    figures: Counter[str] = Counter()
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        for part in (*pool.map(_sound, SOUND), *pool.map(_sick, SICK)):
            figures.update(part)
    return {key: float(value) for key, value in sorted(figures.items())}


def _sound(one: Run) -> dict[str, int]:
    bench = DemoPlant()
    rows = _young(bench, one).advance(_steps(one.begin, max(NIGHTS)))
    found: Counter[str] = Counter()
    for days in NIGHTS:
        now = one.begin + timedelta(days=days)
        subjects = _subjects(bench, rows, one.begin, now, bench.subjects.ids)
        made = [assess(subject, now) for subject in subjects]
        for outlook in made:
            if outlook.state == "flagged":
                print(f"false, seed {one.seed}, {days} days, {now:%d %B}: {outlook.asset}: {outlook.reasons[0]}")
        found[f"young_false_{days}d"] = sum(outlook.state == "flagged" for outlook in made)
        found[f"young_false_siblings_{days}d"] = sum(_by_siblings(subject) for subject in subjects)
        found[f"young_boxes_compared_{days}d"] = sum(bool(_compared(subject)) for subject in subjects)
        found[f"young_looks_{days}d"] = len(made)
    return found


def _sick(one: Run) -> dict[str, int]:
    bench = DemoPlant()
    simulator = _young(bench, one)
    found: Counter[str] = Counter()
    for kind, name, asset in chosen(bench):
        ill = copy.deepcopy(simulator)
        ill.inject(Fault(name, asset, one.begin + timedelta(days=1), severity=one.severity))
        rows = ill.advance(_steps(one.begin, max(NIGHTS)))
        found[f"young_{kind}_faults"] += 1
        for days in NIGHTS:
            now = one.begin + timedelta(days=days)
            subjects = _subjects(bench, rows, one.begin, now, bench.family(asset) & set(bench.subjects.ids))
            made = [outlook for subject in subjects if (outlook := assess(subject, now)).state == "flagged"]
            found[f"young_{kind}_found_{days}d"] += bool(made)
            found[f"young_{kind}_siblings_{days}d"] += any(_by_siblings(subject) for subject in subjects)
            said = made[0].reasons[0] if made else "not seen"
            print(f"{name} of {asset}, seed {one.seed}, {days} days: {said}")
    return found


def chosen(bench: DemoPlant) -> list[tuple[str, str, str]]:
    """Every fault of boxes on one box of each handler, every fault of handlers on one of offices and on that of the laboratories."""
    classes = {id_: asset.class_ for id_, asset in bench.layout.assets.items()}
    handlers = sorted(id_ for id_, class_ in classes.items() if class_ == "AHU")
    boxes = [sorted(end for start, end in bench.layout.feeds if start == handler) for handler in handlers]
    found: list[tuple[str, str, str]] = []
    for place, name in enumerate(BOX_FAULTS):
        fits = FAULTS[name].classes
        for fed in boxes:
            suited = [
                box for box in fed if (fits is None or classes[box] in fits) and _has_what_fails(bench, box, name)
            ]
            found.append(("box", name, suited[place % len(suited)]))
    for name in HANDLER_FAULTS:
        for handler in (handlers[0], handlers[-1]):
            part = f"{handler}-fan" if name == "bearing_wear" else handler
            found.append(("handler", name, part))
    return found


def _has_what_fails(bench: DemoPlant, box: str, fault: str) -> bool:
    """A box without reheat has no valve that could stick."""
    owned = {bench.ontology.quantity(point.quantity) for point in bench.points if point.owner == box}
    return fault != "stuck_valve" or "valve_position" in owned


def _by_siblings(subject: Subject) -> bool:
    return "flagged" in _compared(subject)


def _compared(subject: Subject) -> list[str]:
    """What comparing it with its siblings says."""
    if subject.looked is None or subject.looked.kin is None:
        return []
    return [one.state for one in look(subject.looked) if "siblings" in one.detector and one.state != "cannot tell"]


def _young(bench: DemoPlant, one: Run) -> Simulator:
    """The plant as it stands when it is connected."""
    simulator = Simulator(bench.plant, one.seed)
    simulator.advance(_steps(one.begin - _BEFORE, _BEFORE / timedelta(days=1)))
    return simulator


def _subjects(bench: DemoPlant, rows: Floats, begin: datetime, now: datetime, ids: Collection[str]) -> list[Subject]:
    """As that night's run looks at them, with what was read since ``begin``."""
    columns, steps = Simulator(bench.plant).columns, round((now - begin).total_seconds()) // STEP_S
    wanted, at = set(bench.subjects.sources(ids)), int(begin.timestamp())
    series = {
        point.source: Series(at, STEP_S, rows[:steps, i])
        for i, point in enumerate(columns.points)
        if point.source in wanted and i not in columns.labels and np.isfinite(rows[:steps, i]).any()
    }
    return bench.subjects.of(sorted(ids), series, {}, now)


def _steps(start: datetime, days: float) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    at = round(start.timestamp())
    return np.arange(at, at + round(days * DAY_S), STEP_S, dtype=np.int64) * 1000
