"""The pipeline against a real database: acknowledged means stored, whatever is in the way."""

import asyncio
import json
from collections.abc import Sequence

from ingestion.decoding.messages import RECEIPTS, Decoded
from ingestion.history.history import History
from ingestion.pipeline.dead_letters import DeadLetters
from ingestion.pipeline.pipeline import Pipeline
from ingestion.reading import Message, Reading, Reply

AT = 1_772_445_600_000


def message(document: object, topic: str = "plantroom/telemetry/d") -> Message:
    payload = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Message(topic, payload, object(), AT)


class Broker:
    """A source that hands out batches and notes, with what history holds at that moment, what it is told."""

    def __init__(self, history: History, batches: Sequence[Sequence[Message]]) -> None:
        self._history = history
        self._batches = asyncio.Queue[Sequence[Message]]()
        for batch in batches:
            self._batches.put_nowait(batch)
        self.told: list[tuple[str, object, int]] = []

    async def poll_batch(self) -> Sequence[Message]:
        return await self._batches.get()

    async def commit(self, messages: Sequence[Message]) -> None:
        self.told.append(("acknowledged", list(messages), await count(self._history)))

    async def send(self, replies: Sequence[Reply]) -> None:
        said = {reply.topic.removeprefix(RECEIPTS): json.loads(reply.payload)["seqs"] for reply in replies}
        self.told.append(("receipts", said, await count(self._history)))


async def count(history: History) -> int:
    return (await history.fetch("select count(*) as n from reading"))[0]["n"]


async def test_receipts_and_acknowledgement_follow_the_commit(pipeline: Pipeline, history: History):
    batch = [message({"ts": AT + n, "seq": n, "values": {"t": n}}) for n in range(3)]
    broker = Broker(history, [])
    await pipeline.take(batch, broker)
    assert broker.told == [("receipts", {"d": [0, 1, 2]}, 3), ("acknowledged", batch, 3)]


async def test_the_same_message_ten_times_is_one_row(pipeline: Pipeline, history: History):
    batch = [message({"ts": AT, "seq": 1, "values": {"t": 1}})] * 10
    broker = Broker(history, [])
    await pipeline.take(batch, broker)
    await pipeline.take(batch, broker)
    assert await count(history) == 1
    assert broker.told[-1] == ("acknowledged", batch, 1)


async def test_poison_is_kept_and_acknowledged_and_the_rest_stored(pipeline: Pipeline, history: History, offered):
    batch = [message(b"\xff\x00garbage"), message({"values": {"t": 1}}), message(b"1", "who/knows")]
    broker = Broker(history, [])
    await pipeline.take(batch, broker)
    letters = await DeadLetters(history).list()
    assert sorted(letter.topic for letter in letters) == ["plantroom/telemetry/d", "who/knows"]
    assert broker.told[-1] == ("acknowledged", batch, 1)
    assert offered.readings == [Reading("d/t", AT, 1.0)]


async def test_a_message_that_is_partly_good_gets_its_receipt_and_a_letter(pipeline: Pipeline, history: History):
    broker = Broker(history, [])
    await pipeline.take([message(b'{"seq": 5, "values": {"a": 1, "b": NaN}}')], broker)
    assert broker.told[0] == ("receipts", {"d": [5]}, 1)
    assert await DeadLetters(history).total() == 1


async def test_rows_the_database_refuses_do_not_cost_the_others(history: History, offered):
    def decode_carelessly(topic: str, payload: bytes, received_at: int) -> Decoded:
        texts = {7: "a\x00b", 61: "\ud800"}
        n = json.loads(payload)
        return Decoded([Reading(f"d/{n}", AT, None, texts.get(n, "fine"))])

    pipeline = Pipeline(history, DeadLetters(history), offered, decode_carelessly)
    batch = [message(n) for n in range(100)]
    broker = Broker(history, [])
    await pipeline.take(batch, broker)
    assert broker.told[-1] == ("acknowledged", batch, 98)
    assert len(offered.readings) == 98
    reasons = {letter.reason for letter in await DeadLetters(history).list()}
    assert len(reasons) == 2
    assert all("refuses" in reason for reason in reasons)


async def test_a_flood_of_poison_is_kept_whole_and_told_once(pipeline: Pipeline, history: History, caplog):
    broker = Broker(history, [])
    for n in range(5):
        await pipeline.take([message(f"poison {n}-{k}".encode()) for k in range(100)], broker)
    assert await DeadLetters(history).total() == 500
    (told,) = [record for record in caplog.records if "dead letter" in record.getMessage()]
    assert told.getMessage().startswith("100 messages became dead letters (unreadable)")


async def test_a_decoder_that_fails_costs_one_message(history: History, offered):
    def decode_badly(topic: str, payload: bytes, received_at: int) -> Decoded:
        if payload == b"3":
            raise KeyError("oops")
        return Decoded([Reading(f"d/{payload.decode()}", AT, 1.0)])

    batch = [message(n) for n in range(5)]
    broker = Broker(history, [])
    await Pipeline(history, DeadLetters(history), offered, decode_badly).take(batch, broker)
    assert broker.told[-1] == ("acknowledged", batch, 4)
    assert "oops" in (await DeadLetters(history).list())[0].reason


async def test_a_large_batch_is_written_in_slices(pipeline: Pipeline, history: History, offered):
    readings = [Reading(f"d{n % 30}/t", AT + n // 30, 1.0) for n in range(120_000)]
    assert await pipeline.accept(readings) == 120_000
    assert await count(history) == 120_000
    assert len(offered.readings) == 120_000


async def test_a_database_that_goes_away_is_waited_for(
    pipeline, history: History, database_switch, eventually, running
):
    batches = [[message({"ts": AT + n, "seq": n, "values": {"t": n}})] for n in range(20)]
    broker = Broker(history, batches)
    await database_switch(False)
    async with running(pipeline.run(broker)):
        await asyncio.sleep(0.5)
        assert broker.told == []
        await database_switch(True)

        async def all_acknowledged() -> bool:
            return sum(what == "acknowledged" for what, _, _ in broker.told) == 20

        await eventually(all_acknowledged)
    assert await count(history) == 20
