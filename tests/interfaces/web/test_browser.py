"""The served demo plant in a real browser: a question and its answer, the view beside it, and who may look."""

import base64
import io
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Frame, FrameLocator, Locator, Page, expect

from tests.conftest import ROOT
from tests.interfaces.conftest import Terminal
from tests.interfaces.web.conftest import PATIENCE_MS

pytestmark = pytest.mark.service

WINDOW: Any = {"viewport": {"width": 1000, "height": 640}, "reduced_motion": "reduce"}
AXE = ROOT / "interfaces" / "web" / "client" / "node_modules" / "axe-core" / "axe.min.js"
HIGHLIGHT = (26, 115, 232)
PASSWORD = "a password for the test"

HOSTILE_NAMES = (
    "<img src=x onerror=window.broken=1><script>window.broken=1</script>",
    "**Loud** [fan](javascript:window.broken=1)",
)
HOSTILE = f"""
site: {{id: hostile, name: Hostile Works}}
places: [{{id: h-floor, class: Floor, name: Hostile Floor, in: hostile, x: 120, y: 0, z: 0, w: 10, d: 10, h: 4}}]
assets:
  - {{id: h-1, class: Pump, name: "{HOSTILE_NAMES[0]}", in: h-floor, x: 125, y: 5, z: 0}}
  - {{id: h-2, class: Fan, name: "{HOSTILE_NAMES[1]}", in: h-floor, x: 127, y: 7, z: 0}}
"""

SEEN = """() => {
  window.seen = [];
  const look = () => {
    const rows = [...document.querySelectorAll('#chat .bot .message-content')];
    const text = rows.at(-1)?.innerText ?? '';
    if (text && window.seen.at(-1) !== text) window.seen.push(text);
  };
  new MutationObserver(look).observe(document.querySelector('#chat'), { subtree: true, childList: true, characterData: true });
}"""


@asynccontextmanager
async def serving(terminal: Terminal, *arguments: str, **environment: str) -> AsyncGenerator[str]:
    """The address, while the command runs; it is stopped as an operator stops it."""
    async with terminal.running(*arguments, **environment) as running:
        yield await running.serving()
        assert await running.stop() == 0, running.said


@pytest.fixture(scope="module")
async def plant(shared_terminal: Terminal) -> AsyncGenerator[str]:
    """The address of the demo plant with some hours behind it."""
    async with serving(shared_terminal, "demo", "--days", "0.2", "--port", "0") as address:
        yield address


class Visit:
    """A person at the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.view: FrameLocator = page.frame_locator("#view-frame iframe")
        self.box: Locator = page.get_by_role("textbox", name="Message", exact=True)
        self.answers: Locator = page.locator("#chat .bot .message-content")

    async def open(self, address: str) -> None:
        await self.page.goto(address)
        await self.ready()

    async def ready(self) -> None:
        await self.view.locator("#stage[data-ready=true][data-connected=true]").wait_for()

    async def log_in(self, name: str, password: str) -> None:
        await self.page.get_by_label("Name").fill(name)
        await self.page.get_by_label("Password").fill(password)
        await self.page.keyboard.press("Enter")
        await expect(self.page.locator("#who")).to_have_text(name)
        await self.ready()

    async def ask(self, question: str) -> str:
        asked = self.page.locator("#chat .user")
        before = await asked.count()
        await self.box.fill(question)
        await self.box.press("Enter")
        await expect(asked).to_have_count(before + 1)  # the same may have been asked before
        return await self.answered(question)

    async def answered(self, question: str) -> str:
        """The answer's text once it is whole: while one is written it can be stopped."""
        await expect(self.page.locator("#chat .user .message-content").last).to_have_text(question)
        await expect(self.page.locator("#stop")).to_be_hidden()
        return await self.answers.last.inner_text()

    async def scene(self) -> dict[str, Any]:
        return await self.page.evaluate("async () => (await fetch('/api/scene')).json()")

    async def where(self, id_: str) -> tuple[int, int]:
        """Where a thing is drawn, in pixels of the view."""
        at = await self.view.locator("#stage").evaluate("(_, id) => window.plantroom.locate(id)", id_)
        return round(at["x"]), round(at["y"])

    async def picture(self) -> Image.Image:
        """What the canvas alone shows, once nothing moves."""
        await self.view.locator("#stage[data-moving=false]").wait_for()
        drawn: str = await self.view.locator("#stage canvas").evaluate("(canvas) => canvas.toDataURL()")
        return Image.open(io.BytesIO(base64.b64decode(drawn.partition(",")[2]))).convert("RGB")


