"""A chart in the chat of a real browser: it is drawn whole, in both themes, and says what it shows."""

from collections.abc import AsyncGenerator, AsyncIterator
from datetime import timedelta

import numpy as np
import pytest
from playwright.async_api import expect

from agent.events import Answered, Event
from interfaces.web.chat.charts import HEIGHT, WIDTH
from tests.interfaces.web.chat.conftest import NOW, Visiting
from tests.interfaces.web.test_browser import Visit, violations
from tools.context import Caller
from tools.results.result import Chart, ChartLine

pytestmark = [pytest.mark.service, pytest.mark.parametrize("servers", ["embedded"], indirect=True)]

ANSWER = "VAV-303 zone air temperature is forecast to be 24.1 °C tomorrow at 15:00."


def chart() -> Chart:
    past, ahead = np.arange(-72, 0), np.arange(0, 48)
    swing = {hour: 23 + 1.6 * float(np.sin(hour / 24 * 2 * np.pi)) for hour in (*past.tolist(), *ahead.tolist())}

    def line(name: str, hours: list[int], away: float = 0.0) -> ChartLine:
        values = [swing[hour] + away * (1 + hour / 48) for hour in hours]
        return ChartLine(name=name, at=[NOW + timedelta(hours=hour) for hour in hours], values=values)

    lines = [line("read", past.tolist())]
    lines += [line(name, ahead.tolist(), away) for name, away in (("expected", 0.0), ("low", -0.6), ("high", 0.6))]
    return Chart(title="VAV-303 Zone Air Temperature", unit="°C", high=26.0, lines=lines)


class Foreteller:
    """Answers everything with the same forecast."""

    async def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]:
        yield Answered(ANSWER, charts=[chart()])


@pytest.fixture
async def visit(visiting: Visiting) -> AsyncGenerator[Visit]:
    async with visiting(agent=Foreteller()) as visit:
        yield visit


async def test_a_chart_appears_with_its_description_in_both_themes(visit: Visit):
    page = visit.page
    await visit.ask("What will the zone temperature of VAV-303 be tomorrow?")
    await expect(page.locator("#chat .bot .message-content", has_text="24.1 °C")).to_be_visible()
    drawn = page.get_by_role("img", name="Chart of VAV-303 Zone Air Temperature.")
    await expect(drawn).to_be_visible()
    said = await drawn.get_attribute("alt") or ""
    assert "Expected until 4 March 09:00 PST" in said
    assert "Upper limit 26 °C." in said
    size = await drawn.evaluate("image => [image.naturalWidth, image.clientWidth, image.clientHeight, image.complete]")
    assert size[0] > 0
    assert size[1] > 280
    assert size[2] > 120
    pane = await page.locator("#chat").bounding_box()
    picture = await drawn.bounding_box()
    assert pane
    assert picture
    assert pane["x"] <= picture["x"]
    assert picture["x"] + picture["width"] <= pane["x"] + pane["width"]
    light = await drawn.screenshot()
    assert await violations(page.main_frame) == []
    await page.emulate_media(color_scheme="dark")
    await page.reload()
    await expect(drawn).to_be_visible()
    assert await drawn.screenshot() != light
    assert await violations(page.main_frame) == []


async def test_a_chart_is_as_wide_as_a_phone(visit: Visit):
    await visit.page.set_viewport_size({"width": 390, "height": 844})
    await visit.ask("What will the zone temperature of VAV-303 be tomorrow?")
    drawn = visit.page.get_by_role("img", name="Chart of VAV-303 Zone Air Temperature.")
    await expect(drawn).to_be_visible()
    picture = await drawn.bounding_box()
    assert picture
    assert picture["width"] > 330
    assert picture["height"] == pytest.approx(picture["width"] * HEIGHT / WIDTH, abs=2)  # drawn in all of its box
    assert picture["x"] >= 0
    assert picture["x"] + picture["width"] <= 390
    assert await visit.page.evaluate("document.documentElement.scrollWidth") <= 390
