"""From 16-bit registers to values. Pure."""

import math
import struct
from collections.abc import Iterator, Sequence

from graph_schema.errors import InvalidInput
from ingestion.readers.modbus.register_map import ModbusDevice, Register

_FORMATS = {
    "int16": ">h", "uint16": ">H", "int32": ">i", "uint32": ">I", "int64": ">q", "uint64": ">Q", "float32": ">f", "float64": ">d",
}  # fmt: skip


def values_of(
    device: ModbusDevice, register: Register, words: Sequence[int]
) -> Iterator[tuple[str, float | bool | str | None]]:
    """Keys and values; None where the device says that it has none. Raises ``InvalidInput`` for what is no text."""
    if register.type == "bits":
        number = struct.unpack(">H", _bytes(device, register, words))[0]
        yield from ((key, bool(number >> bit & 1)) for bit, key in register.bits.items())
    elif register.type == "string":
        yield register.key, _text(_bytes(device, register, words))
    else:
        yield register.key, _number(device, register, _bytes(device, register, words))


def _bytes(device: ModbusDevice, register: Register, words: Sequence[int]) -> bytes:
    """The highest byte first. A text is in the order of its registers, whatever the numbers' order of words is."""
    words_little = register.type != "string" and (register.word_order or device.word_order) == "little"
    bytes_little = (register.byte_order or device.byte_order) == "little"
    order = reversed(words) if words_little else words
    return b"".join(struct.pack("<H" if bytes_little else ">H", word) for word in order)


def _number(device: ModbusDevice, register: Register, raw: bytes) -> float | None:
    number = struct.unpack(_FORMATS[register.type], raw)[0]
    if math.isnan(number) or math.isinf(number):
        return None
    unsigned = int.from_bytes(raw, "big")  # manuals write codes as they look in the register, as 0x8000 of an int16
    is_integer = not register.type.startswith("float")
    if any(code == number or (is_integer and code == unsigned) for code in (*device.no_value, *register.no_value)):
        return None
    if register.type == "float32":
        number = float(f"{number:.7g}")  # 21.1 and not 21.100000381469727
    value = number * register.scale + register.offset
    return round(value, 9) if register.scale != 1.0 else value  # 215 * 0.1 is 21.5


def _text(raw: bytes) -> str | None:
    try:
        return raw.partition(b"\0")[0].decode().strip() or None
    except UnicodeDecodeError as error:
        raise InvalidInput("is no text") from error
