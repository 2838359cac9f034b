"""Reads the devices of a register map, each value as often as the map says, until it is cancelled."""

import asyncio
import time
from collections.abc import Sequence

from graph_schema.errors import Unavailable
from ingestion.readers.modbus.line import Line
from ingestion.readers.modbus.register_map import ModbusDevice, Register, RegisterMap
from ingestion.readers.sample import WHOLE, Outlet, Sample
from ingestion.readers.schedule import Schedule
from ingestion.readers.troubles import Troubles

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 60.0


async def read_once(register_map: RegisterMap) -> list[Sample]:
    """Everything once. A device that is not reached is a sample with that as its fault."""
    found = await asyncio.gather(*(_line_once(devices) for devices in lines(register_map)))
    return [sample for samples in found for sample in samples]


async def read_on(register_map: RegisterMap, outlet: Outlet) -> None:
    """Publish to the outlet; connections are made again by themselves."""
    troubles = Troubles()
    async with asyncio.TaskGroup() as group:
        for devices in lines(register_map):
            group.create_task(_line_on(devices, outlet, troubles))


def lines(register_map: RegisterMap) -> list[list[ModbusDevice]]:
    """Devices that share an address share a connection: gateways have few."""
    found: dict[tuple[str, int], list[ModbusDevice]] = {}
    for device in register_map.devices:
        found.setdefault((device.host, device.port), []).append(device)
    return list(found.values())


async def _line_once(devices: Sequence[ModbusDevice]) -> list[Sample]:
    try:
        async with _line(devices) as line:
            return [await _tried(line, device, device.registers) for device in devices]
    except Unavailable as error:
        return [_nothing(device, error) for device in devices]


async def _tried(line: Line, device: ModbusDevice, registers: Sequence[Register]) -> Sample:
    try:
        return await line.read(device, registers)
    except Unavailable as error:
        return _nothing(device, error)


def _nothing(device: ModbusDevice, error: Unavailable) -> Sample:
    return Sample(device.device, round(time.time() * 1000), {}, faults={WHOLE: str(error)})


async def _line_on(devices: Sequence[ModbusDevice], outlet: Outlet, troubles: Troubles) -> None:
    pause = _FIRST_PAUSE_S
    while True:
        try:
            async with _line(devices) as line:
                if await _poll(line, devices, outlet, troubles):
                    pause = _FIRST_PAUSE_S
        except Unavailable as error:
            for device in devices:
                troubles.tell(_nothing(device, error))
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)


async def _poll(line: Line, devices: Sequence[ModbusDevice], outlet: Outlet, troubles: Troubles) -> bool:
    """Until no unit answers: whether any had. One that says nothing costs the others of the line its time-out."""
    schedule = Schedule(
        ((place, number), device.interval(register))
        for place, device in enumerate(devices)
        for number, register in enumerate(device.registers)
    )
    has_read = False
    while True:
        due = await schedule.due()
        answered = False
        for place in dict.fromkeys(place for place, _ in due):
            device = devices[place]
            sample = await _tried(line, device, [device.registers[number] for one, number in due if one == place])
            answered |= WHOLE not in sample.faults
            troubles.tell(sample)
            await outlet.send(sample)
        has_read |= answered
        if not answered:
            return has_read


def _line(devices: Sequence[ModbusDevice]) -> Line:
    return Line(devices[0].host, devices[0].port, max(device.timeout for device in devices))
