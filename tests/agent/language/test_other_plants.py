"""Words of plants that are no buildings: what is called by its label, by a word of its name, by what it hangs on."""

from pathlib import Path
from typing import Any

import pytest

from agent.planning.understanding import Understanding
from evals.metamorphic.plants import understanding_of
from graph_schema.ontology.ontology import Ontology
from tests.agent.language.conftest import NOW

_PLANT = """
site: {id: works, name: Works}
places:
  - {id: hall, class: Building, name: Hall, in: works}
assets:
  - {id: filter-1, class: Water_Treatment_Filter, name: Sand Filter 1, in: hall}
  - {id: filter-2, class: Water_Treatment_Filter, name: Sand Filter 2, in: hall}
  - id: tank
    class: Storage_Tank
    name: Oxygen Tank
    in: hall
    points: {level: {unit: "%", source: works/level, low: 30}}
  - {id: bus-b, class: Switchgear, name: Bus B, in: hall, feeds: [{to: cb-3}, {to: cb-4}]}
  - {id: kp-1, class: Pump, name: Kiosk Pump 1, in: hall}
  - {id: kp-2, class: Pump, name: Kiosk Pump 2, in: hall}
  - {id: cb-3, class: Circuit_Breaker, name: Feeder Breaker F3, in: hall}
  - {id: cb-4, class: Circuit_Breaker, name: Feeder Breaker F4, in: hall}
"""


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory, ontology: Ontology) -> Understanding:
    file: Path = tmp_path_factory.mktemp("works") / "plant.yaml"
    file.write_text(_PLANT)
    return understanding_of(file, ontology)


def call(understanding: Understanding, sentence: str) -> tuple[str, dict[str, Any]]:
    read = understanding.understand(sentence, "en", NOW)
    assert read is not None
    assert read.problem is None
    return read.calls[0].tool, dict(read.calls[0].args)


def test_a_kind_is_found_by_the_end_of_its_label(works: Understanding):
    assert call(works, "number of filters?")[1]["query"]["class"] == "Water_Treatment_Filter"


def test_the_level_of_a_tank_is_no_floor(works: Understanding):
    assert call(works, "oxygen tank level") == (
        "query_telemetry",
        {"quantity": "level", "asset": "tank", "aggregate": "latest"},
    )


def test_a_word_in_the_plural_is_all_that_are_called_so(works: Understanding):
    assert call(works, "how many feeders are there")[1]["query"]["ids"] == ["cb-3", "cb-4"]


@pytest.mark.parametrize("sentence", ["which feeders are on bus b", "which breakers are on bus b"])
def test_what_hangs_on_switchgear_is_fed_by_it(works: Understanding, sentence: str):
    assert {"fed_by": {"ids": ["bus-b"]}} in call(works, sentence)[1]["query"]["any_of"]


def test_what_is_in_alarm_is_no_class_of_points(works: Understanding):
    read = works.understand("list whats in alarm now", "en", NOW)
    assert read is not None
    assert read.asked.intent == "alarms"


@pytest.mark.parametrize(
    ("sentence", "ids"),
    [
        ("which feeder breaker draws the most current", ["cb-3", "cb-4"]),
        ("list the kiosk pumps", ["kp-1", "kp-2"]),
        ("are kiosk pumps 1 and 2 in alarm", ["kp-1", "kp-2"]),
    ],
)
def test_what_differs_by_its_number_alone_is_a_kind(works: Understanding, sentence: str, ids: list[str]):
    read = works.understand(sentence, "en", NOW)
    assert read is not None
    (assets,) = read.asked.values["assets"]
    assert list(getattr(assets, "ids", ())) == ids


def test_one_of_a_kind_is_asked_back_and_a_number_that_is_not_there_is_said(works: Understanding):
    one = works.understand("is the kiosk pump in alarm", "en", NOW)
    none = works.understand("is kiosk pump 7 in alarm", "en", NOW)
    assert one is not None
    assert none is not None
    assert [one.problem and one.problem.kind, none.problem and none.problem.kind] == ["ambiguous", "unknown_name"]


def test_a_name_that_is_a_word_for_a_class_as_well_is_the_asset(tmp_path: Path, ontology: Ontology):
    file = tmp_path / "plant.yaml"
    file.write_text("""
site: {id: hotel, name: Hotel}
assets:
  - id: general
    class: Building_Electrical_Meter
    name: Contador General
    points: {active_power: {unit: kW, source: hotel/a}}
  - id: kitchen
    class: Building_Electrical_Meter
    name: Contador Cocina
    points: {active_power: {unit: kW, source: hotel/b}}
""")
    read = understanding_of(file, ontology).understand("potencia del contador general", "es", NOW)
    assert read is not None
    assert [call.args["asset"] for call in read.calls] == ["general"]
    every = understanding_of(file, ontology).understand("potencia de los contadores generales", "es", NOW)
    assert every is not None
    assert every.calls[0].args.get("assets", {}).get("class") == "Building_Meter"


def test_rooms_are_those_that_are_called_so_and_boilers_all_of_the_class(tmp_path: Path, ontology: Ontology):
    file = tmp_path / "plant.yaml"
    file.write_text("""
site: {id: hotel, name: Hotel}
places:
  - {id: cellar, class: Mechanical_Room, name: Sala de Máquinas, in: hotel}
  - {id: r-1, class: Room, name: Habitación 1, in: hotel}
  - {id: r-2, class: Room, name: Habitación 2, in: hotel}
assets:
  - {id: b-1, class: Boiler, name: Caldera 1, in: cellar}
  - {id: b-2, class: Boiler, name: Caldera 2, in: cellar}
  - {id: b-3, class: Boiler, name: Calderín, in: cellar}
""")
    hotel = understanding_of(file, ontology)
    rooms, boilers = (
        hotel.understand("¿cuántas habitaciones hay?", "es", NOW),
        hotel.understand("¿cuántas calderas hay?", "es", NOW),
    )
    assert rooms is not None
    assert boilers is not None
    assert rooms.calls[0].args["query"] == {"ids": ["r-1", "r-2"]}
    assert boilers.calls[0].args["query"] == {"class": "Boiler"}
