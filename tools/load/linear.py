"""A linear program with whole numbers, for HiGHS. Needs the extra ``plans``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from highspy import HighsModelStatus, HighsVarType

THREADS = 2
"""Of the solver, whatever the number of cores."""
FREE = math.inf


@dataclass(frozen=True, slots=True)
class Answer:
    """``values`` are None where nothing was found in time, ``bound`` where nothing was proven."""

    values: Sequence[float] | None
    bound: float | None
    is_optimal: bool


class Program:
    """Minimise the cost of the columns, each row within its bounds."""

    def __init__(self) -> None:
        self._low: list[float] = []
        self._high: list[float] = []
        self._cost: list[float] = []
        self._whole: list[int] = []
        self._row_low: list[float] = []
        self._row_high: list[float] = []
        self._starts: list[int] = []
        self._columns: list[int] = []
        self._factors: list[float] = []

    def column(self, low: float = 0.0, high: float = FREE, cost: float = 0.0) -> int:
        self._low.append(low)
        self._high.append(high)
        self._cost.append(cost)
        return len(self._low) - 1

    def binary(self, low: float = 0.0, high: float = 1.0) -> int:
        self._whole.append(self.column(low, high))
        return self._whole[-1]

    def row(self, factors: Mapping[int, float], low: float = -FREE, high: float = FREE) -> None:
        """``low`` ≤ the sum of factor × column ≤ ``high``."""
        self._starts.append(len(self._columns))
        self._columns += factors.keys()
        self._factors += factors.values()
        self._row_low.append(low)
        self._row_high.append(high)

    def solved(self, seconds: float, gap: float, hint: Mapping[int, float]) -> Answer:
        """The best within so many seconds, or as soon as it is within ``gap``; the search begins at ``hint``, values of some columns."""
        solver = _Silent()
        solver.setOptionValue("threads", THREADS)
        solver.setOptionValue("time_limit", max(seconds, 0.05))
        solver.setOptionValue("mip_rel_gap", gap)
        count = len(self._low)
        solver.addVars(count, np.array(self._low), np.array(self._high))
        solver.changeColsCost(count, np.arange(count, dtype=np.int32), np.array(self._cost))
        kinds = np.full(len(self._whole), HighsVarType.kInteger)
        solver.changeColsIntegrality(len(self._whole), np.array(self._whole, dtype=np.int32), kinds)
        solver.addRows(
            len(self._row_low), np.array(self._row_low), np.array(self._row_high), len(self._columns),
            np.array(self._starts, dtype=np.int32), np.array(self._columns, dtype=np.int32), np.array(self._factors),
        )  # fmt: skip
        if hint:
            solver.setSolution(len(hint), np.array(list(hint), dtype=np.int32), np.array(list(hint.values())))
        solver.run()
        info = solver.getInfo()
        is_found = info.primal_solution_status == 2
        bound = info.mip_dual_bound
        return Answer(
            list(solver.getSolution().col_value) if is_found else None,
            bound if math.isfinite(bound) else None,
            is_found and solver.getModelStatus() == HighsModelStatus.kOptimal,
        )


class _Silent(highspy.Highs):
    def __init__(self) -> None:
        super(highspy.Highs, self).__init__()  # its own would write a banner to the output, which is read by programs
        self.setOptionValue("output_flag", False)
