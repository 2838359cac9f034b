"""What readers publish is in history, and what is amiss is told once."""

from ingestion.device.client import open_device_client
from ingestion.history.history import History
from ingestion.readers.outlets import BrokerOutlet
from ingestion.readers.sample import WHOLE, Sample
from ingestion.readers.schedule import Schedule
from ingestion.readers.troubles import Troubles
from ingestion.sources.mqtt.source import open_mqtt_source

AT = 1_772_445_600_000


async def test_samples_are_in_history_under_their_own_time(mortal_broker, pipeline, history: History, running):
    async with (
        open_mqtt_source(mortal_broker.address) as source,
        running(pipeline.run(source)),
        open_device_client(mortal_broker.address) as client,
    ):
        outlet = BrokerOutlet(client)
        await outlet.send(Sample("boiler-1", AT, {"supply": 61.5, "return": None, "on": True}, {"supply": "°C"}))
        await outlet.send(Sample("boiler-2", AT, {}, faults={WHOLE: "It does not answer."}))
        await client.drain(15)
    rows = await history.fetch("select source, at, value from reading join series on id = series order by source")
    assert [(row["source"], round(row["at"].timestamp() * 1000), row["value"]) for row in rows] == [
        ("boiler-1/on", AT, 1.0), ("boiler-1/supply", AT, 61.5),
    ]  # fmt: skip


async def test_that_nobody_confirms_is_told_and_reading_waits(mortal_broker, running, eventually, caplog):
    async with open_device_client(mortal_broker.address, window=1) as client:
        outlet = BrokerOutlet(client, patience_s=0.05)
        await outlet.send(Sample("d", AT, {"a": 1.0}))

        async def told() -> bool:
            return "1 messages are not confirmed; reading waits." in caplog.text

        async with running(outlet.send(Sample("d", AT + 1, {"a": 2.0}))):
            await eventually(told)
        assert client.unconfirmed == 1


def test_a_trouble_is_told_when_it_begins_and_when_it_is_over():
    troubles = Troubles()
    bad = Sample("d", AT, {"a": 1.0}, faults={"b": "b is not read."})
    assert troubles.changed(bad) == (["b is not read."], [])
    assert troubles.changed(bad) == ([], [])
    assert troubles.changed(Sample("d", AT, {"a": 1.0})) == ([], []), "b was not looked at"
    assert troubles.changed(Sample("d", AT, {"b": 1.0})) == ([], ["b is not read."])


def test_what_is_due_is_due_again_after_its_interval_and_not_for_what_was_missed():
    now = [100.0]
    schedule = Schedule([("fast", 10), ("slow", 60)], lambda: now[0])
    taken: list[list[str]] = []
    for moment in (100, 105, 110, 145, 150, 160):
        now[0] = moment
        taken.append(schedule.take())
    assert taken == [["fast", "slow"], [], ["fast"], ["fast"], ["fast"], ["fast", "slow"]]
