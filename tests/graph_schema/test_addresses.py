"""Under which addresses of telemetry a point is reached that other systems know by an id of their own."""

import pytest

from graph_schema.addresses import AddressBook, Addressed, as_uuid, is_telling, reaches

UUID = "756e1623-914f-4415-9000-b1b10ce8f5c9"
OTHER = "4245c136-f95c-4ef5-a0d9-a7d04f1d97f9"


def owner(book: AddressBook, address: str) -> str | None:
    found = book.owner(address)
    return found.id if found else None


@pytest.mark.parametrize(
    ("id_", "address", "reached"),
    [
        (UUID, f"bms/{UUID}", True),
        (UUID, f"{UUID}/value", True),
        (UUID, f"timeseries/{UUID}", True),
        (UUID, f"bms/{UUID.upper()}", True),
        (UUID.replace("-", "_"), f"bms/{UUID}", True),
        (f"urn:uuid:{UUID}", f"bms/{UUID.replace('-', '')}", True),
        (UUID, f"{UUID}/temperature", False),
        (UUID, f"bms/{OTHER}", False),
        ("AHU1.SAT", "bms/AHU1.SAT", True),
        ("AHU1.SAT", "AHU1.SAT/value", True),
        ("temperature", "bms/temperature", False),
        ("temperature", "timeseries/temperature", True),
        ("T1", "bms/T1", False),
        ("T1", "timeseries/T1", True),
        ("123/analog-value,7", "123/analog-value,7", True),
        ("123/analog-value,7", "gateway/123/analog-value,7", True),
        ("/site/ahu-1/sat", "bms//site/ahu-1/sat", True),
    ],
)
def test_an_id_of_another_system_is_reached(id_: str, address: str, reached: bool) -> None:
    assert reaches(address, None, (id_,)) is reached


def test_a_source_is_an_id_too_as_earlier_versions_kept_it() -> None:
    assert reaches(f"bms/{UUID}", UUID, ())


def test_where_readings_came_first_is_the_source_and_the_others_lead_there() -> None:
    book = AddressBook([Addressed("t", UUID, (UUID, "123/analog-value,7"))])
    assert book.first_addresses(["other/x", f"bms/{UUID}", f"{UUID}/value"]) == {"t": f"bms/{UUID}"}
    book.settle("t", f"bms/{UUID}")
    assert book.first_addresses([f"{UUID}/value"]) == {}
    assert book.owner(f"bms/{UUID}") is None
    for address in (f"{UUID}/value", "123/analog-value,7", f"gateway-2/{UUID}"):
        assert owner(book, address) == "t"


def test_a_name_that_is_no_uuid_belongs_to_the_first_device_that_has_it() -> None:
    book = AddressBook([Addressed("t", "AHU1.SAT", ("AHU1.SAT",))])
    assert owner(book, "bms/AHU1.SAT") == "t"
    book.settle("t", "bms/AHU1.SAT")
    assert owner(book, "simulator/AHU1.SAT") is None
    assert owner(book, "timeseries/AHU1.SAT") == "t"


def test_what_two_points_claim_reaches_neither() -> None:
    book = AddressBook([Addressed("t", UUID), Addressed("u", UUID)])
    assert book.owner(f"bms/{UUID}") is None


def test_the_source_of_a_point_goes_before_another_points_address() -> None:
    book = AddressBook([Addressed("t", f"bms/{UUID}"), Addressed("u", None, (UUID,))])
    assert book.owner(f"bms/{UUID}") is None


def test_a_plant_whose_points_have_plain_sources_needs_no_look() -> None:
    assert not AddressBook([Addressed("t", "ahu-1/sat"), Addressed("u", "Supply/Temperature")])
    assert not reaches("node/Supply/Temperature", "Supply/Temperature", ())


@pytest.mark.parametrize("text", ["756e1623", "x" * 32, f"{UUID}0", ""])
def test_what_is_no_uuid(text: str) -> None:
    assert as_uuid(text) is None


def test_words_tell_nothing() -> None:
    assert [is_telling(text) for text in ("value", "T1", "AHU_SAT", "1234")] == [False, False, True, True]
