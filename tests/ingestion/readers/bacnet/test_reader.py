"""A device on this machine: found, read, followed and looked back on; never written to."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from graph_schema.errors import InvalidInput
from ingestion.readers.bacnet.discovery import look_at, proposed_map
from ingestion.readers.bacnet.lookback import Lookback
from ingestion.readers.bacnet.network import open_network
from ingestion.readers.bacnet.object_map import BacnetMap
from ingestion.readers.bacnet.reader import read_on, read_once
from ingestion.readers.outlets import Kept

WRITING = {"WritePropertyRequest", "WritePropertyMultipleRequest", "AddListElementRequest", "ReinitializeDeviceRequest"}


def object_map(address: str, **fields: Any) -> BacnetMap:
    device = {
        "instance": 1001, "address": address,
        "objects": [{"object": "analog-input,1", "unit": "°C"}, {"object": "BI1", "key": "fan_on"}], **fields,
    }  # fmt: skip
    return BacnetMap.model_validate({"timeout": 0.5, "timezone": "Europe/Berlin", "devices": [device]})


async def until(condition: Any, within: float = 10) -> None:
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_objects_are_read_with_what_the_device_says_of_them(loopback, own_interface: str):
    (sample,) = await read_once(object_map(loopback.address), own_interface)
    assert sample.device == "1001"
    assert sample.values == {"analog-input,1": 13.2, "fan_on": True}
    assert sample.units == {"analog-input,1": "°C"}
    assert sample.faults == {}

    loopback.temperature.reliability = "noSensor"
    loopback.fan.outOfService = True
    (sample,) = await read_once(object_map(loopback.address), own_interface)
    assert sample.values == {"analog-input,1": None, "fan_on": None}
    assert sample.faults == {
        "analog-input,1": "analog-input,1 is faulty: no sensor.", "fan_on": "binary-input,1 is out of service."
    }  # fmt: skip
    assert not WRITING & set(loopback.asked)


async def test_an_object_that_is_not_there_and_a_device_that_says_nothing_are_told(loopback, own_interface: str):
    lacking = object_map(loopback.address, objects=[{"object": "analog-input,1"}, {"object": "analog-input,9"}])
    (sample,) = await read_once(lacking, own_interface)
    assert sample.values == {"analog-input,1": 13.2}
    assert sample.faults == {"analog-input,9": "analog-input,9 is not there, or has no value."}
    (sample,) = await read_once(object_map("127.0.0.1:9"), own_interface)
    assert sample.faults == {"": "127.0.0.1:9 does not answer within 0.5 s."}


async def test_changes_are_told_by_the_device_and_read_no_more(loopback, own_interface: str, running):
    outlet = Kept()
    async with running(read_on(object_map(loopback.address, every=0.1), own_interface, outlet)):
        await until(lambda: loopback.asked.count("SubscribeCOVRequest") == 2)
        await asyncio.sleep(0.3)
        read = loopback.asked.count("ReadPropertyMultipleRequest")
        loopback.temperature.presentValue = 20.0
        await until(lambda: any(sample.values.get("analog-input,1") == 20.0 for sample in outlet.samples))
        await asyncio.sleep(0.3)
        assert loopback.asked.count("ReadPropertyMultipleRequest") == read
    assert not WRITING & set(loopback.asked)


async def test_a_device_that_tells_of_no_changes_is_polled(loopback, own_interface: str, running):
    async def refuse(apdu: Any) -> None:
        raise NotImplementedError

    loopback.device.do_SubscribeCOVRequest = refuse
    outlet = Kept()
    async with running(read_on(object_map(loopback.address, every=0.1), own_interface, outlet)):
        await until(lambda: len(outlet.samples) >= 2)
        loopback.temperature.presentValue = 20.0
        await until(lambda: any(sample.values.get("analog-input,1") == 20.0 for sample in outlet.samples))


async def test_a_device_that_reads_only_one_property_at_a_time_is_read_so(loopback, own_interface: str):
    async def refuse(apdu: Any) -> None:
        raise NotImplementedError

    loopback.device.do_ReadPropertyMultipleRequest = refuse
    (sample,) = await read_once(object_map(loopback.address), own_interface)
    assert sample.values == {"analog-input,1": 13.2, "fan_on": True}


async def test_a_trend_log_goes_into_history_at_its_own_times_and_each_record_once(loopback, own_interface: str):
    """The night in which clocks are set back has the hour from two to three twice."""
    loopback.note(
        ("2026-10-25", "01:30:00", 13.0), ("2026-10-25", "02:30:00", 13.1), ("2026-10-25", "02:30:00", None),
        ("2026-10-25", "03:30:00", 13.3),
    )  # fmt: skip
    logged = object_map(loopback.address, trend_logs=[{"object": "trend-log,1", "key": "analog-input,1", "unit": "°C"}])
    device = logged.devices[0]
    async with open_network(own_interface, 7, 0.5) as network:
        log = Lookback(network, device, device.trend_logs[0], logged.zone)
        first = await log.newer(loopback.address)
        assert await log.newer(loopback.address) == []
        loopback.note(("2026-10-25", "04:30:00", 13.4))
        second = await log.newer(loopback.address)
    told = [(datetime.fromtimestamp(one.at / 1000, UTC).strftime("%H:%M"), one.values) for one in (*first, *second)]
    assert told == [
        ("23:30", {"analog-input,1": 13.0}), ("00:30", {"analog-input,1": 13.1}), ("00:30", {"analog-input,1": None}),
        ("02:30", {"analog-input,1": 13.3}), ("03:30", {"analog-input,1": 13.4}),
    ]  # fmt: skip


async def test_what_answers_becomes_a_map_that_reads_it(loopback, own_interface: str):
    async with open_network(own_interface, 7, 0.5) as network:
        (answered,) = await network.who_is(1000, 1999, loopback.address)
        assert await network.who_is(2000, 2999, loopback.address) == []
        found = await look_at(network, answered)
    assert [(one.object, one.name, one.unit, one.value) for one in found.objects] == [
        ("analog-input,1", "AHU1.SAT", "°C", 13.2), ("binary-input,1", "AHU1.FAN", None, True), ("trend-log,1", "AHU1.SAT log", None, None),
    ]  # fmt: skip
    text = proposed_map(own_interface, [found], None)
    assert '- {object: "analog-input,1", unit: °C}  # AHU1.SAT · Supply air temperature · 13.2 °C' in text
    proposed = BacnetMap.model_validate(yaml.safe_load(text))
    (sample,) = await read_once(proposed, own_interface)
    assert sample.values == {"analog-input,1": 13.2, "binary-input,1": True}


async def test_an_address_that_is_not_ours_is_one_sentence():
    with pytest.raises(InvalidInput, match=r"192\.0\.2\.1:47808 cannot be used for BACnet"):
        async with open_network("192.0.2.1/24", 7, 0.5):
            pass
