"""Azure predictive maintenance: which component of a machine fails within 7 days, from errors, failures and replacements.

100 machines of four components over a year (synthetic; no telemetry here). Split: five folds by machine; each fold is scored by a model
of the other four. A component's clock starts at each of its replacements; the machine's errors of the last two days, its age and
its model are known at the start of each piece. Figures: Harrell's concordance, the area under precision and recall, the share
that fails (what chance would reach), and the mean probability beside it (calibration).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from forecasting.failures import survival
from forecasting.failures.renewal_intervals import Past, pieces
from forecasting.failures.scores import average_precision

HORIZON_DAYS = 7.0
_RECENT_DAYS = 2.0
_DAY_S = 86_400


def run(folder: Path) -> dict[str, float | None]:
    """``azure_concordance``, ``azure_pr_auc``, ``azure_failing``, ``azure_mean_probability``."""
    cut = [
        piece for past in read(folder / "azure_pdm") for piece in pieces(past, HORIZON_DAYS, recent_days=_RECENT_DAYS)
    ]
    machines = [piece.asset.split()[0] for piece in cut]
    concordances: list[float] = []
    risks, truths = np.zeros(len(cut)), np.array([piece.failed for piece in cut])
    folds: list[tuple[list[int], list[int]]] = [
        (others.tolist(), mine.tolist()) for others, mine in GroupKFold(5).split(np.zeros(len(cut)), groups=machines)
    ]
    for others, mine in folds:
        model = survival.fit([cut[index] for index in others])
        concordances.append(survival.concordance(model, [cut[index] for index in mine], HORIZON_DAYS))
        for index in mine:
            piece = cut[index]
            risks[index] = model.failing_within(HORIZON_DAYS, piece.entry, piece.known)
    # A piece that was cut short by a renewal was not watched to its end: it says nothing about seven days.
    whole = np.array([piece.failed or piece.exit - piece.entry >= HORIZON_DAYS - 1e-6 for piece in cut])
    return {
        "azure_concordance": float(np.mean(concordances)),
        "azure_pr_auc": average_precision(truths[whole], risks[whole]),
        "azure_failing": float(truths[whole].mean()),
        "azure_mean_probability": float(risks[whole].mean()),
    }


def read(folder: Path) -> list[Past]:
    """One past for each component of each machine, named “machine component”."""
    failures, renewals = _times(folder / "PdM_failures.csv", "failure"), _times(folder / "PdM_maint.csv", "comp")
    errors = _times(folder / "PdM_errors.csv", "errorID")
    machines = {row["machineID"]: row for row in _rows(folder / "PdM_machines.csv")}
    watched = [at for times in errors.values() for at in times]
    since, until = min(watched), max(watched)
    return [
        _past(machine, part, row, failures[machine, part], renewals[machine, part], _of(machine, errors), since, until)
        for machine, row in machines.items()
        for part in sorted({part for _, part in renewals})
    ]


def _past(
    machine: str,
    part: str,
    row: Mapping[str, str],
    failures: Sequence[float],
    renewals: Sequence[float],
    errors: Mapping[str, Sequence[float]],
    since: float,
    until: float,
) -> Past:
    kind = {f"model {name}": float(row["model"] == f"model{name}") for name in "1234"}
    which = {f"is {name}": float(part == name) for name in ("comp1", "comp2", "comp3", "comp4")}
    return Past(
        f"{machine} {part}",
        renewals,
        failures,
        until,
        since,
        events={f"{kind} on {part}": times for kind, times in errors.items()},  # an error may point at one part alone
        traits={**kind, **which, "machine age": float(row["age"])},
    )


def _of(machine: str, times: Mapping[tuple[str, str], Sequence[float]]) -> dict[str, Sequence[float]]:
    return {kind: sorted(moments) for (owner, kind), moments in times.items() if owner == machine}


def _times(path: Path, kind: str) -> defaultdict[tuple[str, str], list[float]]:
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for row in _rows(path):
        at = datetime.fromisoformat(row["datetime"] + "+00:00").timestamp() / _DAY_S
        found[row["machineID"], row[kind]].append(at)
    return found


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)
