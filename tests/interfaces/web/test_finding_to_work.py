"""From a finding to finished work, by one way in at a time: read what is at risk, propose the work, approve it as a manager, find the order in the
maintenance system, complete it there, and see here how the forecast came out."""

import json
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitRequestParams, ElicitResult
from playwright.async_api import Browser, expect

from ingestion.reading import wall_clock
from tests.interfaces.conftest import Terminal
from tests.interfaces.waiting import until
from tests.interfaces.web.conftest import PATIENCE_MS
from tests.interfaces.web.test_browser import Visit
from tests.tools.cmms.loopback.atlas import AtlasServer, hook
from tests.tools.cmms.loopback.server import KEY, serving

pytestmark = pytest.mark.slow
PATIENCE_S = 240
HOOK = "whsec-of-the-plant"
PUMPS = {"http": "North Pump", "mcp": "South Pump", "cli": "East Pump", "chat": "West Pump"}
TEXT = "Replace the bearing"
PLANT = "site: {id: quay, name: Quay, timezone: UTC}\nassets:\n" + "".join(
    f"  - {{id: {way}-pump, name: {name}, class: Pump, rated_power_kw: 30, support: rigid, "
    f"points: {{vibration: {{unit: mm/s, source: {way}-pump/vibration, high: 4.5}}}}}}\n"
    for way, name in PUMPS.items()
)
MAP = "csv:\n  device: '{pump}'\n  time: at\n  columns: {mm_s: vibration}\n"


def readings(now: datetime) -> str:
    """Ten days of each pump by the hour, the last three beyond the limit."""
    rows = [(now - timedelta(hours=hour), 6.0 if hour < 72 else 2.0) for hour in range(240, 0, -1)]
    lines = [f"{way}-pump,{at:%Y-%m-%dT%H:%M:%SZ},{mm_s}" for way in PUMPS for at, mm_s in rows]
    return "\n".join(["pump,at,mm_s", *lines])


@dataclass(frozen=True)
class Works:
    """A served plant with a finding on each pump, its maintenance system, and the keys and passwords of tina, a technician, and mia, a manager."""

    terminal: Terminal
    address: str
    atlas: AtlasServer
    keys: dict[str, str]
    passwords: dict[str, str]

    def http(self, name: str) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {self.keys[name]}"}
        return httpx.AsyncClient(base_url=self.address, headers=headers, timeout=PATIENCE_S)

    async def order_of(self, pump: str) -> dict[str, Any]:
        """The order for a pump in the maintenance system, once it is there."""

        async def found() -> dict[str, Any] | None:
            return self.there(pump)

        return await until(found, PATIENCE_S)

    def there(self, pump: str) -> dict[str, Any] | None:
        orders = self.atlas.orders.values()
        return next((one for one in orders if (one.get("asset") or {}).get("name") == pump), None)

    async def complete(self, order: dict[str, Any]) -> None:
        """The crew is done, and the maintenance system tells of it."""
        self.atlas.clock.now = wall_clock()
        self.atlas.touch(order, status="COMPLETE", feedback="New bearing")
        body, signed = hook(order, HOOK)
        async with httpx.AsyncClient(base_url=self.address) as http:
            assert (await http.post("/api/hooks/cmms", content=body, headers=signed)).status_code == 202


async def more(count: Callable[[], Awaitable[int]], before: int) -> int:
    """A count, once it is more than before."""

    async def grown() -> int:
        found = await count()
        return found if found > before else 0

    return await until(grown, PATIENCE_S)


@pytest.fixture(scope="module")
async def works(shared_terminal: Terminal) -> AsyncGenerator[Works]:
    atlas = AtlasServer()
    atlas.clock.now = wall_clock()
    atlas.assets += [{"id": n, "name": name, "customId": f"A{n}"} for n, name in enumerate(PUMPS.values(), 21)]
    async with serving(atlas.app(), atlas) as url:
        given = {"": "atlas", "_URL": url, "_KEY": KEY, "_WEBHOOK_SECRET": HOOK}
        environment = {f"PLANTROOM_CMMS{name}": value for name, value in given.items()}
        async with shared_terminal.running("serve", "--port", "0", **environment) as running:
            works = Works(shared_terminal, await running.serving(), atlas, {}, {})
            await found_wrong(works)
            for name, role in (("tina", "technician"), ("mia", "manager")):
                await come_in(works, name, role)
            yield works
            assert await running.stop() == 0, running.said


async def found_wrong(works: Works) -> None:
    """A plant whose pumps all came to shake, and a look at them."""
    terminal = works.terminal
    for typed in (
        ("import", terminal.file("quay.yaml", PLANT)),
        ("replay", terminal.file("quay.csv", readings(datetime.now(UTC))), "--map", terminal.file("map.yaml", MAP), "--speed", "max"),
        ("forecast", "--wait"),
    ):  # fmt: skip
        done = await terminal.run(*typed)
        assert done.code == 0, done.err + done.out


