"""Values on their way to who looks: within a process, and from one to another."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from ingestion.history.history import History
from ingestion.live.values import PointValue, Subscription, Values
from ingestion.tasks import end

AT = 1_772_445_600_000


def point(number: int, value: float | None = 1.0, text: str | None = None) -> PointValue:
    return PointValue(f"point-{number}", value, text, AT, "normal")


@pytest.fixture
def values(history: History) -> Values:
    return Values(history)


@asynccontextmanager
async def serving(values: Values):
    task = asyncio.create_task(values.serve())
    try:
        yield
    finally:
        await end(task)


async def wanted(values: Values) -> bool:
    return values.wanted


async def test_nobody_looks_and_nothing_is_sent(values: Values):
    assert not values.wanted
    async with values.subscribe():
        assert values.wanted
    assert not values.wanted


async def test_of_each_point_the_newest_waits(values: Values):
    async with values.subscribe() as news:
        values.publish([point(1), point(2)])
        values.publish([point(1, 2.0)])
        assert await news.take() == [point(1, 2.0), point(2)]


async def test_another_process_gets_what_it_asks_for(
    values: Values, history: History, eventually: Callable[[Callable[[], Awaitable[bool]]], Awaitable[None]]
):
    elsewhere = Values(history)
    async with serving(values), elsewhere.subscribe() as news:
        await eventually(lambda: wanted(values))
        many = [point(number, None, "on " * number) for number in range(900)]
        values.publish(many)
        found = await collected(news, len(many))
    assert set(found) == {one.id for one in many}
    assert found["point-3"].text == "on on on "
    assert len(found["point-899"].text or "") == 500


async def test_what_a_process_publishes_itself_comes_once(values: Values, eventually):
    elsewhere = Values(values._history)  # pyright: ignore[reportPrivateUsage]
    async with serving(values), values.subscribe() as news, elsewhere.subscribe() as other:
        await eventually(lambda: wanted(values))
        while True:  # until the other is heard
            values.publish([point(1)])
            assert await news.take() == [point(1)]
            try:
                async with asyncio.timeout(0.2):
                    await other.take()
                break
            except TimeoutError:
                continue
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await news.take()


async def collected(news: Subscription, count: int) -> dict[str, PointValue]:
    found: dict[str, PointValue] = {}
    async with asyncio.timeout(30):
        while len(found) < count:
            found.update((one.id, one) for one in await news.take())
    return found
