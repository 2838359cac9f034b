"""Registers as values, and which of them are read together."""

import struct
from typing import Any

import pytest

from graph_schema.errors import InvalidInput
from ingestion.readers.map_file import load_reader_map
from ingestion.readers.modbus.blocks import apart, blocks
from ingestion.readers.modbus.register_map import ModbusDevice, RegisterMap
from ingestion.readers.modbus.registers import values_of


def device(*registers: dict[str, Any], **fields: Any) -> ModbusDevice:
    return ModbusDevice.model_validate({"device": "boiler-1", "host": "h", "registers": registers, **fields})


def words(format: str, value: float) -> list[int]:
    raw = struct.pack(">" + format, value)
    return list(struct.unpack(f">{len(raw) // 2}H", raw))


@pytest.mark.parametrize(
    ("fields", "raw", "value"),
    [
        ({"type": "int16", "scale": 0.1}, words("h", -35), -3.5),
        ({"type": "uint16"}, [65_535], 65_535),
        ({"type": "int32"}, words("i", -70_000), -70_000),
        ({"type": "uint32", "scale": 0.01}, words("I", 4_000_000_000), 40_000_000.0),
        ({"type": "uint64"}, words("Q", 2**40), 2**40),
        ({"type": "float32"}, words("f", 21.5), 21.5),
        ({"type": "float32"}, words("f", 21.1), 21.1),
        ({"type": "float64"}, words("d", 0.1), 0.1),
        ({"type": "float32", "word_order": "little"}, words("f", 21.5)[::-1], 21.5),
        ({"type": "uint16", "byte_order": "little"}, [0x3412], 0x1234),
        ({"type": "uint16", "scale": 0.1, "offset": -40}, [600], 20.0),
        ({"type": "string", "length": 3}, [0x4142, 0x4320, 0], "ABC"),
        ({"type": "int16", "no_value": [0x8000]}, [0x8000], None),
        ({"type": "int16", "no_value": [-32768]}, [0x8000], None),
        ({"type": "uint16", "no_value": [0x7FFF]}, [0x7FFE], 0x7FFE),
        ({"type": "float32"}, words("f", float("nan")), None),
    ],
)
def test_a_register_is_read_by_its_type(fields: dict[str, Any], raw: list[int], value: object):
    one = device({"register": 0, "key": "k", **fields})
    assert dict(values_of(one, one.registers[0], raw)) == {"k": value}


def test_the_bits_of_a_register_are_values_of_their_own():
    one = device({"register": 0, "type": "bits", "bits": {0: "running", 3: "fault", 15: "local"}})
    assert dict(values_of(one, one.registers[0], [0x8001])) == {"running": True, "fault": False, "local": True}


def test_what_is_no_text_is_told():
    one = device({"register": 0, "key": "name", "type": "string", "length": 1})
    with pytest.raises(InvalidInput):
        list(values_of(one, one.registers[0], [0xFFFE]))


def test_neighbours_are_read_together():
    one = device(
        {"register": 101, "key": "a"},
        {"register": 110, "key": "c", "type": "float32"},
        {"register": 102, "key": "b", "type": "int32"},
        {"register": 300, "key": "d"},
        {"register": 101, "key": "e", "kind": "input"},
        {"register": 101, "key": "f", "kind": "coil"},
        counts_from=1,
    )
    found = blocks(one, one.registers)
    assert [(block.kind, block.address, block.count) for block in found] == [
        ("coil", 100, 1), ("holding", 100, 11), ("holding", 299, 1), ("input", 100, 1),
    ]  # fmt: skip
    assert [(block.address, block.count) for block in apart(one, found[1])] == [(100, 1), (101, 2), (109, 2)]


def test_a_request_is_no_longer_than_the_device_takes():
    one = device(*({"register": n, "key": f"k{n}"} for n in range(300)), block=100)
    assert [block.count for block in blocks(one, one.registers)] == [100, 100, 100]


@pytest.mark.parametrize(
    ("registers", "why"),
    [
        ("- {register: 1, key: a}\n  - {register: 2, key: a}", "the key “a” stands twice"),
        ("- {register: 1}", "needs a “key”"),
        ("- {register: 1, key: a, type: string}", "needs a “length”"),
        ("- {register: 1, type: bits}", "needs “bits”"),
        ("- {register: 1, key: a, kind: coil, type: int16}", "of “type: bit”"),
        ("- {register: 65535, key: a, type: int32}", "there is no register 65535"),
        ("- {register: 1, key: a, every: soon}", "devices › 0 › registers › 0 › every"),
        ("- {register: 1, key: a, writes: 3}", "writes"),
    ],
)
def test_a_map_that_cannot_be_is_refused_with_the_place(tmp_path, registers: str, why: str):
    path = tmp_path / "map.yaml"
    path.write_text(f"devices:\n- device: d\n  host: h\n  registers:\n  {registers}\n", "utf-8")
    with pytest.raises(InvalidInput) as error:
        load_reader_map(path, RegisterMap)
    assert why in str(error.value)
    assert str(path) in str(error.value)
