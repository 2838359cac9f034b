"""The end of work that runs beside other work."""

import asyncio
from typing import Any

_AGAIN_AFTER_S = 2.0


async def end(*tasks: asyncio.Task[Any], again_after_s: float = _AGAIN_AFTER_S) -> None:
    """Cancel tasks and wait for them, whatever they raise.

    Before Python 3.12 ``asyncio.wait_for``, with which psycopg waits, swallows a cancellation that comes in the same moment
    as what it waits for. The task goes on then, and is cancelled again.
    """
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=again_after_s)
    await asyncio.gather(*tasks, return_exceptions=True)
