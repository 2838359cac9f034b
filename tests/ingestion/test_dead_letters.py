"""Dead letters: kept with their reason, counted when they come again, readable once the map is right."""

import pytest

from graph_schema.errors import NotFound
from ingestion.dead_letters import DeadLetters
from ingestion.decoding import decode, milliseconds
from ingestion.history import History
from ingestion.mapping import TelemetryMap, decoder


async def test_a_letter_is_listed_and_shown(history: History):
    letters = DeadLetters(history)
    await letters.add("some/topic", b"\x00\xff{", "The payload is not JSON.")
    (listed,) = await letters.list()
    assert (listed.topic, listed.reason, listed.size, listed.payload) == (
        "some/topic",
        "The payload is not JSON.",
        3,
        None,
    )
    assert (await letters.show(listed.id)).payload == b"\x00\xff{"


async def test_the_same_message_again_counts_up(history: History):
    letters = DeadLetters(history)
    for _ in range(10):
        await letters.add("t", b"x", "bad")
    await letters.add("u", b"x", "bad")
    assert [(letter.topic, letter.times) for letter in await letters.list()] == [("u", 1), ("t", 10)]
    assert await letters.total() == 2


async def test_unstorable_topics_and_reasons_are_stored(history: History):
    letters = DeadLetters(history)
    await letters.add("a\x00\ud800" + "x" * 60_000, b"", "r\x00")
    assert (await letters.list())[0].reason == "r\ufffd"


async def test_a_letter_is_read_once_the_map_covers_it(history: History):
    letters = DeadLetters(history)
    await letters.add("plc/7", b'{"temp": 21.5}', "No mapping covers the topic.")
    (letter,) = await letters.list()

    assert await letters.retry(letter.id, decode, history.write)
    assert (await letters.show(letter.id)).reason.startswith("No mapping covers")

    spec = {"topics": [{"topic": "plc/{n}", "device": "plc-{n}", "values": {"temp": "temperature"}}]}
    assert await letters.retry(letter.id, decoder(TelemetryMap.model_validate(spec)), history.write) == ()
    assert await letters.total() == 0
    (seen,) = await history.last_seen(["plc-7/temperature"])
    assert (seen["value"], milliseconds(seen["at"])) == (21.5, milliseconds(letter.received_at))


async def test_a_letter_that_is_not_there(history: History):
    with pytest.raises(NotFound, match="no dead letter 5"):
        await DeadLetters(history).show(5)
