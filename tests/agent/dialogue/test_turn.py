"""Messages of several questions and pasted lists, and how long any message takes."""

from collections.abc import Sequence

import pytest

from agent.dialogue.turn import MOST_CALLS, Reader, Turn
from agent.planning.understanding import Understanding
from tests.agent.dialogue.conftest import NOW


def read(understanding: Understanding, own: str, text: str) -> Turn:
    return Reader(understanding, own, NOW).read(text)


@pytest.mark.parametrize(
    ("own", "text", "intents"),
    [
        ("en", "what is in alarm and how warm is it outside", ["alarms", "value"]),
        ("en", "How is AHU-1? And chiller 1?", ["asset_status", "asset_status"]),
        ("en", "What is AHU-1. Also list the pumps.", ["describe", "list"]),
        ("en", "supply air temperature of AHU-1 and how is chiller 1 doing", ["value", "asset_status"]),
        ("en", "is chiller 1 running and since when", ["exists", "runs"]),
        ("de", "Was ist in Alarm und wie warm ist es draußen?", ["alarms", "value"]),
        ("de", "Wie geht es AHU-1? Und der Kältemaschine 1?", ["asset_status", "asset_status"]),
        ("de", "Zeige die Pumpen. Wie geht es AHU-1?", ["list", "asset_status"]),
        ("de", "Zulufttemperatur der AHU-1. Und was ist in Alarm?", ["value", "alarms"]),
        ("es", "¿Qué está en alarma y cómo está AHU-1?", ["alarms", "asset_status"]),
        ("es", "¿Cómo está AHU-1? ¿Y la enfriadora 1?", ["asset_status", "asset_status"]),
        ("es", "lista las bombas. ¿Qué está en alarma?", ["list", "alarms"]),
    ],
)
def test_two_questions_are_answered_in_their_order(
    own: str, text: str, intents: Sequence[str], understanding: Understanding
) -> None:
    turn = read(understanding, own, text)
    assert [part.problem for part in turn.parts] == [None, None]
    assert [part.asked.intent for part in turn.parts] == intents


@pytest.mark.parametrize(
    ("own", "text", "calls"),
    [
        ("en", "supply and return air temperature of AHU-1 and AHU-2", 2),
        ("en", "list the pumps and the chillers", 1),
        ("en", "compare the power of chiller 1 and chiller 2 yesterday", 1),
        ("en", "which pumps are off and which chillers are running", 1),
        ("de", "Zulufttemperatur und Ablufttemperatur der AHU-1 und der AHU-2", 2),
        ("es", "temperatura de impulsión y de retorno de AHU-1", 2),
    ],
)
def test_what_is_joined_in_one_question_stays_one(
    own: str, text: str, calls: int, understanding: Understanding
) -> None:
    (part,) = read(understanding, own, text).parts
    assert part.problem is None
    assert len(part.calls) == calls


@pytest.mark.parametrize(
    ("own", "text", "missing"),
    [
        ("en", "what is in alarm and how blorgy is the frobnicator", "how blorgy is the frobnicator"),
        ("de", "Was ist in Alarm und wie blorgig ist der Frobnikator?", "wie blorgig ist der Frobnikator?"),
        ("es", "¿Qué está en alarma y cómo está el frobnicador?", "cómo está el frobnicador?"),
    ],
)
def test_one_that_is_not_understood_leaves_the_other(
    own: str, text: str, missing: str, understanding: Understanding
) -> None:
    first, second = read(understanding, own, text).parts
    assert first.calls
    assert second.problem is not None
    assert second.frame.text == missing


@pytest.mark.parametrize(
    ("own", "text", "tool"),
    [
        ("en", "status of:\n AHU-1\n AHU-2\n chiller 1", "asset_status"),
        ("en", "AHU-1\nAHU-2\nchiller 1", "asset_status"),
        ("en", "AHU-1\tAHU-2\tchiller 1", "asset_status"),
        ("en", "supply air temperature:\n- AHU-1\n- AHU-2\n- AHU-3", "query_telemetry"),
        ("de", "Zulufttemperatur von:\nAHU-1\nAHU-2\nAHU-3", "query_telemetry"),
        ("de", "Status:\n1. AHU-1\n2. AHU-2\n3. AHU-3", "asset_status"),
        ("es", "estado de:\nAHU-1\nAHU-2\nAHU-3", "asset_status"),
        ("es", "AHU-1, AHU-2, AHU-3, AHU-4, CHWP-1", "asset_status"),
    ],
)
def test_a_pasted_list_is_answered_for_each(own: str, text: str, tool: str, understanding: Understanding) -> None:
    turn = read(understanding, own, text)
    assert turn.is_clean, [part.problem for part in turn.parts]
    assert {call.tool for call in turn.calls} == {tool}
    assert len(turn.calls) == len(turn.parts) >= 3


@pytest.mark.parametrize("own", ["en", "de", "es"])
def test_names_of_a_list_that_are_not_known_are_told(own: str, understanding: Understanding) -> None:
    first, second, third = read(understanding, own, "AHU-1\nAHU-2\nAHU-99").parts
    assert first.calls
    assert second.calls
    assert third.problem is not None
    assert third.problem.kind == "unknown_name"
    assert third.problem.choices


@pytest.mark.parametrize(
    ("own", "text"),
    [
        ("en", "power of:\nchiller 1\nchiller 2\nthanks"),
        ("de", "Leistung von:\nChiller 1\nChiller 2\ndanke"),
        ("es", "potencia de:\nChiller 1\nChiller 2\ngracias"),
    ],
)
def test_politeness_in_a_list_is_no_item(own: str, text: str, understanding: Understanding) -> None:
    turn = read(understanding, own, text)
    assert [part.calls[0].args["asset"] for part in turn.parts] == ["chiller-1", "chiller-2"]


def test_a_list_above_the_limit_says_what_is_left(understanding: Understanding) -> None:
    names = [one.name for one in understanding.lexicon.things.values() if one.class_ == "VAV"]
    names += [one.name for one in understanding.lexicon.things.values() if one.kind == "Asset"]
    listed = list(dict.fromkeys(names))[: MOST_CALLS + 5]
    turn = read(understanding, "en", "status of:\n" + "\n".join(listed))
    assert len(turn.calls) <= MOST_CALLS
    assert [*turn.beyond] == listed[len(turn.parts) :]
    assert turn.beyond


@pytest.mark.parametrize(
    "text",
    ["what is the supply air temperature of AHU-1 and " * 41, "AHU-1 " * 330, "blorg " * 330, "is it? " * 285],
)
def test_a_long_message_is_read_in_part_or_refused(text: str, understanding: Understanding) -> None:
    turn = read(understanding, "en", text[:2000])
    assert turn.parts
    assert len(turn.calls) <= MOST_CALLS
