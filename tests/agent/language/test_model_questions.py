"""Questions about the model of the plant: what stands beside what, what is stated, classes, and relations said from either side."""

from collections.abc import Callable
from typing import Any

import pytest

from agent.agent import Agent
from agent.events import Answered
from agent.planning.understanding import Understanding
from tests.agent.language.conftest import NOW
from tools.context import Caller

SENSOR = "Zone_Air_Temperature_Sensor"
AHU1 = {"ids": ["ahu-1"]}
FEEDING = {
    "any_of": [{"feeds": AHU1, "direct": True}, {"feeds": {"part_of": AHU1}, "direct": True}],
    "excluding": {"part_of": AHU1},
}


def args_of(understanding: Understanding, text: str, code: str = "en") -> dict[str, Any]:
    read = understanding.understand(text, code, NOW)
    assert read is not None
    assert read.problem is None, (text, read.problem)
    (call,) = read.calls
    return {**call.args, "tool": call.tool}


@pytest.mark.parametrize(
    ("code", "asked", "class_", "columns"),
    [
        ("en", "each VAV with its AHU and room", "VAV", ["AHU", "Room"]),
        ("en", "for each AHU, list the VAVs it feeds", "AHU", ["VAV"]),
        ("en", "which AHU feeds each VAV", "VAV", ["AHU"]),
        ("en", "list the fans along with the AHU they are part of", "Fan", ["AHU"]),
        ("en", "serial number and manufacturer of each pump", "Pump", ["serial_number", "manufacturer"]),
        ("en", "area of the rooms", "Room", ["area"]),
        ("en", "the timeseries ids of the zone temperature sensors", SENSOR, ["reference"]),
        ("en", "brick:Zone_Air_Temperature_Sensor with their units", SENSOR, ["unit"]),
        ("en", "each VAV with its zone temperature sensor and its timeseries id", SENSOR, ["VAV", "reference"]),
        ("de", "Jede VAV mit ihrer AHU und ihren Zonen", "VAV", ["AHU", "Zone"]),
        ("de", "Seriennummer der Pumpen", "Pump", ["serial_number"]),
        ("de", "Zeige alle Temperaturfühler mit ihrer Zeitreihe", "Temperature_Sensor", ["reference"]),
        ("es", "cada VAV con su AHU y su sala", "VAV", ["AHU", "Room"]),
        ("es", "número de serie de las bombas", "Pump", ["serial_number"]),
        ("es", "lista los ventiladores con la AHU a la que pertenecen", "Fan", ["AHU"]),
    ],
)
def test_what_stands_beside_each(
    understanding: Understanding, code: str, asked: str, class_: str, columns: list[str]
) -> None:
    args = args_of(understanding, asked, code)
    assert (args["query"]["class"], args["columns"]) == (class_, columns)


@pytest.mark.parametrize(
    ("code", "asked", "query"),
    [
        ("en", "points without a unit", {"class": "Point", "lacks": ["unit"]}),
        ("en", "which sensors have a limit", {"class": "Sensor", "has": ["limit"]}),
        ("en", "points that do not belong to any equipment", {"class": "Point", "lacks": ["equipment"]}),
        ("en", "pumps with no manufacturer", {"class": "Pump", "lacks": ["manufacturer"]}),
        ("en", "which sensors monitor AHU-1", {"class": "Sensor", "within": AHU1}),
        ("en", "the sensors on the VAVs that AHU-1 feeds", None),
        ("en", "VAVs that directly serve room 303", None),
        ("en", "what are the parts of AHU-1", {"part_of": AHU1}),
        ("en", "all instances of class Pump", {"class": "Pump"}),
        ("en", "what feeds AHU-1 directly", FEEDING),
        ("en", "VAVs that are not fed by AHU-1", {"class": "VAV", "excluding": {"fed_by": AHU1}}),
        ("de", "VAVs, die nicht von AHU-1 versorgt werden", {"class": "VAV", "excluding": {"fed_by": AHU1}}),
        ("es", "VAV que no están alimentadas por AHU-1", {"class": "VAV", "excluding": {"fed_by": AHU1}}),
        ("de", "Punkte ohne Einheit", {"class": "Point", "lacks": ["unit"]}),
        ("de", "Welche Fühler haben einen Grenzwert?", {"class": "Sensor", "has": ["limit"]}),
        ("de", "Was versorgt AHU-1 direkt?", FEEDING),
        ("es", "puntos sin unidad", {"class": "Point", "lacks": ["unit"]}),
        ("es", "¿Qué sensores tienen límite?", {"class": "Sensor", "has": ["limit"]}),
        ("es", "¿Qué alimenta a AHU-1 directamente?", FEEDING),
    ],
)
def test_what_is_stated_and_how_things_hang_together(
    understanding: Understanding, code: str, asked: str, query: dict[str, Any] | None
) -> None:
    args = args_of(understanding, asked, code)
    assert args["tool"] == "find_assets"
    assert query is None or args["query"] == query


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("en", "all temperature and humidity sensors of AHU-1"),
        ("de", "Alle Temperaturfühler und Feuchtefühler von AHU-1"),
        ("es", "todos los sensores de temperatura y sensores de humedad de AHU-1"),
    ],
)
def test_what_restricts_the_last_of_two_kinds_of_points_restricts_both(
    understanding: Understanding, code: str, asked: str
) -> None:
    query = args_of(understanding, asked, code)["query"]
    assert query["class"] == "Point"
    assert [one["class"] for one in query["any_of"]] == ["Temperature_Sensor", "Humidity_Sensor"]
    assert all(one["within"] == AHU1 for one in query["any_of"])


