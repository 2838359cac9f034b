"""How long a store is waited for."""

import asyncio
import time

from graph_schema.answering import Answering


async def test_a_store_that_says_nothing_is_given_up_after_the_limit():
    given_up = asyncio.Event()
    with Answering("The graph", 0.1).waited_for(given_up.set):
        await asyncio.wait_for(given_up.wait(), 30)


async def test_who_stood_still_waits_once_more():
    given_up = asyncio.Event()
    with Answering("The graph", 0.5).waited_for(given_up.set):
        time.sleep(1.8)  # noqa: ASYNC251 - as a computer that sleeps
        await asyncio.sleep(0)
        assert not given_up.is_set()
        await asyncio.wait_for(given_up.wait(), 30)


async def test_an_answer_ends_the_waiting():
    given_up = asyncio.Event()
    with Answering("The graph", 0.1).waited_for(given_up.set):
        pass
    await asyncio.sleep(0.3)
    assert not given_up.is_set()
