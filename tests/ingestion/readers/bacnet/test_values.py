"""What BACnet says, as we keep it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bacpypes3.basetypes import BinaryPV, DateTime, EngineeringUnits, LogRecord, LogRecordLogDatum, Reliability
from bacpypes3.primitivedata import CharacterString, Null, Real, Unsigned

from graph_schema.errors import InvalidInput
from ingestion.readers.bacnet.interface import only_interface
from ingestion.readers.bacnet.object_map import BacnetMap, own_address
from ingestion.readers.bacnet.values import judged, local_time, log_value, moments, scalar, unit_of

GOOD, FAULT = [0, 0, 0, 0], [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Real(13.2), 13.2), (Real(float("nan")), None), (Unsigned(3), 3), (BinaryPV("active"), True), (BinaryPV("inactive"), False),
        (CharacterString("Auto"), "Auto"), (CharacterString(""), None), (Null(()), None),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_values_are_numbers_switches_and_texts(value: object, kept: object):
    found = scalar(value)
    assert found == kept
    assert type(found) is type(kept)


def test_a_value_is_as_good_as_its_flags_say():
    assert judged(Real(13.2), GOOD) == (13.2, None)
    assert judged(Real(13.2), [1, 0, 1, 0]) == (13.2, None), "in alarm and overridden is still the value"
    assert judged(Real(13.2), FAULT, Reliability("openLoop")) == (None, "is faulty: open loop")
    assert judged(Real(13.2), FAULT) == (None, "is faulty")
    assert judged(Real(13.2), [0, 0, 0, 1]) == (None, "is out of service")


@pytest.mark.parametrize(
    ("units", "symbol"),
    [("degreesCelsius", "°C"), ("cubicMetersPerHour", "m³/h"), ("litersPerSecond", "L/s"), ("kilowattHours", "kWh"), ("pascals", "Pa"),
     ("percent", "%"), ("noUnits", None), ("percentRelativeHumidity", "%"), ("inchesOfWater", "inH₂O"), ("cubicFeetPerMinute", "cfm"),
     ("metersPerSecond", "m/s")],
)  # fmt: skip
def test_units_are_those_of_the_trade(units: str, symbol: str | None):
    assert unit_of(EngineeringUnits(units)) == symbol


def test_records_of_a_log_that_are_no_values_are_left_out():
    at = DateTime(date="2026-10-25", time="02:30:00.50")
    assert local_time(at) == datetime(2026, 10, 25, 2, 30, 0, 500_000)  # noqa: DTZ001
    assert log_value(LogRecord(timestamp=at, logDatum=LogRecordLogDatum(realValue=13.2))) == (True, 13.2)
    assert log_value(LogRecord(timestamp=at, logDatum=LogRecordLogDatum(booleanValue=True))) == (True, True)
    assert log_value(LogRecord(timestamp=at, logDatum=LogRecordLogDatum(realValue=1.0), statusFlags=FAULT)) == (
        True,
        None,
    )
    assert log_value(LogRecord(timestamp=at, logDatum=LogRecordLogDatum(timeChange=3.0))) == (False, None)
    assert log_value(LogRecord(timestamp=at, logDatum=LogRecordLogDatum(logStatus=[1, 0, 0]))) == (False, None)


def test_the_hour_that_clocks_repeat_goes_on_from_the_batch_before():
    berlin = ZoneInfo("Europe/Berlin")
    half_past = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001
    (first,) = moments([half_past], berlin)
    assert moments([half_past], berlin, since=first + 1) == [first + 3_600_000]


def test_our_own_address_is_written_with_its_network():
    assert str(own_address("192.168.10.5/24")[0].network) == "192.168.10.0/24"
    assert own_address("192.168.10.5/24:47809")[1] == 47_809
    for wrong in ("192.168.10.5", "192.168.10.500/24", "eth0"):
        with pytest.raises(ValueError, match="it is written like"):
            own_address(wrong)


class Address:
    def __init__(self, address: str, netmask: str | None) -> None:
        self.family, self.address, self.netmask = 2, address, netmask


def test_the_one_network_is_found_and_of_several_none_is_chosen():
    lo, lan = [Address("127.0.0.1", "255.0.0.0")], [Address("192.168.10.5", "255.255.255.0")]
    assert only_interface({"lo": lo, "eth0": lan}) == "192.168.10.5/24"
    with pytest.raises(InvalidInput, match=r"192\.168\.10\.5/24 or 10\.0\.0\.2/8"):
        only_interface({"eth0": lan, "eth1": [Address("10.0.0.2", "255.0.0.0")]})
    with pytest.raises(InvalidInput, match="in no network"):
        only_interface({"lo": lo})


def test_trend_logs_need_the_time_zone_of_their_clock():
    device = {"instance": 1, "trend_logs": [{"object": "TL1", "key": "a"}]}
    with pytest.raises(ValueError, match="say its “timezone”"):
        BacnetMap.model_validate({"devices": [device]})
