"""Dead letters as an operator sees to them: listed by reason, shown, corrected, read again, given up only after a yes."""

import json
from datetime import timedelta

import pytest
import typer

from ingestion.history.history import History
from ingestion.pipeline.dead_letters import DeadLetters, Unread
from interfaces.cli.commands.dead_letters import parse_span
from interfaces.cli.payloads import plain, readable

TOPIC = "plantroom/telemetry/probe"
MAP = """
topics:
  - topic: plc/{n}
    device: plc-{n}
    values: {temp: temperature}
"""


@pytest.mark.slow
async def test_letters_are_listed_shown_corrected_retried_and_dropped(served, served_history: History):
    terminal, _ = served
    letters = DeadLetters(served_history)
    await letters.add(
        [Unread(f"plc/{n}", b'{"temp": 21.5}', f"No mapping covers the topic “plc/{n}”.", "unmapped") for n in range(3)]
    )
    await letters.add([Unread(TOPIC, b'{"values": {"t": 1}', "The payload is not JSON.", "unreadable")])
    await letters.add([Unread("bin/1", b"\x00\x01\xffabc", "The payload is not JSON.", "unreadable")])
    numbers = {letter.topic: str(letter.id) for letter in await letters.list()}

    listed = (await terminal.run("dead-letters", "list", "--json")).json()
    assert [(group["kind"], group["messages"]) for group in listed] == [("unmapped", 3), ("unreadable", 2)]
    shown = await terminal.run("dead-letters", "list", COLUMNS="160")
    assert "No mapping covers the topic" in shown.out
    assert "(and 2 more topics)" in shown.out

    shown = await terminal.run("dead-letters", "show", numbers["bin/1"])
    assert "00 01 ff 61 62 63" in shown.out
    assert "...abc" in shown.out

    right, wrong = terminal.file("right.json", '{"values": {"t": 1}}'), terminal.file("wrong.json", "{}")
    failed = await terminal.run("dead-letters", "edit", numbers[TOPIC], "--file", wrong)
    assert failed.code == 1
    assert "stays as it was" in failed.err
    assert (await terminal.run("dead-letters", "edit", numbers[TOPIC], "--file", right)).code == 0
    assert (await served_history.last_seen(["probe/t"]))[0]["value"] == 1.0

    retried = await terminal.run("dead-letters", "retry", "--topic", "plc/#", "--map", terminal.file("map.yaml", MAP))
    assert "3 letters are read; 3 readings are in history." in retried.out

    kept = await terminal.run("dead-letters", "drop", "--all")
    assert await letters.total() == 1, "nobody said yes"
    assert kept.code != 0
    doctor = {finding["subject"]: finding for finding in (await terminal.run("doctor", "--json")).json()}
    assert doctor["Dead letters"]["what"].startswith(
        "1 messages could not be read or stored, 1 of them like this: The payload"
    )
    assert (await terminal.run("dead-letters", "drop", "--all", "--yes")).code == 0
    assert await letters.total() == 0


async def test_naming_nothing_is_not_everything(served, served_history: History):
    terminal, _ = served
    await DeadLetters(served_history).add([Unread("x", b"1", "bad")])
    refused = await terminal.run("dead-letters", "drop", "--yes")
    assert (refused.code, "Say which" in refused.err) == (1, True)
    assert await DeadLetters(served_history).total() == 1


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("-1d", timedelta(days=-1)),
        ("2h30m", timedelta(hours=2.5)),
        ("1.5h", timedelta(hours=1.5)),
        ("20514d10h5min3s", timedelta(days=20514, hours=10, minutes=5, seconds=3)),
    ],
)
def test_a_span_of_time_is_read(text: str, span: timedelta):
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["", "soon", "5", "1d tomorrow"])
def test_what_is_no_span_is_refused(text: str):
    with pytest.raises(typer.BadParameter):
        parse_span(text)


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        (b"", "(empty)"),
        (b'{"a":[1,2]}', json.dumps({"a": [1, 2]}, indent=2)),
        ("21.5 °C, läuft".encode(), "21.5 °C, läuft"),
        (b"\x1b[31mred", "000000  1b 5b 33 31 6d 72 65 64                          .[31mred"),
        ('"\x9b2J \u202eevil"'.encode(), '"\\u009b2J \\u202eevil"'),
        (b"x" * 5000, "x" * 4096 + "\n… 5,000 bytes in all"),
        ("é".encode() * 3000, "é" * 2048 + "\n… 6,000 bytes in all"),
        (b"x" + "é".encode() * 3000, "x" + "é" * 2047 + "\n… 6,001 bytes in all"),
    ],
)
def test_a_payload_is_readable_and_cannot_speak_to_the_terminal(payload: bytes, shown: str):
    assert readable(payload) == shown


def test_topics_and_reasons_cannot_speak_to_the_terminal_either():
    assert plain("a\x1b[2J/b\nc") == "a�[2J/b�c"