@pytest.fixture
async def context(browser: Browser, plant: str) -> AsyncGenerator[BrowserContext]:
    """A browser of a person's own, in which nothing may go wrong and nothing may leave the machine."""
    made = await browser.new_context(**WINDOW)
    made.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    made.on("request", lambda request: None if _local(request.url) else wrong.append(f"request to {request.url}"))
    made.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    made.on("weberror", lambda error: wrong.append(str(error.error)))
    yield made
    await made.close()
    assert wrong == []


def _local(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:", "about:"))


@pytest.fixture
async def visit(context: BrowserContext, plant: str) -> Visit:
    visit = Visit(await context.new_page())
    await visit.open(plant)
    return visit


def pixels(picture: Image.Image, color: tuple[int, int, int], box: tuple[int, int, int, int] | None = None) -> int:
    """How many pixels have about this colour."""
    colors = (picture.crop(box) if box else picture).getcolors(1 << 24)
    return sum(n for n, one in colors or () if all(abs(a - b) <= 14 for a, b in zip(one, color, strict=True)))  # type: ignore[arg-type]


def near(x: int, y: int, reach: int = 24) -> tuple[int, int, int, int]:
    return x - reach, y - reach, x + reach, y + reach


async def test_a_question_is_answered_step_by_step_and_marked_in_the_view(visit: Visit):
    before = await visit.picture()
    assert pixels(before, HIGHLIGHT) == 0
    await visit.page.evaluate(SEEN)
    answer = await visit.ask("Which VAVs does AHU-2 feed?")
    fed = [f"vav-20{number}" for number in range(1, 7)]
    assert all(id_.upper() in answer.replace("\n", "") for id_ in fed)
    grown = await visit.page.evaluate("window.seen")
    assert grown[-1] == answer
    step = visit.page.locator("#chat .thought-group").first
    await expect(step).to_contain_text("Looking for equipment")
    await step.locator(".title").click()
    await expect(step).to_contain_text("VAV, supplied by AHU-2")
    await expect(step).to_contain_text("6 VAVs found")
    source = visit.page.locator("#chat .thought-group", has_text="Where this comes from")
    await source.locator(".title").click()
    await expect(source).to_contain_text("The plant's model")

    await expect(visit.view.locator("#stage")).to_have_attribute("data-highlighted", re.compile(r"[1-9]"))
    after = await visit.picture()
    assert 200 < pixels(after, HIGHLIGHT) < 0.1 * after.width * after.height
    for id_ in fed:
        x, y = await visit.where(id_)
        assert 0 < x < after.width, f"{id_} is out of view"
        assert 0 < y < after.height, f"{id_} is out of view"
        assert pixels(after, HIGHLIGHT, near(x, y)) > 10, id_
    assert pixels(after, HIGHLIGHT, near(*await visit.where("tank-1"))) == 0
    await visit.view.get_by_role("button", name="Clear highlight").click()
    assert pixels(await visit.picture(), HIGHLIGHT) == 0


async def test_what_is_clicked_in_the_view_is_asked_about(visit: Visit):
    frame = await visit.page.locator("#view-frame iframe").bounding_box()
    assert frame
    await visit.picture()
    x, y = await visit.where("tank-1")
    name = next(asset["name"] for asset in (await visit.scene())["assets"] if asset["id"] == "tank-1")
    await visit.page.mouse.move(frame["x"] + x, frame["y"] + y)
    await expect(visit.view.locator("#tooltip")).to_contain_text(name)
    await visit.page.mouse.click(frame["x"] + x, frame["y"] + y)
    answer = await visit.answered(f"Tell me about {name}")
    assert name in answer
    await expect(visit.view.locator("#stage")).to_have_attribute("data-highlighted", re.compile(r"[1-9]"))


async def test_a_keyboard_reaches_every_thing_and_the_conversation_outlives_a_reload(visit: Visit):
    await visit.view.get_by_role("button", name="Equipment list").press("Enter")
    await visit.view.get_by_label("Find equipment").fill("ahu-2 supply")
    await visit.page.keyboard.press("Tab")
    await visit.page.keyboard.press("Enter")
    answer = await visit.answered("Tell me about AHU-2 Supply Fan")
    await visit.page.reload()
    await visit.ready()
    await expect(visit.answers.last).to_have_text(answer)
    await visit.page.get_by_role("button", name="New conversation").click()
    await expect(visit.answers).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_and_the_view_are_accessible(visit: Visit, scheme: Literal["light", "dark"]):
    await visit.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await visit.page.reload()
    await visit.ready()
    await visit.ask("What is the most critical system today?")
    await visit.page.locator("#chat .thought-group .title").first.click()
    await visit.view.get_by_role("button", name="Equipment list").click()
    for frame in visit.page.frames:
        assert await violations(frame) == []


async def violations(frame: Frame) -> list[str]:
    """What axe finds wrong, as "rule: selector"."""
    await frame.evaluate(AXE.read_text("utf-8"))
    found = await frame.evaluate(
        "async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], iframes: false })).violations"
    )
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


async def test_names_from_other_systems_are_shown_as_text(visit: Visit, shared_terminal: Terminal):
    imported = await shared_terminal.run("import", shared_terminal.file("hostile.yaml", HOSTILE))
    assert imported.code == 0, imported.err
    await visit.page.reload()
    await visit.ready()
    for name in HOSTILE_NAMES:
        await visit.view.get_by_role("button", name="Equipment list").click()
        await visit.view.get_by_label("Find equipment").fill(name.split()[0])
        await visit.view.locator("#rows strong", has_text=name).click()
        await expect(visit.page.locator("#chat .user .message-content").last).to_contain_text(name)
        await expect(visit.page.locator("#stop")).to_be_hidden()
        await expect(visit.page.locator("#chat .bot .message-content").last).not_to_be_empty()
        await visit.view.get_by_role("button", name="Equipment list").click()
    for frame in visit.page.frames:
        assert await frame.evaluate("window.broken") is None
        assert await frame.locator("[src=x], [onerror], a[href^='javascript:']").count() == 0


@pytest.mark.slow
async def test_with_a_password_nobody_looks_without_it(browser: Browser, plant: str, shared_terminal: Terminal):
    async with serving(shared_terminal, "serve", "--port", "0", PLANTROOM_WEB_PASSWORD=PASSWORD) as address:
        context = await browser.new_context(**WINDOW)
        page = await context.new_page()
        for path in ("/api/scene", "/gradio_api/info", "/config", "/app/index.html"):
            answer = await context.request.get(address + path)
            assert answer.status == 401, path
            assert "Chiller" not in await answer.text()
        await page.goto(address)
        assert await violations(page.main_frame) == []
        await page.get_by_label("Password").fill("a guess")
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("alert")).to_have_text("That is not the password.")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Log in").click()
        await Visit(page).ready()
        assert (await context.request.get(f"{address}/api/scene")).status == 200
        other = await context.new_page()
        await other.goto(address)
        await Visit(other).ready()
        await page.get_by_role("button", name="Log out").click()
        for one in (
            page,
            other,
        ):  # the server closes what is open; the page that finds itself unknown asks for the password
            await one.get_by_label("Password").wait_for()
        assert (await context.request.get(f"{address}/api/scene")).status == 401
        await context.close()


@pytest.mark.slow
async def test_the_page_says_that_the_server_is_gone_and_finds_it_again(
    browser: Browser, plant: str, shared_terminal: Terminal
):
    context = await browser.new_context(**WINDOW)
    visit = Visit(await context.new_page())
    async with serving(shared_terminal, "serve", "--port", "0") as address:
        await visit.open(address)
        await expect(visit.page.locator("#pulse-link")).to_have_text("Live")
    await expect(visit.page.locator("#pulse-link")).to_have_text("Reconnecting…")
    async with serving(shared_terminal, "serve", "--port", address.rsplit(":", 1)[1]):
        await expect(visit.page.locator("#pulse-link")).to_have_text("Live")
        assert "Chiller 1" in await visit.ask("Tell me about Chiller 1")
        await context.close()
