"""Validation: error codes never become values, units are those of the points, and what is unknown passes."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema.store.graph import GraphStore
from ingestion.decoding.messages import Decoded, decode
from ingestion.decoding.telemetry_map import TelemetryMap, decoder
from ingestion.decoding.validation import Measured, Validation
from ingestion.history.history import History
from ingestion.pipeline.service import build
from ingestion.reading import Message, Reading

AT = 1_772_445_600_000
POINTS = {
    "ahu/supply_air_temperature": Measured("supply_air_temperature", "°C"),
    "ahu/pressure": Measured("pressure", "kPa"),
    "ahu/mode": Measured("operating_mode_status", None),
}


@pytest.fixture
def validation() -> Validation:
    found = Validation()
    found.learn(POINTS)
    return found


def read(validation: Validation, document: Any, received_at: int = AT) -> Decoded:
    payload = json.dumps({"ts": AT} | document).encode()
    return validation.checking(decode)("plantroom/telemetry/ahu", payload, received_at)


def test_an_error_code_is_taken_out_and_told(validation: Validation):
    decoded = read(validation, {"values": {"supply_air_temperature": -9999, "pressure": 240.0, "mode": "auto"}})
    assert [reading.source for reading in decoded.readings] == ["ahu/pressure", "ahu/mode"]
    assert decoded.problems == (
        "'supply_air_temperature': -9999 °C is outside what an air temperature can be (-80 to 400 °C).",
    )
    assert (decoded.kind, decoded.suspects) == ("out of range", ("ahu/supply_air_temperature",))


def test_unknown_points_and_states_pass(validation: Validation):
    decoded = read(validation, {"values": {"mystery": -9999, "mode": "off"}})
    assert (len(decoded.readings), decoded.problems) == (2, ())


def test_a_point_that_becomes_known_is_judged_from_then_on(validation: Validation):
    assert not read(validation, {"values": {"t": -9999}}).problems
    validation.learn(POINTS | {"ahu/t": Measured("temperature", "°C")})
    assert read(validation, {"values": {"t": -9999}}).problems


@pytest.mark.parametrize(
    ("unit", "sent", "kept"), [("°F", 59, 15.0), ("degF", 59, 15.0), ("K", 288.15, 15.0), ("degC", 15, 15.0)]
)
def test_a_stated_unit_is_converted_to_the_points_own(validation: Validation, unit: str, sent: float, kept: float):
    decoded = read(validation, {"values": {"supply_air_temperature": sent}, "units": {"supply_air_temperature": unit}})
    assert decoded.problems == ()
    assert decoded.readings[0].value == pytest.approx(kept)


def test_a_unit_that_measures_something_else_is_a_problem(validation: Validation):
    decoded = read(validation, {"values": {"pressure": 20, "mode": 1}, "units": {"pressure": "°C", "mode": "°C"}})
    assert [reading.source for reading in decoded.readings] == ["ahu/mode"]
    assert decoded.problems == ("'pressure': The value is in °C, and the point measures in kPa.",)
    assert decoded.kind == "wrong unit"


def test_a_word_that_is_no_unit_leaves_the_value_alone(validation: Validation):
    decoded = read(validation, {"values": {"pressure": 20}, "units": {"pressure": "counts"}})
    assert (decoded.readings[0].value, decoded.problems) == (20.0, ())


def test_the_range_is_that_of_the_converted_value(validation: Validation):
    stated = {"units": {"pressure": "bar"}}
    assert not read(validation, {"values": {"pressure": 200}} | stated).problems
    assert "outside what a pressure can be" in read(validation, {"values": {"pressure": 32767}} | stated).problems[0]


def test_units_that_are_no_texts_cost_no_value(validation: Validation):
    decoded = read(validation, {"values": {"pressure": 20}, "units": {"pressure": 7}})
    assert (decoded.readings[0].value, decoded.kind) == (20.0, "wrong unit")


def test_a_maps_unit_is_converted_as_well():
    spec = {
        "topics": [
            {"topic": "plc/{n}", "device": "ahu", "values": {"t": {"key": "supply_air_temperature", "unit": "°F"}}}
        ]
    }
    telemetry_map = TelemetryMap.model_validate(spec)
    validation = Validation(telemetry_map.units)
    validation.learn(POINTS)
    read_it = validation.checking(decoder(telemetry_map))
    for _ in range(2):
        assert read_it("plc/1", b'{"t": 59}', AT).readings[0].value == pytest.approx(15.0)
    assert read_it("plc/1", b'{"t": -9999}', AT).kind == "out of range"


def test_a_birth_may_change_the_unit():
    stated = {"ahu/pressure": "bar"}
    validation = Validation(stated)
    validation.learn(POINTS)
    reading = Reading("ahu/pressure", AT, 2.0)
    assert validation.judge(Decoded([reading], device="ahu")).readings[0].value == pytest.approx(200)
    stated["ahu/pressure"] = "kPa"
    assert validation.judge(Decoded([reading], device="ahu", remember="edge")).readings[0].value == 2.0
    assert validation.judge(Decoded([reading], device="ahu")).readings[0].value == 2.0


@given(
    st.dictionaries(st.sampled_from(["supply_air_temperature", "pressure", "mode", "other"]), st.floats(), min_size=1)
)
def test_whatever_is_sent_is_kept_or_told(values: dict[str, float]):
    validation = Validation()
    validation.learn(POINTS)
    payload = json.dumps({"ts": AT, "values": values}).encode()
    decoded = validation.checking(decode)("plantroom/telemetry/ahu", payload, AT)
    kept = {reading.source.partition("/")[2] for reading in decoded.readings}
    told = {source.partition("/")[2] for source in decoded.suspects}
    assert kept | told == values.keys()
    assert not kept & told
    assert all(abs(r.value or 0) <= 1e5 for r in decoded.readings if r.source in list(POINTS)[:2])


def test_a_clock_that_runs_ahead_is_noticed_and_late_data_is_not_a_clock(validation: Validation):
    read(validation, {"ts": AT + 86_400_000, "values": {"pressure": 1}})
    assert validation.skews.wrong() == {"ahu": 86_400_000}
    fresh = Validation()
    for late in (3_600_000, 7_200_000, 0):
        read(fresh, {"ts": AT - late, "values": {"pressure": 1}})
    assert fresh.skews.wrong() == {}


def test_a_clock_that_was_put_right_is_forgotten(validation: Validation):
    for minute in range(40):
        ahead = 86_400_000 if minute < 15 else 0
        validation.skews.note("ahu", AT + minute * 60_000 + ahead, AT + minute * 60_000)
    assert validation.skews.wrong() == {}


async def test_what_the_graph_knows_judges_the_messages(graph: GraphStore, history: History):
    await graph.write(
        "CREATE (:Entity:Point {id: 'p', source: 'ahu/t', quantity: 'supply_air_temperature', unit: '°C'})"
    )
    await graph.write("MATCH (m:Meta {id: 'plant'}) SET m.version = 1")
    parts = build(history, graph, clock=lambda: datetime.fromtimestamp(AT / 1000, UTC))
    await parts.validation.refresh(graph)
    source = asyncio.Queue[object]()
    payload = json.dumps({"ts": AT, "values": {"t": 32767, "other": 1}}).encode()

    class Once:
        async def poll_batch(self) -> list[Message]:
            raise NotImplementedError

        async def commit(self, messages: object) -> None:
            source.put_nowait(messages)

        async def send(self, replies: object) -> None:
            pass

    await parts.pipeline.take([Message("plantroom/telemetry/ahu", payload, object(), AT)], Once())
    assert source.qsize() == 1
    assert [
        row["source"] for row in await history.fetch("select source from series s join reading r on r.series = s.id")
    ] == ["ahu/other"]
    (letter,) = await parts.dead_letters.list()
    assert "outside what an air temperature can be" in letter.reason


# Texts


HOUSE = {
    "ahu/sat": Measured("supply_air_temperature", "°C"),
    "ahu/zt": Measured("zone_air_temperature", "°C"),
    "ahu/oat": Measured("outside_air_temperature", "°C"),
    "ahu/power": Measured("power", "kW"),
    "ahu/rat": Measured("return_air_temperature", None),
    "ahu/fan": Measured("fan_on_off_status", None, number=True),
    "ahu/mode": Measured("operating_mode_status", None),
    "ahu/found": Measured("found", None, described=False, number=True),
}


@pytest.fixture
def house() -> Validation:
    found = Validation()
    found.learn(HOUSE)
    return found


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("sat", "21,5", 21.5),
        ("zt", "21.5 °C", 21.5),
        ("sat", "70 °F", pytest.approx(21.111, abs=0.001)),
        ("oat", "−5.5", -5.5),
        ("power", "1,234.5", 1234.5),
        ("power", "1500 W", 1.5),
        ("rat", "21,5", 21.5),
        ("fan", "on", 1.0),
        ("fan", "aus", 0.0),
        ("found", "1.234,5", 1234.5),
        ("nobody", "21.5 °C", 21.5),
    ],
)
def test_a_text_becomes_the_number_that_its_point_takes(house: Validation, key: str, text: str, value: float):
    decoded = read(house, {"values": {key: text}})
    assert decoded.problems == ()
    (found,) = decoded.readings
    assert (found.value, found.text) == (value, None)


@pytest.mark.parametrize("text", ["unavailable", "unknown", "???", "---", "nan", "No Data"])
def test_no_value_is_no_reading_and_no_problem(house: Validation, text: str):
    decoded = read(house, {"values": {"sat": text, "fan": text, "found": text}})
    assert (decoded.readings, decoded.problems, house.without_value) == ([], (), 3)


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("sat", "on", "“on” is no number, and the point measures supply air temperature in °C."),
        ("power", "1,234", "“1,234” can be 1.234 or 1234. Say in the map what a comma is"),
        ("nobody", "1,234", "can be 1.234 or 1234"),
        ("fan", "auto", "“auto” is no number, and the point measures fan on off status."),
        ("sat", "5 kWh", "The value is in kWh, and the point measures in °C."),
    ],
)
def test_a_text_that_cannot_be_a_value_is_told_and_the_rest_is_kept(house: Validation, key: str, text: str, told: str):
    decoded = read(house, {"values": {key: text, "oat": 4.0}})
    assert [reading.source for reading in decoded.readings] == ["ahu/oat"]
    assert told in decoded.problems[0]
    assert decoded.kind == ("wrong unit" if "kWh" in text else "bad value")
    assert decoded.suspects == (f"ahu/{key}",)


def test_a_quantity_has_no_true(house: Validation):
    decoded = read(house, {"values": {"sat": True, "fan": True, "mode": True}})
    assert [(reading.source, reading.value) for reading in decoded.readings] == [("ahu/fan", 1.0), ("ahu/mode", 1.0)]
    assert (decoded.kind, decoded.suspects) == ("bad value", ("ahu/sat",))


def test_a_state_keeps_its_words_also_those_that_others_take_for_no_value(house: Validation):
    for word in ("OFF", "ON", "unavailable", "3", "21,5"):
        assert read(house, {"values": {"mode": word}}).readings == [Reading("ahu/mode", AT, None, word)]


def test_a_switch_becomes_known_by_its_numbers(house: Validation):
    house.learn({"ahu/pump": Measured("run_status", None)})
    assert read(house, {"values": {"pump": 1}}).readings[0].value == 1.0
    assert read(house, {"values": {"pump": "off"}}).readings[0].value == 0.0
    house.learn({"ahu/pump": Measured("run_status", None)})
    assert read(house, {"values": {"pump": "on"}}).readings[0].value == 1.0


def test_the_unit_beside_a_number_is_kept_for_a_point_that_nobody_described(house: Validation):
    read(house, {"values": {"nobody": "70 °F"}})
    assert house.written == {"ahu/nobody": "°F"}


@given(st.dictionaries(st.sampled_from(["sat", "fan", "mode", "found", "nobody"]), st.text(max_size=20), min_size=1))
def test_any_text_is_a_value_no_value_or_told(values: dict[str, str]):
    validation = Validation()
    validation.learn(HOUSE)
    decoded = read(validation, {"values": values})
    assert not [reading for reading in decoded.readings if reading.source == "ahu/sat" and reading.text is not None]
    assert len(decoded.readings) + len(decoded.suspects) + validation.without_value == len(values)
