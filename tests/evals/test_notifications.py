"""From alarms to messages on the demo plant: a flood is few incidents and few messages, and none of its alarms is lost."""

import asyncio
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evals.notifications.chain import Chain, until
from evals.notifications.channel import Channel, loopback
from evals.notifications.dying import STEPS
from evals.notifications.flood import flood, limited_points
from evals.notifications.outcome import counted
from evals.notifications.stage import demo
from evals.notifications.trial import try_kills
from graph_schema.model import Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.alarms.alarms import Alarms
from ingestion.history.history import History
from interfaces.embedded.home import Home
from interfaces.jobs.schema import migrate_jobs
from interfaces.notifications.record import Notices

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ALARMS, TIMES = 1000, 6
MOST_INCIDENTS, MOST_MESSAGES = 5, 5


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def channel() -> Generator[Channel]:
    with loopback() as found:
        yield found


@pytest.fixture
def book(channel: Channel, tmp_path: Path) -> Path:
    file = tmp_path / "notify.yaml"
    file.write_text(f"""
people:
  ann: {{role: technician, reached_by: "{channel.address("ann")}"}}
  bob: {{role: technician, reached_by: "{channel.address("bob")}"}}
routes:
  - {{to: role technician}}
""")
    return file


@pytest.mark.slow
async def test_a_thousand_alarms_in_a_minute_are_few_messages_that_leave_none_out(
    graph: GraphStore,
    history: History,
    postgres_dsn: str,
    ontology: Ontology,
    demo_plant: Plant,
    channel: Channel,
    book: Path,
) -> None:
    await load_plant(graph, ontology, demo_plant)
    await migrate_jobs(postgres_dsn)
    clock, alarms = Clock(), Alarms(history)
    chain = Chain(graph, history, ontology, postgres_dsn, book, clock, Notices(history), timedelta(seconds=1))
    async with chain.running():
        for number, changes in enumerate(flood(limited_points(demo_plant), ALARMS, NOW, TIMES, seed=3)):
            clock.now = NOW + (number + 1) * timedelta(minutes=1) / TIMES
            for some in changes:
                await alarms.write(some)
            await chain.has_read()
        for _ in range(4):
            clock.now += timedelta(seconds=50)

            async def nothing_is_due() -> bool:
                return not await chain.record.due(clock())

            await until(nothing_is_due, 60)
    found = await counted(history)
    assert (found.alarms, found.placed, found.told, found.waiting) == (ALARMS, ALARMS, ALARMS, 0), found
    assert found.incidents <= MOST_INCIDENTS
    for person in ("ann", "bob"):
        assert 1 <= len(channel.of(person)) <= MOST_MESSAGES, [one.title for one in channel.of(person)]


@pytest.mark.slow
async def test_killed_after_any_step_nothing_is_lost_and_what_comes_twice_says_so(
    server_home: Home, channel: Channel
) -> None:
    folder = server_home.folder / "killed"
    await asyncio.to_thread(folder.mkdir)
    async with demo(folder, channel) as stage:
        found = await try_kills(stage, STEPS, print)
    assert all(one.sound for one in found), found
    assert {one.step for one in found if one.messages > 1} <= {"sent"}
