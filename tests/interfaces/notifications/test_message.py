"""What people read: in their language and time, the most pressing first, and nothing in it that leads elsewhere."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from graph_schema.ontology.responses import response_of
from interfaces.notifications.message import Wording, words
from interfaces.notifications.record import Claimed
from interfaces.notifications.routing import Stage

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
HOT = {
    "what": "alarm", "priority": "high", "at": AT.isoformat(), "name": "Supply air temperature", "asset": "AHU-2", "place": "Roof",
    "value": 31.456, "limit": 30.0, "unit": "°C", "side": "high",
}  # fmt: skip
BERLIN = ZoneInfo("Europe/Berlin")


def notice(trouble: dict[str, Any], stage: Stage = "raised", subject: str = "alarm:7") -> Claimed:
    return Claimed(1, subject, "ann", stage, 0, AT, "route 1", trouble, 0, repeated=False)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "Supply air temperature of AHU-2 (Roof) has been 31.46 °C since Tue 1 Dec, 10:00, above its limit of 30 °C.",
        ),
        (
            "de",
            "Supply air temperature von AHU-2 (Roof) liegt seit Di. 1 Dez., 10:00 Uhr bei 31,46 °C, über der Grenze von 30 °C.",
        ),
        (
            "es",
            "Supply air temperature de AHU-2 (Roof) está en 31,46 °C desde mar 1 dic, 10:00, por encima de su límite de 30 °C.",
        ),
    ],
)
def test_an_alarm_in_the_language_and_the_time_of_who_reads_it(language: str, said: str) -> None:
    message = Wording(language, BERLIN).message([notice(HOT)])
    assert said in message.text
    assert said in message.html
    assert message.title.endswith(
        "AHU-2 (Roof): Supply air temperature 31.46 °C".replace(".", "," if language != "en" else ".")
    )


def test_each_stage_says_what_it_is() -> None:
    wording = Wording("en", BERLIN)
    assert "Nobody has taken this on yet." in wording.message([notice(HOT, "escalated")]).text
    assert "Still open." in wording.message([notice(HOT, "reminder")]).text
    assert "back within its limits" in wording.message([notice(HOT, "over")]).text
    assert "This may have come before" in wording.message([replace(notice(HOT), repeated=True)]).text


def test_an_alarm_says_what_to_do_in_the_language_of_who_reads_it() -> None:
    known = {**HOT, "quantity": "chilled_water_temperature"}
    assert "Likely: The chiller lacks capacity" in Wording("en", BERLIN).message([notice(known)]).text
    for language in ("de", "es"):
        message = Wording(language, BERLIN).message([notice(known)])
        assert response_of("chilled_water_temperature", "high", language).action in message.text
    assert "Likely" not in Wording("en", BERLIN).message([notice(known, "over")]).text


def test_many_are_one_message_with_the_most_pressing_first() -> None:
    low = {**HOT, "priority": "low", "name": "Humidity"}
    urgent = {**HOT, "priority": "urgent", "name": "Smoke"}
    message = Wording("en", BERLIN, "https://plant.example").message([notice(low), notice(HOT), notice(urgent)])
    assert message.title == "[urgent] 3 messages of the plant"
    assert message.text.index("Smoke") < message.text.index("Supply air") < message.text.index("Humidity")
    assert message.text.count("Look at it: https://plant.example/") == 1


def test_what_people_and_devices_wrote_leads_nowhere() -> None:
    wish = {"what": "proposal", "priority": "medium", "at": AT.isoformat(), "name": "eve", "id": "P-3",
            "text": "leave a note <b>now & 1 < 2</b>\nsee https://evil.example now"}  # fmt: skip
    message = Wording("en", BERLIN).message([notice(wish, subject="proposal:P-3")])
    assert "<b>" not in message.html
    assert "now &amp; 1 &lt; 2" in message.html
    assert "evil.example" not in message.text + message.html
    assert "plantroom approvals approve P-3" in message.text


def test_an_alarm_without_a_value_has_a_sentence_too() -> None:
    bare = {"what": "warning", "priority": "low", "at": AT.isoformat(), "name": "Flow"}
    assert "Flow of the plant is close to a limit since" in Wording("en", BERLIN).message([notice(bare)]).text


def test_every_language_has_every_word() -> None:
    english = words("en")
    for code in ("de", "es"):
        other = words(code)
        for part in ("priorities", "stages", "titles", "sentences"):
            assert getattr(other, part).keys() == getattr(english, part).keys()


FLOOD = {
    **HOT, "id": "I-3", "alarms": 1412, "points": 12, "cause": "Chiller 1", "also": ["Supply air temperature (AHU-3)", "Flow"],
}  # fmt: skip


def test_an_incident_names_or_counts_all_that_it_has() -> None:
    message = Wording("en", BERLIN).message([notice(FLOOD, subject="incident:3")])
    assert message.title == "[high] Chiller 1: 1,412 alarms"
    assert (
        "one of 1,412 alarms at 12 points that belong together as I-3. The likely cause is at Chiller 1."
        in message.text
    )
    assert "The others: Supply air temperature (AHU-3), Flow and 9 more" in message.text
    assert "Acknowledge: plantroom alarms acknowledge I-3" in message.text
    again = Wording("en", BERLIN).message([notice({**FLOOD, "worse": True}, subject="incident:3")])
    assert "This has become more. Supply air temperature of AHU-2" in again.text


def test_the_end_of_an_incident_counts_all_that_it_had() -> None:
    message = Wording("en", BERLIN).message([notice(FLOOD, "over", subject="incident:3")])
    assert "All 1,412 alarms of I-3 (Chiller 1) are over since" in message.text
    assert "acknowledge" not in message.text


def test_a_point_that_comes_again_and_again_says_how_often() -> None:
    message = Wording("es", BERLIN).message([notice({**FLOOD, "points": 1}, subject="incident:3")])
    assert "Ha aparecido 1412 veces" in message.text.replace(".", "")
