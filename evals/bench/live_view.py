"""``make bench-live-view``: how long a change takes from MQTT to the pixel, and what a view costs while nothing happens.

    python -m evals.bench.live_view [--changes 60] [--chromium /usr/bin/chromium]

Serves a plant of 100 pumps with 500 points in a home of its own, opens its page in Chromium, lets one point pass its limit and come back
(delays set to 0, so that the path is measured and not the delay) while a thousand points a second arrive, and takes the time from before
the message is published to the frame in which the page tells another number of alarms. Then nothing is published, and the processor time of
the serving process and of its servers is taken. Writes ``build/bench/live_view.json``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
from playwright.async_api import Page, async_playwright
from rich.console import Console

from evals.bench.questions import percentile
from graph_schema.model import Entity, Plant, Relation
from ingestion.device.client import DeviceClient, open_device_client
from ingestion.tasks import end
from interfaces.app.composition import App, open_app
from interfaces.app.plant import load
from interfaces.progress import silent
from interfaces.settings import Settings

PUMPS, POINTS = 100, 5
_FLAGS = (
    "--headless=new", "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
_TARGET_MS = 1000.0
_SOUND, _BEYOND = 20.0, 40.0
_WATCHED = """() => {
  window.told = [];
  const alarms = document.querySelector("#pulse-alarms");
  let last = alarms.innerText;
  const look = () => {
    const text = alarms.innerText;
    if (text !== last) { last = text; requestAnimationFrame(() => window.told.push([text, Date.now()])); }
    requestAnimationFrame(look);
  };
  look();
}"""


def plant() -> Plant:
    """A hundred pumps; the first point of each has a limit without a delay."""
    entities: list[Entity] = [Entity("bench", "Site", "Bench")]
    relations: list[Relation] = []
    for pump in range(PUMPS):
        entities.append(Entity(f"p{pump}", "Asset", f"Pump {pump}", "Pump"))
        for point in range(POINTS):
            id_ = f"p{pump}.v{point}"
            limits = {"low": 0.0, "high": 30.0, "warning_band": 0.0, "delay_on_s": 0.0, "delay_off_s": 0.0}
            stated = {"quantity": "temperature", "unit": "°C", "source": f"p{pump}/v{point}"}
            entities.append(Entity(id_, "Point", id_, properties={**stated, **(limits if point == 0 else {})}))
            relations.append(Relation("HAS_POINT", f"p{pump}", id_))
    return Plant("Bench", tuple(entities), tuple(relations))


@asynccontextmanager
async def serving(home: Path) -> AsyncGenerator[tuple[psutil.Process, str]]:
    """``plantroom serve`` on a home, and the address of its page."""
    environment = {**os.environ, "PLANTROOM_HOME": str(home), "PLANTROOM_TIMEZONE": "UTC"}
    command = (sys.executable, "-c", "from interfaces.cli.main import main; main()", "serve", "--port", "0")
    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
    assert process.stderr
    listening: asyncio.Task[None] | None = None
    try:
        async for line in process.stderr:
            if found := re.search(r"Serving at (http://\S+)", line.decode()):
                listening = asyncio.create_task(_drain(process.stderr))
                yield psutil.Process(process.pid), found[1]
                break
        else:
            raise RuntimeError("plantroom serve ended before it served")
    finally:
        if listening:
            await end(listening)
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass


async def load_on(device: DeviceClient) -> None:
    """A thousand points a second, until cancelled; the first point of the first pump is left to the measurement."""
    while True:
        began = time.monotonic()
        for pump in range(PUMPS):
            values = {f"v{point}": 20 + random.random() for point in range(1, POINTS)}  # noqa: S311
            await device.publish(f"p{pump}", round(time.time() * 1000), {**values, **({"v0": _SOUND} if pump else {})})
        await asyncio.sleep(max(0.0, PUMPS * POINTS / 1000 - (time.monotonic() - began)))


async def measure(page: Page, device: DeviceClient, changes: int) -> list[float]:
    """Milliseconds from before the publish to the frame that tells it."""
    await page.evaluate(_WATCHED)
    took: list[float] = []
    for number in range(changes):
        before = await page.evaluate("window.told.length")
        began = time.time() * 1000
        await device.publish("p0", round(began), {"v0": _SOUND if number % 2 else _BEYOND})
        await page.wait_for_function(f"window.told.length > {before}", timeout=20_000)
        took.append((await page.evaluate("window.told"))[before][1] - began)
        await asyncio.sleep(random.uniform(0.3, 1.3))  # noqa: S311 - at no fixed phase of the ticks
    return took


def spent(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


async def idle(process: psutil.Process, seconds: float) -> dict[str, float]:
    """Percent of one core of the serving process, and of the servers that it started."""
    servers = process.children(recursive=True)
    await asyncio.sleep(10)  # what was under way ends
    before = spent([process]), spent(servers)
    await asyncio.sleep(seconds)
    return {
        "idle_serve_percent": round(100 * (spent([process]) - before[0]) / seconds, 1),
        "idle_servers_percent": round(100 * (spent(servers) - before[1]) / seconds, 1),
    }


async def visit(app: App, process: psutil.Process, address: str, options: argparse.Namespace) -> dict[str, Any]:
    async with (
        async_playwright() as playwright,
        open_device_client(app.endpoints.broker, client_id="bench-live-view") as device,
    ):
        browser = await playwright.chromium.launch(executable_path=options.chromium, args=list(_FLAGS))
        page = await browser.new_page(viewport={"width": 1000, "height": 640}, reduced_motion="reduce")
        await page.goto(address)
        await (
            page.frame_locator("#view-frame iframe").locator("#stage[data-ready=true][data-connected=true]").wait_for()
        )
        await device.publish("p0", round(time.time() * 1000), {"v0": _SOUND})
        loading = asyncio.create_task(load_on(device))
        await asyncio.sleep(5)
        took = await measure(page, device, options.changes)
        await end(loading)
        found = {
            "changes": len(took),
            "p50_ms": round(percentile(took, 0.5)),
            "p95_ms": round(percentile(took, 0.95)),
            "longest_ms": round(max(took)),
            "target_ms": _TARGET_MS,
            **await idle(process, options.idle),
        }
        await browser.close()
        return {**found, "load": round(os.getloadavg()[0], 1)}


async def bench(options: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="plantroom-bench-") as folder:
        home = Path(folder)
        async with serving(home) as (process, address), open_app(Settings(home=home)) as app:
            await load(app, plant(), silent)
            await app.graph.write(
                "MATCH (p:Point) WHERE p.high IS NOT NULL SET p.warning_band = 0.0, p.delay_on_s = 0.0, p.delay_off_s = 0.0"
            )
            await load(app, plant(), silent)
            return await visit(app, process, address, options)


def main() -> None:
    parser = argparse.ArgumentParser(description="From MQTT to the pixel, and the cost of an idle view.")
    parser.add_argument("--changes", type=int, default=60)
    parser.add_argument("--idle", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    found = asyncio.run(bench(parser.parse_args()))
    target = Path("build/bench/live_view.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(found, indent=1))
    Console().print_json(json.dumps(found))


if __name__ == "__main__":
    main()
