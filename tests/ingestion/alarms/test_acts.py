"""Acts on alarms in the record: one transaction each, settled once, kept for good."""

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from graph_schema.errors import InvalidInput
from ingestion.alarms.acts import AlarmAct, AlarmActs
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.history.history import History

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
POINT = "p1.t"


class Board:
    """A point that goes beyond its limit and comes back, and who acts on its alarm."""

    def __init__(self, history: History) -> None:
        self.history, self.alarms, self.acts = history, Alarms(history), AlarmActs(history)

    async def goes(self, verb: str, at: datetime = NOW) -> None:
        moment = round(at.timestamp() * 1000)
        change = AlarmChange(
            "raised" if verb == "raised" else "cleared", POINT, "p1/t", ["p1"], "alarm", moment, value=40.0
        )
        await self.alarms.write([change])

    async def state(self, at: datetime = NOW) -> str:
        found = await self.acts.standing([POINT])
        return found[0].standing(at).state if found else "normal"

    async def told(self) -> list[tuple[str, object]]:
        rows = await self.history.fetch("select kind, data from change order by seq")
        return [(row["kind"], row["data"].get("who")) for row in rows]


@pytest.fixture
def board(history: History) -> Board:
    return Board(history)


async def test_an_act_is_kept_with_who_when_and_why_and_told(board: Board):
    await board.goes("raised")
    made = await board.acts.act(POINT, "acknowledged", "ann", NOW + HOUR, why="On my way")
    assert (made.who, made.at, made.why) == ("ann", NOW + HOUR, "On my way")
    assert (made.state_before, made.state_after) == ("unacknowledged", "acknowledged")
    (alarm,) = await board.alarms.open()
    assert (alarm.acknowledged_at, alarm.acknowledged_by) == (NOW + HOUR, "ann")
    assert await board.told() == [("alarm.raised", None), ("alarm.acknowledged", "ann")]
    assert await board.acts.acts(NOW, NOW + 2 * HOUR) == [made]


async def test_what_returned_waits_to_be_acknowledged_with_what_came_before(board: Board):
    for hours in range(3):
        await board.goes("raised", NOW + hours * HOUR)
        await board.goes("cleared", NOW + (hours + 0.5) * HOUR)
    assert await board.state() == "returned unacknowledged"
    assert len(await board.acts.standing()) == 1
    await board.acts.act(POINT, "acknowledged", "ann", NOW + 3 * HOUR)
    assert await board.acts.standing() == []


async def test_of_those_who_acknowledge_at_once_one_does(board: Board):
    await board.goes("raised")
    tried = [board.acts.act(POINT, "acknowledged", f"p{n}", NOW + HOUR) for n in range(6)]
    came = await asyncio.gather(*tried, return_exceptions=True)
    assert sum(isinstance(one, AlarmAct) for one in came) == 1
    assert all("acknowledged already" in str(one) for one in came if not isinstance(one, AlarmAct))
    assert len(await board.told()) == 2


async def test_a_shelf_runs_out_once_whoever_looks(board: Board):
    await board.goes("raised")
    await board.acts.act(POINT, "shelved", "ann", NOW, until=NOW + HOUR)
    assert await board.state() == "shelved"
    assert await board.acts.lapse(NOW + HOUR / 2) == 0
    ended = await asyncio.gather(*(board.acts.lapse(NOW + 2 * HOUR) for _ in range(4)))
    assert sum(ended) == 1
    assert await board.told() == [("alarm.raised", None), ("alarm.shelved", "ann"), ("alarm.unshelved", "plantroom")]
    (last, _) = await board.acts.acts(NOW, NOW + 3 * HOUR)
    assert (last.at, last.state_before, last.state_after) == (NOW + HOUR, "shelved", "unacknowledged")


async def test_a_shelf_that_nobody_has_ended_yet_ends_before_the_next_act(board: Board):
    await board.acts.act(POINT, "shelved", "ann", NOW, until=NOW + HOUR, assets=["p1"])
    await board.acts.act(POINT, "shelved", "bob", NOW + 2 * HOUR, until=NOW + 3 * HOUR)
    assert [kind for kind, _ in await board.told()] == ["alarm.shelved", "alarm.unshelved", "alarm.shelved"]
    with pytest.raises(InvalidInput, match="not shelved"):
        await board.acts.act(POINT, "unshelved", "bob", NOW + 4 * HOUR)


async def test_an_alarm_below_a_hold_is_recorded_and_says_that_it_is_held(board: Board):
    await board.acts.act(POINT, "out_of_service", "ann", NOW, why="Sensor is being changed")
    await board.goes("raised", NOW + HOUR)
    (row,) = await board.history.fetch("select data from change where kind = 'alarm.raised'")
    assert row["data"]["held"] == "out of service"
    assert await board.state() == "out of service"
    await board.acts.act(POINT, "in_service", "ann", NOW + 2 * HOUR)
    assert await board.state() == "unacknowledged"


async def test_what_fails_beside_an_act_leaves_nothing_of_it(board: Board):
    await board.goes("raised")

    async def fails(connection: psycopg.AsyncConnection, made: AlarmAct) -> None:
        del connection
        raise RuntimeError(f"{made.act} is lost")

    with pytest.raises(RuntimeError):
        await board.acts.act(POINT, "acknowledged", "ann", NOW, also=fails)
    assert await board.state() == "unacknowledged"
    assert await board.told() == [("alarm.raised", None)]


async def test_acts_are_only_added_to(board: Board):
    await board.acts.act(POINT, "out_of_service", "ann", NOW)
    for statement in ("update alarm_act set who = 'eve'", "delete from alarm_act", "truncate alarm_act"):
        with pytest.raises(psycopg.Error, match="only added to"):
            await board.history.fetch(statement)
