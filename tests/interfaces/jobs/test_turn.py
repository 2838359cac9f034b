"""Work that one process does at a time, on real PostgreSQL."""

import asyncio

import pytest

from ingestion.history.history import History
from interfaces.jobs.turn import Taken, turn

KEY = 4711


async def test_a_turn_is_taken_once_and_free_again_afterwards(history: History):
    async with turn(history, KEY):
        with pytest.raises(Taken):
            async with turn(history, KEY):
                pass
        async with turn(history, KEY + 1):
            pass
    async with turn(history, KEY):
        pass


async def test_who_waits_says_so_and_comes_next(history: History):
    told = asyncio.Event()
    sentences: list[str] = []

    def report(sentence: str, share: float | None = None) -> None:
        sentences.append(sentence)
        told.set()

    async def waits() -> None:
        async with turn(history, KEY, waiting="Waiting for another", report=report):
            sentences.append("its turn")

    async with turn(history, KEY):
        waiting = asyncio.create_task(waits())
        await asyncio.wait_for(told.wait(), 20)
        assert "its turn" not in sentences
    await asyncio.wait_for(waiting, 20)
    assert sentences[0] == "Waiting for another"
    assert sentences[-1] == "its turn"
