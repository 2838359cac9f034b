"""What is there: devices that answer, their objects with names, units and values, and a map that would read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ingestion.readers.bacnet.network import Answered, Wanted
from ingestion.readers.bacnet.values import Scalar, judged, unit_of

_LOG = "trend-log"
_WITH_A_VALUE = (
    "accumulator", "analog-input", "analog-output", "analog-value", "binary-input", "binary-output", "binary-value", "characterstring-value",
    "integer-value", "large-analog-value", "loop", "multi-state-input", "multi-state-output", "multi-state-value", "positive-integer-value", "pulse-converter",
)  # fmt: skip
_ASKED = ("object-name", "description", "units", "present-value", "status-flags", "reliability")


class Asking(Protocol):
    """What a look around needs of the network."""

    async def read(self, address: str, wanted: Sequence[Wanted]) -> dict[Wanted, Any]: ...
    async def object_list(self, address: str, instance: int) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class FoundObject:
    """``logs`` is the object whose values a trend log keeps, where it is one of the same device."""

    object: str
    name: str
    description: str
    unit: str | None
    value: Scalar
    fault: str | None
    logs: str | None = None

    @property
    def is_log(self) -> bool:
        return self.object.startswith(f"{_LOG},")


@dataclass(frozen=True, slots=True)
class FoundDevice:
    instance: int
    address: str
    name: str
    model: str
    objects: Sequence[FoundObject]


async def look_at(network: Asking, answered: Answered) -> FoundDevice:
    """A device with what can be read of it. Raises ``Unavailable`` where it stops answering."""
    device = f"device,{answered.instance}"
    names = await network.read(
        answered.address, [(device, which) for which in ("object-name", "vendor-name", "model-name")]
    )
    listed = await network.object_list(answered.address, answered.instance)
    objects = [name for name in listed if name.partition(",")[0] in _WITH_A_VALUE]
    logs = [name for name in listed if name.startswith(f"{_LOG},")]
    wanted = [(name, which) for name in objects for which in _ASKED]
    wanted += [(name, which) for name in logs for which in ("object-name", "description", "log-device-object-property")]
    told = await network.read(answered.address, wanted)
    model = " ".join(_text(names.get((device, which))) for which in ("vendor-name", "model-name")).strip()
    return FoundDevice(
        answered.instance,
        answered.address,
        _text(names.get((device, "object-name"))),
        model,
        [_found(name, told) for name in (*objects, *logs)],
    )


def proposed_map(interface: str, devices: Sequence[FoundDevice], timezone: str | None) -> str:
    """The map as people would write it. Names and values of the moment are remarks."""
    logs = any(one.is_log and one.logs for device in devices for one in device.objects)
    zone = [f"timezone: {timezone or 'UTC'}" + ("" if timezone else "  # ? of the devices' clocks; look at one")]
    head = [
        "# Proposed from what answered. Take out what nobody needs.",
        f"interface: {interface}",
        *(zone if logs else []),
    ]
    return "\n".join([*head, "devices:", *(line for device in devices for line in _device_lines(device))]) + "\n"


def table(device: FoundDevice) -> Iterator[tuple[str, str, str, str]]:
    """Object, name, description, and the value or what is amiss with it."""
    for one in device.objects:
        yield one.object, one.name, one.description, _told(one)


def _device_lines(device: FoundDevice) -> Iterator[str]:
    about = _remark(device.name, device.model)
    yield f"  - instance: {device.instance}{about}"
    yield f"    address: {device.address}"
    units = {one.object: one.unit for one in device.objects}
    if objects := [one for one in device.objects if not one.is_log]:
        yield "    objects:"
        for one in objects:
            unit = f", unit: {_quoted(one.unit)}" if one.unit else ""
            yield f'      - {{object: "{one.object}"{unit}}}{_remark(one.name, one.description, _told(one))}'
    if logs := [one for one in device.objects if one.is_log and one.logs]:
        yield "    trend_logs:"
        for one in logs:
            unit = f", unit: {_quoted(found)}" if (found := units.get(one.logs or "")) else ""
            yield f'      - {{object: "{one.object}", key: "{one.logs}"{unit}}}{_remark(one.name, one.description)}'


def _found(name: str, told: dict[Wanted, Any]) -> FoundObject:
    def of(which: str) -> Any:
        return told.get((name, which))

    value, fault = judged(of("present-value"), of("status-flags"), of("reliability"))
    logged = of("log-device-object-property")
    logs = None
    if logged is not None and logged.deviceIdentifier is None and logged.objectIdentifier is not None:
        kind, number = logged.objectIdentifier
        logs = f"{kind},{number}" if str(logged.propertyIdentifier) == "present-value" else None
    return FoundObject(
        name, _text(of("object-name")), _text(of("description")), unit_of(of("units")), value, fault, logs
    )


def _told(one: FoundObject) -> str:
    if one.is_log:
        return f"a log of {one.logs}" if one.logs else "a log of something else"
    if one.fault:
        return one.fault
    match one.value:
        case None:
            return "no value"
        case bool():
            return "on" if one.value else "off"
        case float() | int():
            return f"{one.value:g} {one.unit or ''}".strip()
        case _:
            return one.value


def _text(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str) else ""


def _quoted(unit: str) -> str:
    return unit if unit[0] not in "%@`&*!|>'\"#" else f'"{unit}"'


def _remark(*parts: str) -> str:
    told = " · ".join(part for part in parts if part)
    return f"  # {told}" if told else ""
