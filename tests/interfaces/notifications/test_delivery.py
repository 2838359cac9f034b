"""From an alarm to a person: once, in peace, again until taken, and nothing lost when a process dies in the middle."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.acts import AlarmActs
from ingestion.alarms.alarms import AlarmChange, Alarms, AlarmVerb
from ingestion.alarms.incidents import Incidents
from ingestion.alarms.states import Act
from ingestion.changes import Change
from ingestion.history.history import History
from interfaces.app.messages.notifications import KeptBook
from interfaces.notifications.delivery import MOST_A_MINUTE, Accounts, Planning, Sending
from interfaces.notifications.record import SENDING_FOR, WAITS_S, Notices
from interfaces.notifications.rota import Override
from interfaces.notifications.troubles import Troubles
from tests.interfaces.notifications.conftest import NOW, Clock, Gateway
from tests.mail import Mail
from tools.alarms.folding import Folding

BERLIN = ZoneInfo("Europe/Berlin")


async def berlin() -> ZoneInfo:
    return BERLIN


async def nobody() -> Accounts:
    return Accounts({}, {"ann": "de"}, {})


class House:
    """A plant of eight pumps that have nothing in common, with its notification book."""

    def __init__(self, graph: GraphStore, history: History, ontology: Ontology, clock: Clock, file: Path) -> None:
        self.history, self.clock, self.file = history, clock, file
        self.record = Notices(history)
        book = KeptBook(file)
        troubles, self.incidents = Troubles(graph, history, ontology), Incidents(history)
        self.planning = Planning(troubles, self.incidents, self.record, book, nobody, berlin, clock)
        self.folding = Folding(history, graph, ontology, clock)
        self.sending = Sending(self.record, book, nobody, berlin, clock)

    async def alarm(self, point: str, at: datetime, verb: AlarmVerb = "raised", value: float = 9.0) -> list[Change]:
        """An alarm as the pipeline records it, and what the stream tells of it."""
        (before,) = await self.history.fetch("select coalesce(max(seq), 0) as seq from change")
        change = AlarmChange(
            verb,
            point,
            point,
            [f"p{point[1:]}"],
            "alarm",
            round(at.timestamp() * 1000),
            value=value,
            side="high",
            limit_value=7.1,
        )
        await Alarms(self.history).write([change])
        await self.folding.once()
        return await self.told(before)

    async def folds(self) -> list[Change]:
        (before,) = await self.history.fetch("select coalesce(max(seq), 0) as seq from change")
        await self.folding.once()
        return await self.told(before)

    async def act(self, act: Act, until: datetime | None = None) -> list[Change]:
        """Of a person, on the first point's alarm."""
        (before,) = await self.history.fetch("select coalesce(max(seq), 0) as seq from change")
        await AlarmActs(self.history).act("v1", act, "ann", self.clock(), until=until)
        return await self.told(before)

    async def told(self, before: Mapping[str, object]) -> list[Change]:
        rows = await self.history.fetch(
            "select seq, kind, subject, moment, data from change where seq > %(seq)s and kind ~ '^(alarm|incident)' order by seq",
            before,
        )
        return [Change(**row) for row in rows]

    async def states(self) -> list[tuple[str, str, str]]:
        rows = await self.record.newest(None, None, 1000)
        return sorted((one.person, one.stage, one.state) for one in rows if one.stage != "reminder")


@pytest.fixture
async def house(graph: GraphStore, history: History, ontology: Ontology, clock: Clock, book_file: Path) -> House:
    pumps = [Entity(f"p{n}", "Asset", f"Quay Pump {n}", "Pump", properties={"criticality": 5}) for n in range(1, 9)]
    points = [
        Entity(f"v{n}", "Point", f"Vibration {n}", "Vibration_Sensor", properties={"unit": "mm/s"}) for n in range(1, 9)
    ]
    relations = [Relation("HAS_POINT", pump.id, one.id) for pump, one in zip(pumps, points, strict=True)]
    await load_plant(graph, ontology, Plant("Quay", (*pumps, *points), tuple(relations)))
    return House(graph, history, ontology, clock, book_file)


def write(file: Path, mail: Mail, gateway: Gateway) -> None:
    file.write_text(f"""
people:
  ann: {{reached_by: ["{gateway.address("hook-secret")}", "{mail.address("ann")}"]}}
  bob: {{reached_by: "{mail.address("bob")}"}}
rotas:
  plant: {{people: [ann], first: 2026-11-30}}
routes:
  - {{to: on call plant, then: [{{after: 15 min, to: bob}}], remind: 1 h}}
otherwise: bob
""")


