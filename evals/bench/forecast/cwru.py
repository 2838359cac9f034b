"""CWRU bearings, drive end at 12 kHz: one sound bearing and twelve with a seeded defect, one second at a time.

Split: none is needed, for nothing is learned. The geometry is the maker's (SKF 6205-2RS), the speed the nominal one of the load, the band and the
prominence were set before the scores were seen. A second counts when the right part is named.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from forecasting.anomalies.machine.envelope import Bearing, EnvelopeCheck

RATE_HZ = 12_000
SPEED_RPM = {"0": 1797, "3": 1730}
BEARING = Bearing(elements=9, element_mm=7.94, pitch_mm=39.04)
PARTS = {"IR": "inner race", "OR": "outer race", "B0": "rolling element"}
CHECK = EnvelopeCheck(BEARING, band_hz=(2000.0, 4000.0))


def run(folder: Path) -> dict[str, float | None]:
    """Seconds with the right part named, of how many; and false alarms on the sound bearing."""
    counts: dict[str, int] = dict.fromkeys(("races_found", "races", "balls_found", "balls", "sound_false", "sound"), 0)
    with np.load(folder / "cwru" / "cwru_12kDE_5s.npz") as recordings:
        for name in recordings.files:
            samples = np.asarray(recordings[name], dtype=np.float64)
            for second in samples[: len(samples) // RATE_HZ * RATE_HZ].reshape(-1, RATE_HZ):
                _count(counts, name, CHECK.judge(second, RATE_HZ, SPEED_RPM[name[-1]] / 60).reasons)
    return {f"cwru_{key}": float(value) for key, value in counts.items()}


def _count(counts: dict[str, int], name: str, reasons: tuple[str, ...]) -> None:
    part = PARTS.get(name[:2])
    if part is None:
        counts["sound"] += 1
        counts["sound_false"] += bool(reasons)
        return
    group = "balls" if part == "rolling element" else "races"
    counts[group] += 1
    counts[f"{group}_found"] += any(reason.startswith(part) for reason in reasons)
