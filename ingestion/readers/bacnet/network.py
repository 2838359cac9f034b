"""Our own BACnet device, through which others are asked. It sends Who-Is, ReadProperty(Multiple), ReadRange and SubscribeCOV; it never writes."""

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

from bacpypes3.apdu import AbortPDU, AbortReason, ErrorRejectAbortNack
from bacpypes3.basetypes import ErrorType, PropertyIdentifier
from bacpypes3.ipv4.app import NormalApplication
from bacpypes3.local.device import DeviceObject
from bacpypes3.pdu import Address, IPv4Address
from bacpypes3.primitivedata import ObjectIdentifier

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.readers.bacnet.object_map import own_address

_TOGETHER = 20
_RECORDS = 100
_SILENT = (AbortReason.noResponse, AbortReason.tsmTimeout)
_UNREGISTERED = 999  # a vendor's number for programs that are nobody's product


@dataclass(frozen=True, slots=True)
class Answered:
    """A device that said who it is."""

    instance: int
    address: str
    vendor: int


Wanted = tuple[str, str]
"""Object and property: ``analog-input,1``, ``present-value``."""


class Network:
    """Questions to devices. Those that say nothing raise ``Unavailable``; a property that there is not is left out."""

    def __init__(self, application: NormalApplication, timeout_s: float) -> None:
        self._application = application
        self._timeout_s = timeout_s
        self._together: dict[str, int] = {}

    async def who_is(self, low: int, high: int, address: str | None = None) -> list[Answered]:
        """Devices of these numbers that answer in time, to everybody or, with an address, to it alone."""
        at = Address(address) if address else None
        try:
            found: Any = await cast(Any, self._application).who_is(low, high, at, timeout=self._timeout_s)
        except RuntimeError as error:  # what the library says of a network of one address
            raise InvalidInput("There is no broadcast in this network: give the addresses of the devices.") from error
        told = [Answered(int(one.iAmDeviceIdentifier[1]), str(one.pduSource), int(one.vendorID)) for one in found]
        return sorted(told, key=lambda one: one.instance)

    async def read(self, address: str, wanted: Sequence[Wanted]) -> dict[Wanted, Any]:
        """The values of properties, in as few requests as the device can answer."""
        found: dict[Wanted, Any] = {}
        rest = list(wanted)
        while rest:
            together = self._together.get(address, _TOGETHER)
            part, answered = rest[: max(1, together)], True
            if together > 1:
                answered = await self._read_together(address, part, found)
            else:
                await self._read_one(address, part[0], found)
            if answered:
                rest = rest[len(part) :]
            else:  # it cannot answer so much at once, or cannot at all
                self._together[address] = together // 2
        return found

    async def object_list(self, address: str, instance: int) -> list[str]:
        """All objects of a device, one by one where its answer would not fit into a message."""
        device = f"device,{instance}"
        whole = await self.read(address, [(device, "object-list")])
        if (listed := whole.get((device, "object-list"))) is not None:
            return [_object(one) for one in listed]
        length = (await self.read(address, [(device, "object-list[0]")])).get((device, "object-list[0]"), 0)
        wanted = [(device, f"object-list[{number}]") for number in range(1, int(length) + 1)]
        return [_object(one) for one in (await self.read(address, wanted)).values()]

    async def log_records(self, address: str, log: str, position: int) -> list[Any]:
        """Records of a trend log from a position on, as many as fit; the first is 1. Raises ``InvalidInput`` where it refuses."""
        range_ = ("p", position, "", "", _RECORDS)
        try:
            found: Any = await cast(Any, self._application).read_range(
                Address(address), ObjectIdentifier(log), PropertyIdentifier("log-buffer"), None, range_
            )
        except ErrorRejectAbortNack as error:
            found = error
        if isinstance(found, ErrorRejectAbortNack):
            self._silent(address, found)
            raise InvalidInput(f"{log} cannot be looked back on: {_why(found)}.") from None
        return list(cast(list[Any], found)) if isinstance(found, list) else []

    @asynccontextmanager
    async def subscribed(self, address: str, name: str, lifetime_s: int) -> AsyncGenerator["Subscription"]:
        """Changes of an object, until the block ends. Raises ``InvalidInput`` where the device does not tell of changes."""
        context = cast(Any, self._application).change_of_value(
            Address(address), ObjectIdentifier(name), None, True, lifetime_s
        )
        try:
            await context.__aenter__()
        except ErrorRejectAbortNack as error:
            self._silent(address, error)
            raise InvalidInput(f"{name} does not tell of its changes.") from None
        try:
            yield Subscription(context)
        finally:
            # An error in place of the cancellation that a busy device might not answer: it ends by itself.
            await context.__aexit__(asyncio.CancelledError, None, None)

    async def _read_together(self, address: str, wanted: Sequence[Wanted], found: dict[Wanted, Any]) -> bool:
        grouped: dict[str, list[str]] = {}
        for name, which in wanted:
            grouped.setdefault(name, []).append(which)
        parameters: list[Any] = [one for pair in grouped.items() for one in pair]
        try:
            answer: Any = await cast(Any, self._application).read_property_multiple(Address(address), parameters)
        except ErrorRejectAbortNack as error:
            answer = error
        if isinstance(answer, ErrorRejectAbortNack):
            self._silent(address, answer)
            return False
        for name, which, index, value in answer or ():
            if value is not None and not isinstance(value, ErrorType | ErrorRejectAbortNack):
                found[_object(name), str(which) if index is None else f"{which}[{index}]"] = value
        return True

    async def _read_one(self, address: str, wanted: Wanted, found: dict[Wanted, Any]) -> None:
        try:
            value: Any = await self._application.read_property(Address(address), *wanted)
        except ErrorRejectAbortNack as error:
            value = error
        if isinstance(value, ErrorRejectAbortNack):
            self._silent(address, value)
        elif value is not None:
            found[wanted] = value

    def _silent(self, address: str, error: ErrorRejectAbortNack) -> None:
        if isinstance(error, AbortPDU) and error.apduAbortRejectReason in _SILENT:
            raise Unavailable(f"{address} does not answer within {self._timeout_s:g} s.") from None


