"""Which part of a bearing a machine's acceleration points at, by the spectrum of its envelope.

Frequencies are the kinematic ones for a fixed outer ring (e.g. Randall and Antoni 2011, "Rolling element bearing diagnostics – a
tutorial"); rolling elements slip, so peaks are looked for within a tolerance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from scipy import signal

from forecasting.anomalies.verdict import Verdict, cannot_tell, flagged, sound
from forecasting.series import Floats

Part = Literal["outer race", "inner race", "rolling element", "cage"]
LEAST_RATE_HZ = 5_000
_HIGHEST_HZ = 4_000  # sensors that are held by a magnet or by hand follow so far
_TURNS = 20


@dataclass(frozen=True, slots=True)
class Bearing:
    """``element_mm`` and ``pitch_mm`` are diameters; ``contact_deg`` is the angle of contact."""

    elements: int
    element_mm: float
    pitch_mm: float
    contact_deg: float = 0.0
    source: str = ""

    def frequencies(self, shaft_hz: float) -> dict[Part, float]:
        """In Hz: BPFO, BPFI, BSF and FTF."""
        ratio = self.element_mm / self.pitch_mm * np.cos(np.radians(self.contact_deg))
        return {
            "outer race": self.elements / 2 * shaft_hz * (1 - ratio),
            "inner race": self.elements / 2 * shaft_hz * (1 + ratio),
            "rolling element": self.pitch_mm / (2 * self.element_mm) * shaft_hz * (1 - ratio**2),
            "cage": shaft_hz / 2 * (1 - ratio),
        }


BEARINGS: Mapping[str, Bearing] = {
    "6203": Bearing(8, 6.746, 28.50, source="SKF 6203, Case Western Reserve University Bearing Data Center"),
    "6205": Bearing(9, 7.940, 39.04, source="SKF 6205, Case Western Reserve University Bearing Data Center"),
}
"""Makers differ within a designation; where it matters, the maker's own numbers come first."""


@dataclass(frozen=True, slots=True)
class Line:
    """A multiple of a part's frequency: where it should be, where the peak near it is, and how many times it stands out of its surroundings."""

    part: Part
    multiple: int
    expected_hz: float
    found_hz: float
    times_out: float


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``spectrum`` is that of the squared envelope at ``frequencies`` (Hz), both of shape (n,); they and ``lines`` are empty where nothing can be told."""

    verdict: Verdict
    lines: tuple[Line, ...] = ()
    frequencies: Floats = field(default_factory=lambda: np.empty(0))
    spectrum: Floats = field(default_factory=lambda: np.empty(0))


def usual_band(rate_hz: float) -> tuple[float, float]:
    """The octave that ends at a third of the rate, or at 4 kHz: structures ring there, and any sensor follows."""
    high = min(rate_hz / 3, _HIGHEST_HZ)
    return high / 2, high


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
        """Of samples of acceleration, shape (n,), in any unit."""
        return self.diagnose(acceleration, rate_hz, shaft_hz).verdict

    def diagnose(self, acceleration: Floats, rate_hz: float, shaft_hz: float) -> Diagnosis:
        """The verdict with what it rests on. Of an element that strikes both races, twice its spin frequency is taken; the cage's
        lines are too low to part from the shaft's, and are left out."""
        if reason := self._unfit(acceleration, rate_hz, shaft_hz):
            return Diagnosis(cannot_tell(reason, ["vibration"]))
        frequencies, spectrum = envelope_spectrum(acceleration, rate_hz, self.band_hz)
        lines = tuple(
            self._line(frequencies, spectrum, part, multiple, multiple * line)
            for part, line in self.lines_hz(shaft_hz).items()
            for multiple in range(1, self.harmonics + 1)
        )
        return Diagnosis(self._verdict(lines), lines, frequencies, spectrum)

    def lines_hz(self, shaft_hz: float) -> dict[Part, float]:
        """The frequencies that are looked for."""
        kinematic = self.bearing.frequencies(shaft_hz)
        return {
            "outer race": kinematic["outer race"],
            "inner race": kinematic["inner race"],
            "rolling element": 2 * kinematic["rolling element"],
        }

    def _unfit(self, acceleration: Floats, rate_hz: float, shaft_hz: float) -> str | None:
        """Why nothing can be told of a recording. Lines part after 20 turns, or when the tolerance holds one of them."""
        if not len(acceleration) or not np.isfinite(acceleration).all():
            return "the recording has gaps" if len(acceleration) else "the recording is empty"
        if rate_hz < LEAST_RATE_HZ:
            return f"it was recorded at {rate_hz:g} Hz; what a bearing makes ring takes {LEAST_RATE_HZ} Hz"
        lines = self.lines_hz(shaft_hz).values()
        need_s = max(_TURNS / shaft_hz, 1 / (self.tolerance * min(lines)))
        have_s = len(acceleration) / rate_hz
        if have_s < need_s:
            turns = f"of {np.ceil(need_s * shaft_hz):.0f} turns of the shaft that are needed {have_s * shaft_hz:.0f} were recorded"
            return f"{turns}: at this speed it takes {need_s:.2g} seconds"
        highest, wide = 1.2 * self.harmonics * max(lines), self.band_hz[1] - self.band_hz[0]
        if highest > wide:
            return f"its lines go up to {highest:.0f} Hz and do not fit into a band {wide:.0f} Hz wide"
        return "the sensor does not move" if np.ptp(acceleration) == 0 else None

    def _verdict(self, lines: Sequence[Line]) -> Verdict:
        """By the part whose lines stand out most on average over its multiples."""
        standing = {
            first.part: float(np.mean([line.times_out for line in lines if line.part == first.part]))
            for first in lines
            if first.multiple == 1
        }
        part, ratio = max(standing.items(), key=lambda one: one[1])
        score = ratio / self.prominence
        if score <= 1:
            return sound(score)
        frequency = next(line.expected_hz for line in lines if line.part == part)
        said = f"{part}: lines at {frequency:.0f} Hz and its multiples stand {ratio:.1f} times out of the envelope spectrum"
        return flagged(score, [said], ["vibration"])

    def _line(self, frequencies: Floats, spectrum: Floats, part: Part, multiple: int, line: float) -> Line:
        near = np.flatnonzero(np.abs(frequencies - line) <= self.tolerance * line)
        around = np.abs(frequencies - line) <= 0.2 * line
        around[near] = False
        peak = near[np.argmax(spectrum[near])]
        times = float(spectrum[peak] / np.median(spectrum[around]) / _chance(len(near)))
        return Line(part, multiple, line, float(frequencies[peak]), times)


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
