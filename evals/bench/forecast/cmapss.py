"""NASA C-MAPSS FD001: cycles left of turbofan engines (Saxena & Goebel 2008).

Split: the official one. Models are fitted to the 100 engines of the training file, and everything about them was chosen by
cross-validation grouped by engine on that file; the 100 engines of the test file, each cut off before its end, are only
scored, against raw labels (not capped). Coverage of the 90% interval is over repeated splits of the training engines:
75 are fitted, 25 are cut off at a random cycle from the 30th on and scored, twelve times; and once on the test file.
Without age, no feature counts steps (see ``forecasting.failures.life.baseline``).
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from forecasting.failures.life import remaining_life
from forecasting.failures.life.baseline import STEPS
from forecasting.failures.life.runs import Run
from forecasting.series import Floats

_SIGNALS = 5  # columns: engine, cycle, three settings, then 21 sensors
_REPEATS = 12
_HELD_OUT = 25
_CUTS = 8  # random cycles of each engine that is held out


def run(folder: Path) -> dict[str, float | None]:
    """``fd001_rmse``, ``fd001_rmse_no_age`` (and both with labels capped at 125), ``fd001_cover90``; ``fd001_cover90_test`` and the interval's mean width in cycles."""
    runs, tests, left, names = read(folder / "cmapss")
    figures: dict[str, float | None] = {}
    for key, use_age in (("fd001_rmse", True), ("fd001_rmse_no_age", False)):
        model = remaining_life.fit(runs, names=names, use_age=use_age)
        expected = model.expected(tests)
        figures |= {key: _rmse(expected, left), f"{key}_capped": _rmse(expected, np.minimum(left, model.cap))}
        if use_age:
            covered, width = _covered(model, tests, left)
            figures |= {"fd001_cover90_test": covered, "fd001_width90_test": width}
    return figures | {"fd001_cover90": coverage(runs, names)}


def coverage(runs: Sequence[Run], names: Sequence[str], repeats: int = _REPEATS) -> float:
    """The share of true lives inside the 90% interval, over repeated splits of these runs."""
    shares: list[float] = []
    for seed in range(repeats):
        rng = np.random.default_rng(seed)
        order: list[int] = rng.permutation(len(runs)).tolist()
        model = remaining_life.fit([runs[index] for index in order[_HELD_OUT:]], names=names)
        cuts = [cut for index in order[:_HELD_OUT] for cut in _cuts(runs[index], rng)]
        shares.append(_covered(model, [one for one, _ in cuts], np.array([steps for _, steps in cuts]))[0])
    return float(np.mean(shares))


def read(folder: Path) -> tuple[list[Run], list[Run], Floats, list[str]]:
    """Training runs, test runs, the cycles left of the latter, and the sensors' names; sensors that never move are left out."""
    train, test = _table(folder / "train_FD001.txt"), _table(folder / "test_FD001.txt")
    moving = [column for column in range(_SIGNALS, train.shape[1]) if len(np.unique(train[:, column])) > 2]
    names = [f"sensor {column - _SIGNALS + 1}" for column in moving]
    left = np.loadtxt(_there(folder / "RUL_FD001.txt"))
    return _runs(train, moving, failed=True), _runs(test, moving, failed=False), left, names


def _runs(table: Floats, columns: Sequence[int], *, failed: bool) -> list[Run]:
    return [
        Run(f"engine {engine:.0f}", table[table[:, 0] == engine][:, columns], failed)
        for engine in np.unique(table[:, 0])
    ]


def _cuts(run: Run, rng: np.random.Generator) -> list[tuple[Run, float]]:
    ends = rng.integers(STEPS, len(run) + 1, size=_CUTS)
    return [(Run(run.asset, run.signals[:end], failed=False), float(len(run) - end)) for end in ends.tolist()]


def _covered(model: remaining_life.LifeModel, runs: Sequence[Run], left: Floats) -> tuple[float, float]:
    ends = np.array([model.bands.around(float(expected)) for expected in model.expected(runs)])
    inside = (ends[:, 0] <= left) & (left <= ends[:, 1])
    return float(inside.mean()), float(np.diff(ends, axis=1).mean())


def _rmse(expected: Floats, left: Floats) -> float:
    return float(np.sqrt(np.mean((expected - left) ** 2)))


def _table(path: Path) -> Floats:
    zipped = path.with_name(path.name + ".gz")
    if path.exists() or not zipped.exists():
        return np.loadtxt(_there(path))
    with gzip.open(zipped, "rt") as file:
        return np.loadtxt(file)


def _there(path: Path) -> Path:
    if not path.exists():
        raise FileNotFoundError(2, "No such file", str(path))
    return path