def test_setpoints_beside_sensors_are_those_of_what_is_sensed(understanding: Understanding) -> None:
    query = args_of(understanding, "zone temperature sensors and setpoints")["query"]
    assert [one["class"] for one in query["any_of"]] == [SENSOR, "Zone_Air_Temperature_Setpoint"]


@pytest.mark.parametrize(
    ("code", "asked"),
    [
        ("en", "which fans feed a dishwasher"),
        ("en", "list the sensors of the elevators"),
        ("de", "Welche Fühler gehören zu einem Aufzug?"),
        ("es", "sensores de los ascensores"),
    ],
)
def test_what_the_plant_has_none_of_is_named_instead_of_none(
    understanding: Understanding, code: str, asked: str
) -> None:
    read = understanding.understand(asked, code, NOW)
    assert read is not None
    assert read.problem is not None
    assert read.problem.kind in ("unknown_name", "left_out", "unclear")


def test_several_steps(understanding: Understanding) -> None:
    query = args_of(understanding, "the sensors on the VAVs that AHU-1 feeds")["query"]
    assert {"class": "VAV", "fed_by": AHU1} in [one.get("within") for one in query["any_of"]]


@pytest.mark.parametrize(
    ("code", "asked", "shown"),
    [
        ("en", "each AHU with its fans", ["| name | fan |", "| AHU-1 | AHU-1 "]),
        ("de", "Jede AHU mit ihren Ventilatoren", ["| Name | Ventilator |", "| AHU-1 | AHU-1 "]),
        ("es", "cada AHU con sus ventiladores", ["| nombre | ventilador |", "| AHU-1 | AHU-1 "]),
        ("en", "rated power of the pumps", ["| name | rated power |"]),
        ("de", "Nennleistung der Pumpen", ["| Name | Nennleistung |"]),
        ("es", "potencia nominal de las bombas", ["| nombre | potencia nominal |"]),
        ("en", "what kinds of pumps are there", ["| class | count |", "| Chilled_Water_Pump | "]),
        ("de", "Welche Arten von Pumpen gibt es?", ["| Klasse | Anzahl |", "| Chilled_Water_Pump | "]),
        ("es", "¿Qué tipos de bombas hay?", ["| clase | cantidad |", "| Chilled_Water_Pump | "]),
        ("en", "how many classes are there", ["| class | count |", "| VAV | "]),
        ("de", "Wie viele Klassen gibt es?", ["| Klasse | Anzahl |", "| VAV | "]),
        ("es", "¿Cuántas clases hay?", ["| clase | cantidad |", "| VAV | "]),
        ("en", "what directly feeds AHU-1", ["- "]),
        ("de", "Was speist AHU-1 unmittelbar?", ["- "]),
        ("es", "¿Qué alimenta directamente a AHU-1?", ["- "]),
    ],
)
async def test_answers_are_rows(code: str, asked: str, shown: list[str], agent_with: Callable[..., Agent]) -> None:
    last = [event async for event in agent_with().ask(asked, "c", Caller("anna", language=code))][-1]
    assert isinstance(last, Answered)
    assert all(one in last.text for one in shown), last.text
