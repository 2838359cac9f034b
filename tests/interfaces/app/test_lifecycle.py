"""A demo plant from its first start to its last: asked from a second terminal, stopped, started again, killed."""

import re
import signal
import time
from dataclasses import dataclass

import httpx
import psutil
import pytest

from interfaces.embedded.home import Home

KINDS = ("graph", "postgres", "broker")
QUESTION = "Which AHU feeds the most VAVs?"
STOPS_WITHIN_S = 10


@dataclass(frozen=True)
class Stopped:
    """What was seen of a demo until it had ended. ``left`` are children that outlived it."""

    said: str
    asked: str
    code: int
    took_s: float
    left: list[psutil.Process]


def servers(terminal) -> dict[str, int]:
    """The process of each embedded server, as its owner wrote it down."""
    home = Home(terminal.home)
    return {kind: running.pid for kind in KINDS if (running := home.running(kind)) and running.ready}


async def asked_and_stopped(terminal, demo, gone, number: signal.Signals) -> Stopped:
    """Ask from a second terminal while the demo runs, then stop it."""
    children = demo.descendants()
    before = servers(terminal)
    assert set(before) == set(KINDS)
    assert set(before.values()) <= {child.pid for child in children}
    asked = await terminal.run("ask", QUESTION)
    assert (asked.code, asked.err) == (0, "")
    assert servers(terminal) == before, "whoever joins leaves the servers alone"
    began = time.monotonic()
    code = await demo.stop(number)
    return Stopped(demo.said, asked.out, code, time.monotonic() - began, gone(children, 1))


@pytest.fixture(scope="module")
async def first_start(shared_terminal, gone) -> Stopped:
    """On a home that did not exist, ended by Ctrl-C."""
    async with shared_terminal.running("demo", "--days", "0.1", "--port", "0") as demo:
        address = await demo.serving()
        async with httpx.AsyncClient() as client:
            health = (await client.get(f"{address}/api/health")).json()
            assert health == {"status": "ok", "home": Home(shared_terminal.home).identity(), "away": []}
            assert (await client.get(f"{address}/api/alive")).json() == {"status": "ok"}
        return await asked_and_stopped(shared_terminal, demo, gone, signal.SIGINT)


def test_a_first_start_says_each_step_as_it_begins(first_start: Stopped):
    steps = [line.rstrip() for line in first_start.said.splitlines()]
    assert steps[:5] == [
        "Starting the embedded servers",
        "Connecting",
        "Reading demo_plant.yaml",
        "Loading Riverside Campus into the graph",
        "Writing 2 hours of history",
    ]
    assert steps[5] == "Starting the web app"
    assert steps[6].startswith("Serving at http://127.0.0.1:")
    assert steps[7:] == [], "nothing went wrong on the way"


def test_a_second_terminal_is_answered_while_the_demo_runs(first_start: Stopped):
    assert re.search(r"AHUs? .*\b6\b", first_start.asked)


def test_ctrl_c_ends_everything(first_start: Stopped, shared_terminal):
    assert first_start.code == 0
    assert first_start.took_s < STOPS_WITHIN_S
    assert first_start.left == []
    assert servers(shared_terminal) == {}
    assert shared_terminal.left_behind() == []


async def test_a_second_start_goes_on_with_what_is_there_and_sigterm_ends_it_as_well(
    first_start: Stopped, shared_terminal, gone
):
    async with shared_terminal.running("demo", "--days", "0.1", "--port", "0") as demo:
        await demo.serving()
        stopped = await asked_and_stopped(shared_terminal, demo, gone, signal.SIGTERM)
    assert "of history" not in stopped.said
    assert stopped.asked == first_start.asked
    assert stopped.code == 0
    assert stopped.took_s < STOPS_WITHIN_S
    assert stopped.left == []
    assert shared_terminal.left_behind() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_start_that_is_broken_off_ends_everything_too(shared_terminal, gone, number: signal.Signals):
    async with shared_terminal.running("demo", "--days", "0.1", "--port", "0") as demo:
        await demo.says("Starting the embedded servers")
        code = await demo.stop(number)
        assert code == {signal.SIGINT: 130, signal.SIGTERM: 143}[number]
        assert "Traceback" not in demo.said
    assert servers(shared_terminal) == {}


@pytest.mark.slow
async def test_after_kill_9_of_the_owner_a_new_start_works(first_start: Stopped, shared_terminal, gone):
    async with shared_terminal.running("demo", "--days", "0.1", "--port", "0") as demo:
        await demo.serving()
        children = demo.descendants()
        await demo.end()
        assert gone(children, 20) == [], "the servers outlive their owner"
    asked = await shared_terminal.run("ask", QUESTION)
    assert asked.code == 0, asked.err
    assert asked.out == first_start.asked
    assert servers(shared_terminal) == {}
