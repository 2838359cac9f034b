"""The process of the embedded broker: ``python -m interfaces.broker FOLDER PASSWORD_FILE --intake PORT --devices PORT``.

Both doors are on 127.0.0.1. The devices' door is taken at once, so that nobody else can have it, and opens when ingestion's
session stands.
"""

import argparse
import asyncio
import os
import resource
import signal
import socket
from pathlib import Path

from interfaces.broker.broker import Broker
from interfaces.broker.limits import Limits
from interfaces.broker.link import Link
from interfaces.broker.quiet_log import open_log
from interfaces.broker.store import open_store

_HOST = "127.0.0.1"
_USER = "plantroom"
_BACKLOG = 100


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m interfaces.broker", description=__doc__)
    for name in ("folder", "password_file"):
        parser.add_argument(name, type=Path)
    for name in ("intake", "devices", "connections", "packet-bytes", "queue-bytes"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    limits = Limits(options.connections, options.packet_bytes, options.queue_bytes)
    os.umask(0o077)
    open_log()
    _allow_files(limits.connections)
    asyncio.run(serve(options.folder, options.password_file.read_text(), options.intake, options.devices, limits))


async def serve(folder: Path, password: str, intake: int, devices: int, limits: Limits) -> None:
    """Until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stopped, stands = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    doors = _taken(intake), _taken(devices)
    store = open_store(folder)

    def open_door() -> None:
        doors[1].listen(_BACKLOG)  # before ingestion hears that it has subscribed
        stands.set()

    broker = Broker(store, _USER, password, limits, open_door)
    writing, looking = asyncio.create_task(broker.writer.run()), asyncio.create_task(broker.look_after())
    private = await loop.create_server(lambda: Link(broker, True), sock=doors[0])
    public = await loop.create_server(lambda: Link(broker, False), sock=doors[1], start_serving=False)
    opening = asyncio.create_task(_open_when(public, stands))
    stopping = asyncio.create_task(stopped.wait())
    await asyncio.wait([writing, looking, stopping], return_when=asyncio.FIRST_COMPLETED)
    public.close()
    private.close()
    broker.close()
    for task in (opening, looking):
        task.cancel()
    await writing
    store.close()


async def _open_when(door: asyncio.Server, stands: asyncio.Event) -> None:
    await stands.wait()
    await door.start_serving()


def _taken(port: int) -> socket.socket:
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind((_HOST, port))
    return taken


def _allow_files(connections: int) -> None:
    """A connection is a file; the usual 1,024 of a process would be the limit before ours."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + 500
    if soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )


if __name__ == "__main__":
    main()
