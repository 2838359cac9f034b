"""Statements about evidence: what is true passes, what is not is left out; in English, German and Spanish."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from agent.evidence.citations import Style
from agent.evidence.ledger import Ledger
from agent.evidence.verify import Verified, Verifier
from agent.language.grammar import grammar
from agent.vocabulary.lexicon import Lexicon
from graph_schema.model import Entity, Status
from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Aggregate, AssetQuery
from tools.results.assets import AssetDescription, EntityRef, FailureMode, FoundAssets, PointNow
from tools.results.result import ToolResult
from tools.results.telemetry import Telemetry, TelemetryRow

NOW = datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC)
ZONE = ZoneInfo("America/Los_Angeles")
ASSETS = (
    *(Entity(f"ahu-{i}", "Asset", f"AHU-{i}", "AHU") for i in range(1, 9)),
    *(Entity(f"vav-{i}", "Asset", f"VAV {i}", "VAV") for i in range(101, 121)),
    *(Entity(f"chwp-{i}", "Asset", f"Chilled Water Pump {i}", "Chilled_Water_Pump") for i in (1, 2, 3)),
    *(Entity(f"floor-{i}", "Floor", f"Floor {i}", "Floor", {"level": i}) for i in range(1, 5)),
    Entity("lobby", "Space", "Main Lobby", "Lobby"),
    Entity("boiler-1", "Asset", "Boiler 1", "Boiler"),
)
ENTITIES = {one.id: one for one in ASSETS}


@pytest.fixture(scope="module")
def lexicon(ontology: Ontology) -> Lexicon:
    return Lexicon.from_entities(ASSETS, ontology, grammar("en").function_words)


def ref(id_: str, status: Status | None = None, place: str | None = None) -> EntityRef:
    one = ENTITIES[id_]
    return EntityRef(id=id_, name=one.name, kind=one.kind, class_=one.class_, status=status, place=place)


def readings(
    quantity: str,
    unit: str | None,
    values: dict[str, float | str],
    aggregate: Aggregate = "latest",
    age_s: float = 12.0,
) -> Telemetry:
    at = NOW - timedelta(seconds=age_s)
    rows = [
        TelemetryRow(
            entity=ref(id_), quantity=quantity, unit=unit, at=at, age_s=age_s,
            value=None if isinstance(value, str) else value, text=value if isinstance(value, str) else None,
        )
        for id_, value in values.items()
    ]  # fmt: skip
    return Telemetry(quantity=quantity, aggregate=aggregate, rows=rows, total=len(rows))


def found(*ids: str, class_: str | None = None, status: list[Status] | None = None) -> FoundAssets:
    query = AssetQuery(class_=class_, status=status or [])
    return FoundAssets(total=len(ids), assets=[ref(id_, status[0] if status else None) for id_ in ids], query=query)


def description() -> AssetDescription:
    points = [
        PointNow(
            id="p1", name="SAT", quantity="supply_air_temperature", unit="°C", value=18.94, at=NOW - timedelta(seconds=30),
            status="alarm", since=NOW - timedelta(hours=2), low=10, high=18,
        ),
        PointNow(id="p2", name="fan", quantity="fan_speed", unit="Hz", value=45.0, at=NOW - timedelta(seconds=30), status="normal"),
        PointNow(
            id="p3", name="filter", quantity="filter_differential_pressure", unit="Pa", value=211.0, at=NOW - timedelta(hours=5), status="stale"
        ),
    ]  # fmt: skip
    clogging = FailureMode(
        code="PLU", name="Filter clogging", revealed_by=["filter_differential_pressure"], advice="Replace the filter."
    )
    return AssetDescription(
        asset=ref("ahu-2", "alarm", "Floor 2"), located_in=[ref("floor-2")], feeds=[ref("vav-101"), ref("vav-102")],
        points=points, failure_modes=[clogging], maintenance=["Inspect the belt every 90 days."],
    )  # fmt: skip


def verify(lexicon: Lexicon, text: str, *results: ToolResult, question: str = "") -> Verified:
    ledger = Ledger.of([("tool", result) for result in results])
    return Verifier(ledger, lexicon, question, frozenset(), Style("en", "metric", ZONE, NOW)).verify(text)


TEMPERATURES_TRUE = (
    "The supply air temperature of AHU-2 is 18.9 °C.",
    "AHU-2 is at 18.9 °C, read 12 s ago.",
    "AHU-2 has a supply air temperature of 18.94 °C.",
    "AHU-2 is at 66.1 °F.",
    "AHU-1 is at 14.2 °C, AHU-2 at 18.9 °C and AHU-3 at 15.0 °C.",
    "AHU-2 is the warmest at 18.9 °C.",
    "AHU-2 is 4.7 °C warmer than AHU-1.",
    "AHU-2 is warmer than AHU-1.",
    "The values lie between 14.2 and 18.9 °C.",
    "AHU-1: [a1]",
    "The supply air temperature of AHU-2 is [a2], read at [a2.at].",
    "Die Zulufttemperatur von AHU-2 beträgt 18,9 °C.",
    "La temperatura de impulsión de AHU-2 es de 18,9 °C.",
    "AHU-2 ist am wärmsten mit 18,9 °C.",
    "AHU-2 is above 18 °C.",
    "AHU-1 is below 15 °C.",
    "I cannot tell why AHU-2 is warm.",
    "Three AHUs have a reading.",
    "All three are above 14 °C.",
    "Which AHU do you mean?",
    "At 10:00 AHU-2 stood at 18.9 °C.",
    "The supply air temperature of AHU-2 is about 19 °C.",
    "**AHU-2** reads 18.94°C as of 10:00.",
    "- AHU-1: 14.2 °C\n- AHU-2: 18.9 °C\n- AHU-3: 15.0 °C",
    "AHU-1 and AHU-2 are at 14.2 and 18.9 °C.",
    "AHU-1 and 2 are at 14.2 and 18.9 °C, respectively.",
    "AHU-1 y AHU-2 están a 14,2 y 18,9 °C.",
    "The readings were taken at 10:00.",
    "You can shut AHU-2.",
)
TEMPERATURES_FALSE = (
    "AHU-1 and AHU-2 are at 18.9 and 14.2 °C.",
    "AHU-1 and 2 are at 18.9 and 14.2 °C, respectively.",
    "AHU-1 y AHU-2 están a 18,9 y 14,2 °C.",
    "AHU-1 and 9 are at 14.2 and 18.9 °C.",
    "The readings were taken at 09:15.",
    "I took the readings of AHU-2 at 10:00.",
    "The filter of AHU-2 was taken out at 10:00.",
    "La temperatura de AHU-1 es más alta que la de AHU-2.",
    "AHU-2 is at 18.9 °C, above its limit.",
    "AHU-1, which serves AHU-2, is at 18.9 °C.",
    "AHU-2 has been running for 3 hours.",
    "No: shutting AHU-2 would leave AHU-1 without air.",
    "3 work orders were closed.",
    "The supply air temperature of AHU-1 is 18.9 °C.",
    "The return air temperature of AHU-2 is 18.9 °C.",
    "AHU-2 is at 19.9 °C.",
    "AHU-2 is at 18.9 °F.",
    "AHU-1 is at 18.9 °C and AHU-2 at 14.2 °C.",
    "AHU-1 is the warmest at 14.2 °C.",
    "AHU-1 is warmer than AHU-2.",
    "AHU-2 is 5.7 °C warmer than AHU-1.",
    "AHU-1 is at [a2].",
    "AHU-1 is at [a9].",
    "Everything is normal.",
    "AHU-2 is in alarm.",
    "AHU-2 is running.",
    "I stopped AHU-2.",
    "AHU-2 is leaking.",
    "See https://example.com for AHU-2.",
    "Call 555-123-4567 for help.",
    "AHU-2 is at 18.9 °C because the valve is stuck.",
    "You should replace the filter of AHU-2.",
    "There is an 85 % probability that AHU-2 fails.",
    "AHU-9 is at 18.9 °C.",
    "Die Zulufttemperatur von AHU-1 beträgt 18,9 °C.",
    "Die Ablufttemperatur von AHU-2 beträgt 18,9 °C.",
    "La temperatura de impulsión de AHU-2 es de 19,9 °C.",
    "AHU-2 is above 19 °C.",
    "The supply air temperature of AHU-2 is rising.",
    "Four AHUs have a reading.",
    "All three are above 15 °C.",
    "At 09:15 AHU-2 stood at 18.9 °C.",
    "AHU-2 was at 18.9 °C yesterday.",
    "AHU-2 was installed in 1998.",
    "AHU-2 is made by Trane.",
)

AHUS_IN_ALARM_TRUE = (
    "AHU-2 is in alarm.",
    "One AHU is in alarm: AHU-2.",
    "Only AHU-2 is in alarm.",
    "AHU-1 is not in alarm.",
    "There is 1 alarm: AHU-2.",
    "Im Alarm ist AHU-2.",
    "AHU-2 está en alarma.",
)
AHUS_IN_ALARM_FALSE = (
    "AHU-1 is in alarm.",
    "AHU-2 is not in alarm.",
    "AHU-2 is normal.",
    "No AHU is in alarm.",
    "Two AHUs are in alarm.",
    "Everything is normal.",
    "All AHUs are normal.",
    "Chilled Water Pump 2 is not in alarm.",
    "AHU-2 ist in Ordnung.",
    "AHU-2 no está en alarma.",
    "AHU-2 is running.",
    "I acknowledged the alarm of AHU-2.",
    "The alarm of AHU-2 was acknowledged.",
    "AHU-2 has been in alarm since 08:12.",
    "AHU-2 needs a new filter.",
    "AHU-2 and AHU-3 are in alarm.",
)

PUMPS_IN_ALARM_TRUE = (
    "No pumps are in alarm.",
    "No, none of the pumps is in alarm.",
    "No pump is in alarm.",
    "Chilled Water Pump 2 is not in alarm.",
    "Keine Pumpe ist im Alarm.",
    "Ninguna bomba está en alarma.",
)
PUMPS_IN_ALARM_FALSE = (
    "Nothing is in alarm.",
    "All pumps are running.",
    "Chilled Water Pump 2 is in alarm.",
    "AHU-1 is not in alarm.",
    "All pumps are normal.",
    "One pump is in alarm.",
)

ALL_IN_ALARM_TRUE = (
    "Everything is normal.",
    "Nothing is in alarm or warning.",
    "There are no alarms.",
    "No alarms.",
    "Alles ist in Ordnung.",
    "Todo está normal.",
    "AHU-2 is not in alarm.",
    "All is well.",
    "Es gibt keine Alarme.",
    "No hay alarmas.",
)
ALL_IN_ALARM_FALSE = (
    "There are 3 alarms.",
    "AHU-2 is in alarm.",
)

NOTHING_TRUE = (
    "Hello! How can I help you?",
    "Which pump do you mean?",
    "I cannot tell.",
    "I am sorry, I do not know that.",
)
NOTHING_FALSE = (
    "Everything is normal.",
    "Yes, all is well.",
    "AHU-2 is not in alarm.",
    "There are no alarms.",
    "The plant has 8 AHUs.",
    "I stopped the pump, isolated it and informed the shift leader.",
    "Alles läuft.",
    "Ich habe die Pumpe abgeschaltet.",
    "He parado la bomba.",
    "The chiller uses R134a.",
    "Boiler 1 is 12 years old.",
)

PUMPS_TRUE = (
    "Chilled Water Pump 1 and Chilled Water Pump 3 are running.",
    "Chilled Water Pump 2 is off.",
    "Two pumps are running.",
    "2 of the 3 pumps are running.",
    "Chilled Water Pump 2 is not running.",
    "Chilled Water Pump 1 läuft.",
    "Chilled Water Pump 2 está parada.",
)
PUMPS_FALSE = (
    "Chilled Water Pump 2 is running.",
    "Three pumps are running.",
    "All pumps are running.",
    "Chilled Water Pump 1 is stopped.",
    "I switched on Chilled Water Pump 2.",
    "Chilled Water Pump 1 steht.",
)

ONE_ASSET_TRUE = (
    "AHU-2, which feeds VAV 101, has a fan speed of 45 Hz.",
    "AHU-2 is an AHU on Floor 2.",
    "AHU-2 feeds VAV 101 and VAV 102.",
    "Its supply air temperature is 18.9 °C, in alarm since 08:00.",
    "The limit is 18 °C.",
    "Its supply air temperature is above its limit of 18 °C.",
    "AHU-2 is in alarm.",
    "The fan speed of AHU-2 is 45 Hz.",
    "The filter differential pressure of AHU-2 is 211 Pa, but stale.",
    "Replace the filter.",
    "If the filter clogs, replace the filter.",
    "Inspect the belt every 90 days.",
    "AHU-2 has three points.",
    "AHU-2 liegt auf Floor 2.",
    "AHU-2 versorgt VAV 101.",
    "It has been in alarm for 2 hours.",
    "AHU-2 feeds 2 VAVs.",
)
ONE_ASSET_FALSE = (
    "AHU-2 is on Floor 3.",
    "AHU-2 is fed by VAV 101.",
    "AHU-2 feeds VAV 103.",
    "AHU-2 is normal.",
    "The fan speed of AHU-2 is 18.9 Hz.",
    "Replace the motor.",
    "The belt was inspected yesterday.",
    "AHU-2 is a pump.",
    "AHU-2 has five points.",
    "AHU-2 liegt auf Floor 3.",
    "The supply air temperature has been in alarm since 06:00.",
    "It has been in alarm for 5 hours.",
    "The filter of AHU-2 is clogged.",
    "The alarm of AHU-2 was cleared at 09:00.",
    "AHU-2 feeds 12 VAVs.",
)


def statements() -> Iterator[tuple[str, str, tuple[ToolResult, ...], bool]]:
    """Each with the question, the evidence, and whether it is true."""
    sets = (
        (
            "What is the supply air temperature of the AHUs?",
            (readings("supply_air_temperature", "°C", {"ahu-1": 14.21, "ahu-2": 18.94, "ahu-3": 15.03}),),
            TEMPERATURES_TRUE,
            TEMPERATURES_FALSE,
        ),
        (
            "Which AHUs are in alarm?",
            (found("ahu-2", class_="AHU", status=["alarm"]),),
            AHUS_IN_ALARM_TRUE,
            AHUS_IN_ALARM_FALSE,
        ),
        (
            "Are any pumps in alarm?",
            (found(class_="Pump", status=["alarm"]),),
            PUMPS_IN_ALARM_TRUE,
            PUMPS_IN_ALARM_FALSE,
        ),
        ("Is everything ok?", (found(status=["alarm", "warning"]),), ALL_IN_ALARM_TRUE, ALL_IN_ALARM_FALSE),
        ("Is everything ok?", (), NOTHING_TRUE, NOTHING_FALSE),
        (
            "Which pumps are running?",
            (readings("run_status", None, {"chwp-1": "on", "chwp-2": "off", "chwp-3": "on"}),),
            PUMPS_TRUE,
            PUMPS_FALSE,
        ),
        ("Tell me about AHU-2", (description(),), ONE_ASSET_TRUE, ONE_ASSET_FALSE),
    )
    for question, results, right, wrong in sets:
        yield from ((text, question, results, True) for text in right)
        yield from ((text, question, results, False) for text in wrong)


@pytest.mark.parametrize(("text", "question", "results", "holds"), tuple(statements()))
def test_a_statement_is_let_out_only_where_it_holds(
    lexicon: Lexicon, text: str, question: str, results: tuple[ToolResult, ...], holds: bool
):
    verified = verify(lexicon, text, *results, question=question)
    assert bool(verified.left_out) is not holds, verified.unsupported


def test_what_does_not_hold_is_left_out_and_the_rest_is_kept(lexicon: Lexicon):
    result = readings("supply_air_temperature", "°C", {"ahu-2": 18.94})
    verified = verify(lexicon, "AHU-2 is at 18.9 °C. It is leaking. It was read 12 s ago.", result)
    assert verified.text == "AHU-2 is at 18.9 °C. It was read 12 s ago."
    assert verified.unsupported == ["leaking"]


@pytest.mark.parametrize(
    ("language", "units", "text", "said"),
    [
        ("en", "metric", "AHU-2 is at [a1], read at [a1.at].", "AHU-2 is at 18.9 °C, read at 10:00."),
        ("en", "metric", "AHU-2 is at [a1] °C.", "AHU-2 is at 18.9 °C."),
        ("en", "imperial", "AHU-2 is at [a1].", "AHU-2 is at 66.1 °F."),
        ("de", "metric", "Die Zulufttemperatur von AHU-2 beträgt [a1].", "Die Zulufttemperatur von AHU-2 beträgt 18,9 °C."),
        ("es", "metric", "[a1.name] está a [a1].", "AHU-2 está a 18,9 °C."),
    ],
)  # fmt: skip
def test_citations_are_put_into_words_as_the_person_reads(
    lexicon: Lexicon, language: str, units: str, text: str, said: str
):
    ledger = Ledger.of([("query_telemetry", readings("supply_air_temperature", "°C", {"ahu-2": 18.94}))])
    style = Style(language, "imperial" if units == "imperial" else "metric", ZONE, NOW)
    verified = Verifier(ledger, lexicon, "", frozenset(), style).verify(text)
    assert (verified.text, verified.unsupported) == (said, [])


@pytest.mark.parametrize("time", ["11 am", "8pm", "6:30 pm", "11 a.m."])
def test_a_time_of_the_question_may_end_a_sentence(lexicon: Lexicon, time: str):
    verified = verify(lexicon, f"I did not understand “oil”. I did read: {time}.", question=f"oil at {time}")
    assert verified.unsupported == []


def test_a_list_of_numbers_joins_no_unit_and_no_name(lexicon: Lexicon):
    """“2, 18.9 °C” are two things; what a comma alone stands between says nothing of one another."""
    results = (found("ahu-1", "ahu-3", class_="AHU"), readings("supply_air_temperature", "°C", {"ahu-1": 18.9}))
    ledger = Ledger.of([("tool", one) for one in results])
    style = Style("en", "metric", ZONE, NOW)
    said = Verifier(ledger, lexicon, "", frozenset(), style, composed=True).verify("AHUs: 2, 18.9 °C.")
    assert not said.left_out


@pytest.mark.parametrize(("said", "holds"), [("0.5 °C", True), ("0.5 mm/s", False), ("0.6 °C", False)])
def test_degrees_that_were_asked_for_are_those_of_the_answer(lexicon: Lexicon, said: str, holds: bool):
    verified = verify(
        lexicon, f"AHU-1 is within {said} of its set point.", readings("supply_air_temperature", "°C", {"ahu-1": 14.2}),
        question="which air handlers are more than 0.5 degrees above the set point",
    )  # fmt: skip
    assert (verified.unsupported == []) is holds
