"""``plantroom read modbus``."""

from pathlib import Path

from graph_schema.errors import InvalidInput
from ingestion.readers.map_file import load_reader_map
from ingestion.readers.modbus.register_map import RegisterMap
from interfaces.cli.work.readers.publishing import publish, publish_once, show
from interfaces.local.operation import Desk, operation


@operation(served=False, needs_plant=False)
async def modbus(desk: Desk, map: Path, once: bool, dry_run: bool) -> None:
    try:
        from ingestion.readers.modbus.reader import read_on, read_once
    except ImportError as error:
        raise InvalidInput(
            "Modbus needs an extra that is not installed here: `pip install plantroom[modbus]`."
        ) from error
    register_map = load_reader_map(map, RegisterMap)
    names = ", ".join(device.device for device in register_map.devices)
    if dry_run:
        show(desk, await read_once(register_map))
    elif once:
        await publish_once(desk, await read_once(register_map))
    else:
        await publish(desk, names, lambda outlet: read_on(register_map, outlet))
