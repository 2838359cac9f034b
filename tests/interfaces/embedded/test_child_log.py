"""The log of a child process that prints without end."""

import asyncio
from pathlib import Path

from ingestion.tasks import end
from interfaces.embedded.child import Launch, start_child

MOST = 100_000
FLOOD = 'n=0; while :; do n=$((n+1)); echo "line $n of a server that says the same over and over"; done'


async def test_a_log_stays_short_while_it_is_written(tmp_path: Path):
    log = tmp_path / "server.log"
    child = await start_child(Launch(["/bin/sh", "-c", FLOOD], tmp_path), log)
    keeping = asyncio.create_task(child.keep_log_short(MOST, every_s=0.01))
    try:
        before = log.with_suffix(".log.1")
        async with asyncio.timeout(30):
            for _ in range(5):
                size = log.stat().st_size
                while log.stat().st_size >= size or not before.exists():
                    size = max(size, log.stat().st_size)
                    await asyncio.sleep(0.005)
        assert before.stat().st_size <= MOST
        assert b"\x00" not in log.read_bytes()
        async with asyncio.timeout(30):
            while "of a server that says" not in child.last_words():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    finally:
        await end(keeping)
        await child.stop()
    assert oct(before.stat().st_mode)[-3:] == "600"


async def test_a_short_log_is_left_alone(tmp_path: Path):
    log = tmp_path / "server.log"
    child = await start_child(Launch(["/bin/sh", "-c", "echo ready; exec sleep 60"], tmp_path), log)
    keeping = asyncio.create_task(child.keep_log_short(MOST, every_s=0.01))
    async with asyncio.timeout(10):
        while child.last_words() != "ready":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await end(keeping)
    await child.stop()
    assert not log.with_suffix(".log.1").exists()
