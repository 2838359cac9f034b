"""Dead letters: kept with their reason, counted when they come again, readable once the map is right."""

import json
from datetime import timedelta

import pytest

from graph_schema.errors import InvalidInput, NotFound
from ingestion.decoding.clock_shift import shifted
from ingestion.decoding.messages import decode, milliseconds
from ingestion.decoding.telemetry_map import TelemetryMap, decoder
from ingestion.history.history import History
from ingestion.pipeline.dead_letters import Choice, DeadLetters, Unread
from ingestion.pipeline.log_throttle import Seldom
from ingestion.pipeline.pipeline import Pipeline

MINUTE = 60_000


def unread(topic: str = "plc/7", payload: bytes = b"x", reason: str = "bad", **more) -> Unread:
    return Unread(topic, payload, reason, **more)


@pytest.fixture
def letters(history: History) -> DeadLetters:
    return DeadLetters(history)


def pipeline_with(history: History, offered, spec: dict | None = None) -> Pipeline:
    telemetry_map = TelemetryMap.model_validate(spec) if spec else None
    return Pipeline(history, DeadLetters(history), offered, decoder(telemetry_map) if spec else decode)


async def test_a_letter_is_listed_and_shown(letters: DeadLetters):
    await letters.add([unread("some/topic", b"\x00\xff{", "The payload is not JSON.")])
    (listed,) = await letters.list()
    assert (listed.topic, listed.kind, listed.reason, listed.size, listed.payload) == (
        "some/topic",
        "unreadable",
        "The payload is not JSON.",
        3,
        None,
    )
    assert (await letters.show(listed.id)).payload == b"\x00\xff{"


async def test_the_same_message_again_counts_up_also_within_a_batch(letters: DeadLetters):
    for _ in range(5):
        await letters.add([unread("t"), unread("t", reason="worse")])
    await letters.add([unread("u")])
    assert [(letter.topic, letter.times, letter.reason) for letter in await letters.list()] == [
        ("u", 1, "bad"),
        ("t", 10, "worse"),
    ]
    assert await letters.total() == 2


async def test_unstorable_topics_and_reasons_are_stored(letters: DeadLetters):
    await letters.add([unread("a\x00\ud800" + "x" * 60_000, b"", "r\x00", suspects=("d/\ud800", "d/k"))])
    assert (await letters.list())[0].reason == "r\ufffd"


async def test_groups_gather_reasons_that_differ_in_numbers_and_names(letters: DeadLetters):
    reasons = [f"'t{n}': -{n}.5 °C is outside what a temperature can be (-80 to 1,200 °C)." for n in range(5)]
    await letters.add([unread(f"plc/{n}", b"x", reason, kind="out of range") for n, reason in enumerate(reasons)])
    await letters.add([unread("who/knows", kind="unmapped", reason="No mapping covers the topic “who/knows”.")])
    first, second = await letters.groups()
    assert (first.kind, first.messages, first.topics) == ("out of range", 5, 5)
    assert first.reason in reasons
    assert (second.kind, second.messages, second.topic) == ("unmapped", 1, "who/knows")


@pytest.mark.parametrize(
    ("choice", "topics"),
    [
        (Choice(), {"a/b", "a/b/c", "a+/b", "x"}),
        (Choice(topic="a/+"), {"a/b"}),
        (Choice(topic="a/#"), {"a/b", "a/b/c"}),
        (Choice(topic="#"), {"a/b", "a/b/c", "a+/b", "x"}),
        (Choice(topic="a+/b"), {"a+/b"}),
        (Choice(kind="unmapped"), {"x"}),
        (Choice(topic="a/#", kind="unmapped"), set()),
        (Choice(ids=()), set()),
    ],
)
async def test_a_choice_is_of_ids_of_a_topic_filter_and_of_a_kind(
    letters: DeadLetters, choice: Choice, topics: set[str]
):
    await letters.add([unread(topic) for topic in ("a/b", "a/b/c", "a+/b")])
    await letters.add([unread("x", kind="unmapped")])
    assert {letter.topic for letter in await letters.list(choice=choice)} == topics
    assert len(await letters.chosen(choice)) == len(topics)


async def test_a_letter_is_read_once_the_map_covers_it(letters: DeadLetters, history: History, offered):
    await letters.add([unread("plc/7", b'{"temp": 21.5}', "No mapping covers the topic.", kind="unmapped")])
    await letters.add([unread("plc/8", b"\xff", "The payload is not JSON.")])
    everything = Choice(topic="plc/#")
    before = (await letters.list(choice=Choice(topic="plc/7")))[0]

    outcome = await letters.retry(everything, pipeline_with(history, offered))
    assert (outcome.read, outcome.remaining.total(), await letters.total()) == (0, 2, 2)
    assert (await letters.show(before.id)).reason.startswith("No mapping covers")

    spec = {"topics": [{"topic": "plc/{n}", "device": "plc-{n}", "values": {"temp": "temperature"}}]}
    outcome = await letters.retry(everything, pipeline_with(history, offered, spec))
    assert (outcome.read, outcome.readings, outcome.remaining.total()) == (1, 1, 1)
    assert await letters.total() == 1
    (seen,) = await history.last_seen(["plc-7/temperature"])
    assert (seen["value"], milliseconds(seen["at"])) == (21.5, milliseconds(before.received_at))


