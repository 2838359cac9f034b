"""``plantroom read modbus`` as its page shows it, in this process."""

import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice
from rich.console import Console

from graph_schema.errors import InvalidInput
from interfaces.cli.person import Person
from interfaces.local.operation import Desk, operation_named
from interfaces.progress import silent
from interfaces.settings import Settings

PAGE = (Path(__file__).parents[4] / "docs" / "operators" / "readers.md").read_text("utf-8")


def boiler() -> SimDevice:
    coils = [SimData(0, values=[False, False, False, True] + [False] * 12, datatype=DataType.BITS)]
    holding = [
        SimData(100, values=[615, -32768], datatype=DataType.INT16),
        SimData(110, values=[2], datatype=DataType.REGISTERS),
        SimData(120, values="PK-4 X\0\0", datatype=DataType.STRING),
    ]
    metered = [SimData(104, values=[1234.5], datatype=DataType.FLOAT32)]
    return SimDevice(1, simdata=(coils, coils, holding, metered))


async def read(settings: Settings, path: Path, **options: Any) -> str:
    out = StringIO()
    desk = Desk(None, settings, Console(file=out, width=200), silent, Person())
    await operation_named("readers.modbus").run(desk, map=path, once=False, dry_run=True, **options)
    return out.getvalue()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


async def test_the_map_of_the_page_reads_what_the_page_shows(tmp_path: Path, settings: Settings):
    found = re.search(r"```yaml\n(devices:\n.*?registers:.*?)```", PAGE, re.DOTALL)
    shown = re.search(r"\$ plantroom read modbus boilers.yaml --dry-run\n(.*?)```", PAGE, re.DOTALL)
    assert found
    assert shown
    server = ModbusTcpServer([boiler()], address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    port = server.transport.sockets[0].getsockname()[1]
    path = tmp_path / "boilers.yaml"
    path.write_text(found[1].replace("192.168.10.20", f"127.0.0.1\n    port: {port}"), "utf-8")
    try:
        told = await read(settings, path)
    finally:
        await server.shutdown()
    assert told.splitlines()[1:] == shown[1].splitlines()[1:]
    assert re.fullmatch(r"boiler-1  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ", told.splitlines()[0])
    assert not settings.home.exists(), "a dry run starts nothing"


async def test_what_is_not_read_is_the_failure_of_the_command(tmp_path: Path, settings: Settings):
    path = tmp_path / "map.yaml"
    path.write_text("devices: [{device: d, host: 127.0.0.1, port: 9, registers: [{register: 1, key: a}]}]", "utf-8")
    with pytest.raises(ExceptionGroup) as failure:
        await read(settings, path)
    assert [str(one) for one in failure.value.exceptions] == [
        "d: 127.0.0.1:9 cannot be reached: nothing listens there, or it lets nobody in."
    ]


async def test_a_map_that_is_none_is_refused_before_anything_is_asked(tmp_path: Path, settings: Settings):
    path = tmp_path / "map.yaml"
    path.write_text("devices: []", "utf-8")
    with pytest.raises(InvalidInput, match="wrong at devices"):
        await read(settings, path)
