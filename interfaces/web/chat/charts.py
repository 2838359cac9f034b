"""Charts of signals for the chat: what was read, what is expected with its interval, and the limits, as a picture (SVG) with a description.

The picture follows the reader's light or dark theme by itself, and says in words what it shows to those who do not see it.
"""

import base64
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from html import escape
from math import ceil, floor, log10

from interfaces.web.chat.steps import plain
from tools.results.result import Chart, ChartLine

WIDTH, HEIGHT = 380, 240  # about as wide as the chat, so that letters are not made smaller
LEFT, RIGHT, TOP, BOTTOM = 50, 12, 50, 42
SHOWN = 400  # points of a line: more than pixels are not seen
_SIGNALS = ("#14599f", "#a8480b", "#1b7f4d", "#7a3aa0", "#b3261a", "#5f6b00", "#0b7285", "#8a5a00")
_ON_DARK = ("#6db3ff", "#ffb169", "#6fd3a0", "#cf9cf2", "#ff9a8c", "#cdd86a", "#66d4e8", "#e6bd6a")
_USUAL = ("read", "expected", "low", "high")
_ROW = 18  # of the legend, where several signals share a chart
_STEPS_H = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336)
_OWN_STYLE = (
    "".join(f".signal{i} {{ stroke: {color}; }} " for i, color in enumerate(_SIGNALS))
    + "@media (prefers-color-scheme: dark) {"
    + "".join(f" .signal{i} {{ stroke: {color}; }}" for i, color in enumerate(_ON_DARK))
    + " }"
)
_STYLE = """
svg { font-family: Inter, system-ui, sans-serif; font-size: 13px; }
.back { fill: #ffffff; } .grid { stroke: #dde4ea; } .ink { fill: #24313d; } .soft { fill: #51606f; }
.read { stroke: #14599f; } .expected { stroke: #a8480b; } .band { fill: #f0a35e; opacity: .35; } .limit { stroke: #c22a1c; } .limit-ink { fill: #b3261a; }
.now { stroke: #8593a0; }
@media (prefers-color-scheme: dark) {
  .back { fill: #18212b; } .grid { stroke: #33404d; } .ink { fill: #e8eef4; } .soft { fill: #a9b7c5; }
  .read { stroke: #6db3ff; } .expected { stroke: #ffb169; } .band { fill: #ffb169; opacity: .25; } .limit { stroke: #ff7b6b; } .limit-ink { fill: #ff9a8c; }
  .now { stroke: #7f8e9c; }
}
"""


def chart_markdown(chart: Chart, zone: tzinfo = UTC) -> str | None:
    """An image for a chat message, its description as the alternative text; None where there is nothing to draw."""
    if not any(line.values for line in chart.lines):
        return None
    picture = base64.b64encode(drawing(chart, zone).encode()).decode()
    return f"![{plain(description(chart, zone))}](data:image/svg+xml;base64,{picture})"


def description(chart: Chart, zone: tzinfo = UTC) -> str:
    """What the chart shows, in a sentence or two."""
    unit = f" {chart.unit}" if chart.unit else ""
    said = [f"Chart of {chart.title}."]
    read, expected = _line(chart, "read"), _line(chart, "expected")
    if read is not None:
        said.append(
            f"Read from {_moment(read.at[0], zone)} to {_moment(read.at[-1], zone)}: between {_number(min(read.values))} and {_number(max(read.values))}{unit}, "
            f"last {_number(read.values[-1])}{unit}."
        )
    if expected is not None:
        low, high = _line(chart, "low"), _line(chart, "high")
        said.append(
            f"Expected until {_moment(expected.at[-1], zone)}: between {_number(min(expected.values))} and {_number(max(expected.values))}{unit}"
            + (
                f", with 80% of what comes between {_number(min(low.values))} and {_number(max(high.values))}{unit}."
                if low is not None and high is not None
                else "."
            )
        )
    for line in _signals(chart):
        said.append(
            f"{line.name} from {_moment(line.at[0], zone)} to {_moment(line.at[-1], zone)}: between {_number(min(line.values))} and "
            f"{_number(max(line.values))}{unit}."
        )
    for name, limit in (("Upper", chart.high), ("Lower", chart.low)):
        if limit is not None:
            said.append(f"{name} limit {_number(limit)}{unit}.")
    return " ".join(said)


