"""A disk that is full at the start or becomes full later: a sentence, and a recovery without anybody's help.

The disk is a small tmpfs in a mount namespace of its own, which needs root.
"""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")

MOUNTED = 'mount -t tmpfs -o size="$1",mode=755 tmpfs "$2" && shift 2 && exec "$@"'

OPEN = """
import asyncio, sys
from pathlib import Path
from graph_schema.errors import PlantroomError
from interfaces.embedded import open_servers
from interfaces.settings import Settings
async def main():
    try:
        async with open_servers(Settings(_env_file=None, home=Path(sys.argv[1]))):
            print("open")
    except PlantroomError as error:
        print(error)
asyncio.run(main())
"""

FILL = """
import asyncio, logging, os, signal, sys
from pathlib import Path
from interfaces.embedded.home import Home
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Supervised
logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(message)s")
home = Home(Path(sys.argv[1]))
filler = home.folder / "filler"
async def main():
    home.prepare()
    server = Postgres(home)
    async with Supervised(server, home) as running:
        pid = running.pid
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
                    file.flush()
            except OSError:
                print("full", flush=True)
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(4)
        filler.unlink()
        print("room", flush=True)
        while not (home.running("postgres").ready and home.running("postgres").pid != pid):
            await asyncio.sleep(0.05)
        await server.probe(running.ports)
        print("answers", flush=True)
asyncio.run(main())
"""


async def on_a_disk_of(size: str, folder: Path, script: str) -> str:
    process = await asyncio.create_subprocess_exec(
        "unshare", "--mount", "--propagation", "private", "sh", "-c", MOUNTED, "sh", size, str(folder),
        sys.executable, "-c", script, str(folder), stdout=PIPE, stderr=STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 90)
    return output.decode()


async def test_a_disk_without_room_for_a_start_is_a_sentence(folder: Path):
    said = await on_a_disk_of("50m", folder, OPEN)
    assert said.startswith(f"The disk of {folder} is full: ")
    assert "Make room there, or set PLANTROOM_HOME" in said


@pytest.mark.slow
async def test_a_disk_that_becomes_full_is_told_and_survived(folder: Path):
    said = await on_a_disk_of("260m", folder, FILL)
    before, _, after = said.partition("room\n")
    assert f"The disk of {folder} is full. Make room there." in before
    assert after.endswith("answers\n")
