"""Devices that are pymodbus's own server, read over a socket of this machine."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from ingestion.readers.modbus.reader import read_on, read_once
from ingestion.readers.modbus.register_map import RegisterMap
from ingestion.readers.outlets import Kept

REGISTERS: list[dict[str, Any]] = [
    {"register": 100, "key": "supply_temperature", "type": "int16", "scale": 0.1, "unit": "°C"},
    {"register": 101, "key": "return_temperature", "type": "int16", "scale": 0.1, "unit": "°C", "no_value": [0x8000]},
    {"register": 104, "key": "energy", "type": "float32", "unit": "kWh", "kind": "input"},
    {"register": 3, "key": "pump_on", "kind": "coil"},
    {"register": 5, "key": "flame", "kind": "discrete"},
    {"register": 110, "type": "bits", "bits": {0: "low_water", 1: "service_due"}},
    {"register": 120, "key": "model", "type": "string", "length": 4},
]


def unit(number: int) -> SimDevice:
    coils = [SimData(0, values=[False, False, False, True] + [False] * 12, datatype=DataType.BITS)]
    inputs = [SimData(0, values=[False] * 5 + [True] + [False] * 10, datatype=DataType.BITS)]
    holding = [
        SimData(100, values=[615], datatype=DataType.INT16),
        SimData(101, values=[-32768], datatype=DataType.INT16),
        SimData(110, values=[2], datatype=DataType.REGISTERS),
        SimData(120, values="PK-4 X\0\0", datatype=DataType.STRING),
    ]
    metered = [SimData(104, values=[1234.5], datatype=DataType.FLOAT32)]
    return SimDevice(number, simdata=(coils, inputs, holding, metered))


@asynccontextmanager
async def serving(port: int, *units: SimDevice) -> AsyncGenerator[list[int]]:
    """The function codes that are asked for."""
    asked: list[int] = []

    def seen(sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        if not sending:
            asked.append(pdu.function_code)
        return pdu

    server = ModbusTcpServer(list(units), address=("127.0.0.1", port), trace_pdu=seen)
    await server.serve_forever(background=True)
    try:
        yield asked
    finally:
        await server.shutdown()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def register_map(port: int, *more: dict[str, Any], **fields: Any) -> RegisterMap:
    common = {"host": "127.0.0.1", "port": port, "timeout": 0.5, "every": 0.1, **fields}
    first = {"device": "boiler-1", "unit_id": 1, "registers": REGISTERS, **common}
    return RegisterMap.model_validate({"devices": [first, *({**common, **one} for one in more)]})


READ = {
    "supply_temperature": 61.5, "return_temperature": None, "energy": 1234.5, "pump_on": True, "flame": True,
    "low_water": False, "service_due": True, "model": "PK-4 X",
}  # fmt: skip


async def test_everything_of_a_device_is_read_and_nothing_is_written():
    port = free_port()
    async with serving(port, unit(1)) as asked:
        (sample,) = await read_once(register_map(port, gap=0))
    assert sample.values == READ
    assert sample.units == {"supply_temperature": "°C", "return_temperature": "°C", "energy": "kWh"}
    assert sample.faults == {}
    assert set(asked) == {1, 2, 3, 4}


async def test_registers_that_a_device_refuses_together_are_read_apart_and_what_is_not_there_is_told():
    """Between 101 and 110, and after 110, the device has no registers: a block over them is refused."""
    port = free_port()
    more = {"device": "boiler-2", "unit_id": 1, "registers": [*REGISTERS, {"register": 900, "key": "none"}]}
    async with serving(port, unit(1)):
        whole, lacking = await read_once(register_map(port, more, gap=20))
    assert whole.values == lacking.values == READ
    assert whole.faults == {}
    assert lacking.faults == {"none": "Holding register 900 (none) is not read: the device has no such register."}


async def test_a_unit_that_says_nothing_leaves_the_others_of_its_line():
    port = free_port()
    silent = {"device": "boiler-9", "unit_id": 9, "registers": REGISTERS}
    async with serving(port, unit(1)):
        answering, other = await read_once(register_map(port, silent, gap=0))
    assert answering.values == READ
    assert other.values == {}
    assert other.faults


async def test_an_address_where_nothing_listens_is_one_sentence():
    port = free_port()
    (sample,) = await read_once(register_map(port))
    assert sample.faults == {"": f"127.0.0.1:{port} cannot be reached: nothing listens there, or it lets nobody in."}


async def until(condition: Callable[[], bool], within: float = 10) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_device_that_was_away_is_read_again_and_both_are_told_once(caplog, running: Any):
    port, outlet = free_port(), Kept()
    caplog.set_level("INFO", "ingestion.readers.troubles")

    def values() -> int:
        return sum(bool(sample.values) for sample in outlet.samples)

    async with running(read_on(register_map(port, gap=0), outlet)):
        async with serving(port, unit(1)):
            await until(lambda: values() >= 3)
        await until(lambda: "cannot be reached" in caplog.text)
        before = values()
        async with serving(port, unit(1)):
            await until(lambda: values() > before)
    assert caplog.text.count("boiler-1: 127.0.0.1") == 1
    assert "boiler-1: over: 127.0.0.1" in caplog.text


async def test_each_value_is_read_as_often_as_the_map_says(running: Any):
    port, outlet = free_port(), Kept()
    registers = [{"register": 100, "key": "fast"}, {"register": 101, "key": "slow", "every": "1h"}]
    one = RegisterMap.model_validate(
        {"devices": [{"device": "d", "host": "127.0.0.1", "port": port, "every": 0.1, "registers": registers}]}
    )
    async with serving(port, unit(1)), running(read_on(one, outlet)):
        await until(lambda: len(outlet.samples) >= 4)
    assert [sorted(sample.values) for sample in outlet.samples[:4]] == [["fast", "slow"], ["fast"], ["fast"], ["fast"]]
