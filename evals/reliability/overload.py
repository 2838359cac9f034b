"""Stores that hang, and floods: what must stay within bounds while nothing is lost."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from evals.reliability.devices import KEY
from evals.reliability.faults import Fault, flowing
from evals.reliability.freezing import frozen
from evals.reliability.stage import Stage
from evals.reliability.verdict import Verdict, judge
from interfaces.embedded.home import Home

HANG_S = 20.0
ANSWER_S = 40.0
"""Seconds within which a question must be answered or refused while a store hangs."""
_QUESTION = "How many devices are there?"
_STRANGERS = 5_000
_ROOM = 100
_MOST_LOG = 1_000_000


def _hangs(name: str) -> Callable[[Stage, float], Awaitable[Verdict]]:
    async def run(stage: Stage, seconds: float) -> Verdict:
        letters = await stage.letters.total()
        async with flowing(stage, f"{name}-hangs", seconds) as devices:
            running = stage.home.running(name)
            with frozen(running and running.pid):
                began = time.monotonic()
                code = await _ask(stage.home)
                took_s = time.monotonic() - began
                await asyncio.sleep(HANG_S - took_s)
        verdict = await judge(stage, devices.ledger, letters)
        said = "answered" if code == 0 else "refused"
        return replace(verdict, bounded=took_s < ANSWER_S, remark=f"a question is {said} after {took_s:.0f} s")

    return run


async def _ask(home: Home) -> int:
    """As somebody at a terminal does; the ingester answers. A command takes a second or two of this to start."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLANTROOM_", "OPENAI_"))}
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("plantroom")), "ask", _QUESTION,
        env={**kept, "PLANTROOM_HOME": str(home.folder)}, cwd=home.folder,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return await asyncio.wait_for(process.wait(), 2 * ANSWER_S)
    except TimeoutError:
        process.kill()
        return await process.wait()


async def _flood(stage: Stage, seconds: float) -> Verdict:
    """Thousands of devices that nobody knows, and as many messages that are no readings, beside devices that are known."""
    letters, known = await stage.letters.total(), await _devices(stage)
    cap = known + 50 + _ROOM
    await stage.ingester.restart(MOST_DEVICES=str(cap))
    logged = len(stage.ingester.log)
    try:
        async with flowing(stage, "flood", seconds) as devices:
            for n in range(_STRANGERS):
                devices.publish(f"stranger-{n}", json.dumps({"values": {KEY: n}}).encode())
                devices.publish(devices.names[0], f"no reading {n}".encode())
                if n % 100 == 0:
                    await asyncio.sleep(0.05)
        verdict = await judge(stage, devices.ledger, letters)
    finally:
        log = len(stage.ingester.log) - logged
        await stage.ingester.restart()
    kept = await _devices(stage) - known
    remark = f"{kept - 50} of {_STRANGERS:,} strangers have a series, the log grew by {log / 1000:.0f} kB"
    return replace(verdict, bounded=known + kept <= cap and log < _MOST_LOG, remark=remark)


async def _devices(stage: Stage) -> int:
    rows = await stage.history.fetch("select count(distinct split_part(source, '/', 1)) as devices from series")
    return rows[0]["devices"]


OVERLOAD = (
    Fault("graph-hangs", f"the graph hangs for {HANG_S:.0f} s", _hangs("graph")),
    Fault("history-hangs", f"PostgreSQL hangs for {HANG_S:.0f} s", _hangs("postgres")),
    Fault("flood", "a flood of unknown devices and of messages that are no readings", _flood),
)
