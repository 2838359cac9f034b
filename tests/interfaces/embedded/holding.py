"""Use servers of a home until standard input ends: ``holding.py HOME KIND ...``. Prints their ports once they answer."""

import asyncio
import json
import sys
from contextlib import AsyncExitStack
from pathlib import Path

from interfaces.embedded.arcadedb import ArcadeDb
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import MqttBroker
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Supervised


async def main(folder: Path, kinds: list[str]) -> None:
    home = Home(folder)
    home.prepare()
    servers = {server.name: server for server in (ArcadeDb(home, "256m"), Postgres(home), MqttBroker(home))}
    async with AsyncExitStack() as stack:
        held = {kind: await stack.enter_async_context(Supervised(servers[kind], home)) for kind in kinds}
        print(json.dumps({kind: dict(one.ports) for kind, one in held.items()}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


asyncio.run(main(Path(sys.argv[1]), sys.argv[2:]))
