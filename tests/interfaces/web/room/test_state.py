import pytest

from interfaces.web.room.state import AlarmCounts, PlantState, amount, words


def row(id_: str, owner: str, **more: object) -> dict[str, object]:
    usual = {"name": id_, "quantity": None, "unit": None, "value": 1.0, "text": None, "at": 1000, "status": "normal"}
    return {"id": id_, "owner": owner, **usual, **more}


def test_the_worst_status_of_its_points_is_a_things_status():
    state = PlantState()
    state.apply([row("p1", "ahu"), row("p2", "ahu", status="warning"), row("p3", "ahu", status="unknown")])
    assert state.of("ahu").status == "warning"


def test_a_thing_without_points_is_unknown():
    assert PlantState().of("ahu").status == "unknown"


def test_only_what_changed_is_told():
    state = PlantState()
    state.apply([row("p1", "ahu"), row("p2", "vav")])
    changed, fresh = state.apply([row("p1", "ahu"), row("p2", "vav", at=2000, value=2.0)])
    assert [thing.id for thing in changed] == ["vav"]
    assert fresh == 1


def test_becoming_stale_is_a_change_but_no_reading():
    state = PlantState()
    state.apply([row("p1", "ahu")])
    changed, fresh = state.apply([row("p1", "ahu", status="stale")])
    assert changed[0].status == "stale"
    assert fresh == 0


def test_a_rooms_readings_are_those_of_its_zone():
    state = PlantState({"zone": ["room-a", "room-b"]})
    changed, _ = state.apply([row("p1", "zone", quantity="zone_air_temperature", value=21.5, unit="°C")])
    assert [thing.id for thing in changed] == ["room-a", "room-b"]
    assert changed[0].readings[0].text == "21.5\u202f°C"


def test_the_worst_readings_come_first_and_points_without_a_value_not_at_all():
    state = PlantState()
    state.apply([row("a", "ahu"), row("b", "ahu", status="alarm"), row("c", "ahu", at=None, value=None)])
    assert [reading.label for reading in state.of("ahu").readings] == ["B", "A"]


def test_alarms_count_things_and_not_points():
    state = PlantState({"zone": ["room-a", "room-b"]})
    state.apply([row("p1", "zone", status="alarm"), row("p2", "zone", status="alarm"), row("p3", "ahu")])
    assert state.counts.alarms == 1


def test_what_stands_in_the_record_counts_whatever_the_value_is_at_the_moment():
    state = PlantState()
    state.apply(
        [row("p1", "pump"), row("p2", "fan", status="stale"), row("p3", "ahu"), row("p4", "vav", status="warning")]
    )
    assert state.counts == AlarmCounts(alarms=0, warnings=1, silent=0)
    state.stand({"p1": "alarm", "p2": "alarm", "p3": "warning"})
    assert state.counts == AlarmCounts(alarms=1, warnings=2, silent=1)
    state.set_alarm("p3", "alarm")
    state.set_alarm("p1", None)
    state.set_alarm("p2", None)
    assert state.counts == AlarmCounts(alarms=1, warnings=1, silent=0)


def test_the_newest_reading_is_known():
    state = PlantState()
    assert state.newest is None
    state.apply([row("p1", "a", at=5), row("p2", "a", at=9), row("p3", "a", at=None)])
    assert state.newest == 9


@pytest.mark.parametrize(
    ("value", "text", "unit", "shown"),
    [
        (12.345, None, "°C", "12.3\u202f°C"),
        (1.234, None, "kW", "1.23\u202fkW"),
        (1234.5, None, "Pa", "1,234\u202fPa"),
        (3.0, None, None, "3"),
        (None, "night_mode", None, "night mode"),
        (None, None, "°C", ""),
    ],
)
def test_values_are_shown_as_people_read_them(value: float | None, text: str | None, unit: str | None, shown: str):
    assert amount(value, text, unit) == shown


def test_quantities_are_shown_in_words():
    assert words("return_air_co2") == "Return air CO₂"
    assert words("supply_air_temperature") == "Supply air temperature"
