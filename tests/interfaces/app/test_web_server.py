"""What runs beside a served plant ends when the plant is stopped."""

import asyncio

import pytest

from interfaces.app import web_server
from interfaces.app.web_server import background


async def test_work_that_swallows_a_cancellation_ends_all_the_same(monkeypatch: pytest.MonkeyPatch):
    """As ``asyncio.wait_for`` may, where what it waits for ends in the same moment."""
    monkeypatch.setattr(web_server, "_SWALLOWED_S", 0.05)
    asked = 0

    async def stubborn() -> None:
        nonlocal asked
        while asked < 2:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                asked += 1

    async with asyncio.timeout(10):
        async with background(stubborn()):
            await asyncio.sleep(0)
    assert asked == 2


async def test_a_failure_ends_the_rest():
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ExceptionGroup):
        async with background(fail(), asyncio.sleep(60)):
            await asyncio.sleep(60)
