"""What was read from a device at one moment, and what could not be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ingestion.device.client import Values

WHOLE = ""
"""The device itself, among the keys of faults."""


@dataclass(frozen=True, slots=True)
class Sample:
    """``at`` is epoch milliseconds. ``faults`` are sentences about what was not read, by key (``WHOLE`` for all of the device);
    what is bad is no value, or None."""

    device: str
    at: int
    values: Values
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    faults: Mapping[str, str] = field(default_factory=dict[str, str])


class Outlet(Protocol):
    """Where samples go."""

    async def send(self, *samples: Sample) -> None:
        """All of one device."""
        ...