async def test_a_clock_that_was_never_set_is_put_right(
    letters: DeadLetters, history: History, offered, pipeline: Pipeline
):
    topic = "plantroom/telemetry/d"
    for n in range(3):
        await letters.add([unread(topic, json.dumps({"ts": 60 * n, "values": {"t": n}}).encode())])
    ids = await letters.chosen(Choice())
    year_2026 = timedelta(seconds=1_772_445_600)
    assert (await letters.retry(Choice((ids[0], ids[2])), pipeline, shift=year_2026)).read == 2
    rows = await history.fetch("select at, value from reading order by at")
    assert [(milliseconds(row["at"]), row["value"]) for row in rows] == [
        (1_772_445_600_000, 0.0),
        (1_772_445_600_000 + 2 * MINUTE, 2.0),
    ]
    received = (await letters.show(ids[1])).received_at
    assert (await letters.retry(Choice((ids[1],)), pipeline, as_received=True)).read == 1
    (newest,) = await history.last_seen(["d/t"])
    assert (newest["value"], milliseconds(newest["at"])) == (1.0, milliseconds(received))


async def test_times_of_mapped_messages_are_shifted_too(letters: DeadLetters, history: History, offered):
    spec = {"topics": [{"topic": "plc/{n}", "device": "plc", "time": "at", "values": {"v": "t"}}]}
    await letters.add([unread("plc/7", b'{"at": "2026-03-02T10:00:00Z", "v": 3}')])
    outcome = await letters.retry(Choice(), pipeline_with(history, offered, spec), shift=timedelta(days=-1))
    assert outcome.read == 1
    (row,) = await history.fetch("select at from reading")
    assert row["at"].isoformat() == "2026-03-01T10:00:00+00:00"


async def test_a_corrected_payload_is_stored_and_a_wrong_one_changes_nothing(
    letters: DeadLetters, history: History, pipeline: Pipeline
):
    await letters.add([unread("plantroom/telemetry/d", b'{"values": {"t": 1}')])
    (id,) = await letters.chosen(Choice())
    assert await letters.correct(id, b'{"values": {"t": NaN, "u": 2}}', pipeline)
    assert (await letters.show(id)).payload == b'{"values": {"t": 1}'
    assert await history.series() == []
    assert await letters.correct(id, b'{"values": {"t": 1}}', pipeline) == ()
    assert await letters.total() == 0
    assert (await history.last_seen(["d/t"]))[0]["value"] == 1.0


async def test_dropping_is_for_those_that_are_named(letters: DeadLetters):
    await letters.add([unread(f"t/{n}") for n in range(5)])
    assert await letters.drop((await letters.chosen(Choice()))[:2]) == 2
    assert await letters.total() == 3


async def test_letters_that_are_not_there(letters: DeadLetters, pipeline: Pipeline):
    with pytest.raises(NotFound, match="no dead letter 5"):
        await letters.show(5)
    with pytest.raises(NotFound, match="no dead letter 5"):
        await letters.retry(Choice((5,)), pipeline)


@pytest.mark.parametrize(
    ("ts", "moved"),
    [
        (7200, 10800),
        (1_772_445_600_000, 1_772_449_200_000),
        (1_772_445_600_000_000, 1_772_449_200_000_000),
        ("2026-03-02T10:00:00Z", "2026-03-02T11:00:00+00:00"),
        ("2026-03-02T10:00:00", "2026-03-02T11:00:00"),
    ],
)
def test_a_time_is_shifted_in_its_own_writing(ts: object, moved: object):
    payload = json.dumps([{"ts": ts, "values": {}}, {"values": {}}]).encode()
    assert json.loads(shifted(payload, 3_600_000)) == [{"ts": moved, "values": {}}, {"values": {}}]


def test_what_is_no_time_cannot_be_shifted():
    with pytest.raises(InvalidInput, match="cannot be shifted"):
        shifted(b'{"ts": "noon", "values": {}}', 1000)


def test_what_happens_often_is_told_seldom_and_with_its_number():
    now = [0.0]
    seldom = Seldom(60, lambda: now[0])
    told: list[int] = []
    for second in range(121):
        now[0] = float(second)
        told.append(seldom.due("flood", 10))
    assert [(second, times) for second, times in enumerate(told) if times] == [(0, 10), (60, 600), (120, 600)]
    assert seldom.due("something else") == 1
