"""Whatever runs is ended, also by a cancellation that it did not notice."""

import asyncio
import contextlib

from ingestion.tasks import end


async def forever() -> None:
    await asyncio.Event().wait()


async def test_a_swallowed_cancellation_is_repeated():
    async def deaf() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await forever()
        await forever()

    tasks = [asyncio.create_task(work) for work in (deaf(), forever())]
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await end(*tasks, again_after_s=0.05)
    assert [task.cancelled() for task in tasks] == [True, True]


async def test_what_failed_or_finished_before_is_no_error():
    async def failing() -> None:
        raise ValueError

    tasks = [asyncio.create_task(work) for work in (failing(), asyncio.sleep(0))]
    await asyncio.sleep(0.01)
    await end(*tasks)
    await end()
