"""``plantroom read bacnet``."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.readers.bacnet.interface import interface_or_only
from ingestion.readers.bacnet.object_map import BacnetMap
from ingestion.readers.map_file import load_reader_map
from interfaces.cli.payloads import plain
from interfaces.cli.work.readers.publishing import publish, publish_once, show
from interfaces.local.operation import Desk, operation

_LOOKING_S = 3.0
_OUR_INSTANCE = 4_194_302
_WIDTHS = (24, 24, 32)


@operation(served=False, needs_plant=False)
async def bacnet(desk: Desk, map: Path, once: bool, dry_run: bool, interface: str | None) -> None:
    reader = _reader()
    object_map = load_reader_map(map, BacnetMap)
    place = interface_or_only(interface or object_map.interface)
    names = ", ".join(device.name for device in object_map.devices)
    if dry_run:
        show(desk, await reader.read_once(object_map, place))
    elif once:
        await publish_once(desk, await reader.read_once(object_map, place))
    else:
        await publish(desk, names, lambda outlet: reader.read_on(object_map, place, outlet))


@operation(served=False, needs_plant=False)
async def discover(
    desk: Desk,
    low: int,
    high: int,
    addresses: Sequence[str],
    interface: str | None,
    timezone: str | None,
    output: str | None,
) -> None:
    """Show what answers, and write a map of it."""
    _reader()
    from ingestion.readers.bacnet.discovery import FoundDevice, look_at, proposed_map, table
    from ingestion.readers.bacnet.network import open_network

    place = interface_or_only(interface)
    found: list[FoundDevice] = []
    async with open_network(place, _OUR_INSTANCE, _LOOKING_S) as network:
        desk.report(f"Looking for devices from {place}")
        answered = [one for address in addresses or [None] for one in await network.who_is(low, high, address)]
        for one in answered:
            desk.report(f"Looking at device {one.instance}")
            found.append(await look_at(network, one))
    if not found:
        raise Unavailable(
            "No device answers. In another network, broadcasts do not reach it: give its --address; or name our --interface."
        )
    for device in found:
        about = " · ".join(part for part in (device.name, device.model) if part)
        desk.out.print(plain(f"device {device.instance} at {device.address}  {about}"), markup=False, soft_wrap=True)
        for row in table(device):
            desk.out.print(plain("  " + _columns(row)), markup=False, soft_wrap=True)
    if output:
        await _keep(desk, output, proposed_map(place, found, timezone))


async def _keep(desk: Desk, output: str, text: str) -> None:
    try:
        await desk.person.keep(output, text.encode())
    except OSError as error:
        raise InvalidInput(f"The map cannot be written to {output}: {error.strerror}.") from error
    desk.out.print(plain(f"A map that reads all of it is in {output}."), markup=False, soft_wrap=True)


def _columns(row: Sequence[str]) -> str:
    *first, last = row
    return "  ".join([*(text.ljust(width) for text, width in zip(first, _WIDTHS, strict=True)), last]).rstrip()


def _reader() -> ModuleType:
    try:
        from ingestion.readers.bacnet import reader
    except ImportError as error:
        raise InvalidInput(
            "BACnet needs an extra that is not installed here: `pip install plantroom[bacnet]`."
        ) from error
    return reader
