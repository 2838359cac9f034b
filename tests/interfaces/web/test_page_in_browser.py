"""What people do with the page in a real browser: two tabs, questions while one is answered, a cut connection, alarms, a phone.

One demo plant is served for all of them, in this process, with the agent that needs no language model. Questions that begin with "slowly"
are answered when the test says so.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect
from psycopg.conninfo import make_conninfo

from agent.agent import Agent
from agent.conversation.memory import open_memory
from agent.dialogue.model import dialogue_model
from agent.events import Answered, Event, TextDelta
from agent.language.grammar import grammar
from agent.planning.newest import Understandings
from agent.vocabulary.lexicon import Lexicons
from graph_schema.importers import read_plant
from graph_schema.model import Status
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.alarms import AlarmChange, Alarms, AlarmVerb, StatusChange
from ingestion.history.history import History, open_history
from ingestion.live.values import Values
from ingestion.pipeline.service import build
from ingestion.simulator.demo import demo_plant_file
from ingestion.simulator.simulator import Simulator
from interfaces.app.site_clock import SiteClock
from interfaces.health import Health
from interfaces.http.auth.identity import Identity
from interfaces.web.server import create_app
from tests.conftest import GraphServer, emptied
from tests.interfaces.web.conftest import PATIENCE_MS, served_app
from tests.interfaces.web.test_browser import HIGHLIGHT, Visit, near, pixels
from tools.catalogue.plant import plant_tools
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

pytestmark = pytest.mark.service

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
BEARING = "chwp-2/vibration"
DESKTOP: Any = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}


def clock() -> datetime:
    return NOW


class Gate:
    """The agent; of what is asked slowly it says half, and the rest when it is let."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.open = asyncio.Event()

    async def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]:
        if not question.startswith("slowly"):
            async for event in self._agent.ask(question, conversation, caller):
                yield event
            return
        yield TextDelta("This is half of it.")
        await self.open.wait()
        yield Answered(f"This is all of {question.removeprefix('slowly ')}.")