class Subscription:
    """Changes of one object."""

    def __init__(self, context: Any) -> None:
        self._context = context

    async def change(self, patience_s: float) -> dict[str, Any]:
        """The properties of the next change by name; none when nothing changed. Raises ``Unavailable`` when the device stopped telling."""
        try:
            which, value = await asyncio.wait_for(self._context.get_value(), patience_s)
        except TimeoutError:
            self._renewed()
            return {}
        found = {str(which): value}
        while not self._context.queue.empty():
            which, value = await self._context.get_value()
            found[str(which)] = value
        return found

    def _renewed(self) -> None:
        task = self._context.refresh_subscription_task
        if task is not None and task.done() and not task.cancelled() and task.exception():
            raise Unavailable("The device no longer tells of changes.")


@asynccontextmanager
async def open_network(interface: str, instance: int, timeout_s: float) -> AsyncGenerator[Network]:
    """Take part in the network of this interface. Raises ``InvalidInput`` for an address that is not ours, or taken."""
    place, port = own_address(interface)
    _check_ours(str(place.ip), port)
    device = DeviceObject(
        objectIdentifier=("device", instance), objectName=f"plantroom-reader-{instance}", vendorIdentifier=_UNREGISTERED,
        maxApduLengthAccepted=1476, segmentationSupported="segmentedBoth",
        apduTimeout=round(timeout_s * 1000), numberOfApduRetries=1,
    )  # fmt: skip
    application = NormalApplication(device, IPv4Address(f"{place}:{port}"))
    try:
        yield Network(application, timeout_s)
    finally:
        application.close()
        await asyncio.sleep(0)  # sockets close in the loop's next turn


def _check_ours(host: str, port: int) -> None:
    """The library would wait for an address without end."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, port))
    except OSError as error:
        why = "another program has it" if error.errno == errno.EADDRINUSE else "it is no address of this machine"
        raise InvalidInput(f"{host}:{port} cannot be used for BACnet: {why}.") from error


def _object(name: Any) -> str:
    kind, number = name
    return f"{kind},{number}"


def _why(error: ErrorRejectAbortNack) -> str:
    return str(error.reason).replace("-", " ")
