"""Charts of the chat: what is drawn, and what it says to those who do not see it."""

import base64
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from agent.events import Answered
from interfaces.web.chat.charts import chart_markdown, description, drawing
from interfaces.web.chat.transcript import Transcript
from tools.results.result import Chart, ChartLine

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


def line(name: str, values: list[float], start: datetime = NOW) -> ChartLine:
    return ChartLine(name=name, at=[start + timedelta(hours=hour) for hour in range(len(values))], values=values)


def forecast(title: str = "VAV-303 Zone Air Temperature", **changes: object) -> Chart:
    past = line("read", [21.0, 22.0, 23.0], NOW - timedelta(hours=3))
    ahead = [line("expected", [23.0, 24.0]), line("low", [22.5, 23.0]), line("high", [23.5, 25.0])]
    return Chart.model_validate({"title": title, "unit": "°C", "high": 26.0, "lines": [past, *ahead], **changes})


def drawn(chart: Chart) -> ElementTree.Element:
    return ElementTree.fromstring(drawing(chart))


def texts(chart: Chart) -> list[str]:
    return [one.text or "" for one in drawn(chart).iter(f"{SVG}text")]


def test_history_forecast_interval_and_limit_are_drawn_and_named():
    picture = drawn(forecast())
    assert [one.get("class") for one in picture.iter(f"{SVG}polyline")] == ["read", "expected"]
    assert len(list(picture.iter(f"{SVG}polygon"))) == 1
    said = texts(forecast())
    assert said[0] == "VAV-303 Zone Air Temperature (°C)"
    assert {"read", "expected", "80% of what comes", "upper limit 26", "time in UTC"} <= set(said)


def test_the_description_says_what_the_picture_shows():
    assert description(forecast()) == (
        "Chart of VAV-303 Zone Air Temperature. Read from 1 March 09:00 UTC to 1 March 11:00 UTC: between 21 and 23 °C, last 23 °C. "
        "Expected until 1 March 13:00 UTC: between 23 and 24 °C, with 80% of what comes between 22.5 and 25 °C. Upper limit 26 °C."
    )


def test_times_are_those_of_the_site_and_the_axis_says_so():
    zone = ZoneInfo("America/Los_Angeles")
    picture = ElementTree.fromstring(drawing(forecast(), zone))
    said = [one.text or "" for one in picture.iter(f"{SVG}text")]
    assert "time in America/Los_Angeles (PST)" in said
    assert "03:00" in said  # the forecast begins at noon UTC, which is four in the morning there
    assert "Read from 1 March 01:00 PST to 1 March 03:00 PST" in description(forecast(), zone)


def test_a_chart_over_the_beginning_of_summer_time_has_the_hours_of_the_wall_clock():
    night = datetime(2026, 3, 28, 23, tzinfo=UTC)  # in Madrid the clock goes from 2 to 3 at 1:00 UTC
    picture = ElementTree.fromstring(
        drawing(Chart(title="t", lines=[line("read", [1.0] * 6, night)]), ZoneInfo("Europe/Madrid"))
    )
    said = [one.text or "" for one in picture.iter(f"{SVG}text")]
    assert "02:00" not in said
    assert {"01:00", "03:00", "04:00", "time in Europe/Madrid (CET, CEST)"} <= set(said)
    ticks = {one.text: float(one.get("x") or 0) for one in picture.iter(f"{SVG}text") if (one.text or "")[-3:] == ":00"}
    assert ticks["03:00"] - ticks["01:00"] == pytest.approx(ticks["04:00"] - ticks["03:00"], abs=0.2)


def test_higher_values_are_higher_up_and_all_lie_inside():
    picture = drawn(forecast())
    read = next(one for one in picture.iter(f"{SVG}polyline") if one.get("class") == "read")
    heights = [float(point.split(",")[1]) for point in (read.get("points") or "").split()]
    assert heights == sorted(heights, reverse=True)
    assert all(40 < height < 220 for height in heights)


def test_a_limit_far_away_does_not_flatten_the_signal():
    assert not any(text.startswith("upper limit") for text in texts(forecast(high=900.0)))
    assert "Upper limit 900 °C." in description(forecast(high=900.0))


@pytest.mark.parametrize("values", [[5.0, 5.0], [0.0], [-1e6, 1e6], [1e-9, 2e-9]])
def test_any_values_can_be_drawn(values: list[float]):
    assert drawn(Chart(title="t", lines=[line("read", values)])) is not None


def test_a_line_is_broken_where_nothing_was_read_and_thinned_where_it_is_long():
    gap = ChartLine(name="read", at=[NOW + timedelta(hours=h) for h in (0, 1, 2, 30, 31)], values=[1.0, 2, 3, 4, 5])
    assert len(list(drawn(Chart(title="t", lines=[gap])).iter(f"{SVG}polyline"))) == 2
    spike = [1.0] * 3000
    spike[1234] = 9.0
    (long,) = drawn(Chart(title="t", lines=[line("read", spike)])).iter(f"{SVG}polyline")
    points = (long.get("points") or "").split()
    assert len(points) < 500
    top = min(float(point.split(",")[1]) for point in points)
    assert sum(float(point.split(",")[1]) == top for point in points) == 1


def test_names_cannot_become_markup():
    hostile = forecast("<script>x</script>](javascript:x) & co")
    assert texts(hostile)[0].startswith("<script>")
    markdown = chart_markdown(hostile)
    assert markdown is not None
    alt, _, rest = markdown[2:].rpartition("](data:image/svg+xml;base64,")
    assert "\\](" not in alt.replace("\\]\\(", "")
    assert base64.b64decode(rest.removesuffix(")")).startswith(b"<svg")
    assert "\\<script" in alt


def test_charts_follow_the_answer_and_empty_ones_are_left_out():
    script = Transcript(lambda: 0.0, {}, 0)
    empty = Chart(title="Nothing", lines=[line("read", [])])
    script.apply(Answered("It rises.", charts=[empty, *[forecast(f"Point {n}") for n in range(5)]]))
    rows = script.rows()
    assert [row["content"].partition("\\.")[0][:17] for row in rows] == ["It rises.", *["![Chart of Point "] * 2]


def test_several_signals_are_told_apart_by_their_names_and_colours():
    chart = Chart(title="air", unit="°C", lines=[line("VAV-1 <air>", [20.0, 21.0]), line("VAV-2 air", [22.0, 23.0])])
    picture = drawn(chart)
    assert [one.get("class") for one in picture.iter(f"{SVG}polyline")] == ["signal0", "signal1"]
    assert {"VAV-1 <air>", "VAV-2 air"} <= set(texts(chart))
    assert int(picture.get("height", "0")) > int(drawn(forecast()).get("height", "0"))
    assert "VAV-2 air from 1 March 12:00 UTC to 1 March 13:00 UTC: between 22 and 23 °C." in description(chart)