@dataclass(frozen=True, slots=True)
class _Scale:
    """From moments and values to pixels."""

    start: datetime
    end: datetime
    low: float
    high: float

    def x(self, at: datetime) -> float:
        share = (_utc(at) - _utc(self.start)) / max(_utc(self.end) - _utc(self.start), timedelta(seconds=1))
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (value - self.low) / (self.high - self.low) * (HEIGHT - TOP - BOTTOM)


def _utc(at: datetime) -> datetime:
    """Moments of one zone are subtracted as its clock shows them, which is wrong over a change of summer time."""
    return at.astimezone(UTC)


def drawing(chart: Chart, zone: tzinfo = UTC) -> str:
    """The chart as SVG. Times are those of the site, as everywhere in the chat; the axis says which."""
    scale = _scale(chart, zone)
    signals = _signals(chart)
    height = HEIGHT + _ROW * len(signals)
    parts = [*_axes(chart, scale), *_limits(chart, scale), *_lines(chart, scale), *_legend(chart), *_names(signals)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">'
        f"<title>{escape(chart.title)}</title><style>{_STYLE}{_OWN_STYLE if signals else ''}</style>"
        f'<rect class="back" width="{WIDTH}" height="{height}" rx="8"/>{"".join(parts)}</svg>'
    )


def _scale(chart: Chart, zone: tzinfo) -> _Scale:
    at = [moment for line in chart.lines for moment in line.at]
    values = [value for line in chart.lines for value in line.values]
    low, high = min(values), max(values)
    span = (high - low) or max(abs(high) * 0.1, 1.0)
    for limit in (chart.low, chart.high):  # a limit far away would flatten the signal
        if limit is not None and low - span <= limit <= high + span:
            low, high = min(low, limit), max(high, limit)
    room = 0.06 * ((high - low) or span)
    step = _nice_step(low - room, high + room)
    return _Scale(
        min(at).astimezone(zone),
        max(at).astimezone(zone),
        floor((low - room) / step) * step,
        ceil((high + room) / step) * step,
    )


def _nice_step(low: float, high: float) -> float:
    """1, 2 or 5 times a power of ten, for about four lines."""
    raw = (high - low) / 4
    size = 10 ** floor(log10(raw))
    return next(size * factor for factor in (1, 2, 5, 10) if raw <= size * factor)


def _axes(chart: Chart, scale: _Scale) -> Iterator[str]:
    unit = f" ({escape(chart.unit)})" if chart.unit else ""
    yield f'<text class="ink" x="12" y="19" font-size="14" font-weight="600">{escape(_short(chart.title))}{unit}</text>'
    step = _nice_step(scale.low, scale.high)
    for index in range(round((scale.high - scale.low) / step) + 1):
        value = scale.low + index * step
        y = scale.y(value)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text class="soft" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>'
    for at, label in _ticks(scale):
        x = scale.x(at)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        yield f'<text class="soft" x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{label}</text>'
    yield f'<text class="soft" x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{escape(_zone_name(scale))}</text>'


def _ticks(scale: _Scale) -> Iterator[tuple[datetime, str]]:
    """At round hours or midnights of the clock on the wall; a new day says its date."""
    hours = (_utc(scale.end) - _utc(scale.start)) / timedelta(hours=1)
    step = next((one for one in _STEPS_H if hours / one <= 5), _STEPS_H[-1])
    wall = scale.start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    while (at := wall.replace(tzinfo=scale.start.tzinfo)) <= scale.end:
        if at >= scale.start and 24 < scale.x(at) < WIDTH - RIGHT - 8 and _is_on_the_clock(at):
            yield at, f"{at.day} {at:%b}" if step >= 24 or at.hour == 0 else f"{at:%H:%M}"
        wall += timedelta(hours=step)


def _is_on_the_clock(at: datetime) -> bool:
    """An hour that the beginning of summer time leaves out is none."""
    return at.astimezone(UTC).astimezone(at.tzinfo).hour == at.hour


def _zone_name(scale: _Scale) -> str:
    """ "time in Europe/Madrid (CET)"; in a fixed zone that name alone."""
    short = list(dict.fromkeys(f"{at:%Z}" for at in (scale.start, scale.end)))
    long = str(scale.start.tzinfo)
    return f"time in {long}" if short == [long] else f"time in {long} ({', '.join(short)})"


