"""Whatever the network does and whoever dies in between: each order is made once, or a person is asked."""

import asyncio
import random

import pytest

from ingestion.orders.order import Labour
from tests.tools.cmms.conftest import NOW
from tests.tools.cmms.sync.conftest import Both
from tools.cmms.port import split_key


@pytest.mark.parametrize("seed", range(3))
async def test_no_order_is_made_twice_and_none_is_lost(both: Both, seed: int):
    chance = random.Random(seed)
    numbers = [(await both.open(labour=(Labour("Ann Lee", 30, NOW),))).number for _ in range(10)]
    both.server.faults.fate = lambda: chance.choices(("busy", "down", "lost", None), (1, 1, 2, 6))[0]
    both.server.faults.picks = lambda scope: True
    for _ in range(6):
        runs = [asyncio.create_task(both.again()) for _ in range(3)]
        await asyncio.sleep(chance.random() / 2)
        for run in chance.sample(runs, 1):
            run.cancel()  # as if its process had died
        await asyncio.gather(*runs, return_exceptions=True)
    both.server.faults.fate, both.server.faults.busy, both.server.faults.down, both.server.faults.lost = (
        (lambda: None),
        0,
        0,
        0,
    )
    for _ in range(3):
        await both.again()
    made = [split_key(order["description"])[1] for order in both.server.orders.values()]
    assert len(made) == len(set(made))
    links = [await both.link(number) for number in numbers]
    assert {link.state for link in links} <= {"linked", "lost"}
    assert {link.key for link in links if link.state == "linked"} == set(made)
    ids = [line["workOrder"]["id"] for line in both.server.lines]
    assert len(ids) == len(set(ids))
