"""The live view over the streams: what a page that is open is told."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from graph_schema.condition import Level
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from ingestion.alarms.alarms import AlarmChange, Alarms, AlarmVerb, StatusChange
from ingestion.changes import NewChange, record
from ingestion.history.history import History
from ingestion.live.projection import PLANT_CHANGED
from ingestion.live.values import PointValue, Values
from ingestion.tasks import end
from interfaces.health import Health
from interfaces.web.room.feed import LivePlant, keep_telling
from interfaces.web.sessions import Sessions

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
AT = int(NOW.timestamp() * 1000)
PLANT = f"""
CREATE (a:Entity:Asset {{id: 'pump', name: 'Pump 1', class: 'Pump'}}),
       (t:Entity:Point {{id: 'pump.t', name: 't', source: 'pump/t', unit: '°C', value: 20.0, at: {AT}, status: 'normal'}}),
       (a)-[:HAS_POINT]->(t)
"""


class Counted(GraphStore):
    """A graph that counts how often it is read."""

    reads = 0

    async def read(self, statement: str, **parameters: Any) -> list[dict[str, Any]]:
        self.reads += 1
        return await super().read(statement, **parameters)


class View:
    """A page that is open."""

    def __init__(self, outbox: asyncio.Queue[str | None]) -> None:
        self._outbox = outbox

    async def told(self, **wanted: Any) -> dict[str, Any]:
        """The next message with these fields."""
        async with asyncio.timeout(30):
            while True:
                message = json.loads(await self._outbox.get() or "{}")
                if wanted.items() <= message.items():
                    return message

    async def thing(self, id: str) -> dict[str, Any]:
        """The next message's state of a thing."""
        while True:
            for state in (await self.told(type="state"))["changed"]:
                if state["id"] == id:
                    return state


@pytest.fixture
async def graph_read(graph: GraphStore) -> Counted:
    await graph.write(PLANT)
    await graph.write("MATCH (m:Meta {id: 'plant'}) SET m.version = 1")
    return Counted(graph.driver, graph.database)


@pytest.fixture
def values(history: History) -> Values:
    return Values(history)


@pytest.fixture
async def view(graph_read: Counted, history: History, ontology: Ontology, values: Values) -> AsyncGenerator[View]:
    sessions = Sessions()
    plant = LivePlant(graph_read, Alarms(history), ontology, lambda: AT, Health("home", {"graph": graph_read}))
    async with telling(plant, sessions, history, values):
        with sessions.connected(sessions.open()) as outbox:
            view = View(outbox)
            await view.told(type="state")
            await view.told(type="state")
            yield view


@asynccontextmanager
async def telling(plant: LivePlant, sessions: Sessions, history: History, values: Values) -> AsyncGenerator[None]:
    task = asyncio.create_task(keep_telling(plant, sessions, history, values))
    try:
        yield
    finally:
        await end(task)


async def change(history: History, kind: str, subject: str, **data: Any) -> None:
    async with history.connection() as connection, connection.transaction():
        await record(connection, [NewChange(kind, subject, NOW, data)])


async def test_a_value_reaches_the_page_and_the_graph_is_not_read_for_it(
    view: View, values: Values, graph_read: Counted
):
    before = graph_read.reads
    values.publish([PointValue("pump.t", 21.5, None, AT + 1000, "normal")])
    state = await view.thing("pump")
    assert state["readings"][0]["text"] == "21.5\u202f°C"
    await view.told(type="state")
    await view.told(type="state")
    assert graph_read.reads == before


async def test_a_status_that_changes_is_shown_and_counted(view: View, history: History):
    await change(history, "status.changed", "pump.t", status="alarm")
    message = await view.told(type="state", alarms=1)
    assert [(state["id"], state["status"]) for state in message["changed"]] == [("pump", "alarm")]
    await change(history, "status.changed", "pump.t", status="stale")
    await view.told(type="state", alarms=0)


def alarm(verb: AlarmVerb, level: Level) -> AlarmChange:
    return AlarmChange(verb, "pump.t", "pump/t", ["pump"], level, AT, AT, 90.0, "high", 80.0)


async def test_a_warning_is_counted_and_an_alarm_stands_while_its_point_is_silent(view: View, history: History):
    alarms = Alarms(history)
    await alarms.write([alarm("raised", "warning")], [StatusChange("pump.t", ["pump"], "warning", "normal", AT)])
    await view.told(type="state", alarms=0, warnings=1)
    await alarms.write([alarm("changed", "alarm")], [StatusChange("pump.t", ["pump"], "alarm", "warning", AT)])
    await view.told(type="state", alarms=1, warnings=0)
    await alarms.write([], [StatusChange("pump.t", ["pump"], "stale", "alarm", AT)])
    await view.told(type="state", alarms=0, silent=1)
    await alarms.write([alarm("cleared", "alarm")])
    await view.told(type="state", alarms=0, warnings=0, silent=0)


async def test_alarms_that_stood_before_anybody_looked_are_counted(
    graph_read: Counted, history: History, ontology: Ontology, values: Values
):
    await Alarms(history).write([alarm("raised", "alarm")])
    sessions = Sessions()
    plant = LivePlant(graph_read, Alarms(history), ontology, lambda: AT, Health("home", {}))
    async with telling(plant, sessions, history, values):
        with sessions.connected(sessions.open()) as outbox:
            await View(outbox).told(type="state", alarms=1)


async def test_another_plant_is_fetched_again(view: View, history: History, graph_read: Counted):
    await graph_read.write("MATCH (m:Meta {id: 'plant'}) SET m.version = 2")
    await change(history, PLANT_CHANGED, "Works", version=2)
    await view.told(type="reload")


async def test_the_page_hears_that_a_store_is_away_and_that_it_is_back(view: View, graph_read: Counted):
    graph_read.answering.failed("The graph does not answer.")
    message = await view.told(type="state", alarms=0)
    while not message["away"]:
        message = await view.told(type="state")
    assert [one["title"] for one in message["away"]] == ["The graph"]
    await graph_read.probe()
    while message["away"]:
        message = await view.told(type="state")


async def test_the_page_hears_every_second_that_nothing_is_new(view: View):
    assert (await view.told(type="state"))["changed"] == []
