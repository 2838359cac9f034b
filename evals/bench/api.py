"""``make bench-api``: what the API and MCP add to a tool's own time.

    python -m evals.bench.api [--calls 300]

Serves the demo plant on a port of this machine, in this process, and calls one tool that reads over REST and over MCP in turn. Of each call the
time that the tool itself took is taken away; what stays is the client, the wire, the checks and the forming of the answer. Prints one line a door,
with processor time beside the time by the clock: on a machine that does other work only the first says what the door costs.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.responses import JSONResponse

from evals.bench.questions import percentile
from interfaces.app.composition import App, open_app
from interfaces.app.demo import prepare_demo
from interfaces.app.web_server import address, bind, serve_web
from interfaces.http.api.limits import Limiter
from interfaces.http.api.problems import refusal
from interfaces.http.api.served import Served
from interfaces.http.auth.guard import Guard
from interfaces.http.bodies import Bodies
from interfaces.http.doors import Doors
from interfaces.progress import silent
from interfaces.settings import Settings
from tools.context import ToolContext
from tools.registry.registry import Registry
from tools.registry.tool import Arguments
from tools.results.result import ToolResult

TOOL: str = "find_assets"
ARGUMENTS: Mapping[str, Any] = {"query": {"class": "AHU"}, "limit": 10}
TARGETS_MS = {"rest": 5.0, "mcp": 10.0}
_WARM = 20
_HISTORY = timedelta(hours=6)
_META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
}
_HEADERS = {
    "accept": "application/json, text/event-stream",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": TOOL,
}
_CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": TOOL, "arguments": dict(ARGUMENTS), "_meta": _META},
}


class TimedRegistry(Registry):
    """Notes how long each call took, in seconds by the clock and of the processor."""

    def __init__(self, registry: Registry) -> None:
        self.__dict__.update(registry.__dict__)
        self.took: list[tuple[float, float]] = []

    async def call(self, name: str, arguments: Arguments, context: ToolContext) -> ToolResult:
        began = _now()
        try:
            return await super().call(name, arguments, context)
        finally:
            self.took.append(_since(began))


Seconds = tuple[float, float]
"""By the clock, and of the processor."""


def _now() -> Seconds:
    return perf_counter(), process_time()


def _since(began: Seconds) -> Seconds:
    clock, processor = _now()
    return clock - began[0], processor - began[1]


@dataclass(frozen=True, slots=True)
class Added:
    """Milliseconds over the tool's own, of one door; ``tool_ms`` is the tool's own median."""

    door: str
    calls: int
    tool_ms: float
    p50_ms: float
    p95_ms: float
    processor_p50_ms: float
    processor_p95_ms: float

    def __str__(self) -> str:
        target = TARGETS_MS.get(self.door)
        aim = f" (target {target:g} ms)" if target else ""
        return (
            f"{self.door:5} {self.calls} calls, tool {self.tool_ms:.1f} ms; added p50 {self.p50_ms:.2f} ms, p95 {self.p95_ms:.2f} ms{aim}; "
            f"of the processor p50 {self.processor_p50_ms:.2f} ms, p95 {self.processor_p95_ms:.2f} ms"
        )


def added(door: str, totals: Sequence[Seconds], own: Sequence[Seconds]) -> Added:
    """From what calls took as a whole, and the tool within each."""
    clock, processor = (
        [1000 * (total[which] - one[which]) for total, one in zip(totals, own, strict=True)] for which in (0, 1)
    )
    tool_ms = 1000 * percentile([one[0] for one in own], 0.5)
    middle, high = 0.5, 0.95
    return Added(
        door,
        len(clock),
        tool_ms,
        percentile(clock, middle),
        percentile(clock, high),
        percentile(processor, middle),
        percentile(processor, high),
    )


async def bench(home: Path, calls: int) -> list[Added]:
    """On a demo plant in a new home."""
    settings = Settings(home=home, model="offline", graph_url=None, postgres_url=None)
    async with open_app(settings) as app:
        await prepare_demo(app, silent, _HISTORY / timedelta(days=1))
        registry = TimedRegistry(app.registry)
        async with _served(app, registry) as url, httpx.AsyncClient(base_url=url, timeout=60) as http:
            return await _measured(http, registry, calls)


async def _measured(http: httpx.AsyncClient, registry: TimedRegistry, calls: int) -> list[Added]:
    """The doors in turn, so that what else the machine does meets all of them alike."""
    doors = {
        "rest": lambda: http.post(f"/api/v1/tools/{TOOL}", json=ARGUMENTS),
        "mcp": lambda: http.post("/mcp", json=_CALL, headers=_HEADERS),
        "none": lambda: http.post("/nothing", json=ARGUMENTS),
    }
    totals: dict[str, list[Seconds]] = {name: [] for name in doors}
    own: dict[str, list[Seconds]] = {name: [] for name in doors}
    for turn in range(_WARM + calls):
        for name, call in doors.items():
            registry.took.clear()
            began = _now()
            (await call()).raise_for_status()
            if turn >= _WARM:
                totals[name].append(_since(began))
                own[name].append((sum(one[0] for one in registry.took), sum(one[1] for one in registry.took)))
    return [added(name, totals[name], own[name]) for name in doors]


@asynccontextmanager
async def _served(app: App, registry: Registry) -> AsyncGenerator[str]:
    """The doors behind the same layers as in the web app, without its pages; and a route that does nothing, as a yardstick."""
    served = Served(registry, app.context, app.settlement, app.agent, app.identity.caller_of, Limiter(1_000_000))
    doors = Doors(served, app.history, app.clock)
    layers = [Middleware(Guard, identity=app.identity, login_page=""), Middleware(Bodies, refusal=refusal)]
    web = FastAPI(openapi_url=None, middleware=layers)
    doors.mount(web)

    async def nothing() -> JSONResponse:
        return JSONResponse({})

    web.add_api_route("/nothing", nothing, methods=["POST"])
    with bind(Settings(host="127.0.0.1", port=0)) as listener:
        ready = asyncio.Event()
        async with doors.open():
            serving = asyncio.create_task(serve_web(web, listener, ready.set))
            await ready.wait()
            yield address(listener)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300)
    calls = parser.parse_args().calls
    with tempfile.TemporaryDirectory(prefix="plantroom-bench-") as folder:
        Path(folder).chmod(0o755)
        for one in asyncio.run(bench(Path(folder) / "home", calls)):
            print(one)


if __name__ == "__main__":
    main()
