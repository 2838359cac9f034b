"""A map of objects: which of them are read, from which devices. ``docs/operators/readers.md`` describes the file."""

import re
from collections.abc import Sequence
from functools import cached_property
from ipaddress import IPv4Interface
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from graph_schema.importers.brick.references import bacnet_object
from ingestion.readers.intervals import Interval

LAST_INSTANCE = 4_194_302
PORT = 47_808

ObjectName = Annotated[
    str,
    BeforeValidator(lambda text: bacnet_object(text) if isinstance(text, str) else text),
    Field(pattern=r"^[a-z][a-z0-9-]*,\d{1,7}$"),
]
"""``analog-input,1``, however a model or a tool writes it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BacnetObject(_Part):
    """Its present value, called ``key`` (the object itself where nothing is said)."""

    object: ObjectName
    key: str = ""
    unit: str | None = None
    cov: bool | None = None
    every: Interval | None = None

    @property
    def name(self) -> str:
        return self.key or self.object


class TrendLog(_Part):
    """A log that the device keeps; its records are values of ``key``, each at the log's own time."""

    object: ObjectName
    key: str = Field(min_length=1)
    unit: str | None = None


class BacnetDevice(_Part):
    """``cov`` asks the device to tell of changes; what it tells of is also read every ``confirm``."""

    instance: int = Field(ge=0, le=LAST_INSTANCE)
    device: str = Field(default="", pattern=r"^[^/+#\x00]{0,200}$")
    address: str | None = None
    every: Interval = 60.0
    cov: bool = True
    confirm: Interval = 300.0
    logs_every: Interval = 3600.0
    objects: tuple[BacnetObject, ...] = ()
    trend_logs: tuple[TrendLog, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> "BacnetDevice":
        if not self.objects and not self.trend_logs:
            raise ValueError("a device needs “objects” or “trend_logs”")
        keys = [one.name for one in self.objects]
        if twice := next((key for key in keys if keys.count(key) > 1), None):
            raise ValueError(f"the key “{twice}” stands twice")
        return self

    @property
    def name(self) -> str:
        return self.device or str(self.instance)

    def is_followed(self, one: BacnetObject) -> bool:
        return self.cov if one.cov is None else one.cov


class BacnetMap(_Part):
    """The file. ``interface`` is our own address with its network, ``instance`` our own number as a device."""

    interface: str | None = None
    instance: int = Field(default=LAST_INSTANCE, ge=0, le=LAST_INSTANCE)
    timeout: Interval = 3.0
    timezone: str | None = Field(default=None, description="of the devices' clocks, for trend logs")
    devices: tuple[BacnetDevice, ...] = Field(min_length=1)

    @field_validator("interface")
    @classmethod
    def _is_interface(cls, text: str | None) -> str | None:
        if text is not None:
            own_address(text)
        return text

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        try:
            return ZoneInfo(name).key if name else name
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone “{name}”; it is called like Europe/Berlin") from error

    @model_validator(mode="after")
    def _consistent(self) -> "BacnetMap":
        if self.timezone is None and any(device.trend_logs for device in self.devices):
            raise ValueError("trend logs have times of the device's clock: say its “timezone”, such as Europe/Berlin")
        names: Sequence[str] = [device.name for device in self.devices]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"the device “{twice}” stands twice")
        return self

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone or "UTC")


def own_address(text: str) -> tuple[IPv4Interface, int]:
    """``192.168.10.5/24`` or ``192.168.10.5/24:47809``. Raises ``ValueError`` with a sentence."""
    found = re.fullmatch(r"([\d.]+/\d+)(?::(\d{1,5}))?", text.strip())
    try:
        interface = IPv4Interface(found[1]) if found else None
    except ValueError:
        interface = None
    if found is None or interface is None:
        raise ValueError(f"“{text}” is no address with its network; it is written like 192.168.10.5/24")
    return interface, int(found[2] or PORT)
