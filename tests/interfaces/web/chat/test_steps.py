"""Steps are read by operators: no JSON, no identifiers, nothing that Markdown would act on."""

import pytest

from interfaces.web.chat.steps import details, plain, unescaped, without_html
from tools.sentences.language import language

NAMES = {"ahu-2": "AHU-2", "fan-9": "**Loud** [fan](javascript:x)"}
WINDOW = {"start": "2026-03-01T06:00:00+00:00", "end": "2026-03-01T08:00:00+00:00"}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "the whole plant"),
        ({"class": "VAV", "fed_by": {"ids": ["ahu-2"]}}, "VAV, supplied by AHU-2"),
        ({"class": "HVAC_Zone", "within": {"class": "Floor", "name": "2"}}, "HVAC Zone, in Floor, called “2”"),
        ({"class": "Fan", "feeds": {"ids": ["ahu-2"]}, "direct": True}, "Fan, directly supplying AHU-2"),
        ({"lacks_point": ["supply_air_flow"], "status": ["alarm", "stale"]}, "without supply air flow, alarm or stale"),
        ({"class": "Point", "has": ["source"], "lacks": ["unit"]}, "Point, with source, without unit"),
        ({"any_of": [{"class": "Pump"}, {"class": "Fan"}], "excluding": {"name": "x"}}, "but not called “x”, either Pump or Fan"),
        (
            {"where": [{"quantity": "zone_air_temperature", "comparison": ">", "value": 26.0, "unit": "°C"}]},
            "zone air temperature above 26 °C",
        ),
        (
            {"where": [{"quantity": "temperature", "comparison": ">=", "than": "temperature_setpoint", "offset": 2}]},
            "temperature at least temperature setpoint +2",
        ),
        (
            {"where": [{"quantity": "flow", "comparison": "<", "value": 1, "aggregate": "min", "window": WINDOW}]},
            "lowest flow below 1 from 2026-03-01 06:00 UTC to 2026-03-01 08:00 UTC",
        ),
    ],
)  # fmt: skip
def test_a_query_is_a_phrase(query: dict[str, object], words: str):
    assert details({"query": query, "limit": 60}, NAMES, language()) == f"- Which: {words}"


def test_arguments_are_lines_and_moments_are_readable():
    lines = details(
        {"asset": "ahu-2", "aggregate": "mean", "start": "2026-03-01T06:00:00+00:00", "end": None}, NAMES, language()
    )
    assert lines == "- Of: AHU-2\n- Value: average\n- From: 2026-03-01 06:00 UTC"


def test_what_a_model_made_up_is_shown_as_it_is():
    assert details({"query": {"klass": "VAV"}, "colour": "red"}, {}, language()) == "- Which: klass VAV\n- Colour: red"


def test_names_of_other_systems_cannot_format():
    harmless = r"\*\*Loud\*\* \[fan\]\(javascript:x\)"
    assert details({"query": {"ids": ["fan-9"]}}, NAMES, language()) == f"- Which: {harmless}"


def test_a_question_shown_as_text_can_be_asked_again():
    question = r"Is <b>AHU_2</b> above 5 & \below* [9](x)?"
    assert "<" not in plain(question).replace(r"\<", "")
    assert unescaped(plain(question)) == question


def test_an_answer_formats_but_quotes_no_element_and_no_link():
    assert without_html("- **AHU-2** <img src=x> [a](javascript:b)") == "- **AHU-2** &lt;img src=x> [a]\\(javascript:b)"
