"""Readable names from identifiers."""

import pytest

from graph_schema.importers.names import floor_level, is_opaque, letters, readable


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("ahu_A3", "AHU A3"),
        ("vav_C300T", "VAV C300T"),
        ("hvac_zone_R410B", "HVAC Zone R410B"),
        ("supplyFan-2", "Supply Fan 2"),
        ("RTU01", "RTU01"),
        ("Room%20101", "Room 101"),
        ("room101", "Room 101"),
        ("ch1", "CH1"),
        ("pump2a", "Pump 2a"),
        ("override_event_SODA1____EVENT", "Override Event SODA1 EVENT"),
    ],
)
def test_identifier_is_made_readable(identifier: str, name: str) -> None:
    assert readable(identifier) == name


@pytest.mark.parametrize(
    ("identifier", "opaque"),
    [
        ("da5873de_e112_4f9b_9e0f_149bd1221894", True),
        ("da5873de-e112-4f9b-9e0f-149bd1221894.8084c259-152b-4607-808b-0fd0a92973e2", True),
        ("urn:uuid:da5873de-e112-4f9b-9e0f-149bd1221894", True),
        ("f00dcafe00112233445566", True),
        ("ahu_A3", False),
        ("deadbeef", False),
    ],
)
def test_opaque_identifiers_are_recognised(identifier: str, opaque: bool) -> None:
    assert is_opaque(identifier) is opaque


@pytest.mark.parametrize(
    ("name", "level"),
    [("Floor 4", 4), ("L04", 4), ("3rd floor", 3), ("Level -1", -1), ("B2", -2), ("Ground floor", 0), ("Basement", -1),
     ("Roof", None), ("Main Floor", None), ("1F", 1), ("Third floor", 3), ("Building 3 Level 1", 1), ("Floor-2", 2),
     ("Basement 2", -2), ("EG", 0), ("2. OG", 2), ("UG", -1), ("Level -2", -2), ("Mezzanine", None), ("floor_7_east", 7),
     ("L3", 3), ("Lobby", None), ("Fl. 12", 12), ("10th Floor West Wing", 10), ("Bldg 59 roof", None)],
)  # fmt: skip
def test_level_is_read_from_the_name(name: str, level: int | None) -> None:
    assert floor_level(name) == level


def test_letters_continue_after_z() -> None:
    assert [letters(n) for n in (1, 2, 26, 27)] == ["A", "B", "Z", "AA"]
