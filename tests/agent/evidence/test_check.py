"""The evidence check: what is true passes, what is made up never does."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.evidence.check import stale_note, unsupported
from agent.evidence.facts import Facts, gather
from agent.offline.words import ENGLISH
from agent.run.answer import with_notes
from agent.vocabulary.lexicon import Lexicon
from agent.vocabulary.linking import Linker
from graph_schema.model import Entity
from graph_schema.ontology.ontology import Ontology, load_ontology
from graph_schema.question import AssetQuery
from tools.results.assets import AssetDescription, EntityRef, FoundAssets, Group, PointNow
from tools.results.connections import Connected, Connections
from tools.results.result import Evidence, ToolResult
from tools.results.risks import RankedRisks, Risk
from tools.results.telemetry import Telemetry, TelemetryRow
from tools.sentences.language import language
from tools.sentences.notation import number

NOW = datetime(2026, 3, 2, 18, 0, 30, tzinfo=UTC)
ZONE = "America/Los_Angeles"
ASSETS = [f"AHU-{i}" for i in range(1, 9)]
VAVS = [f"VAV {i}" for i in range(101, 161)]


def lexicon_of(ontology: Ontology) -> Lexicon:
    entities = [
        *(Entity(name.lower(), "Asset", name, "AHU") for name in ASSETS),
        *(Entity(name.lower().replace(" ", "-"), "Asset", name, "VAV") for name in VAVS),
        *(Entity(f"floor-{i}", "Floor", f"Floor {i}", "Floor", {"level": i}) for i in range(1, 6)),
        Entity("lobby", "Space", "Main Lobby", "Lobby"),
        Entity("kitchen", "Space", "Kitchen", "Room"),
        Entity("p1", "Point", "AHU-2 Supply Air Temperature", "Supply_Air_Temperature_Sensor"),
    ]
    return Lexicon.from_entities(entities, ontology, ENGLISH)


LEXICON = lexicon_of(load_ontology())  # hypothesis wants it without a fixture


def ref(name: str, class_: str = "AHU", place: str | None = None) -> EntityRef:
    id_ = name.lower().replace(" ", "-")
    return EntityRef.model_validate({"id": id_, "name": name, "kind": "Asset", "class": class_, "place": place})


def row(name: str, value: float, unit: str | None = "°C", age_s: float = 12.0, stale: bool = False) -> TelemetryRow:
    at = NOW - timedelta(seconds=age_s)
    return TelemetryRow(
        entity=ref(name), quantity="supply_air_temperature", value=value, unit=unit, at=at, age_s=age_s, stale=stale
    )


def table(*rows: TelemetryRow, **more: Any) -> Telemetry:
    return Telemetry.model_validate(
        {"quantity": "supply_air_temperature", "aggregate": "latest", "rows": rows, "total": len(rows), **more}
    )


def found(names: Sequence[str], class_: str = "AHU", **more: Any) -> FoundAssets:
    assets = [ref(name, class_) for name in names]
    query = AssetQuery.model_validate({"class": class_})
    return FoundAssets.model_validate({"total": len(assets), "assets": assets, "query": query, **more})


def facts(*results: ToolResult, question: str = "") -> Facts:
    grounding = Linker(LEXICON).link(question)
    return gather(results, lexicon=LEXICON, grounding=grounding, question=question, now=NOW, timezone=ZONE)


def check(text: str, *results: ToolResult, question: str = "") -> list[str]:
    return unsupported(text, facts(*results, question=question))


READING = table(row("AHU-2", 13.237))


@pytest.mark.parametrize(
    "text",
    [
        "The supply air temperature of AHU-2 is 13.2 °C, read 12 s ago.",
        "AHU 2 is at 13.24 °C.",
        "ahu-2: 13 °C",
        "**AHU-2** reads 13.237°C as of 10:00.",
        "AHU-2 read 13.2 degrees Celsius at 18:00 UTC on 2 March 2026.",
        "On March 2nd, 2026 at 10:00 am AHU-2 stood at 13.2 °C.",
        "At 2026-03-02T18:00:18Z AHU-2 stood at 13.2 °C.",
        "1. AHU-2: 13.2 °C",
        "The 1st reading of AHU-2 is 13.2 °C, which ISO 14224 and ASHRAE 62.1 do not judge, nor does CO2.",
        "One reading: AHU-2 is at 13.2 °C.",
    ],
)
def test_a_reading_may_be_told_in_many_ways(text: str):
    assert check(text, READING) == []


@pytest.mark.parametrize(
    ("text", "invented"),
    [
        ("AHU-2 is at 13.3 °C.", ["13.3 °C"]),
        ("AHU-2 is at 14 °C.", ["14 °C"]),
        ("AHU-2 is at 55.8 °F.", ["55.8 °F"]),
        ("AHU-2 is at 13.2 °F.", ["13.2 °F"]),
        ("AHU-2 is at -13.2 °C.", ["-13.2 °C"]),
        ("AHU-2 is at 13.2 °C and runs at 45 Hz.", ["45 Hz"]),
        ("AHU-3 is at 13.2 °C.", ["AHU-3"]),
        ("AHU-9 is at 13.2 °C.", ["AHU-9"]),
        ("AHU 99 is at 13.2 °C.", ["AHU 99"]),
        ("P-101 is at 13.2 °C.", ["P-101"]),
        ("The Main Lobby is at 13.2 °C.", ["Main Lobby"]),
        ("AHU-2 on Floor 3 is at 13.2 °C.", ["Floor 3"]),
        ("AHU-2 is at 13.2 °C, read 40 min ago.", ["40"]),
        ("AHU-2 was at 13.2 °C at 09:15.", ["09:15"]),
        ("AHU-2 was at 13.2 °C on 24 February.", ["24 February"]),
        ("AHU-2 was at 13.2 °C on 2025-03-02.", ["2025-03-02"]),
        ("AHU-2 is at 13.2 °C, and so are three others.", ["three"]),
        ("AHU-2 is at 13.2 °C; 7 others are not.", ["7"]),
        ("AHU-2 is at 13.2 °C, 4,711 more than before.", ["4,711"]),
        ("AHU-2 is at 13.2 °C, up 21%.", ["21%"]),
    ],
)
def test_what_is_made_up_is_named(text: str, invented: list[str]):
    assert check(text, READING) == invented


def test_a_statement_is_no_evidence():
    result = table(row("AHU-2", 13.2), evidence=[Evidence(store="history", statement="select 4711 limit 50")])
    assert check("4711 of 50", result) == ["4711", "50"]


def test_the_number_of_a_name_is_no_count():
    assert check("There are 2 pumps.", table(row("AHU-2", 13.2))) == ["2"]


def test_what_the_person_said_may_be_repeated():
    question = "Was AHU-5 above 26 °C in the last 48 hours, since 7:30 on 20 February?"
    assert (
        check("AHU-5 was never above 26 °C in the last 48 hours, since 7:30 on 20 February.", question=question) == []
    )
    assert check("AHU-6 was never above 27 °C.", question=question) == ["AHU-6", "27 °C"]


def test_a_name_that_does_not_exist_may_be_said_not_to():
    question = "How warm is AHU-99?"
    answer = "There is no “AHU-99” in this plant. There are for example AHU-1, AHU-2, AHU-3 or AHU-4."
    assert check(answer, question=question) == []


def test_a_question_back_may_name_things_of_the_plant():
    assert check("Which one do you mean: AHU-5 or AHU-6?") == []
    assert check("AHU-5 and AHU-6 are off.") == ["AHU-5", "AHU-6"]


def test_counts_follow_from_lists():
    result = found(ASSETS[:5])
    assert check("There are 5 AHUs: AHU-1, AHU-2, AHU-3, AHU-4 and AHU-5.", result) == []
    assert check("There are five AHUs.", result) == []
    assert check("There are 6 AHUs.", result) == ["6"]


def test_a_list_that_is_cut_short_adds_up():
    result = found(VAVS, "VAV")
    names = ", ".join(VAVS[:12])
    assert check(f"60 VAVs: {names} and 48 more.", result) == []
    assert check(f"60 VAVs: {names} and 47 more.", result) == ["47"]


def test_counts_of_a_part_by_class_place_and_state():
    connected = [Connected(entity=ref(name, "VAV"), hops=1) for name in VAVS[:7]]
    connected += [Connected(entity=ref(name), hops=1) for name in ASSETS[1:4]]
    result = Connections(asset=ref("AHU-1"), direction="downstream", total=10, connected=connected)
    assert check("AHU-1 feeds 10 things: 7 VAVs and 3 AHUs.", result) == []
    assert check("AHU-1 feeds 10 things: 8 VAVs.", result) == ["8"]


def test_a_count_of_one_class_is_not_that_of_another():
    result = Connections(
        asset=ref("AHU-1"), direction="downstream", total=9, connected=[], by_class={"VAV": 7, "Room": 2}
    )
    assert check("AHU-1 feeds 7 VAVs and 2 rooms.", result) == []
    assert check("AHU-1 feeds 2 VAVs and 7 rooms.", result) == ["2", "7"]


def test_a_value_is_no_count():
    assert check("13 AHUs are on, 13 degrees.", READING) == ["13"]


def test_groups_are_told_by_their_label():
    result = found([], groups=[Group(key="Floor 3", count=17), Group(key="AHU", count=4)], total=21)
    assert check("21 in total. Floor 3: 17; AHU: 4.", result) == []
    assert check("21 in total. AHU 4.", result) == []
    assert check("21 in total. AHU 5.", result) == ["AHU 5"]


def test_a_name_ends_with_its_sentence():
    result = found(["AHU-1"], total=4)
    assert check("Stale: the AHU. 4 points are stale: the Air Handling Unit. 4 more.", result) == []


def test_sums_and_differences_of_what_is_stated():
    result = table(row("AHU-1", 15.5), row("AHU-2", 13.2))
    assert check("AHU-1 is at 15.5 °C and AHU-2 at 13.2 °C, 2.3 °C apart.", result) == []
    assert check("AHU-1 is at 15.5 °C and AHU-2 at 13.2 °C, 2.4 °C apart.", result) == ["2.4 °C"]
    assert check("They are 2.3 °C apart.", result) == ["2.3 °C"]


def test_durations_from_windows():
    window = {"start": NOW - timedelta(days=7), "end": NOW}
    result = table(row("AHU-2", 2.5, "h"), aggregate="duration_above", threshold=26.0, window=window)
    assert check("In the last 7 days AHU-2 was above 26 for 2.5 h, that is 2 h 30 min.", result) == []
    assert check("In the last 8 days AHU-2 was above 26 for 2.5 h.", result) == ["8"]


def test_a_risk_is_of_a_hundred():
    ranked = RankedRisks(
        risks=[Risk(asset=ref("AHU-1"), score=72.4, reasons=["vibration 7.1 mm/s"], dependents=3)], assessed=9
    )
    assert check("AHU-1 (risk 72.4 of 100): vibration 7.1 mm/s; 3 depend on it.", ranked) == []
    assert check("AHU-1 (risk 73 of 100).", ranked) == ["73"]
    assert check("AHU-2 is at 100 of 100.", READING) == ["100"]


def test_thousands_and_negative_numbers():
    result = table(row("AHU-1", 12345.6, "kW"), row("AHU-2", -3.25))
    assert check("12,345.6 kW", result) == []
    assert check("12346 kW", result) == []
    assert check("−3.25 °C", result) == []
    assert check("It fell by 3.25 °C.", result) == []


def test_words_that_are_also_names_are_no_claims():
    assert check("AHU-2 is at 13.2 °C, like in a kitchen.", READING) == []


def test_a_point_is_told_by_its_things_name():
    assert check("AHU-2 Supply Air Temperature: 13.2 °C", READING) == []


# Property-based


def values() -> st.SearchStrategy[float]:
    return st.floats(-500, 99999, allow_nan=False).map(lambda x: round(x, 3))


@given(st.lists(st.tuples(st.sampled_from(ASSETS), values()), min_size=1, max_size=8, unique_by=lambda pair: pair[0]))
def test_true_readings_are_never_flagged(readings: list[tuple[str, float]]):
    result = table(*(row(name, value) for name, value in readings))
    said = "; ".join(f"{name} {number(value)} °C" for name, value in readings)
    assert check(f"Supply air temperature: {said}.", result) == []


@given(
    readings=st.lists(values(), min_size=1, max_size=8),
    made_up=st.floats(-99999, 999999, allow_nan=False).map(lambda x: round(x, 2)),
    template=st.sampled_from(["AHU-1 is at {} °C.", "It was {} °C", "the value {} °C is high", "{} °C"]),
)
def test_a_number_that_no_reading_rounds_to_is_always_caught(readings: list[float], made_up: float, template: str):
    result = table(*(row(name, value) for name, value in zip(ASSETS, readings, strict=False)))
    stated = f"{made_up:.2f}"
    near = any(abs(abs(made_up) - abs(value)) <= 0.0051 for value in readings)
    assert near or check(template.format(stated), result) == [f"{stated} °C"]


@given(count=st.integers(0, 60), wrong=st.integers(0, 500))
def test_a_wrong_count_is_always_caught(count: int, wrong: int):
    result = found(VAVS[:count], "VAV")
    right = {0, 1, count}
    text = f"There are {wrong} VAVs."
    assert check(text, result) == ([] if wrong in right else [str(wrong)])


@given(listed=st.sets(st.sampled_from(ASSETS), min_size=1), named=st.sampled_from(ASSETS))
def test_only_things_of_the_results_can_be_named(listed: set[str], named: str):
    assert check(f"{named} is in alarm.", found(sorted(listed))) == ([] if named in listed else [named])


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str):
    check(text, READING, question=text[:50])


# What an answer owes


def test_stale_readings_are_told_to_be_stale():
    result = table(row("AHU-2", 13.2, age_s=7200, stale=True))
    said = "AHU-2 is at 13.2 °C."
    assert (
        stale_note(said, [result], language())
        == "Stale, no newer reading: AHU-2 supply air temperature (read 2 h ago)."
    )
    assert with_notes(said, [result], language()).startswith(f"{said} Stale")
    assert stale_note("AHU-2 is at 13.2 °C (stale).", [result], language()) is None
    assert stale_note("AHU-2 has readings.", [result], language()) is None


def test_stale_points_of_a_description_too():
    point = PointNow(id="p1", name="T", quantity="supply_air_temperature", value=13.2, unit="°C", status="stale")
    result = AssetDescription(asset=ref("AHU-2"), points=[point])
    assert (
        stale_note("It reads 13.2 °C.", [result], language())
        == "Stale, no newer reading: AHU-2 supply air temperature."
    )


def test_notes_of_results_are_kept_once():
    result = found(["AHU-1"], notes=["Only the first 60 are listed.", "Only the first 60 are listed."])
    assert with_notes("AHU-1.", [result], language()) == "AHU-1. Only the first 60 are listed."
    assert (
        with_notes("AHU-1. only the first 60  are listed", [result], language())
        == "AHU-1. only the first 60  are listed"
    )


def test_a_note_may_be_repeated_with_the_numbers_it_spells_out():
    result = found(["AHU-1"], notes=["A served plant is looked at every six hours."])
    assert check("AHU-1. A served plant is looked at every six hours.", result) == []
    assert check("AHU-1. A served plant is looked at every seven hours.", result) == ["seven"]


ODD = (
    "<b>P-1</b>",
    "Pump 2 (2024)",
    "Zone 3.14",
    "VAV 9 **bold** [x](y)",
    "24.5 kW chiller",
    "Fan #3, north; spare",
    "5 % (min)",
)


@pytest.mark.parametrize("name", ODD)
def test_numbers_and_markup_in_names_claim_nothing(name: str, ontology: Ontology):
    others = [Entity("y", "Asset", "Pump 7 (1999)", "Pump")]
    lexicon = Lexicon.from_entities([Entity("x", "Asset", name, "Pump"), *others], ontology, ENGLISH)
    asset = EntityRef.model_validate({"id": "x", "name": name, "kind": "Asset", "class": "Pump"})
    reading = table(row("AHU-2", 13.2).model_copy(update={"entity": asset}))

    def left(text: str) -> list[str]:
        grounding = Linker(lexicon).link("")
        return unsupported(
            text, gather([reading], lexicon=lexicon, grounding=grounding, question="", now=NOW, timezone=ZONE)
        )

    assert left(f"The flow of {name} is 13.2 °C. There is 1 pump: {name}.") == []
    assert left(f"The flow of {name} is 14.7 °C.") == ["14.7 °C"]
    assert left(f"{name} is at 13.2 °C, and Pump 7 (1999) as well.") != []


def test_a_number_that_only_looks_like_a_part_of_a_name_is_one():
    pump = EntityRef.model_validate({"id": "x", "name": "Pump 2 (2024)", "kind": "Asset", "class": "Pump"})
    reading = table(row("AHU-2", 13.2).model_copy(update={"entity": pump}))
    assert check("It stood at 2024 rpm.", reading) == ["2024 rpm"]
