"""Too many devices, or too many series: what is known goes on, strangers become dead letters."""

import json

import pytest

from ingestion.decoding.messages import Decoded, decode
from ingestion.history.history import History
from ingestion.pipeline.admission import Admission, Caps
from ingestion.pipeline.dead_letters import Choice, DeadLetters
from ingestion.pipeline.pipeline import Pipeline
from ingestion.reading import Message, Reading

AT = 1_772_445_600_000


def heard(*sources: str) -> Decoded:
    return Decoded([Reading(source, AT, 1.0) for source in sources])


class Monotonic:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def admitted(admission: Admission, *sources: str) -> list[str]:
    (one,) = await admission.admit([heard(*sources)])
    return [reading.source for reading in one.readings]


async def test_strangers_are_admitted_until_there_are_too_many_devices(history: History):
    admission = Admission(history, lambda _: False, Caps(devices=2, series=100))
    assert await admitted(admission, "a/t", "b/t") == ["a/t", "b/t"]
    (one,) = await admission.admit([heard("a/h", "c/t")])
    assert [reading.source for reading in one.readings] == ["a/h"], "a device that is known may grow"
    assert (one.kind, one.suspects) == ("too many devices", ("c/t",))
    assert one.problems == (
        "There are 2 devices already, and this one is not in the plant. Describe it there, or raise PLANTROOM_MOST_DEVICES (2).",
    )


async def test_one_device_with_too_many_keys_is_stopped_too(history: History):
    admission = Admission(history, lambda _: False, Caps(devices=100, series=3))
    (one,) = await admission.admit([heard(*(f"wild/{n}" for n in range(100)))])
    assert (len(one.readings), one.kind) == (3, "too many series")
    assert len(one.suspects) == 20


async def test_what_history_has_and_what_the_plant_describes_is_always_admitted(history: History):
    await history.write([Reading("old/t", AT, 1.0)])
    admission = Admission(history, lambda source: source == "planned/t", Caps(devices=1, series=1))
    assert await admitted(admission, "old/t", "planned/t", "stranger/t") == ["old/t", "planned/t"]


async def test_what_has_gone_from_history_makes_room(history: History):
    clock = Monotonic()
    admission = Admission(history, lambda _: False, Caps(devices=1, series=10), clock)
    await history.write([Reading("old/t", AT, 1.0)])
    assert await admitted(admission, "new/t") == []
    await history.fetch("delete from series")
    assert await admitted(admission, "new/t") == [], "it looks once a minute at most"
    clock.now = 61.0
    assert await admitted(admission, "new/t") == ["new/t"]


async def test_a_refused_message_is_a_dead_letter_that_can_be_read_once_there_is_room(history: History, offered):
    letters = DeadLetters(history)
    caps = Caps(devices=1, series=10)
    small = Pipeline(history, letters, offered, decode, admission=Admission(history, lambda _: False, caps))

    class Devices:
        acknowledged = 0

        async def send(self, replies: object) -> None: ...

        async def commit(self, messages: list[Message]) -> None:
            self.acknowledged += len(messages)

        async def poll_batch(self) -> list[Message]:
            return []

    source = Devices()
    payload = json.dumps({"ts": AT, "values": {"t": 1.0}}).encode()
    messages = [Message(f"plantroom/telemetry/d{n}", payload, None, AT) for n in range(3)]
    await small.take(messages, source)
    assert source.acknowledged == 3
    assert [row["source"] for row in await history.series()] == ["d0/t"]
    (group,) = await letters.groups(Choice(kind="too many devices"))
    assert group.messages == 2

    large = Pipeline(history, letters, offered, decode, admission=Admission(history, lambda _: False))
    assert (await letters.retry(Choice(), large)).read == 2
    assert sorted(row["source"] for row in await history.series()) == ["d0/t", "d1/t", "d2/t"]


@pytest.mark.parametrize("flood", ["many", "large"])
async def test_dead_letters_are_bounded_by_kind_and_what_goes_is_counted(history: History, flood: str):
    letters = DeadLetters(history)
    await history.fetch(
        "insert into dead_letter (topic, payload, reason, kind, times, last_at) "
        "select 'flood', convert_to(n::text || repeat('x', 1000), 'UTF8'), 'r', 'unreadable', 2, now() + n * interval '1 s' "
        "from generate_series(1, 50) n"
    )
    await history.fetch(
        "insert into dead_letter (topic, payload, reason, kind) values ('other', 'x', 'r', 'bad value')"
    )
    limits = {"most": 10} if flood == "many" else {"most_bytes": 10_100}
    assert await letters.trim(**limits) == 40
    assert {group.kind: group.messages for group in await letters.groups()} == {"unreadable": 10, "bad value": 1}
    newest = await history.fetch(
        "select min(left(convert_from(payload, 'UTF8'), 2)) as n from dead_letter where kind = 'unreadable'"
    )
    assert newest[0]["n"] == "41"
    assert [(one.what, one.times) for one in await letters.dropped()] == [("dead letters: unreadable", 80)]
    assert await letters.trim(**limits) == 0


async def test_a_flood_of_dead_letters_is_trimmed_while_it_comes(history: History):
    clock = Monotonic()
    letters = DeadLetters(history, clock)
    await history.fetch(
        "insert into dead_letter (topic, payload, reason, kind) "
        "select 'flood', convert_to(n::text, 'UTF8'), 'r', 'unreadable' from generate_series(1, 20500) n"
    )
    from ingestion.pipeline.dead_letters import Unread

    clock.now = 11.0
    await letters.add([Unread("flood", str(n).encode(), "r") for n in range(100_000, 101_000)])
    assert await letters.total() == 20_000
