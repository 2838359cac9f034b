"""A chart as a PNG, for where no SVG is shown: Slack, e-mail, a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from io import BytesIO
from itertools import pairwise
from statistics import median

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from graph_schema.errors import InvalidInput
from tools.results.result import Chart, ChartLine

INCHES = (8.0, 4.0)
DPI = 120
LONGEST_TITLE = 90
_INK, _SOFT, _GRID, _LIMIT, _BAND = "#24313d", "#51606f", "#dde4ea", "#b3261a", "#f0a35e"
_USUAL = {"read": "#14599f", "expected": "#a8480b"}
_SIGNALS = ("#14599f", "#a8480b", "#1b7f4d", "#7a3aa0", "#b3261a", "#5f6b00", "#0b7285", "#8a5a00")
_TICKS = ["%Y", "%b", "%-d %b", "%H:%M", "%H:%M", "%H:%M:%S"]
_ROUND_TICKS = ["", "%Y", "%b", "%-d %b", "%H:%M", "%H:%M"]
_GAP = 3.0
"""Times the usual step between two values: a longer one is not bridged by a line."""


def png(chart: Chart, zone: tzinfo = UTC) -> bytes:
    """960 by 480 pixels, with limits and the interval of what is expected; times are those of ``zone``.

    Raises ``InvalidInput`` for a chart without a value.
    """
    lines = [line for line in chart.lines if line.values]
    if not lines:
        raise InvalidInput(f"There is nothing to draw of {chart.title}: it has no values in this time.")
    with mpl.rc_context({"font.size": 10, "text.color": _INK, "axes.edgecolor": _GRID}):
        figure = Figure(figsize=INCHES, dpi=DPI, layout="constrained")
        axes = figure.add_subplot()
        _band(axes, lines)
        _draw(axes, lines)
        _limits(axes, chart, lines)
        _frame(axes, chart, lines, zone)
        picture = BytesIO()
        figure.savefig(picture, format="png", metadata={"Title": chart.title})
    return picture.getvalue()


def _draw(axes: Axes, lines: Sequence[ChartLine]) -> None:
    own = [line.name for line in lines if line.name not in (*_USUAL, "low", "high")]
    for line in lines:
        if line.name in ("low", "high"):
            continue
        colour = _USUAL.get(line.name) or _SIGNALS[own.index(line.name) % len(_SIGNALS)]
        at, values = _with_gaps(line)
        marker = "o" if len(line.values) == 1 else None
        style = "--" if line.name == "expected" else "-"
        axes.plot(
            _days(at), values, style, color=colour, linewidth=1.8, marker=marker,
            label=_literal(line.name), zorder=3,
        )  # fmt: skip


def _band(axes: Axes, lines: Sequence[ChartLine]) -> None:
    named = {line.name: line for line in lines}
    if {"low", "high"} <= named.keys() and named["low"].at == named["high"].at:
        low, high = named["low"], named["high"]
        at = _days(low.at)
        axes.fill_between(at, low.values, high.values, color=_BAND, alpha=0.35, linewidth=0, label="80% of what comes")


def _limits(axes: Axes, chart: Chart, lines: Sequence[ChartLine]) -> None:
    """Those near the values: one far away would flatten the signal."""
    values = [value for line in lines for value in line.values]
    low, high = min(values), max(values)
    span = (high - low) or max(abs(high) * 0.1, 1.0)
    for name, limit in (("upper limit", chart.high), ("lower limit", chart.low)):
        if limit is not None and low - span <= limit <= high + span:
            axes.axhline(limit, color=_LIMIT, linewidth=1.2, linestyle=(0, (6, 4)), label=f"{name} {limit:g}", zorder=2)


def _frame(axes: Axes, chart: Chart, lines: Sequence[ChartLine], zone: tzinfo) -> None:
    unit = f" ({chart.unit})" if chart.unit else ""
    axes.set_title(_literal(f"{_short(chart.title)}{unit}"), loc="left", color=_INK, fontsize=12, fontweight="bold")
    locator = AutoDateLocator(tz=zone, minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(locator, tz=zone, formats=_TICKS, zero_formats=_ROUND_TICKS, show_offset=False)
    )
    moments = [at for line in lines for at in line.at]
    first, last = (at.astimezone(zone) for at in (min(moments), max(moments)))
    days = f"{first:%-d %b %Y}" if first.date() == last.date() else f"{first:%-d %b %Y} to {last:%-d %b %Y}"
    axes.set_xlabel(f"{days}, time in {zone}", color=_SOFT, loc="right")
    if first == last:
        axes.set_xlim(*_days([first - timedelta(hours=1), last + timedelta(hours=1)]))
    axes.grid(color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_SOFT)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    _, labels = axes.get_legend_handles_labels()
    if labels != ["read"]:
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=min(3, len(labels)), frameon=False, labelcolor=_INK
        )


def _days(moments: Sequence[datetime]) -> list[float]:
    """As matplotlib counts them: days since 1970 in UTC."""
    return [at.timestamp() / 86_400 for at in moments]


def _with_gaps(line: ChartLine) -> tuple[list[datetime], list[float]]:
    """No value halfway across a stretch without readings, where the line breaks off."""
    steps = [after - before for before, after in pairwise(line.at)]
    if not steps:
        return list(line.at), list(line.values)
    longest = _GAP * median(step.total_seconds() for step in steps)
    at, values = [line.at[0]], [line.values[0]]
    for step, moment, value in zip(steps, line.at[1:], line.values[1:], strict=True):
        if step.total_seconds() > longest:
            at.append(moment - step / 2)
            values.append(float("nan"))
        at.append(moment)
        values.append(value)
    return at, values


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def _literal(text: str) -> str:
    """As it stands: a dollar begins a formula, and a label that begins with an underscore is not shown."""
    return text.replace("$", r"\$").lstrip("_") or "signal"
