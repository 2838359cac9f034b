"""Notices in Slack: a message that shows how things stand, with buttons by which people act as themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

import pytest

from agent.events import Answered
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.acts import AlarmActs
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.alarms.incidents import Incidents
from ingestion.changes import Change
from ingestion.history.history import History
from interfaces.http.auth.identity import Identity
from interfaces.notifications.book import Book, Person, Route, Target
from interfaces.notifications.channels import slack_place, usable
from interfaces.notifications.delivery import Accounts, Planning, Sending
from interfaces.notifications.record import Notices
from interfaces.notifications.troubles import Troubles
from interfaces.slack.access import Access
from interfaces.slack.blocks import APPROVE, REJECT
from interfaces.slack.door import client_of
from interfaces.slack.views.board import Board
from interfaces.slack.views.notices import SlackNotices
from interfaces.slack.views.view import ACKNOWLEDGE, ASSIGN, SHELVE
from tests.interfaces.slack.conftest import ANN, NOW, VIC, Clock, Context, Open, Scripted
from tests.interfaces.slack.loopback import BOT_TOKEN, Message, Slack
from tests.interfaces.waiting import until
from tools.alarms.folding import Folding
from tools.approvals.settlement import Settlement
from tools.catalogue.plant import plant_tools
from tools.context import Caller, up_to
from tools.results.proposals import Proposed

CHANNEL = "D0000ANN"
"""In which the app writes to ann."""


async def utc() -> tzinfo:
    return UTC


async def nobody() -> Accounts:
    return Accounts({}, {}, {})


@dataclass
class House:
    """A pump whose vibration people of a channel are told of."""

    history: History
    folding: Folding
    planning: Planning
    sending: Sending
    clock: Clock
    slack: Slack

    async def alarm(self, point: str = "v1") -> None:
        """Raised, planned and sent."""
        at = round(self.clock().timestamp() * 1000)
        change = AlarmChange(
            "raised", point, "", [f"p{point[1:]}"], "alarm", at, value=9.0, side="high", limit_value=7.1
        )
        await self.noted(Alarms(self.history).write([change]))

    async def noted(self, writing: Any) -> None:
        (before,) = await self.history.fetch("select coalesce(max(seq), 0) as seq from change")
        await writing
        await self.folding.once()
        given = "select seq, kind, subject, moment, data from change where seq > %(seq)s and (kind like 'alarm.%%' or kind like 'incident.%%') order by seq"
        await self.planning.plan([Change(**row) for row in await self.history.fetch(given, before)])

    async def told(self) -> Message:
        """The one message in the channel."""
        await self.sending.run()
        (message,) = [one for one in self.slack.messages.values() if one.channel == CHANNEL]
        return message


@pytest.fixture
async def house(
    graph: GraphStore, history: History, ontology: Ontology, clock: Clock, slack: Slack, identity: Identity
) -> House:
    del identity
    pumps = [Entity(f"p{n}", "Asset", f"Quay Pump {n}", "Pump", properties={"criticality": 5}) for n in (1, 2)]
    points = [
        Entity(f"v{n}", "Point", f"Vibration {n}", "Vibration_Sensor", properties={"unit": "mm/s"}) for n in (1, 2)
    ]
    relations = tuple(Relation("HAS_POINT", f"p{n}", f"v{n}") for n in (1, 2))
    await load_plant(graph, ontology, Plant("Quay", (*pumps, *points), relations))
    book = Book({"ann": Person("ann", [f"slack://{ANN}"])}, {}, [Route(1, "alarm", [Target("person", "ann")])])
    troubles, record = Troubles(graph, history, ontology), Notices(history)
    planning = Planning(troubles, Incidents(history), record, lambda: book, nobody, utc, clock)
    board = Board(client_of(Access(BOT_TOKEN, None, None, slack.url, "users")), history, clock)
    sending = Sending(record, lambda: book, nobody, utc, clock, "https://plant.example", SlackNotices(board))
    folding = Folding(history, graph, ontology, clock)
    return House(history, folding, planning, sending, clock, slack)


async def until_said(message: Message, words: str) -> None:
    async def said() -> bool:
        return words in message.said

    await until(said, 15, 0.05)


async def whisper(slack: Slack) -> str:
    async def told() -> list[dict[str, Any]]:
        return slack.whispers

    return (await until(told, 15, 0.05))[-1]["text"]


async def test_an_alarm_is_told_with_what_to_do_and_acknowledged_by_a_button(house: House, slack: Slack, opened: Open):
    await house.alarm()
    message = await house.told()
    assert "Vibration 1 of Quay Pump 1 has been 9 mm/s" in message.said
    assert "Within " in message.said
    async with opened():
        assert await slack.send("interactive", slack.press(ANN, message, ACKNOWLEDGE)) < 3
        await until_said(message, "Acknowledged by ann")
    assert message.button(ACKNOWLEDGE) is None
    (row,) = await house.history.fetch("select acknowledged_by from alarm")
    assert row["acknowledged_by"] == "ann"
    assert slack.whispers == []


async def test_a_viewer_is_refused_and_nothing_changes(house: House, slack: Slack, opened: Open):
    await house.alarm()
    message = await house.told()
    async with opened():
        await slack.send("interactive", slack.press(VIC, message, ACKNOWLEDGE))
        assert "technician" in await whisper(slack)
    assert slack.whispers[0]["user"] == VIC
    assert message.versions == 1
    assert await house.history.fetch("select id from alarm_act") == []


async def test_a_press_that_comes_again_is_one_act(house: House, slack: Slack, opened: Open):
    await house.alarm()
    message = await house.told()
    press = slack.press(ANN, message, SHELVE)
    async with opened():
        await slack.send("interactive", press)
        await until_said(message, "Shelved by ann until Tue 1 Dec, 10:00")
        await slack.send("interactive", press)
    async with opened():
        await slack.send("interactive", press)
        last = slack.mention(ANN, "done?")
        await slack.send("events_api", last)
        await slack.answered(last["event"]["ts"])
    assert len(await house.history.fetch("select id from alarm_act")) == 1


async def test_assigned_to_me_it_is_my_work_order_and_acknowledged(house: House, slack: Slack, opened: Open):
    await house.alarm()
    message = await house.told()
    async with opened():
        await slack.send("interactive", slack.press(ANN, message, ASSIGN))
        await until_said(message, "Acknowledged by ann")
        said = await whisper(slack)
    (order,) = await house.history.fetch("select number, assignee, asset, source from work_order")
    assert (order["assignee"], order["asset"], order["source"]) == ("ann", "p1", "alarm")
    assert order["number"] in said


async def test_what_changes_elsewhere_is_shown_and_told_no_second_time(house: House, slack: Slack, opened: Open):
    await house.alarm()
    message = await house.told()
    async with opened():
        await AlarmActs(house.history).act("v1", "acknowledged", "bob", NOW)
        await until_said(message, "Acknowledged by bob")
        house.clock.forward(minutes=5)
        at = round(house.clock().timestamp() * 1000)
        await house.noted(
            Alarms(house.history).write([AlarmChange("cleared", "v1", "", ["p1"], "alarm", at, value=2.0)])
        )
        await until_said(message, "Over since")
        house.clock.forward(hours=2)
        await house.noted(house.folding.once())
        await house.sending.run()
    assert [one for one in slack.messages.values() if one.channel == CHANNEL] == [message]
    assert {one.state for one in await Notices(house.history).newest(None, None, 10) if one.stage == "over"} == {"sent"}


async def test_a_change_while_slack_is_away_is_shown_afterwards(house: House, slack: Slack, opened: Open, clock: Clock):
    await house.alarm()
    message = await house.told()
    board = Board(client_of(Access(BOT_TOKEN, None, None, slack.url, "users")), house.history, clock)
    await AlarmActs(house.history).act("v1", "acknowledged", "bob", NOW)
    rows = await house.history.fetch(
        "select seq, kind, subject, moment, data from change where kind = 'alarm.acknowledged'"
    )
    await board.note([Change(**row) for row in rows])
    slack.away = True
    assert await board.write() == 0
    slack.away = False
    assert (await board.write(), await board.write()) == (1, 0)
    assert "Acknowledged by bob" in message.said
    assert message.versions == 2


async def test_an_outage_of_an_hour_delays_and_loses_nothing(house: House, slack: Slack, clock: Clock):
    slack.away = True
    await house.alarm()
    for _ in range(60):
        await house.sending.run()
        clock.forward(minutes=1)
    assert slack.messages == {}
    slack.away = False
    for _ in range(30):
        await house.sending.run()
        clock.forward(minutes=1)
    message = await house.told()
    assert "Vibration 1" in message.said
    assert [(one.state, one.repeated) for one in await Notices(house.history).newest(None, None, 10)] == [
        ("sent", False)
    ]


async def test_several_at_once_are_one_message_with_buttons_each(house: House, slack: Slack, opened: Open):
    await house.alarm("v1")
    await house.alarm("v2")
    message = await house.told()
    buttons = [
        e["value"]
        for b in message.blocks
        if b["type"] == "actions"
        for e in b["elements"]
        if e["action_id"] == ACKNOWLEDGE
    ]
    assert len(buttons) == 2
    async with opened():
        await AlarmActs(house.history).act("v2", "acknowledged", "bob", NOW)
        await until_said(message, "Acknowledged by bob")
    left = [
        e["value"]
        for b in message.blocks
        if b["type"] == "actions"
        for e in b["elements"]
        if e["action_id"] == ACKNOWLEDGE
    ]
    assert len(left) == 1


async def test_a_proposal_of_an_answer_is_approved_by_who_may(
    house: House, slack: Slack, opened: Open, agent: Scripted, context: Context, settlement: Settlement
):
    asker = Caller("ann", up_to("technician"))
    made = await plant_tools().call(
        "leave_note", {"asset": "p1", "text": "Check <!here> the belt"}, await context(asker)
    )
    assert isinstance(made, Proposed)
    agent.last = Answered("It waits for approval.", proposals=[made.proposal])
    async with opened():
        told = slack.mention(ANN, "leave a note")
        thread = told["event"]["ts"]
        await slack.send("events_api", told)
        _, card = await slack.answered(thread, 2)
        assert "<!here>" not in card.said
        await slack.send("interactive", slack.press(VIC, card, APPROVE))
        assert "technician" in await whisper(slack)
        assert (await settlement.shown(1)).state == "proposed"
        await slack.send("interactive", slack.press(ANN, card, REJECT))
        await until_said(card, "Rejected by ann")
    assert card.button(APPROVE) is None
    assert (await settlement.shown(1)).state == "rejected"


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("slack://U02ABCDEF", "U02ABCDEF"),
        ("slack://C02ABCDEF/", "C02ABCDEF"),
        ("slack://#plant-alarms", "#plant-alarms"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", None),
        ("mailto://ann@plant.example", None),
    ],
)
def test_places_in_slack_are_told_from_webhooks(address: str, place: str | None):
    assert slack_place(address) == place
    assert usable(address) or place is None