class Line:
    """The network between browser and server: a relay that can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._open |= {writer, back}
        await asyncio.gather(_pump(reader, back), _pump(there, writer))
        self._open -= {writer, back}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


@dataclass(frozen=True)
class Site:
    """The plant that is served, and what is behind it."""

    address: str
    line: Line
    gate: Gate
    graph: GraphStore
    history: History
    values: Values


@pytest.fixture(scope="module")
async def database(embedded_postgres: tuple[str, str]) -> AsyncGenerator[str]:
    admin_dsn, template = embedded_postgres
    async with await psycopg.AsyncConnection.connect(admin_dsn, autocommit=True) as admin:
        await admin.execute(f"create database pages template {template}")
        yield make_conninfo(admin_dsn, dbname="pages")
        await admin.execute("drop database pages with (force)")


@pytest.fixture(scope="module")
async def site(arcadedb: GraphServer, database: str, ontology: Ontology) -> AsyncGenerator[Site]:
    graph = await emptied(arcadedb, ontology)
    plant = read_plant(demo_plant_file(), ontology)
    await load_plant(graph, ontology, plant)
    async with open_history(database) as history, open_memory(database) as memory:
        ingestion = build(history, graph, None, clock)
        await ingestion.projection.tick()
        for batch in Simulator(plant).history(NOW - timedelta(hours=2), NOW + timedelta(milliseconds=1)):
            await ingestion.pipeline.accept(batch)
        await ingestion.projection.tick()
        bare = ToolContext(
            graph, history, ontology, Reader(graph, history, ontology, clock), clock, Caller("nobody"), "UTC"
        )
        lexicons = Lexicons(graph, ontology, grammar("en").function_words)
        understandings = Understandings(lexicons)

        async def context(caller: Caller) -> ToolContext:
            return replace(bare, caller=caller)

        registry = plant_tools()
        gate = Gate(Agent(dialogue_model(understandings, registry), registry, context, lexicons, memory))
        values = Values(history)
        app = create_app(
            agent=gate,
            understandings=understandings,
            graph=graph,
            history=history,
            values=values,
            ontology=ontology,
            clock=lambda: round(NOW.timestamp() * 1000),
            timezone=SiteClock(graph, None).timezone,
            health=Health("home", {}),
            identity=Identity(history, clock),
        )
        async with served_app(app) as port:
            line = Line(port)
            await line.mend()
            yield Site(f"http://127.0.0.1:{line.port}", line, gate, graph, history, values)
            await line.cut()


@asynccontextmanager
async def person(browser: Browser, window: Any = DESKTOP) -> AsyncGenerator[BrowserContext]:
    context = await browser.new_context(**window)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    await context.close()


async def arrive(context: BrowserContext, site: Site) -> Visit:
    visit = Visit(await context.new_page())
    await visit.open(site.address)
    return visit


@pytest.fixture
async def context(browser: Browser, site: Site) -> AsyncGenerator[BrowserContext]:
    site.gate.open.clear()
    async with person(browser) as context:
        yield context
    site.gate.open.set()


@pytest.fixture
async def visit(context: BrowserContext, site: Site) -> Visit:
    return await arrive(context, site)


def asked(page: Page) -> Any:
    return page.locator("#chat .user .message-content")


# Alarms


@asynccontextmanager
async def in_alarm(site: Site, point: str, asset: str) -> AsyncGenerator[None]:
    """As ingestion records it, from raised to cleared; the value itself is back within its limits."""
    at = round(NOW.timestamp() * 1000)

    async def become(verb: AlarmVerb, status: Status) -> None:
        await site.graph.write("MATCH (p:Point {id: $id}) SET p.status = $status", id=point, status=status)
        change = AlarmChange(verb, point, point, [asset], "alarm", at, at, 95.0, "high", 80.0)
        await Alarms(site.history).write([change], [StatusChange(point, [asset], status, None, at)])

    await become("raised", "alarm")
    try:
        yield
    finally:
        await become("cleared", "normal")


async def test_an_alarm_that_stands_is_the_same_in_the_header_the_view_the_suggestions_and_the_answer(
    visit: Visit, site: Site
):
    told = visit.page.locator("#pulse-alarms")
    await expect(told).to_have_text(re.compile("No alarms|warning"))
    first = visit.page.locator("#chat .example").first
    async with in_alarm(site, BEARING, "chwp-2"):
        await expect(told).to_have_text(re.compile("^1 in alarm"))
        await expect(visit.view.locator("#legend")).to_contain_text("Alarm 1")
        await expect(first).to_have_text("Why is Chilled Water Pump 2 in alarm?")
        assert "Chilled Water Pump 2" in await visit.ask("What is in alarm?")
        await visit.page.get_by_role("button", name="New conversation").click()
        await first.click()
        assert "Chilled Water Pump 2" in await visit.answered("Why is Chilled Water Pump 2 in alarm?")
    await expect(told).to_have_text(re.compile("No alarms|warning"))


async def test_small_talk_touches_neither_the_highlight_nor_the_plant(visit: Visit):
    await visit.ask("Tell me about Boiler 1")
    marked = await visit.view.locator("#stage[data-highlighted='1']").count()
    assert await visit.ask("ok thanks") == "You are welcome."
    assert await visit.view.locator("#stage[data-highlighted='1']").count() == marked


async def test_the_chat_takes_no_files(visit: Visit):
    sent = {"files": {"name": "large.bin", "mimeType": "application/octet-stream", "buffer": b"x" * 100_000}}
    for path in ("/gradio_api/upload", "/gradio_api/upload?upload_id=1", "/upload"):
        answer = await visit.page.request.post(visit.page.url.rstrip("/") + path, multipart=sent)
        assert answer.status >= 400, path
    refused = await visit.page.request.post(visit.page.url.rstrip("/") + "/gradio_api/upload", multipart=sent)
    assert "takes no files" in await refused.text()


# Conversations


async def test_each_tab_has_a_conversation_of_its_own(visit: Visit, context: BrowserContext, site: Site):
    other = await arrive(context, site)
    await visit.ask("Tell me about Boiler 1")
    await other.ask("Tell me about Boiler 2")
    assert "Boiler 1" in await visit.ask("and its power?")
    assert "Boiler 2" in await other.ask("and its power?")
    await visit.page.reload()
    await visit.ready()
    await expect(asked(visit.page)).to_have_text(["Tell me about Boiler 1", "and its power?"])
    assert "Boiler 1" in await visit.ask("where is it?")


async def test_a_tab_that_is_duplicated_goes_on_by_itself(visit: Visit, context: BrowserContext, site: Site):
    await visit.ask("Tell me about Boiler 1")
    kept = await visit.page.evaluate("sessionStorage.getItem('plantroom-conversation')")
    twin = await context.new_page()
    await twin.add_init_script(f"sessionStorage.setItem('plantroom-conversation', {kept!r})")
    copy = Visit(twin)
    await copy.open(site.address)
    await expect(asked(twin)).to_have_text(["Tell me about Boiler 1"])
    await copy.ask("Tell me about Boiler 2")
    await expect(asked(visit.page)).to_have_text(["Tell me about Boiler 1"])


async def test_a_question_that_is_asked_while_one_is_answered_waits_for_it(visit: Visit, site: Site):
    await visit.box.fill("slowly the first")
    await visit.box.press("Enter")
    await expect(visit.answers.last).to_contain_text("half of it")
    await visit.box.fill("slowly the second")
    await visit.box.press("Enter")
    await expect(asked(visit.page)).to_have_text(["slowly the first", "slowly the second"])
    await expect(visit.page.locator("#chat")).to_contain_text("Waits for the answer above")
    await expect(visit.box).to_have_value("")
    site.gate.open.set()
    await expect(visit.answers).to_have_text(["This is all of the first.", "This is all of the second."])
    await expect(visit.page.locator("#stop")).to_be_hidden()


async def test_what_is_typed_while_a_question_is_on_its_way_stays(visit: Visit):
    await visit.box.fill("slowly the first")
    async with visit.page.expect_request("**/queue/join*"):
        await visit.box.press("Enter")
    await visit.box.fill("slowly the next")
    await expect(visit.answers.last).to_contain_text("half of it")
    await expect(visit.box).to_have_value("slowly the next")
    await visit.box.press("Enter")
    await expect(asked(visit.page)).to_have_text(["slowly the first", "slowly the next"])
    await expect(visit.box).to_have_value("")


async def test_nothing_is_typed_before_there_is_a_conversation_for_it(context: BrowserContext, site: Site):
    page, held = await context.new_page(), asyncio.Event()

    async def hold(route: Route) -> None:
        await held.wait()
        await route.continue_()

    await page.route("**/gradio_api/queue/join*", hold)
    await page.goto(site.address)
    box = page.get_by_role("textbox", name="Message", exact=True)
    await expect(box).to_be_disabled()
    held.set()
    await expect(box).to_be_enabled()
    await expect(box).to_be_focused()


async def test_more_questions_than_may_wait_stay_in_the_box(visit: Visit):
    for number in range(6):
        await visit.box.fill(f"slowly number {number}")
        await visit.box.press("Enter")
        await expect(asked(visit.page).last).to_have_text(f"slowly number {number}")
    await visit.box.fill("slowly one too many")
    await visit.box.press("Enter")
    await expect(visit.page.get_by_text("5 questions wait already")).to_be_visible()
    await expect(visit.box).to_have_value("slowly one too many")


async def test_what_is_stopped_stays_and_says_so(visit: Visit):
    await visit.box.fill("slowly all of it")
    await visit.box.press("Enter")
    await expect(visit.answers.last).to_contain_text("half of it")
    await visit.page.get_by_role("button", name="Stop").click()
    await expect(visit.answers.last).to_contain_text("Stopped.")
    await expect(visit.answers.last).to_contain_text("half of it")
    await expect(visit.page.locator("#stop")).to_be_hidden()
    await visit.page.reload()
    await visit.ready()
    await expect(asked(visit.page)).to_have_text(["slowly all of it"])
    await expect(visit.answers.last).to_contain_text("Stopped.")


async def test_an_answer_goes_on_while_the_page_is_loaded_anew(visit: Visit, site: Site):
    await visit.box.fill("slowly everything")
    await visit.box.press("Enter")
    await expect(visit.answers.last).to_contain_text("half of it")
    await visit.box.fill("not yet sent")
    await visit.page.reload()
    await visit.ready()
    await expect(asked(visit.page)).to_have_text(["slowly everything"])
    await expect(visit.answers.last).to_contain_text("half of it")
    await expect(visit.box).to_have_value("not yet sent")
    site.gate.open.set()
    await expect(visit.answers.last).to_have_text("This is all of everything.")


async def test_a_cut_connection_is_told_quietly_and_the_answer_comes_back(visit: Visit, site: Site):
    await visit.ask("Tell me about Boiler 1")
    await visit.box.fill("slowly everything")
    await visit.box.press("Enter")
    await expect(visit.answers.last).to_contain_text("half of it")
    await visit.box.fill("typed meanwhile")
    await site.line.cut()
    await expect(visit.page.locator("#link-lost")).to_be_visible()
    await expect(asked(visit.page).first).to_be_visible()
    await expect(visit.answers.last).to_contain_text("half of it")
    await expect(visit.page.get_by_text("Error", exact=True).filter(visible=True)).to_have_count(0)
    site.gate.open.set()
    await site.line.mend()
    await expect(visit.answers.last).to_have_text("This is all of everything.")
    await expect(visit.page.locator("#link-lost")).to_be_hidden()
    await expect(visit.box).to_have_value("typed meanwhile")


# The view


async def labels(visit: Visit) -> list[tuple[str, float, float]]:
    """The labels that are shown: their names and where on the page their middles are."""
    frame = await visit.page.locator("#view-frame iframe").bounding_box()
    assert frame
    await visit.view.locator("#stage[data-moving=false]").wait_for()
    found: list[Any] = await visit.view.locator("#stage").evaluate(
        """stage => [...stage.querySelectorAll(".tag")].filter(tag => tag.checkVisibility()).map(tag => {
          const {x, y, width, height} = tag.getBoundingClientRect();
          const middle = [x + width / 2, y + height / 2];
          return [tag.textContent, ...middle, document.elementFromPoint(...middle) === tag];
        })"""
    )
    return [(name, frame["x"] + x, frame["y"] + y) for name, x, y, on_top in found if on_top]


async def test_a_click_on_a_label_asks_about_what_it_names(visit: Visit, site: Site):
    assert len(await labels(visit)) > 2
    for index in range(2):
        name, x, y = (await labels(visit))[index]
        await visit.page.mouse.click(x, y)
        await visit.answered(f"Tell me about {name}")
        await visit.page.get_by_role("button", name="New conversation").click()
        await expect(visit.view.locator("#stage")).to_have_attribute("data-highlighted", "0")
        await visit.view.get_by_role("button", name="Whole plant").click()


async def test_an_alarm_is_seen_through_a_highlight(visit: Visit, site: Site):
    async with in_alarm(site, BEARING, "chwp-2"):
        label = visit.view.locator(".tag.alarm", has_text="Chilled Water Pump 2")
        await expect(label).to_be_visible()
        await visit.ask("Show me the chilled water pumps")
        await expect(label).to_have_class(re.compile("highlighted"))
        picture = await visit.picture()
        around = near(*await visit.where("chwp-2"), 40)
        assert pixels(picture, HIGHLIGHT, around) > 10
        colors: Any = picture.crop(around).getcolors(1 << 24)
        assert sum(n for n, (r, g, _) in colors if r > 1.6 * g and r > 90) > 20


# Languages


@pytest.mark.parametrize(
    ("locale", "value", "title", "read"),
    [
        ("de-DE", "Kaltwasservorlauftemperatur von Chiller 1", "Woher das kommt", "Gelesen als · Ein Wert: Kaltwasser"),
        (
            "es-MX",
            "Temperatura de impulsión de agua fría de Chiller 1",
            "De dónde viene esto",
            "Leído como · Un valor: ",
        ),
        (
            "en-GB",
            "What is the outside air temperature?",
            "Where this comes from",
            "Read as · A value: outside air temp",
        ),
    ],
)
async def test_a_page_suggests_and_tells_in_the_language_of_its_browser(
    browser: Browser, site: Site, locale: str, value: str, title: str, read: str
):
    async with person(browser, {**DESKTOP, "locale": locale}) as context:
        visit = await arrive(context, site)
        examples = visit.page.locator("#chat .example")
        await expect(examples.first).to_be_visible()
        begin = {"de-DE": "Was", "es-MX": "¿Qué", "en-GB": "What"}[locale]
        await expect(examples.first).to_contain_text(begin)
        await visit.ask(value)
        panel = visit.page.locator("#chat .thought-group", has_text=title)
        await panel.locator(".title").click()
        await expect(panel).to_contain_text(read)
        await expect(panel).to_contain_text("Chiller 1" if locale != "en-GB" else "outside air temperature")
