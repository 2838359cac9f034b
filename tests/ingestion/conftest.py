"""What ingestion's tests share: a history of their own, and a stand-in for the graph where no graph is under test."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import pytest

from ingestion.history import History, open_history
from ingestion.reading import Reading


class Offered:
    """Collects what the pipeline offers to the present."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def offer(self, readings: Sequence[Reading]) -> None:
        self.readings.extend(readings)


@pytest.fixture
def offered() -> Offered:
    return Offered()


@pytest.fixture
async def history(postgres_dsn: str) -> AsyncGenerator[History]:
    async with open_history(postgres_dsn) as opened:
        yield opened


@pytest.fixture
def eventually():
    """Wait until a condition holds; fail after ``within`` seconds."""

    async def wait(condition: Callable[[], Awaitable[bool]], within: float = 15) -> None:
        async with asyncio.timeout(within):
            while not await condition():  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    return wait
