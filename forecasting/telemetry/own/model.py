"""An engineer's own model in the place of a kind of forecast of ours: a middle and a spread, which the backtest brings to size."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from forecasting.telemetry.candidates import CandidateFailed, Guess
from forecasting.telemetry.own.calls import Calls, Limits
from forecasting.telemetry.own.process import Start
from forecasting.telemetry.own.signature import Floats, History
from forecasting.telemetry.seasonal_naive import SeasonalNaive, smallest
from forecasting.telemetry.windows import Windows


@dataclass(frozen=True)
class OwnModel:
    """A function by its full name (``target``, found in ``folder`` or among what is installed), or an ONNX graph.

    ``checksum`` (SHA-256) is of the graph, or of the file that holds the function, as they were when it was registered: code that
    changed has no backtest. ``regressors`` name what each window's drivers are.
    """

    own_name: str
    checksum: str
    target: str = ""
    folder: str = ""
    graph: bytes = b""
    regressors: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def name(self) -> str:
        return self.own_name

    @property
    def origin(self) -> str:
        """What runs, in full."""
        if self.graph:
            return f"an ONNX graph of {len(self.graph):,} bytes"
        return f"{self.target}{f' in {self.folder}' if self.folder else ''}"

    def calls(self) -> Calls:
        """The process that runs it. Raises ``CandidateFailed`` on entry where it does not start."""
        limits = self.limits
        seconds = int(limits.start_s + limits.batch_s + limits.call_s) + 1
        return Calls(self.own_name, Start(limits.memory_mb, seconds, self.target, self.folder, self.graph), limits)

    def guess(self, windows: Windows, horizon: int) -> Guess:
        """A median alone gets the spread of the day before's errors. Raises ``CandidateFailed``, whatever the model does."""
        usual = SeasonalNaive("day").guess(windows, horizon)
        middle, below, above = usual.middle.copy(), usual.below.copy(), usual.above.copy()
        narrowest = smallest(windows)
        if self.graph and sha256(self.graph).hexdigest() != self.checksum:
            raise CandidateFailed(f"{self.own_name}: the graph is not the one that was registered.")
        with self.calls() as calls:
            if calls.sha256 != self.checksum:
                raise CandidateFailed(f"{self.own_name}: its code changed since it was registered. Register it anew.")
            for row in range(len(windows)):
                answer = calls.forecast(self.history(windows, row), horizon)
                middle[row] = answer if answer.ndim == 1 else answer[:, 1]
                if answer.ndim == 2:
                    below[row] = np.maximum(answer[:, 1] - answer[:, 0], narrowest[row])
                    above[row] = np.maximum(answer[:, 2] - answer[:, 1], narrowest[row])
        return Guess(middle, below, above)

    def history(self, windows: Windows, row: int) -> History:
        """What the model gets of a window."""
        count = windows.values.shape[1]
        times = windows.ends_s[row] + windows.step_s * np.arange(-count, 0, dtype=np.int64)
        outside: dict[str, Floats] = dict(zip(self.regressors, windows.drivers[row], strict=False))
        return History(windows.values[row], windows.read[row], times, windows.step_s, outside)
