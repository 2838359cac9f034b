"""Floods of alarms on the demo plant become few incidents under their cause, in one batch or in many, and people have the last word."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph_schema.errors import InvalidInput
from graph_schema.importers import read_plant
from graph_schema.ontology.ontology import Ontology
from ingestion.alarms.alarms import AlarmChange, Alarms
from ingestion.alarms.incidents import Incidents, RecentAlarm
from ingestion.history.history import History
from ingestion.simulator.demo import demo_plant_file
from tools.alarms.folding import placements
from tools.alarms.incidents import MOST, Raised, folded
from tools.topology.topology import Feed, Node, Topology

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SMALL = Topology.of(
    [Node(one, one, "Asset") for one in ("chiller", "ahu", "fan", "vav1", "vav2", "vav3", "boiler", "meter")],
    [Feed("chiller", "ahu"), *(Feed("ahu", f"vav{n}") for n in (1, 2, 3))],
    [("ahu", "fan")],
)


def raised(*steps: tuple[str, float]) -> list[Raised]:
    """An alarm of each asset, so many minutes after the first."""
    return [Raised(n, f"{asset}.t", [asset], NOW + at * MINUTE) for n, (asset, at) in enumerate(steps)]


def causes(*steps: tuple[str, float]) -> list[tuple[str | None, str, int]]:
    return [(one.cause, one.because, len(one.alarms)) for one in folded(raised(*steps), SMALL)]


def test_what_is_supplied_folds_under_what_supplies_it():
    assert causes(("chiller", 0), ("vav1", 3), ("ahu", 2), ("vav2", 5)) == [("chiller", "upstream", 4)]


def test_what_is_upstream_and_much_later_is_no_cause():
    assert causes(("vav1", 0), ("chiller", 8)) == [("vav1", "point", 1), ("chiller", "point", 1)]


def test_several_of_one_silent_supplier_fold_under_the_nearest():
    assert causes(("vav1", 0), ("vav2", 1), ("vav3", 1)) == [("ahu", "shared supply", 3)]


def test_parts_are_their_whole():
    assert causes(("fan", 0), ("ahu", 1)) == [("ahu", "asset", 2)]


def test_what_has_nothing_in_common_stands_alone():
    assert [one for one, _, _ in causes(("boiler", 0), ("meter", 1), ("vav1", 2))] == ["boiler", "meter", "vav1"]


def test_a_point_that_chatters_is_one_incident():
    assert causes(*(("vav1", 15.0 * n) for n in range(40))) == [("vav1", "point", 40)]
    assert len(causes(("vav1", 0), ("vav1", 61))) == 2


@dataclass
class Demo:
    topology: Topology
    owners: dict[str, str]
    points: list[str]

    def flood(self, points: Sequence[str], count: int, seed: int) -> list[Raised]:
        """So many alarms within a minute."""
        chance = random.Random(seed)
        chosen = [(chance.choice(points), chance.uniform(0, 60)) for _ in range(count)]
        return [Raised(n, point, [self.owners[point]], NOW + at / 60 * MINUTE) for n, (point, at) in enumerate(chosen)]

    def behind(self, asset: str) -> list[str]:
        reached = {asset} | {one.id for one in self.topology.downstream(asset)}
        inside = set[str]().union(*(self.topology.inside(one) for one in reached))
        return [point for point in self.points if self.owners[point] in inside]


@pytest.fixture(scope="module")
def demo(ontology: Ontology) -> Demo:
    plant = read_plant(demo_plant_file(), ontology)
    links = {
        kind: [(r.start, r.end) for r in plant.relations if r.kind == kind]
        for kind in ("HAS_PART", "HAS_POINT", "FEEDS", "LOCATED_IN")
    }
    nodes = [
        Node(one.id, one.name, one.kind, one.class_) for one in plant.entities if one.kind not in ("Point", "Device")
    ]
    topology = Topology.of(nodes, [Feed(*pair) for pair in links["FEEDS"]], links["HAS_PART"], links["LOCATED_IN"])
    limited = {one.id for one in plant.entities if one.kind == "Point" and {"low", "high"} & one.properties.keys()}
    owners = {point: owner for owner, point in links["HAS_POINT"]}
    return Demo(topology, owners, sorted(limited & owners.keys()))  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("asset", ["transformer-1", "switchgear-1", "ahu-1"])
def test_a_thousand_alarms_of_a_power_dip_are_at_most_five_incidents(demo: Demo, asset: str, seed: int):
    groups = folded(demo.flood(demo.behind(asset), 1000, seed), demo.topology)
    assert len(groups) <= MOST
    assert sum(len(one.alarms) for one in groups) == 1000


@pytest.mark.parametrize("seed", range(5))
def test_a_sensor_storm_and_a_network_loss_are_at_most_five(demo: Demo, seed: int):
    storm = demo.flood(demo.points, 1000, seed)
    network = demo.flood(
        [point for point in demo.points if len(demo.owners[point]) % 2 == seed % 2] or demo.points, 1000, seed
    )
    assert len(folded(storm, demo.topology)) <= MOST
    assert len(folded(network, demo.topology)) <= MOST


def test_the_air_handler_is_the_cause_of_what_its_zones_say(demo: Demo):
    zones = [
        Raised(n, point, [demo.owners[point]], NOW + n * MINUTE / 10) for n, point in enumerate(demo.behind("ahu-1"))
    ]
    assert folded(zones, demo.topology)[0].cause in ("ahu-1", *demo.topology.around("ahu-1"))


@given(st.lists(st.tuples(st.sampled_from(sorted(SMALL.nodes)), st.integers(0, 200)), max_size=60))
@settings(deadline=None)
def test_every_alarm_is_in_one_incident(steps: list[tuple[str, int]]):
    alarms = raised(*steps)
    groups = folded(alarms, SMALL)
    assert sorted(id_ for one in groups for id_ in one.ids) == [one.id for one in alarms]
    assert all(list(one.alarms) == sorted(one.alarms, key=lambda a: (a.at, a.id)) for one in groups)


@dataclass
class Desk:
    history: History

    def __post_init__(self) -> None:
        self.alarms, self.incidents = Alarms(self.history), Incidents(self.history)

    async def raises(self, *assets: str, at: datetime = NOW) -> None:
        moment = round(at.timestamp() * 1000)
        await self.alarms.write(
            [AlarmChange("raised", f"{one}.t", f"{one}/t", [one], "alarm", moment) for one in assets]
        )

    async def clears(self, *assets: str, at: datetime) -> None:
        moment = round(at.timestamp() * 1000)
        await self.alarms.write(
            [AlarmChange("cleared", f"{one}.t", f"{one}/t", [one], "alarm", moment) for one in assets]
        )

    async def folds(self, now: datetime = NOW + MINUTE) -> int:
        return await self.incidents.fold(lambda rows: placements(rows, SMALL), now - timedelta(hours=2), now)

    async def found(self) -> list[tuple[str | None, int]]:
        return [(one.cause, one.alarms) for one in await self.incidents.list(NOW)]

    async def told(self) -> list[str]:
        rows = await self.history.fetch("select kind from change where kind like 'incident.%' order by seq")
        return [row["kind"].removeprefix("incident.") for row in rows]


@pytest.fixture
def desk(history: History) -> Desk:
    return Desk(history)


async def test_what_comes_later_joins_and_the_cause_is_known_better(desk: Desk):
    await desk.raises("vav1", "vav2")
    await desk.folds()
    assert len(await desk.found()) == 2
    await desk.raises("ahu", at=NOW + MINUTE)
    await desk.folds(NOW + 2 * MINUTE)
    assert await desk.found() == [("ahu", 3)]
    assert await desk.told() == ["opened", "opened", "merged", "grown"]


async def test_folding_again_changes_nothing(desk: Desk):
    await desk.raises("ahu", "vav1")
    assert (await desk.folds(), await desk.folds()) == (1, 0)
    assert await desk.told() == ["opened"]


async def test_it_closes_when_all_has_been_over_for_an_hour(desk: Desk):
    await desk.raises("ahu")
    await desk.folds()
    await desk.clears("ahu", at=NOW + 5 * MINUTE)
    await desk.folds(NOW + 30 * MINUTE)
    assert await desk.found() == [("ahu", 1)]
    await desk.folds(NOW + 70 * MINUTE)
    assert await desk.told() == ["opened", "closed"]


async def test_people_split_and_merge_and_it_stays_so(desk: Desk):
    await desk.raises("ahu", "vav1", "vav2")
    await desk.folds()
    (one,) = await desk.incidents.list(NOW)
    made = await desk.incidents.split(one.id, ["vav1.t"], "vav1", "ann", NOW + MINUTE)
    await desk.clears("vav1", at=NOW + 2 * MINUTE)
    await desk.raises("vav1", at=NOW + 3 * MINUTE)
    await desk.folds(NOW + 4 * MINUTE)
    assert await desk.found() == [("vav1", 2), ("ahu", 2)]
    with pytest.raises(InvalidInput, match="nothing to split"):
        await desk.incidents.split(made, ["vav1.t"], None, "ann", NOW)
    await desk.incidents.merge(one.id, made, "ann", NOW + 5 * MINUTE)
    assert await desk.found() == [("ahu", 4)]
    with pytest.raises(InvalidInput, match=f"I-{made} is part of I-{one.id}"):
        await desk.incidents.merge(one.id, made, "ann", NOW + 5 * MINUTE)
    assert await desk.told() == ["opened", "split", "grown", "merged"]


def test_in_many_batches_a_flood_is_as_few_incidents_as_in_one(demo: Demo):
    flood = demo.flood(demo.points, 300, 7)
    where: dict[int, int] = {}
    merged: dict[int, int] = {}
    count = 0
    recent = [RecentAlarm(one.id, one.point, one.assets, "alarm", one.at, None, False) for one in flood]
    for end in range(7, 308, 7):
        seen = [replace(one, incident=where.get(one.id)) for one in recent[:end]]
        for placed in placements(seen, demo.topology):
            count += placed.incident is None
            target = count if placed.incident is None else placed.incident
            merged |= dict.fromkeys(placed.swallows, target)
            where |= dict.fromkeys(placed.alarms, target)
            where = {id_: target if incident in placed.swallows else incident for id_, incident in where.items()}
    assert len(where) == 300
    assert len(set(where.values())) <= MOST
