"""A plant with devices of all sorts, as an operator sees it: what is kept, what is told, and what a map would need."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ingestion.history.history import open_history
from interfaces.embedded.home import Home
from interfaces.embedded.mqtt import MqttBroker
from interfaces.embedded.postgres import Postgres
from tests.interfaces.conftest import Terminal

PLANT = """
site: {id: s, name: Works, timezone: UTC}
assets:
  - id: ahu9
    class: AHU
    name: AHU-9
    in: s
    points:
      supply_air_temperature: {unit: °C, source: ahu9/sat}
      zone_air_temperature: {unit: °C, source: ahu9/zt}
      outside_air_temperature: {unit: °C, source: ahu9/oat}
      return_air_temperature: {unit: °C, source: ahu9/rat}
      power: {unit: kW, source: ahu9/power}
      mixed_air_temperature: {unit: °C, source: ahu9/never}
"""
MAP = """
topics:
  - {topic: "ha/sensor/{device}/{key}", device: "{device}", key: "{key}"}
  - {topic: "ts/{id}", device: "{id}", time: t, values: {v: v}}
  - {topic: "gw/{id}", device: "{id}", values: {temp: temp}}
  - {topic: "tele/{device}/SENSOR", device: "{device}", time: Time, values: all}
  - {topic: "silent/{device}", device: "{device}", values: all}
csv: {device: "b-{building_id}", time: timestamp, columns: {meter_reading: reading}}
"""
MESSAGES = (
    ("ha/sensor/ahu9/sat", "21,5"),
    ("ha/sensor/ahu9/zt", "21.5 °C"),
    ("ha/sensor/ahu9/oat", "−5.5"),
    ("ha/sensor/ahu9/power", "1,234.5"),
    ("ha/sensor/ahu9/rat", "18.0"),
    ("ha/sensor/ahu9/rat", "???"),
    ("ha/sensor/ahu9/sat", "unavailable"),
    ("ha/sensor/ahu9/zt", "on"),
    ("ts/l", '{"t":"2036-02-07T06:28:16Z","v":1}'),
    ("gw/r3", '{"Temp":21.5}'),
    ("tele/pow/SENSOR", '{"Time":"2026-11-28T10:00:00","AM2301":{"Temperature":25.1},"TempUnit":"C"}'),
)
LONG = "building_id,meter,timestamp,meter_reading\n0,0,2016-10-31 00:00:00,10\n1,0,2016-10-31 00:00:00,20\n1,1,2016-10-31 00:00:00,30\n"


def publish(home: Home, messages: tuple[tuple[str, str], ...], retain: bool = False) -> None:
    running = home.running("broker")
    assert running
    broker = MqttBroker(home).endpoint(running.ports)
    client = Client(CallbackAPIVersion.VERSION2, "a-device")
    client.username_pw_set(broker.user, broker.password)
    client.connect(broker.host, broker.port)
    client.loop_start()
    for topic, payload in messages:
        client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(10)
    client.disconnect()
    client.loop_stop()


async def stored(home: Home) -> dict[str, list[float | str]]:
    running = home.running("postgres")
    assert running
    async with open_history(Postgres(home).endpoint(running.ports)) as history:
        rows = await history.fetch(
            "select source, value, text from reading join series on id = series order by source, at"
        )
    found: dict[str, list[float | str]] = {}
    for row in rows:
        found.setdefault(row["source"], []).append(row["text"] if row["value"] is None else row["value"])
    return found


@pytest.fixture(scope="module")
async def plant(shared_terminal: Terminal) -> AsyncGenerator[Terminal]:
    shared_terminal.file("map.yaml", MAP)
    imported = await shared_terminal.run("import", shared_terminal.file("plant.yaml", PLANT))
    assert imported.code == 0, imported.err
    async with shared_terminal.running(
        "serve", "--port", "0", PLANTROOM_MAP=str(shared_terminal.folder / "map.yaml")
    ) as running:
        await running.serving()
        home = Home(shared_terminal.home)
        await asyncio.to_thread(publish, home, MESSAGES)
        await asyncio.to_thread(publish, home, (("floor/1/plant room", '{"temperature": 21.1}'),), True)
        async with asyncio.timeout(30):
            while "pow/AM2301.Temperature" not in await stored(home):  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        yield shared_terminal
        assert await running.stop() == 0, running.said


@pytest.mark.slow
async def test_what_devices_of_all_sorts_send_is_kept_or_told(plant: Terminal):
    assert await stored(Home(plant.home)) == {
        "ahu9/sat": [21.5], "ahu9/zt": [21.5], "ahu9/oat": [-5.5], "ahu9/power": [1234.5], "ahu9/rat": [18.0],
        "l/v": [1.0], "pow/AM2301.Temperature": [25.1],
    }  # fmt: skip
    letters = (await plant.run("dead-letters", "list", "--each", "--json")).json()
    assert [(letter["topic"], letter["kind"]) for letter in letters] == [("ha/sensor/ahu9/zt", "bad value")]

    answer = await plant.run("ask", "what is the supply air temperature of AHU-9?")
    assert "21.5 °C" in answer.out

    heard = await plant.run("topics", "--json", "--for", "1")
    assert heard.code == 0, heard.err
    told = heard.json()
    by_pattern: dict[str, Any] = {line["pattern"]: line for line in told["topics"]}
    assert by_pattern["gw/{id}"]["state"] == "nothing"
    assert "It has Temp" in by_pattern["gw/{id}"]["why"]
    assert by_pattern["silent/{device}"]["state"] == "no message"
    assert by_pattern["tele/{device}/SENSOR"]["state"] == "read"
    assert (
        by_pattern["floor/1/plant room"]["advice"] == '- {topic: "floor/1/{device}", device: "{device}", values: all}'
    )
    assert [point["source"] for point in told["never_fed"]] == ["ahu9/never"]
    shown = await plant.run("topics", "--for", "0")
    assert "Nothing is taken from 1 of 1 messages: temp is in none of its messages. It has Temp." in shown.out
    assert "1 point never had a value:" in shown.out

    proposed = await plant.run("map", "suggest", "--topics", "floor/#", "--for", "1s", "--output", "proposed.yaml")
    assert proposed.code == 0, proposed.err
    assert "plant room/temperature 21.1" in proposed.out
    assert "floor/1/{device}" in (plant.folder / "proposed.yaml").read_text("utf-8")

    findings = (await plant.run("doctor", "--json")).json()
    said = [finding["what"] for finding in findings]
    assert "the newest reading is in the future, of l/v: 2036-02-07 06:28 UTC" in said
    assert any(what.startswith("gw/{id}: Nothing is taken from 1 of 1 messages") for what in said)
    assert any(what.startswith("1 of 7 never had a value, for example AHU-9") for what in said)


@pytest.mark.slow
async def test_a_replay_tells_what_history_holds_and_ends_accordingly(plant: Terminal):
    replayed = await plant.run("replay", plant.file("long.csv", LONG), "--map", "map.yaml")
    assert replayed.code == 1
    assert "3 rows with 3 values: 2 new in history, 1 left out." in replayed.out
    assert "name it in the map's device or key, as {meter}" in replayed.out
    better = MAP.replace("meter_reading: reading", 'meter_reading: "meter {meter}"')
    replayed = await plant.run("replay", "long.csv", "--map", plant.file("better.yaml", better))
    assert (replayed.code, replayed.out) == (0, "3 rows with 3 values: 3 new in history.\n")
    again = await plant.run("replay", "long.csv", "--map", "better.yaml")
    assert (again.code, again.out) == (0, "3 rows with 3 values: 3 there already.\n")
