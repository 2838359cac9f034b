"""A chart in the chat of a real browser: it is drawn whole, in both themes, and says what it shows."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from playwright.async_api import async_playwright, expect

from agent.events import Answered, Event
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.history.history import History
from ingestion.live.values import Values
from ingestion.simulator.demo import demo_plant_file
from interfaces.app.web_server import serve_web
from interfaces.health import Health
from interfaces.web.chat.charts import HEIGHT, WIDTH
from interfaces.web.server import create_app
from tests.conftest import Services
from tests.interfaces.web.test_browser import FLAGS, PATIENCE_MS, Visit, violations
from tools.results.result import Chart, ChartLine

pytestmark = [pytest.mark.service, pytest.mark.parametrize("servers", ["embedded"], indirect=True)]

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
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

    async def ask(self, question: str, conversation: str) -> AsyncIterator[Event]:
        yield Answered(ANSWER, charts=[chart()])


async def los_angeles() -> str:
    return "America/Los_Angeles"


@pytest.fixture
async def visit(graph: GraphStore, history: History, ontology: Ontology, services: Services) -> AsyncGenerator[Visit]:
    await load_plant(graph, ontology, read_plant(demo_plant_file(), ontology))
    app = create_app(
        agent=Foreteller(),
        graph=graph,
        history=history,
        values=Values(history),
        ontology=ontology,
        clock=lambda: round(NOW.timestamp() * 1000),
        timezone=los_angeles,
        health=Health("home", {}),
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready = asyncio.Event()
        serving = asyncio.create_task(serve_web(app, listener, ready.set))
        await asyncio.wait({serving, asyncio.create_task(ready.wait())}, return_when=asyncio.FIRST_COMPLETED)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=services["chromium"]["path"], args=FLAGS)
            context = await browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce")
            context.set_default_timeout(PATIENCE_MS)
            visit = Visit(await context.new_page())
            await visit.open(f"http://127.0.0.1:{listener.getsockname()[1]}")
            yield visit
            await browser.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


async def test_a_chart_appears_with_its_description_in_both_themes(visit: Visit):
    expect.set_options(timeout=PATIENCE_MS)
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
    expect.set_options(timeout=PATIENCE_MS)
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
