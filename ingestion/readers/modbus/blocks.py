"""Which registers are asked for together. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingestion.readers.modbus.register_map import Kind, ModbusDevice, Register

_MOST_BITS = 1_968


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring registers of one kind; ``count`` registers (or bits) from ``address`` on."""

    kind: Kind
    address: int
    count: int
    registers: tuple[Register, ...]


def blocks(device: ModbusDevice, registers: Sequence[Register]) -> list[Block]:
    """In as few requests as the device's ``gap`` and ``block`` allow."""
    found: list[Block] = []
    for register in sorted(registers, key=lambda one: (one.kind, device.address(one))):
        one = _alone(device, register)
        joined = _joined(device, found[-1], one) if found else None
        if joined:
            found[-1] = joined
        else:
            found.append(one)
    return found


def apart(device: ModbusDevice, block: Block) -> Iterator[Block]:
    """The same registers one by one, for a device that refuses them together."""
    return (_alone(device, register) for register in block.registers)


def _alone(device: ModbusDevice, register: Register) -> Block:
    return Block(register.kind, device.address(register), 1 if register.is_bit else register.words, (register,))


def _joined(device: ModbusDevice, before: Block, after: Block) -> Block | None:
    end = max(before.address + before.count, after.address + after.count)
    count = end - before.address
    most = _MOST_BITS if before.registers[0].is_bit else device.block
    if before.kind != after.kind or after.address - before.address - before.count > device.gap or count > most:
        return None
    return Block(before.kind, before.address, count, before.registers + after.registers)
