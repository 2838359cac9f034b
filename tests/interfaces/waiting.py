"""Waiting for what comes in its own time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


async def until(condition: Callable[[], Awaitable[Any]], patience_s: float, every_s: float = 0.1) -> Any:
    """Wait for what a condition finds. Raises ``TimeoutError`` where it finds nothing."""
    async with asyncio.timeout(patience_s):
        while not (found := await condition()):  # noqa: ASYNC110
            await asyncio.sleep(every_s)
        return found
