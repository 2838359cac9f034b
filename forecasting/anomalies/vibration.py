"""Which part of a bearing a machine's acceleration points at, by the spectrum of its envelope.

Frequencies are the kinematic ones for a fixed outer ring (e.g. Randall and Antoni 2011, "Rolling element bearing diagnostics – a
tutorial"); rolling elements slip, so peaks are looked for within a tolerance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import signal

from forecasting.anomalies.verdict import Verdict, cannot_tell, flagged, sound
from forecasting.series import Floats

Part = Literal["outer race", "inner race", "rolling element", "cage"]


@dataclass(frozen=True, slots=True)
class Bearing:
    """``element_mm`` and ``pitch_mm`` are diameters; ``contact_deg`` is the angle of contact."""

    elements: int
    element_mm: float
    pitch_mm: float
    contact_deg: float = 0.0

    def frequencies(self, shaft_hz: float) -> dict[Part, float]:
        """In Hz: BPFO, BPFI, BSF and FTF."""
        ratio = self.element_mm / self.pitch_mm * np.cos(np.radians(self.contact_deg))
        return {
            "outer race": self.elements / 2 * shaft_hz * (1 - ratio),
            "inner race": self.elements / 2 * shaft_hz * (1 + ratio),
            "rolling element": self.pitch_mm / (2 * self.element_mm) * shaft_hz * (1 - ratio**2),
            "cage": shaft_hz / 2 * (1 - ratio),
        }


@dataclass(frozen=True, slots=True)
class EnvelopeCheck:
    """``band_hz`` is where the structure rings; a part is named when the lines of its frequency and of its multiples stand out of their
    surroundings by ``prominence`` on average."""

    bearing: Bearing
    band_hz: tuple[float, float]
    prominence: float = 4.0
    harmonics: int = 3
    tolerance: float = 0.02

    def judge(self, acceleration: Floats, rate_hz: float, shaft_hz: float) -> Verdict:
        """Of samples of acceleration, shape (n,), in any unit. The shaft must turn 20 times for lines to part."""
        turns = len(acceleration) / rate_hz * shaft_hz
        if not np.isfinite(acceleration).all() or turns < 20:
            return cannot_tell(
                f"{max(turns, 0):.0f} turns without gaps were recorded of the 20 that are needed", ["vibration"]
            )
        if np.ptp(acceleration) == 0:
            return cannot_tell("the sensor does not move", ["vibration"])
        standing = self.standing(acceleration, rate_hz, shaft_hz)
        part, ratio = max(standing.items(), key=lambda one: one[1])
        score = ratio / self.prominence
        if score <= 1:
            return sound(score)
        frequency = self._lines(shaft_hz)[part]
        return flagged(
            score,
            [
                f"{part}: lines at {frequency:.0f} Hz and its multiples stand {ratio:.1f} times out of the envelope spectrum"
            ],
            ["vibration"],
        )

    def standing(self, acceleration: Floats, rate_hz: float, shaft_hz: float) -> dict[Part, float]:
        """How far the lines of each part stand out: the mean over multiples of peak over surroundings. Of an element that
        strikes both races, twice its spin frequency is taken; the cage's lines are too low to part from the shaft's, and are left out."""
        frequencies, spectrum = envelope_spectrum(acceleration, rate_hz, self.band_hz)
        return {
            part: float(np.mean([self._peak(frequencies, spectrum, k * line) for k in range(1, self.harmonics + 1)]))
            for part, line in self._lines(shaft_hz).items()
        }

    def _lines(self, shaft_hz: float) -> dict[Part, float]:
        kinematic = self.bearing.frequencies(shaft_hz)
        return {
            "outer race": kinematic["outer race"],
            "inner race": kinematic["inner race"],
            "rolling element": 2 * kinematic["rolling element"],
        }

    def _peak(self, frequencies: Floats, spectrum: Floats, line: float) -> float:
        near = np.abs(frequencies - line) <= self.tolerance * line
        around = (np.abs(frequencies - line) <= 0.2 * line) & ~near
        return float(spectrum[near].max() / np.median(spectrum[around]) / _chance(int(near.sum())))


def envelope_spectrum(acceleration: Floats, rate_hz: float, band_hz: tuple[float, float]) -> tuple[Floats, Floats]:
    """Frequencies in Hz and amplitudes of the squared envelope of the band, mean taken out; each of shape (n // 2 + 1,)."""
    filters = np.asarray(signal.butter(4, band_hz, btype="bandpass", fs=rate_hz, output="sos"), dtype=np.float64)
    filtered: Floats = np.asarray(signal.sosfiltfilt(filters, acceleration), dtype=np.float64)
    analytic = np.asarray(signal.hilbert(filtered), dtype=np.complex128)
    squared = analytic.real**2 + analytic.imag**2
    windowed = (squared - squared.mean()) * np.hanning(len(squared))
    return np.fft.rfftfreq(len(squared), 1 / rate_hz).astype(np.float64), np.abs(np.fft.rfft(windowed)).astype(
        np.float64
    )


def _chance(count: int) -> float:
    """How far the highest of so many lines of noise stands above their median: amplitudes of noise follow Rayleigh's law."""
    return float(np.sqrt(np.log(max(count, 2)) / np.log(2)))
