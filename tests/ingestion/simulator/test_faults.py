from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from graph_schema.errors import InvalidInput, NotFound
from ingestion.simulator.faults import FAULTS, Fault, FaultSet, check, parse_fault
from ingestion.simulator.site import Site

START = datetime(2026, 3, 1, tzinfo=UTC)


def moments(*days: float) -> np.ndarray:
    return np.array([int((START + timedelta(days=day)).timestamp() * 1000) for day in days], dtype=np.int64)


def test_a_gradual_fault_grows_to_its_severity_and_ends_when_it_is_put_right():
    fault = Fault("bearing_wear", "chwp-2", START, START + timedelta(days=20), severity=0.8)
    assert fault.severity_at(moments(-1, 0, 7, 14, 19, 20)) == pytest.approx([0, 0, 0.4, 0.8, 0.8, 0])


def test_a_sudden_fault_is_there_at_once():
    assert Fault("stuck_damper", "vav-304", START).severity_at(moments(-0.01, 0, 1)).tolist() == [0, 1, 1]


def test_the_worst_of_several_faults_counts_and_a_part_stands_for_its_whole():
    faults = FaultSet(
        (Fault("belt_slip", "ahu-1", START, severity=0.3), Fault("belt_slip", "fan", START, severity=0.6))
    )
    table = faults.severity("belt_slip", [("ahu-1", "fan"), "ahu-2", None], moments(5))
    assert table.tolist() == [[0.6, 0, 0]]


def test_every_fault_says_what_it_is_and_what_it_moves():
    assert len(FAULTS) >= 16
    for kind in FAULTS.values():
        assert kind.description.endswith(".")
        assert kind.moves or kind.classes is None


def test_an_unknown_fault_names_those_there_are(plant):
    with pytest.raises(NotFound, match=r"no fault “rust”.*bearing_wear"):
        check(Site(plant), Fault("rust", "ahu-1", START))


def test_an_unknown_asset_is_refused(plant):
    with pytest.raises(NotFound, match="no equipment “ahu-9”"):
        check(Site(plant), Fault("filter_clogging", "ahu-9", START))


def test_a_fault_on_the_wrong_class_says_what_it_befalls(plant):
    with pytest.raises(InvalidInput, match=r"refrigerant_loss does not befall AHU-1 \(AHU\); it befalls: .*Chiller"):
        check(Site(plant), Fault("refrigerant_loss", "ahu-1", START))


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (Fault("bearing_wear", "chwp-2", START, severity=0), "between 0 and 1"),
        (Fault("bearing_wear", "chwp-2", START, severity=1.5), "between 0 and 1"),
        (Fault("bearing_wear", "chwp-2", START, START), "end after it starts"),
        (Fault("bearing_wear", "chwp-2", START.replace(tzinfo=None)), "time zone"),
        (Fault("sensor_drift", "lift-station-1", START, quantity="ph"), "has no ph"),
    ],
)
def test_values_that_make_no_sense_are_refused(plant, fault, why):
    with pytest.raises((InvalidInput, NotFound), match=why):
        check(Site(plant), fault)


def test_a_sensor_fault_chooses_the_first_sensor(plant):
    assert check(Site(plant), Fault("sensor_drift", "ahu-1", START)).quantity == "supply_air_temperature"
    assert check(Site(plant), Fault("sensor_flatline", "vav-101", START)).quantity == "zone_air_temperature"


def test_a_device_without_telemetry_cannot_fall_silent(plant):
    entity = next(e for e in plant.entities if e.id == "lift-station-1")
    mute = type(plant)("mute", (entity,), ())
    with pytest.raises(InvalidInput, match="sends nothing"):
        check(Site(mute), Fault("communication_loss", "lift-station-1", START))


def test_a_fault_is_read_from_a_command_line():
    assert parse_fault("chwp-2:bearing_wear", START) == Fault("bearing_wear", "chwp-2", START)
    assert parse_fault("chwp-2:bearing_wear:0.5", START).severity == 0.5
    for text in ("chwp-2", "a:b:c:d", "a:b:much"):
        with pytest.raises(InvalidInput, match="is not a"):
            parse_fault(text, START)


def test_the_guide_describes_every_fault():
    guide = (Path(__file__).parents[3] / "docs/engineers/simulator.md").read_text("utf-8")
    assert [name for name in FAULTS if f"| `{name}` |" not in guide] == []
