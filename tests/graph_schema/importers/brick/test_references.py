"""What models tell of a point in other systems."""

import pytest

from graph_schema.importers.brick.references import bacnet_object
from tests.graph_schema.importers.told import Model, reasons, things

POINT = "b:t a brick:Zone_Air_Temperature_Sensor"
UUID = "756e1623-914f-4415-9000-b1b10ce8f5c9"


@pytest.mark.parametrize(
    ("told", "addresses"),
    [
        (f'ref:hasExternalReference [ a ref:TimeseriesReference ; ref:hasTimeseriesId "{UUID}" ; ref:storedAt "db" ]', [UUID]),
        (f'ref:hasExternalReference b:r . b:r a ref:TimeseriesReference ; ref:hasTimeseriesId "{UUID}"', [UUID]),
        (f'ref:hasTimeseriesId "{UUID}"', [UUID]),
        ('ref:hasExternalReference [ ref:hasTimeseriesId "b" ] , [ ref:hasTimeseriesId "a" ]', ["a", "b"]),
        (
            'ref:hasExternalReference [ bacnet:object-identifier "analog-value,7" ; bacnet:objectOf b:d ] . b:d bacnet:device-instance 123',
            ["123/analog-value,7"],
        ),
        (
            'ref:hasExternalReference [ bacnet:object-identifier "analogValue:7" ; bacnet:objectOf b:d ] . b:d bacnet:object-identifier "device,9"',
            ["9/analog-value,7"],
        ),
        ('ref:hasExternalReference [ bacnet:object-identifier "AV-7" ]', ["analog-value,7"]),
        ('ref:hasExternalReference [ ref:BACnetURI "bacnet://123/analog-input,3/present-value" ]', ["123/analog-input,3"]),
        ('ref:hasExternalReference [ s:topic "site/ahu-1/sat" ]', ["site/ahu-1/sat"]),
        (
            f'ref:hasExternalReference [ ref:hasTimeseriesId "{UUID}" ] , [ bacnet:object-identifier "AV7" ; bacnet:objectOf b:d ] . b:d bacnet:device-instance 4',
            [UUID, "4/analog-value,7"],
        ),
    ],
)  # fmt: skip
def test_references_become_addresses(model: Model, told: str, addresses: list[str]) -> None:
    point = things(model(f"{POINT} ; {told} ."))["t"]
    assert sorted(point.addresses) == sorted(addresses)
    series = [one for one in point.addresses if "," not in one and "/" not in one]
    assert point.properties.get("source") == (series[0] if series else None)


def test_an_object_that_several_points_have_is_nobodys(model: Model) -> None:
    object_ = 'ref:hasExternalReference [ bacnet:object-identifier "analog-value,7" ]'
    plant = model(f"{POINT} ; {object_} . b:u a brick:CO2_Sensor ; {object_} .")
    assert [one.addresses for one in plant.entities] == [(), ()]
    assert "Other points have its address in another system as well; it is left out." in reasons(plant)


@pytest.mark.parametrize(
    ("written", "object_"),
    [
        ("analog-value,7", "analog-value,7"), ("analogValue:7", "analog-value,7"), ("AV7", "analog-value,7"), ("(binary-input, 3)", "binary-input,3"),
        ("multiStateValue 4", "multi-state-value,4"), ("AI:3", "analog-input,3"), ("something else", "something else"),
    ],
)  # fmt: skip
def test_objects_are_written_in_one_way(written: str, object_: str) -> None:
    assert bacnet_object(written) == object_