async def come_in(works: Works, name: str, role: str) -> None:
    works.passwords[name] = secrets.token_urlsafe(12)
    added = await works.terminal.run("users", "add", name, "--role", role, typed=f"{works.passwords[name]}\n")
    assert added.code == 0, added.err
    scopes = [part for scope in ("read", "write", "approve") for part in ("--scope", scope)]
    made = await works.terminal.run("tokens", "create", name, "--role", role, *scopes)
    assert made.code == 0, made.err
    works.keys[name] = made.out.split("\n")[0]


def asked_for(pump: str) -> dict[str, str]:
    return {"asset": pump, "text": TEXT, "because": "forecast"}


def mended(accuracy: dict[str, Any]) -> int:
    return sum(one["mended"] for one in accuracy["models"])


async def test_over_http(works: Works):
    pump = PUMPS["http"]
    async with works.http("tina") as tina, works.http("mia") as mia:
        at_risk = (await tina.post("/api/v1/tools/rank_risks", json={})).json()
        assert pump in json.dumps(at_risk)

        async def count() -> int:
            return mended((await tina.post("/api/v1/tools/forecast_accuracy", json={})).json())

        before = await count()
        asked = await tina.post("/api/v1/tools/create_work_order", json=asked_for(pump))
        assert (asked.status_code, works.there(pump)) == (202, None)
        done = await mia.post(asked.json()["approve"])
        assert (done.json()["state"], done.json()["settled_by"]) == ("done", "key:mia"), done.text
        order = await works.order_of(pump)
        assert order["title"] == TEXT
        await works.complete(order)
        assert await more(count, before) == before + 1


async def test_over_mcp(works: Works):
    pump, asked = PUMPS["mcp"], list[str]()

    async def manager(context: Any, params: ElicitRequestParams) -> ElicitResult:
        del context
        asked.append(params.message)
        return ElicitResult(action="accept", content={"decision": "approve"})

    async with mcp_client(works, "tina", None) as tina, mcp_client(works, "mia", manager) as mia:
        assert pump in str((await tina.call_tool("rank_risks", {})).structured_content)

        async def count() -> int:
            return mended((await tina.call_tool("forecast_accuracy", {})).structured_content)

        before = await count()
        wish = await tina.call_tool("create_work_order", asked_for(pump))
        name = wish.structured_content["proposal"]["id"]
        done = await mia.call_tool("settle_proposal", {"proposal": name})
        assert (done.structured_content["state"], len(asked)) == ("done", 1), done
        assert pump in asked[0]
        order = await works.order_of(pump)
        await works.complete(order)
        assert await more(count, before) == before + 1


@asynccontextmanager
async def mcp_client(works: Works, name: str, asking: Any) -> AsyncGenerator[Client]:
    """A client of somebody; ``asking`` is how it asks its person, None where it cannot."""
    headers = {"authorization": f"Bearer {works.keys[name]}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE_S) as http,
        Client(streamable_http_client(f"{works.address}/mcp", http_client=http), elicitation_callback=asking) as client,
    ):
        yield client


async def test_on_the_command_line(works: Works):
    pump, terminal = PUMPS["cli"], works.terminal
    assert pump in (await terminal.run("ask", "What is at risk?")).out

    async def count() -> int:
        return mended((await terminal.run("tool", "forecast_accuracy", "--json")).json())

    before = await count()
    wish = await terminal.run("work-orders", "create", pump, TEXT, "--because", "forecast", "--propose", "--by", "tina")
    name = next(word for word in wish.out.split() if word.startswith("P-")).strip(".")
    done = await terminal.run("approvals", "approve", name, "--by", "mia", "--as", "manager")
    assert "done" in done.out, done.err + done.out
    order = await works.order_of(pump)
    await works.complete(order)
    assert await more(count, before) == before + 1
    listed = await terminal.run("work-orders", "list", pump, "--which", "done", "--json")
    assert [one["text"] for one in listed.json()] == [TEXT]


@pytest.mark.service
async def test_in_the_chat(works: Works, browser: Browser):
    pump = PUMPS["chat"]
    tina, mia = [await visit_of(works, browser, name) for name in ("tina", "mia")]
    assert pump in await tina.ask("What is at risk?")

    await mia.ask("How accurate are the predictions?")
    await mia.ask(f"Create a work order for {pump} because of the forecast: replace the bearing")
    await mia.page.get_by_role("button", name="Approve").click()
    await expect(mia.page.locator("#chat", has_text="was approved, and is done (mia)")).to_be_visible()
    order = await works.order_of(pump)
    await works.complete(order)

    async def over() -> bool:
        return "done" in await tina.ask(f"What have we done on {pump} this year?")

    await until(over, PATIENCE_S)
    assert "eplace the bearing" in await tina.ask(f"When was {pump} last serviced?")


async def visit_of(works: Works, browser: Browser, name: str) -> Visit:
    context = await browser.new_context(viewport={"width": 1000, "height": 700}, reduced_motion="reduce", locale="en")
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(await context.new_page())
    await visit.page.goto(works.address)
    await visit.log_in(name, works.passwords[name])
    return visit
