"""A register map: which registers of which devices are which values. ``docs/operators/readers.md`` describes the file."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ingestion.readers.intervals import Interval

Kind = Literal["holding", "input", "coil", "discrete"]
Order = Literal["big", "little"]
Type = Literal["int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64", "string", "bits", "bit"]

WORDS: dict[Type, int] = {
    "int16": 1, "uint16": 1, "int32": 2, "uint32": 2, "int64": 4, "uint64": 4, "float32": 2, "float64": 4, "bits": 1, "bit": 1,
}  # fmt: skip
"""Registers of 16 bits that a value of the type takes; a text says its own length."""

_MOST_WORDS = 125
LAST_ADDRESS = 65_535


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Register(_Part):
    """One value, or with ``type: bits`` one value for each named bit of a register.

    ``no_value`` are raw numbers, before ``scale`` and ``offset``, by which the device says that it has none.
    """

    register_: int = Field(alias="register", ge=0, le=LAST_ADDRESS + 1)
    key: str = ""
    kind: Kind = "holding"
    type: Type = "uint16"
    length: int = Field(default=0, ge=0, le=_MOST_WORDS, description="registers of a text")
    bits: dict[int, str] = {}
    scale: float = 1.0
    offset: float = 0.0
    unit: str | None = None
    every: Interval | None = None
    byte_order: Order | None = None
    word_order: Order | None = None
    no_value: tuple[float, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _is_a_bit(cls, fields: Any) -> Any:
        """A coil is one bit, without a word about it."""
        given = cast(dict[str, Any], fields) if isinstance(fields, dict) else {}
        return {"type": "bit", **given} if given.get("kind") in ("coil", "discrete") else cast(Any, fields)

    @model_validator(mode="after")
    def _complete(self) -> "Register":
        if bool(self.bits) != (self.type == "bits"):
            raise ValueError("“type: bits” needs “bits”, names by the number of the bit, and nothing else has them")
        if any(not 0 <= number < 16 for number in self.bits):
            raise ValueError("the bits of a register are numbered from 0, the lowest, to 15")
        if bool(self.key) == bool(self.bits):
            raise ValueError("a value needs a “key”; bits have their own names")
        if (self.type == "string") != bool(self.length):
            raise ValueError("“type: string” needs a “length” in registers, and nothing else has one")
        if (self.type == "bit") != self.is_bit:
            raise ValueError("coils and discrete inputs are of “type: bit”, and registers are not")
        if self.scale == 0:
            raise ValueError("a scale of 0 makes every value the same")
        return self

    @property
    def is_bit(self) -> bool:
        """Read as single bits by the protocol."""
        return self.kind in ("coil", "discrete")

    @property
    def words(self) -> int:
        return self.length or WORDS[self.type]

    @property
    def keys(self) -> Sequence[str]:
        return [self.key] if self.key else list(self.bits.values())


class ModbusDevice(_Part):
    """A unit behind an address. ``counts_from: 1`` is for lists whose first register is 1, as in most manuals."""

    device: str = Field(pattern=r"^[^/+#\x00]{1,200}$")
    host: str = Field(min_length=1)
    port: int = Field(default=502, ge=1, le=65_535)
    unit_id: int = Field(default=1, ge=0, le=255)
    every: Interval = 30.0
    timeout: Interval = 3.0
    counts_from: Literal[0, 1] = 0
    byte_order: Order = "big"
    word_order: Order = "big"
    no_value: tuple[float, ...] = ()
    gap: int = Field(default=8, ge=0, le=100, description="unused registers that are read along rather than apart")
    block: int = Field(default=120, ge=1, le=_MOST_WORDS, description="registers of one request at most")
    registers: tuple[Register, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> "ModbusDevice":
        keys = [key for register in self.registers for key in register.keys]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise ValueError(f"the key “{twice}” stands twice")
        for register in self.registers:
            if not 0 <= self.address(register) <= LAST_ADDRESS + 1 - register.words:
                raise ValueError(f"there is no register {register.register_}")
        return self

    def address(self, register: Register) -> int:
        """As the protocol counts, from 0."""
        return register.register_ - self.counts_from

    def interval(self, register: Register) -> float:
        return register.every or self.every

    @cached_property
    def units(self) -> dict[str, str]:
        return {key: register.unit for register in self.registers if register.unit for key in register.keys}


class RegisterMap(_Part):
    """The file."""

    devices: tuple[ModbusDevice, ...] = Field(min_length=1)

    @field_validator("devices")
    @classmethod
    def _names_differ(cls, devices: tuple[ModbusDevice, ...]) -> tuple[ModbusDevice, ...]:
        names = [one.device for one in devices]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"the device “{twice}” stands twice")
        return devices
