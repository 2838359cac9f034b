"""What is kept for how long: settings in words, and what goes from a real history."""

from datetime import UTC, datetime, timedelta

import pytest

from graph_schema.errors import InvalidInput, Unavailable
from graph_schema.model import Entity, Plant, Relation
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.history.retention import Policy, expired, nearest, remove, rules
from ingestion.history.retention_policy import parse_keeps
from ingestion.history.rollups import Rollups, exclusively
from ingestion.reading import Reading

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
CLASSES = {
    "occupancy": "Occupancy_Sensor",
    "zone": "Zone_Air_Temperature_Sensor",
    "supply": "Supply_Air_Temperature_Sensor",
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("default", "does not say how long"),
        ("default=2 months", "does not say how long"),
        ("=3d", "does not say how long"),
        ("default=0d", "keep nothing"),
        ("default=101y", "hundred years"),
        ("default=3d, default=4d", "twice"),
    ],
)
def test_settings_that_say_nothing_clear_are_told_so(text: str, said: str):
    with pytest.raises(InvalidInput, match=said):
        parse_keeps(text)


def test_settings_are_read():
    keeps = parse_keeps(" default = 2y,Occupancy_Sensor=3W , Sensor=forever,")
    assert keeps == {"default": timedelta(days=730), "Occupancy_Sensor": timedelta(weeks=3), "Sensor": None}
    assert parse_keeps("") == {}


def test_an_unknown_class_is_told(ontology: Ontology):
    with pytest.raises(InvalidInput, match="no class of points “Occupansy_Asset”"):
        Policy.of("Occupansy_Asset=3d", None, ontology)


def test_the_nearest_class_that_is_named_counts(ontology: Ontology):
    keeps = Policy.of("default=9y, Temperature_Sensor=1y, Air_Temperature_Sensor=2y", None, ontology).readings
    assert nearest(keeps, "Zone_Air_Temperature_Sensor", ontology) == "Air_Temperature_Sensor"
    assert nearest(keeps, "Water_Temperature_Sensor", ontology) == "Temperature_Sensor"
    assert nearest(keeps, "Occupancy_Sensor", ontology) == "default"
    assert nearest(keeps, None, ontology) == "default"


@pytest.fixture
async def rollups(graph: GraphStore, ontology: Ontology, history: History) -> Rollups:
    """A reading every six hours of the last 120 days, of three points and of a device that nobody described."""
    points = [
        Entity(f"a-{key}", "Point", key, class_, {"quantity": ontology.quantity(class_), "source": f"a/{key}"})
        for key, class_ in CLASSES.items()
    ]
    relations = tuple(Relation("HAS_POINT", "a", point.id) for point in points)
    await load_plant(graph, ontology, Plant("small", (Entity("a", "Asset", "AHU", "AHU"), *points), relations))
    await history.write(
        [
            Reading(source, milliseconds(NOW - timedelta(hours=6 * n)), float(n))
            for source in (*(f"a/{key}" for key in CLASSES), "x/y")
            for n in range(480)
        ]
    )
    return Rollups(history, lambda: NOW + timedelta(days=1))


async def left(history: History, table: str = "reading") -> dict[str, tuple[int, int]]:
    """How many days ago the oldest is, and how many there are, by source."""
    found = await history.fetch(
        f"select source, min(at) as oldest, count(*) as n from {table} join series on id = series group by source"
    )
    return {row["source"]: ((NOW - row["oldest"]).days, row["n"]) for row in found}


async def removed(
    history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups, readings: str, sums: str = ""
) -> int:
    found = await rules(Policy.of(readings, sums, ontology), history, graph, ontology, NOW)
    told = await expired(history, found)
    gone = await remove(history, found, rollups)
    after = await expired(history, found)
    assert all(one.series == 0 and one.oldest is None for one in after), after
    assert gone >= sum(one.readings for one in told)
    return gone


async def test_nothing_goes_without_a_setting(
    history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups
):
    assert not Policy.of(None, None, ontology)
    assert not Policy.of("default=forever", "", ontology)
    assert await removed(history, graph, ontology, rollups, "") == 0
    assert {n for _, n in (await left(history)).values()} == {480}


async def test_looking_changes_nothing(history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups):
    await rollups.catch_up()
    found = await rules(Policy.of("Occupancy_Sensor=10d", None, ontology), history, graph, ontology, NOW)
    (told,) = await expired(history, found)
    assert (told.rule.name, told.series, told.readings) == ("Occupancy_Sensor", 1, 480 - 44)
    assert (await left(history))["a/occupancy"] == (119, 480)


async def test_each_class_has_its_own_end(history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups):
    gone = await removed(history, graph, ontology, rollups, "Occupancy_Sensor=10d, Air_Temperature_Sensor=50d")
    kept = await left(history)
    assert kept == {"a/occupancy": (10, 44), "a/zone": (50, 204), "a/supply": (50, 204), "x/y": (119, 480)}
    assert gone == 4 * 480 - sum(n for _, n in kept.values())


async def test_where_all_have_expired_whole_parts_go(
    history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups
):
    parts = "select part::text as part from parts_of('reading')"
    before = len(await history.fetch(parts))
    await removed(history, graph, ontology, rollups, "default=20d, Occupancy_Sensor=40d")
    assert len(await history.fetch(parts)) < before
    assert await left(history) == {
        "a/occupancy": (40, 164), "a/zone": (20, 84), "a/supply": (20, 84), "x/y": (20, 84)
    }  # fmt: skip


async def test_sums_outlive_readings_and_late_readings_do_not_change_them(
    history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups
):
    await rollups.catch_up()
    sums = "select source, sum(sum) as total from reading_1d join series on id = series group by source order by source"
    before = await history.fetch(sums)
    await removed(history, graph, ontology, rollups, "default=10d")
    assert await history.fetch(sums) == before
    await history.write([Reading("x/y", milliseconds(NOW - timedelta(days=30, minutes=5)), 1e6)])
    await rollups.catch_up()
    assert await history.fetch(sums) == before
    assert await removed(history, graph, ontology, rollups, "default=10d") == 1


async def test_sums_go_when_they_have_an_end_of_their_own(
    history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups
):
    await removed(history, graph, ontology, rollups, "default=10d", "default=30d, Occupancy_Sensor=60d")
    for width in ("15m", "1h", "1d"):
        ages = {source: days for source, (days, _) in (await left(history, f"reading_{width}")).items()}
        assert ages == {"a/occupancy": 60, "a/zone": 30, "a/supply": 30, "x/y": 30}, width


async def test_sums_cannot_go_before_readings(
    history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups
):
    for readings in ("", "default=90d"):
        with pytest.raises(InvalidInput, match="at least as long"):
            await removed(history, graph, ontology, rollups, readings, "default=30d")


async def test_readings_that_are_not_summed_up_stay(
    history: History, graph: GraphStore, ontology: Ontology, rollups: Rollups
):
    found = await rules(Policy.of("default=10d", None, ontology), history, graph, ontology, NOW)
    with pytest.raises(Unavailable, match="not summed up"):
        await remove(history, found, Rollups(history, lambda: NOW - timedelta(days=100)))
    async with exclusively(history) as connection:
        assert connection
        with pytest.raises(Unavailable, match="Somebody else"):
            await remove(history, found, rollups)
    assert {n for _, n in (await left(history)).values()} == {480}