def _limits(chart: Chart, scale: _Scale) -> Iterator[str]:
    for name, limit in (("upper limit", chart.high), ("lower limit", chart.low)):
        if limit is None or not scale.low <= limit <= scale.high:
            continue
        y = scale.y(limit)
        yield f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke-width="1.5" stroke-dasharray="6 4"/>'
        above = y - 5 if y > TOP + 16 else y + 14
        yield f'<text class="limit-ink" x="{LEFT + 6}" y="{above:.1f}">{name} {_number(limit)}</text>'


def _lines(chart: Chart, scale: _Scale) -> Iterator[str]:
    signals = _signals(chart)
    low, high = _line(chart, "low"), _line(chart, "high")
    if low is not None and high is not None:
        up = [f"{scale.x(at):.1f},{scale.y(value):.1f}" for at, value in _thinned(high)]
        down = [f"{scale.x(at):.1f},{scale.y(value):.1f}" for at, value in reversed(_thinned(low))]
        yield f'<polygon class="band" points="{" ".join([*up, *down])}"/>'
    for line in chart.lines:
        if line.name not in ("low", "high") and line.values:
            name = line.name if line.name in _USUAL else f"signal{signals.index(line) % len(_SIGNALS)}"
            dashes = ' stroke-dasharray="7 3"' if name == "expected" else ""
            for part in _unbroken(_thinned(line)):
                points = " ".join(f"{scale.x(at):.1f},{scale.y(value):.1f}" for at, value in part)
                yield f'<polyline class="{name}" points="{points}" fill="none" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"{dashes}/>'


def _legend(chart: Chart) -> Iterator[str]:
    x = 12
    named = {line.name for line in chart.lines if line.values}
    for name, words in (("read", "read"), ("expected", "expected")):
        if name in named:
            dashes = ' stroke-dasharray="7 3"' if name == "expected" else ""
            yield f'<line class="{name}" x1="{x}" x2="{x + 22}" y1="35" y2="35" stroke-width="2"{dashes}/>'
            yield f'<text class="ink" x="{x + 28}" y="39">{words}</text>'
            x += 38 + 7 * len(words)
    if {"low", "high"} <= named:
        yield f'<rect class="band" x="{x}" y="29" width="22" height="12"/>'
        yield f'<text class="ink" x="{x + 28}" y="39">80% of what comes</text>'


def _signals(chart: Chart) -> list[ChartLine]:
    """The lines that have names of their own."""
    return [line for line in chart.lines if line.name not in _USUAL and line.values]


def _names(signals: Sequence[ChartLine]) -> Iterator[str]:
    """A row for each below the chart."""
    for index, line in enumerate(signals):
        y = HEIGHT + _ROW * index
        yield f'<line class="signal{index % len(_SIGNALS)}" x1="12" x2="34" y1="{y}" y2="{y}" stroke-width="2"/>'
        yield f'<text class="ink" x="40" y="{y + 4}">{escape(_short(line.name))}</text>'


def _thinned(line: ChartLine) -> list[tuple[datetime, float]]:
    """The line with at most ``SHOWN`` points: of each stretch the first, and its lowest and highest."""
    points = list(zip(line.at, line.values, strict=True))
    if len(points) <= SHOWN:
        return points
    size = ceil(len(points) / (SHOWN / 3))
    kept: list[tuple[datetime, float]] = []
    for start in range(0, len(points), size):
        part = points[start : start + size]
        ends = {part[0], min(part, key=lambda one: one[1]), max(part, key=lambda one: one[1])}
        kept += sorted(ends)
    return [*kept, points[-1]]


def _unbroken(points: Sequence[tuple[datetime, float]]) -> Iterator[list[tuple[datetime, float]]]:
    """A line is broken where nothing was read for four times as long as usual."""
    gaps = sorted(b[0] - a[0] for a, b in itertools.pairwise(points))
    longest = 4 * gaps[len(gaps) // 2] if gaps else timedelta(0)
    part: list[tuple[datetime, float]] = []
    for point in points:
        if part and point[0] - part[-1][0] > longest:
            yield part
            part = []
        part.append(point)
    if part:
        yield part


def _line(chart: Chart, name: str) -> ChartLine | None:
    return next((line for line in chart.lines if line.name == name and line.values), None)


def _short(title: str, most: int = 44) -> str:
    return title if len(title) <= most else f"{title[: most - 1]}…"


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{round(value, 10):.4g}"


def _moment(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %H:%M %Z}"
