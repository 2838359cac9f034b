"""Ports of loopback."""

import asyncio
import socket
from collections.abc import Mapping, Sequence

from graph_schema.errors import Unavailable

LOOPBACK = "127.0.0.1"


def choose(names: Sequence[str], wanted: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name: the wanted one where it can be had, so that addresses stay the same."""
    probes = {name: _bound(wanted.get(name, 0)) for name in names}
    try:
        return {name: probe.getsockname()[1] for name, probe in probes.items()}
    finally:
        for probe in probes.values():
            probe.close()


def are_free(ports: Mapping[str, int]) -> bool:
    return choose(list(ports), ports) == ports


def _bound(port: int) -> socket.socket:
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((LOOPBACK, port))
    except OSError:
        probe.bind((LOOPBACK, 0))
    return probe


async def connects(port: int) -> None:
    """Raises ``Unavailable`` where nobody listens."""
    try:
        async with asyncio.timeout(2):
            _, writer = await asyncio.open_connection(LOOPBACK, port)
    except (OSError, TimeoutError) as error:
        raise Unavailable(f"Nobody answers at port {port}.") from error
    writer.close()
    await writer.wait_closed()
