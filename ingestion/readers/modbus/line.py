"""One connection to an address, and the units behind it, asked one after the other. Only reads: functions 1 to 4."""

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.readers.modbus.blocks import Block, apart, blocks
from ingestion.readers.modbus.register_map import Kind, ModbusDevice, Register
from ingestion.readers.modbus.registers import values_of
from ingestion.readers.sample import Sample

_NO_SUCH_ADDRESS = 2
_REFUSALS = {
    1: "the device knows no such kind of register",
    2: "the device has no such register",
    3: "the device refuses a request of this length",
    4: "the device failed",
    5: "the device is still at it",
    6: "the device is busy",
    8: "the device's memory is damaged",
    10: "the gateway has no way to the unit",
    11: "the unit behind the gateway does not answer",
}
_NAMES: dict[Kind, str] = {
    "holding": "holding register", "input": "input register", "coil": "coil", "discrete": "discrete input",
}  # fmt: skip


class Line:
    """Connects when it is entered. ``now_ms`` is the clock of the samples."""

    def __init__(
        self, host: str, port: int, timeout_s: float, now_ms: Callable[[], int] = lambda: round(time.time() * 1000)
    ) -> None:
        self._where = f"{host}:{port}"
        self._now_ms = now_ms
        self._timeout_s = timeout_s
        # What the library remarks on is in the sentences of the faults.
        logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
        # Connecting anew is the reader's: it tells so, and reads again from the start.
        self._client = AsyncModbusTcpClient(host, port=port, timeout=timeout_s, retries=1, reconnect_delay=0)
        self._refused: set[tuple[str, Kind, int, int]] = set()

    async def __aenter__(self) -> "Line":
        if not await self._client.connect():
            raise Unavailable(f"{self._where} cannot be reached: nothing listens there, or it lets nobody in.")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    async def read(self, device: ModbusDevice, registers: Sequence[Register]) -> Sample:
        """Read these registers now. Raises ``Unavailable`` where the connection is lost or the unit says nothing."""
        values: dict[str, float | bool | str | None] = {}
        faults: dict[str, str] = {}
        at = self._now_ms()
        for block in blocks(device, registers):
            await self._take(device, block, values, faults)
        units = {key: unit for key, unit in device.units.items() if key in values}
        return Sample(device.device, at, values, units, faults)

    async def _take(self, device: ModbusDevice, block: Block, values: dict[str, Any], faults: dict[str, str]) -> None:
        place = (device.device, block.kind, block.address, block.count)
        refusal = _NO_SUCH_ADDRESS if place in self._refused else await self._read(device, block, values, faults)
        if refusal is None:
            return
        if refusal == _NO_SUCH_ADDRESS and len(block.registers) > 1:  # one that is not there, or a gap that is none
            self._refused.add(place)
            for one in apart(device, block):
                await self._take(device, one, values, faults)
            return
        why = _REFUSALS.get(refusal, f"the device refuses it with the code {refusal}")
        faults.update((key, f"{_name(one)} is not read: {why}.") for one in block.registers for key in one.keys)

    async def _read(
        self, device: ModbusDevice, block: Block, values: dict[str, Any], faults: dict[str, str]
    ) -> int | None:
        """Put what the block holds into ``values``; the code of a refusal, where it is refused."""
        answer = await self._ask(device, block)
        if answer.isError():
            return answer.exception_code
        is_bits = block.registers[0].is_bit
        got: list[Any] = answer.bits if is_bits else answer.registers
        if len(got) < block.count:
            raise Unavailable(f"Unit {device.unit_id} at {self._where} answers with too few registers.")
        for register in block.registers:
            start = device.address(register) - block.address
            try:
                if is_bits:
                    values[register.key] = bool(got[start])
                else:
                    values.update(values_of(device, register, got[start : start + register.words]))
            except InvalidInput as error:
                faults[register.key] = f"{_name(register)} {error}."
        return None

    async def _ask(self, device: ModbusDevice, block: Block) -> Any:
        functions: dict[Kind, Callable[..., Awaitable[Any]]] = {
            "holding": self._client.read_holding_registers,
            "input": self._client.read_input_registers,
            "coil": self._client.read_coils,
            "discrete": self._client.read_discrete_inputs,
        }
        try:
            return await functions[block.kind](block.address, count=block.count, device_id=device.unit_id)
        except ModbusException as error:
            why = f"does not answer within {self._timeout_s:g} s" if self._client.connected else "closed the connection"
            raise Unavailable(f"Unit {device.unit_id} at {self._where} {why}.") from error


def _name(register: Register) -> str:
    named = register.key or ", ".join(register.keys)
    return f"{_NAMES[register.kind].capitalize()} {register.register_} ({named})"
