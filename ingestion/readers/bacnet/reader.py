"""Reads the devices of a map of objects: what changes when it changes, the rest as often as the map says, and their trend logs."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from graph_schema.errors import InvalidInput, PlantroomError, Unavailable
from ingestion.readers.bacnet.lookback import Lookback
from ingestion.readers.bacnet.network import Network, open_network
from ingestion.readers.bacnet.object_map import BacnetDevice, BacnetMap, BacnetObject
from ingestion.readers.bacnet.values import Scalar, judged
from ingestion.readers.sample import WHOLE, Outlet, Sample
from ingestion.readers.schedule import Schedule
from ingestion.readers.troubles import Troubles

_ASKED = ("present-value", "status-flags", "reliability")
_LIFETIME_S = 300
_AGAIN_S = 600.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 60.0


async def read_once(object_map: BacnetMap, interface: str) -> list[Sample]:
    """Everything once, with the whole of the trend logs. A device that says nothing is a sample with that as its fault."""
    samples: list[Sample] = []
    async with open_network(interface, object_map.instance, object_map.timeout) as network:
        for device in object_map.devices:
            try:
                address = await address_of(network, device)
                samples.append(await read_objects(network, address, device, device.objects))
                for log in device.trend_logs:
                    samples += await Lookback(network, device, log, object_map.zone).newer(address)
            except (Unavailable, InvalidInput) as error:
                samples.append(_nothing(device, WHOLE, error))
    return samples


async def read_on(object_map: BacnetMap, interface: str, outlet: Outlet) -> None:
    """Publish to the outlet until cancelled."""
    troubles = Troubles()
    async with (
        open_network(interface, object_map.instance, object_map.timeout) as network,
        asyncio.TaskGroup() as group,
    ):
        for device in object_map.devices:
            group.create_task(_DeviceReader(network, device, object_map.zone, outlet, troubles).run())


async def address_of(network: Network, device: BacnetDevice) -> str:
    """Where the device is, by asking. Raises ``Unavailable`` where it does not answer."""
    answered = await network.who_is(device.instance, device.instance, device.address)
    if answered:
        return answered[0].address
    if device.address:
        return device.address  # it may answer questions about itself without saying who it is
    raise Unavailable(f"No device {device.instance} answers. Where broadcasts do not reach it, give its address.")


async def read_objects(network: Network, address: str, device: BacnetDevice, objects: Sequence[BacnetObject]) -> Sample:
    """The present values of objects, as good as the device says they are."""
    told = await network.read(address, [(one.object, which) for one in objects for which in _ASKED])
    at, values, faults = _now_ms(), dict[str, Scalar](), dict[str, str]()
    for one in objects:
        _take(one, {which: told.get((one.object, which)) for which in _ASKED}, values, faults)
    return Sample(device.name, at, values, _units(objects), faults)


def _take(one: BacnetObject, told: dict[str, Any], values: dict[str, Scalar], faults: dict[str, str]) -> None:
    if "present-value" not in told or told["present-value"] is None:
        faults[one.name] = f"{one.object} is not there, or has no value."
        return
    values[one.name], fault = judged(told["present-value"], told.get("status-flags"), told.get("reliability"))
    if fault:
        faults[one.name] = f"{one.object} {fault}."


class _DeviceReader:
    """One device, for as long as the reader runs."""

    def __init__(
        self, network: Network, device: BacnetDevice, zone: ZoneInfo, outlet: Outlet, troubles: Troubles
    ) -> None:
        self._network = network
        self._device = device
        self._outlet = outlet
        self._troubles = troubles
        self._logs = [Lookback(network, device, log, zone) for log in device.trend_logs]
        self._followed: set[str] = set()
        """Objects of which the device tells when they change."""

    async def run(self) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            try:
                address = await address_of(self._network, self._device)
                await self._send(await read_objects(self._network, address, self._device, self._device.objects))
                pause = _FIRST_PAUSE_S
                await self._go_on(address)
            except Unavailable as error:
                await self._send(_nothing(self._device, WHOLE, error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _go_on(self, address: str) -> None:
        """Follow, poll and look back. Raises ``Unavailable`` when the device stops answering."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._poll(address))
                for one in self._device.objects:
                    if self._device.is_followed(one):
                        group.create_task(self._follow(address, one))
                if self._logs:
                    group.create_task(self._look_back(address))
        except* Unavailable as errors:
            raise Unavailable(str(errors.exceptions[0])) from errors

    async def _poll(self, address: str) -> None:
        """Everything was read a moment ago. What is followed is read now and then, should a message have been lost."""
        objects = dict(enumerate(self._device.objects))
        schedule = Schedule((number, one.every or self._device.every) for number, one in objects.items())
        schedule.take()
        confirmed = dict.fromkeys(objects, time.monotonic())
        while objects:
            now = time.monotonic()
            due = [
                number
                for number in await schedule.due()
                if objects[number].name not in self._followed or now - confirmed[number] >= self._device.confirm
            ]
            if due:
                confirmed |= dict.fromkeys(due, time.monotonic())
                asked = [objects[number] for number in due]
                await self._send(await read_objects(self._network, address, self._device, asked))

    async def _follow(self, address: str, one: BacnetObject) -> None:
        """Changes as the device tells of them; where it does not, the object is polled, and asked about again later."""
        while True:
            try:
                async with self._network.subscribed(address, one.object, _LIFETIME_S) as subscription:
                    self._followed.add(one.name)
                    while True:
                        await self._changed(one, await subscription.change(_LIFETIME_S))
            except InvalidInput:
                await asyncio.sleep(_AGAIN_S)
            finally:
                self._followed.discard(one.name)

    async def _changed(self, one: BacnetObject, told: dict[str, Any]) -> None:
        if "present-value" not in told:
            return
        values, faults = dict[str, Scalar](), dict[str, str]()
        _take(one, told, values, faults)
        await self._send(Sample(self._device.name, _now_ms(), values, _units([one]), faults))

    async def _look_back(self, address: str) -> None:
        while True:
            for log in self._logs:
                try:
                    samples = await log.newer(address)
                except InvalidInput as error:
                    await self._send(_nothing(self._device, log.name, error))
                    continue
                self._troubles.tell(Sample(self._device.name, _now_ms(), {log.name: None}))
                await self._outlet.send(*samples)
            await asyncio.sleep(self._device.logs_every)

    async def _send(self, sample: Sample) -> None:
        self._troubles.tell(sample)
        await self._outlet.send(sample)


def _nothing(device: BacnetDevice, key: str, error: PlantroomError) -> Sample:
    return Sample(device.name, _now_ms(), {}, faults={key: str(error)})


def _units(objects: Sequence[BacnetObject]) -> dict[str, str]:
    return {one.name: one.unit for one in objects if one.unit}


def _now_ms() -> int:
    return round(time.time() * 1000)
