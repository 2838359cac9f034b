"""A BACnet device of bacpypes3's own on this machine, that notes which services it is asked for."""

import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import pytest
from bacpypes3.apdu import APDU, ReadRangeACK, ReadRangeRequest
from bacpypes3.basetypes import (
    DateTime,
    DeviceObjectPropertyReference,
    LogRecord,
    LogRecordLogDatum,
)
from bacpypes3.constructeddata import Any as Encoded
from bacpypes3.constructeddata import ListOf
from bacpypes3.ipv4.app import NormalApplication
from bacpypes3.local.analog import AnalogInputObject
from bacpypes3.local.binary import BinaryInputObject
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.object import Object as LocalObject
from bacpypes3.object import TrendLogObject as _TrendLogObject
from bacpypes3.pdu import IPv4Address


class TrendLogObject(LocalObject, _TrendLogObject):
    """A log whose records a test writes."""


class Device(NormalApplication):
    """Answers ReadRange by position, which the library leaves to its users."""

    asked: list[str]

    async def indication(self, apdu: APDU) -> None:
        self.asked.append(type(apdu).__name__)
        await super().indication(apdu)

    async def do_ReadRangeRequest(self, apdu: ReadRangeRequest) -> None:
        log: Any = self.get_object_id(apdu.objectIdentifier)
        by = apdu.range.byPosition
        records = list(log.logBuffer)[by.referenceIndex - 1 :][: min(by.count, 3)]
        answer = ReadRangeACK(
            objectIdentifier=apdu.objectIdentifier,
            propertyIdentifier=apdu.propertyIdentifier,
            resultFlags=[0, 0, 0],
            itemCount=len(records),
            context=apdu,
        )
        answer.itemData = Encoded(ListOf(LogRecord)(records))
        await self.response(answer)


@dataclass(slots=True)
class Loopback:
    """Objects may be changed; ``asked`` are the services that arrived."""

    address: str
    device: Device
    temperature: Any
    fan: Any
    log: Any
    asked: list[str] = field(default_factory=list[str])

    def note(self, *records: tuple[str, str, float | None]) -> None:
        """Date, time and value of records; None is a fault."""
        self.log.logBuffer = [*self.log.logBuffer, *(record(*one) for one in records)]
        self.log.recordCount = len(self.log.logBuffer)
        self.log.totalRecordCount += len(records)


def record(date: str, time: str, value: float | None) -> LogRecord:
    datum = LogRecordLogDatum(realValue=value) if value is not None else LogRecordLogDatum(nullValue=())
    flags = [0, 0, 0, 0] if value is not None else [0, 1, 0, 0]
    return LogRecord(timestamp=DateTime(date=date, time=time), logDatum=datum, statusFlags=flags)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def own_interface() -> str:
    return f"127.0.0.1/32:{free_port()}"


@pytest.fixture
async def loopback() -> AsyncGenerator[Loopback]:
    port = free_port()
    own = DeviceObject(
        objectIdentifier=("device", 1001), objectName="AHU-1 controller", vendorIdentifier=999, modelName="AC 12", vendorName="Acme",
        maxApduLengthAccepted=480, segmentationSupported="noSegmentation",
    )  # fmt: skip
    device = Device(own, IPv4Address(f"127.0.0.1/32:{port}"))
    device.asked = []
    common: dict[str, Any] = {"statusFlags": [0, 0, 0, 0], "eventState": "normal", "outOfService": False}
    temperature = AnalogInputObject(
        objectIdentifier=("analog-input", 1), objectName="AHU1.SAT", description="Supply air temperature", presentValue=13.2,
        units="degreesCelsius", covIncrement=0.5, reliability="noFaultDetected", **common,
    )  # fmt: skip
    fan = BinaryInputObject(
        objectIdentifier=("binary-input", 1), objectName="AHU1.FAN", presentValue="active", polarity="normal", **common
    )
    log = TrendLogObject(
        objectIdentifier=("trend-log", 1), objectName="AHU1.SAT log", enable=True, stopWhenFull=False, bufferSize=100, logBuffer=[],
        recordCount=0, totalRecordCount=0, loggingType="polled", statusFlags=[0, 0, 0, 0], reliability="noFaultDetected",
        logDeviceObjectProperty=DeviceObjectPropertyReference(
            objectIdentifier=("analog-input", 1), propertyIdentifier="presentValue"
        ),
    )  # fmt: skip
    for one in (temperature, fan, log):
        device.add_object(one)
    yield Loopback(f"127.0.0.1:{port}", device, temperature, fan, log, device.asked)
    device.close()
