"""The envelope spectrum of a recording as a picture, with the lines of the bearing's parts."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from forecasting.anomalies.machine.envelope import Diagnosis, EnvelopeCheck, Line, Part

FORMATS = (".svg", ".png", ".pdf")
_COLOURS: dict[Part, str] = {"outer race": "#c22a1c", "inner race": "#14599f", "rolling element": "#2e7d4f"}
_INK, _SOFT, _GRID = "#24313d", "#51606f", "#dde4ea"
_STYLE: dict[Any, object] = {"svg.hashsalt": "plantroom", "svg.fonttype": "none", "text.color": _INK, "font.size": 10}


def draw(path: Path, found: Diagnosis, check: EnvelopeCheck, speed_rpm: float, title: str) -> None:
    """In the format that the file's name ends with, one of ``FORMATS``."""
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(10, 5))
        figure.text(0.02, 0.97, fill(title, 105), fontsize=12, va="top")
        axes = figure.add_axes((0.18, 0.11, 0.8, 0.64))
        _spectrum(axes, found)
        for row, part in enumerate(reversed(_COLOURS)):
            lines = [line for line in found.lines if line.part == part]
            _lines(axes, lines, _COLOURS[part], 1.03 + 0.07 * row, check.tolerance)
        band = f"{check.band_hz[0]:g} to {check.band_hz[1]:g} Hz"
        axes.set_xlabel(f"frequency of the envelope in Hz ({speed_rpm:g} rpm, envelope of {band})", color=_SOFT)
        figure.savefig(path, dpi=150, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)


def _spectrum(axes: Axes, found: Diagnosis) -> None:
    """As far as the highest line, in multiples of its median."""
    shown = found.frequencies <= 1.15 * max(line.expected_hz for line in found.lines)
    heights = found.spectrum[shown] / np.median(found.spectrum[shown])
    axes.plot(found.frequencies[shown], heights, color=_SOFT, linewidth=0.9, zorder=3)
    axes.set_xlim(0, float(found.frequencies[shown][-1]))
    axes.set_ylim(0, 1.08 * float(heights[1:].max()))
    axes.set_ylabel("times the median", color=_SOFT)
    axes.grid(color=_GRID, linewidth=0.8)
    axes.tick_params(colors=_SOFT)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _lines(axes: Axes, lines: list[Line], colour: str, height: float, tolerance: float) -> None:
    """Where a part's lines should be, within the tolerance, and its name in a row of its own above."""
    name, above = f"{lines[0].part}, {lines[0].expected_hz:.0f} Hz", axes.get_xaxis_transform()
    axes.text(-0.01, height, name, color=colour, ha="right", va="center", transform=axes.transAxes)
    for line in lines:
        at, near = line.expected_hz, tolerance * line.expected_hz
        axes.axvspan(at - near, at + near, color=colour, alpha=0.16, linewidth=0)
        axes.plot([at, at], [0, height], color=colour, linewidth=0.8, alpha=0.8, transform=above, clip_on=False)
        label = {"boxstyle": "square,pad=0.15", "facecolor": "white", "linewidth": 0}
        axes.text(
            at, height, f"{line.multiple}×", color=colour, ha="center", va="center", transform=above, bbox=label, zorder=4
        )  # fmt: skip
