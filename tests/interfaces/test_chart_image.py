"""Charts as PNG: they open, have their size, and show the lines, the limits and the gaps."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from graph_schema.errors import InvalidInput
from interfaces.chart_image import png
from tools.results.result import Chart, ChartLine

BEGIN = datetime(2026, 3, 1, 8, tzinfo=UTC)
BLUE, ORANGE, RED = (20, 89, 159), (168, 72, 11), (179, 38, 26)


def line(name: str, *values: float, begin: int = 0) -> ChartLine:
    return ChartLine(
        name=name, at=[BEGIN + timedelta(hours=begin + n) for n in range(len(values))], values=list(values)
    )


def opened(chart: Chart) -> Image.Image:
    picture = Image.open(BytesIO(png(chart, ZoneInfo("Europe/Madrid"))))
    assert (picture.format, picture.size) == ("PNG", (960, 480))
    return picture.convert("RGB")


def columns(picture: Image.Image, colour: tuple[int, int, int]) -> set[int]:
    """Those in which a pixel has this colour."""
    pixels = picture.load()
    assert pixels is not None
    return {x for x in range(picture.width) for y in range(40, 330) if pixels[x, y] == colour}


def test_a_signal_with_its_limit() -> None:
    picture = opened(
        Chart(title="AHU-2 supply air temperature", unit="°C", high=16.0, lines=[line("read", 13, 14, 15.5, 14, 13)])
    )
    assert len(columns(picture, BLUE)) > 400
    assert len(columns(picture, RED)) > 200


def test_a_limit_far_away_does_not_flatten_the_signal() -> None:
    assert not columns(opened(Chart(title="T", high=900.0, lines=[line("read", 13, 14)])), RED)


def test_the_line_breaks_where_nothing_was_read() -> None:
    first, later = line("read", 20, 20, 20, 20), line("read", 20, 20, 20, 20, begin=20)
    broken = ChartLine(name="read", at=[*first.at, *later.at], values=[*first.values, *later.values])
    drawn = columns(opened(Chart(title="T", lines=[broken])), BLUE)
    widest = max(b - a for a, b in zip(sorted(drawn), sorted(drawn)[1:], strict=False))
    assert widest > 300


def test_several_signals_and_what_is_expected() -> None:
    expected = [
        line("read", 3, 4, 5),
        line("expected", 5, 6, begin=2),
        line("low", 4, 5, begin=2),
        line("high", 6, 7, begin=2),
    ]
    assert columns(opened(Chart(title="T", lines=expected)), ORANGE)
    two = opened(Chart(title="kW", unit="kW", lines=[line("CH-1 $", 30, 40), line("_CH-2", 50, 45)]))
    assert columns(two, BLUE)
    assert columns(two, ORANGE)


def test_a_single_value_is_a_point() -> None:
    assert columns(opened(Chart(title="One", lines=[line("read", 5.0)])), BLUE)


def test_a_chart_without_values_is_refused() -> None:
    with pytest.raises(InvalidInput, match="nothing to draw of Empty"):
        png(Chart(title="Empty", lines=[line("read")]))