async def test_an_alarm_comes_once_however_often_it_is_read(
    house: House, mail: Mail, gateway: Gateway, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    changes = await house.alarm("v1", NOW)
    assert await house.planning.plan(changes) > 0
    assert await house.planning.plan(changes) == 0
    assert (await house.sending.run(), await house.sending.run()) == (1, 0)
    (told,) = gateway.got
    assert told["title"] == "[hoch] Quay Pump 1: Vibration 1 9 mm/s"
    assert "über der Grenze von 7,1 mm/s" in told["message"]
    assert "Innerhalb von" in told["message"]
    assert mail.got == []


async def test_the_second_address_is_tried_where_the_first_does_not_take_it(
    house: House, mail: Mail, gateway: Gateway, book_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write(book_file, mail, gateway)
    gateway.statuses = [503]
    await house.planning.plan(await house.alarm("v1", NOW))
    assert await house.sending.run() == 1
    (letter,) = mail.got
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "ann@plant.example" in letter["To"]
    assert "Vibration 1 von Quay Pump 1" in plain.get_content()
    assert "über der Grenze" in html.get_content()
    assert "hook-secret" not in caplog.text


async def test_nobody_takes_it_on_so_the_next_is_told_and_who_is_reminded(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan(await house.alarm("v1", NOW))
    await house.sending.run()
    clock.forward(minutes=16)
    await house.sending.run()
    assert ["bob@plant.example" in one["To"] for one in mail.got] == [True]
    clock.forward(minutes=60)
    await house.sending.run()
    assert "Immer noch offen." in gateway.got[-1]["message"]


async def test_who_acknowledges_spares_the_others(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan(await house.alarm("v1", NOW))
    await house.sending.run()
    clock.forward(minutes=5)
    await house.planning.plan(await house.act("acknowledged"))
    clock.forward(hours=3)
    await house.sending.run()
    assert (len(gateway.got), mail.got) == (1, [])


async def test_what_comes_back_from_a_shelf_is_told_anew(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan(await house.alarm("v1", NOW))
    await house.sending.run()
    clock.forward(minutes=5)
    await house.planning.plan(await house.act("shelved", clock() + timedelta(hours=4)))
    clock.forward(hours=2)
    assert await house.sending.run() == 0
    back = await house.act("unshelved")
    assert await house.planning.plan(back) > 0
    assert await house.planning.plan(back) == 0
    assert await house.sending.run() == 1
    assert len(gateway.got) == 2


async def test_what_is_over_is_told_to_who_knows_of_it_and_to_nobody_else(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan(await house.alarm("v1", NOW))
    await house.sending.run()
    clock.forward(minutes=5)
    await house.planning.plan(await house.alarm("v1", clock(), "cleared", 5.0))
    clock.forward(minutes=30)
    assert await house.sending.run() == 0
    clock.forward(minutes=31)
    closed = await house.folds()
    assert await house.planning.plan(closed) == 1
    assert await house.planning.plan(closed) == 0
    assert await house.sending.run() == 1
    assert "wieder innerhalb der Grenzen" in gateway.got[-1]["message"]
    assert mail.got == []
    assert ("bob", "escalated", "dropped") in await house.states()


async def test_what_was_over_before_it_was_told_is_told_to_nobody(
    house: House, mail: Mail, gateway: Gateway, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    changes = [*await house.alarm("v1", NOW), *await house.alarm("v1", NOW + timedelta(seconds=1), "cleared", 5.0)]
    await house.planning.plan(changes)
    assert await house.sending.run() == 0
    assert gateway.got == []


async def test_many_in_a_minute_come_together(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    for number in range(1, 9):
        await house.planning.plan(await house.alarm(f"v{number}", clock()))
        await house.sending.run()
        clock.forward(seconds=2)
    assert len(gateway.got) == MOST_A_MINUTE
    clock.forward(minutes=1)
    await house.sending.run()
    assert len(gateway.got) == MOST_A_MINUTE + 1
    assert gateway.got[-1]["title"] == "[hoch] 5 Nachrichten der Anlage"


async def test_a_process_that_died_while_it_sent_is_followed_by_one_that_says_so(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan(await house.alarm("v1", NOW))
    assert await house.record.claim("ann", clock())  # and no word after that
    assert await house.sending.run() == 0
    clock.now += SENDING_FOR + timedelta(seconds=1)
    assert await house.sending.run() == 1
    assert "kam vielleicht schon einmal" in gateway.got[0]["message"]


async def test_two_processes_send_one_message(house: House, mail: Mail, gateway: Gateway, book_file: Path) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan(await house.alarm("v1", NOW))
    assert sum(await asyncio.gather(*(house.sending.run() for _ in range(4)))) == 1
    assert len(gateway.got) == 1


async def test_what_nobody_takes_is_tried_again_then_given_up_and_once_more_when_told(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    gateway.statuses, mail.answer = [500], "554 no"
    await house.planning.plan(await house.alarm("v1", NOW))
    for wait in (*WAITS_S, 0):
        assert await house.sending.run() == 0
        clock.forward(seconds=wait + 1)
    (dead,) = [one for one in await house.record.newest("ann", ["dead"], 10) if one.stage == "raised"]
    assert dead.attempts == len(WAITS_S) + 1
    assert dead.error is not None
    assert ("Address 1 (json)" in dead.error, "hook-secret" in dead.error) == (True, False)
    gateway.statuses = [200]
    assert await house.record.again([dead.id], clock()) == 1
    assert await house.sending.run() == 1


async def test_an_override_is_heeded_and_withdrawn(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    number = await house.record.override(Override("plant", "bob", NOW, NOW + timedelta(hours=4)), "cy", clock())
    await house.planning.plan(await house.alarm("v1", NOW))
    await house.sending.run()
    assert (len(mail.got), gateway.got) == (1, [])
    assert await house.record.withdraw(number) == "plant"
    with pytest.raises(NotFound, match="no override"):
        await house.record.withdraw(number)


async def test_with_a_book_that_cannot_be_read_nothing_is_passed_over(
    house: House, mail: Mail, gateway: Gateway, book_file: Path
) -> None:
    await asyncio.to_thread(book_file.write_text, "people: [")
    changes = await house.alarm("v1", NOW)
    with pytest.raises(InvalidInput, match="is no YAML"):
        await house.planning.plan(changes)
    write(book_file, mail, gateway)
    assert await house.planning.plan(changes) > 0


async def test_without_a_book_nobody_is_told(house: House) -> None:
    assert await house.planning.plan(await house.alarm("v1", NOW)) == 0


async def test_a_point_that_comes_and_goes_is_one_message(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    for _ in range(20):
        await house.planning.plan(await house.alarm("v1", clock()))
        await house.sending.run()
        clock.forward(seconds=30)
        await house.planning.plan(await house.alarm("v1", clock(), "cleared", 5.0))
        clock.forward(minutes=2)
        await house.sending.run()
    assert (len(gateway.got), mail.got) == (1, [])
    clock.forward(minutes=61)
    await house.planning.plan(await house.folds())
    await house.sending.run()
    assert (len(gateway.got), mail.got) == (2, [])


async def test_what_was_over_before_it_was_told_and_comes_again_is_told(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan([*await house.alarm("v1", NOW), *await house.alarm("v1", clock(), "cleared", 5.0)])
    await house.planning.plan(await house.alarm("v2", clock()))
    for verb in ("raised", "cleared", "raised"):
        clock.forward(minutes=1)
        await house.planning.plan(await house.alarm("v1", clock(), verb))
    assert await house.sending.run() == 1
    assert "2 Nachrichten" in gateway.got[0]["title"]


async def test_what_comes_after_an_acknowledgement_is_told_once_more(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan(await house.alarm("v1", NOW))
    await house.sending.run()
    clock.forward(minutes=2)
    acknowledged = await house.act("acknowledged")
    clock.forward(minutes=2)
    changes = [
        *acknowledged,
        *await house.alarm("v1", clock(), "cleared", 5.0),
        *await house.alarm("v1", clock() + timedelta(seconds=1)),
    ]
    assert await house.planning.plan(changes) > 0
    assert await house.planning.plan(changes) == 0
    clock.forward(seconds=2)
    assert await house.sending.run() == 1
    assert len(gateway.got) == 2
    assert "bisher 2 Mal" in gateway.got[-1]["message"]


async def test_what_is_shelved_is_told_to_nobody(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.act("shelved", clock() + timedelta(hours=4))
    assert await house.planning.plan(await house.alarm("v1", clock())) == 0


async def test_what_turns_out_to_be_one_goes_on_as_one(
    house: House, mail: Mail, gateway: Gateway, clock: Clock, book_file: Path
) -> None:
    write(book_file, mail, gateway)
    await house.planning.plan([*await house.alarm("v1", NOW), *await house.alarm("v2", NOW)])
    await house.sending.run()
    first, second = sorted(one.id for one in await house.incidents.list(NOW))
    await house.incidents.merge(first, second, "ann", clock())
    assert await house.planning.plan(await house.told({"seq": 0})) == 0
    clock.forward(minutes=16)
    await house.sending.run()
    (letter,) = mail.got
    assert "one of 2 alarms at 2 points that belong together as I-1" in letter.as_string().replace("=\n", "")
    assert "Vibration 2 (Quay Pump 2)" in letter.as_string().replace("=\n", "")
