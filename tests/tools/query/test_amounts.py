"""What meters counted and how long states lasted, over a window: small histories with known answers, and random ones against the definition."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Aggregate, AssetQuery, GroupBy, Measure, Window
from graph_schema.series import fall
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.history.rollups import Rollups
from ingestion.reading import Reading
from tools.query.reader import Reader
from tools.results.telemetry import Telemetry

DAY = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW = DAY + timedelta(days=20)

Value = float | str


class Plant:
    """One point of one asset, and its history."""

    def __init__(self, graph: GraphStore, history: History, ontology: Ontology) -> None:
        self.graph = graph
        self.history = history
        self.now = NOW
        self.reader = Reader(graph, history, ontology, lambda: self.now)

    async def point(self, quantity: str, unit: str | None = None, **properties: object) -> None:
        await self.graph.write("MATCH (n:Entity) DETACH DELETE n")
        row = {"id": "a.p", "name": "Main Meter", "quantity": quantity, "unit": unit, "source": "d/k", **properties}
        await self.graph.write(
            "CREATE (a:Entity:Asset {id: 'a', name: 'Main'})-[:HAS_POINT]->(p:Entity:Point) SET p = $row", row=row
        )
        await self.history.fetch("truncate reading, reading_1m, reading_15m, reading_1h, reading_1d, changed_hour")

    async def read(self, readings: Mapping[datetime, Value], *, summed_up: bool = True) -> None:
        await self.history.write(
            Reading("d/k", round(at.timestamp() * 1000), **({"text": v} if isinstance(v, str) else {"value": v}))
            for at, v in readings.items()
        )
        if summed_up:
            await Rollups(self.history, lambda: self.now).catch_up()

    async def measure(
        self,
        quantity: str,
        aggregate: Aggregate,
        start: datetime = DAY,
        end: datetime = DAY + timedelta(days=1),
        group_by: GroupBy | None = None,
        threshold: float | None = None,
        state: str | None = None,
    ) -> Telemetry:
        measure = Measure(
            quantity=quantity, aggregate=aggregate, window=Window(start=start, end=end), group_by=group_by, threshold=threshold, state=state,
        )  # fmt: skip
        return await self.reader.measure(AssetQuery(ids=["a"]), measure)

    async def value(self, quantity: str, aggregate: Aggregate, **more: object) -> float | None:
        rows = (await self.measure(quantity, aggregate, **more)).rows  # pyright: ignore[reportArgumentType]
        return rows[0].value if rows else None


@pytest.fixture
def plant(graph: GraphStore, history: History, ontology: Ontology) -> Plant:
    return Plant(graph, history, ontology)


def every(minutes: float, values: Sequence[Value], start: datetime = DAY) -> dict[datetime, Value]:
    return {start + timedelta(minutes=minutes * n): value for n, value in enumerate(values)}


# -- counters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("summed_up", [True, False])
@pytest.mark.parametrize(("minutes", "step"), [(60, 4.0), (15, 1.0), (5, 1 / 3), (90, 6.0), (180, 12.0)])
async def test_hours_of_a_meter_add_up_to_its_day(plant: Plant, minutes: float, step: float, summed_up: bool):
    await plant.point("electric_energy", "kWh")
    await plant.read(every(minutes, [1000 + step * n for n in range(int(1440 / minutes) + 1)]), summed_up=summed_up)
    assert await plant.value("electric_energy", "use") == pytest.approx(96)
    hours = await plant.measure("electric_energy", "use", group_by="hour")
    assert [row.value for row in hours.rows] == [pytest.approx(4)] * 24
    assert {row.rule for row in hours.rows} == {"counter"}
    assert (hours.rows[0].unit, hours.notes) == ("kWh", [])


async def test_an_exchanged_meter_is_never_negative(plant: Plant):
    await plant.point("electric_energy", "kWh")
    await plant.read(every(60, [*(990.0 + n for n in range(12)), *(0.5 + n for n in range(13))]))
    for aggregate in ("use", "change", "sum"):
        found = await plant.measure("electric_energy", aggregate)
        assert found.rows[0].value == pytest.approx(23.5)
        assert found.notes == [
            "Main Meter fell from 1,001 kWh to 0.5 kWh at 1 Mar 2026 12:00: it started again from zero."
        ]


@pytest.mark.parametrize(
    ("numbers", "rollover", "used"),
    [
        ([99_998.0, 99_999.0, 1.0, 2.0], None, 4.0),
        ([65_530.0, 65_534.0, 2.0], None, 8.0),
        ([4_294_967_290.0, 4.0], None, 10.0),
        ([990.0, 998.0, 3.0], 1000.0, 13.0),
        ([990.0, 998.0, 3.0], None, 11.0),
        ([500.0, 510.0, 420.0, 425.0], None, 15.0),
        ([500.0, 510.0, 505.0, 512.0], None, 17.0),
    ],
)
async def test_a_counter_that_falls(plant: Plant, numbers: list[float], rollover: float | None, used: float):
    await plant.point("water_usage", "m³", **({"rollover": rollover} if rollover else {}))
    await plant.read(every(60, numbers))
    found = await plant.measure("water_usage", "use")
    assert found.rows[0].value == pytest.approx(used)
    assert [note.split(" from ")[0] for note in found.notes] == ["Main Meter fell"]


async def test_a_window_between_two_readings_has_its_share(plant: Plant):
    await plant.point("electric_energy", "kWh")
    await plant.read({DAY: 100.0, DAY + 10 * HOUR: 200.0})
    assert await plant.value("electric_energy", "use", start=DAY + 2 * HOUR, end=DAY + 4.5 * HOUR) == pytest.approx(25)


async def test_a_power_is_integrated_where_nothing_counts(plant: Plant):
    await plant.point("electric_power", "W")
    await plant.read(every(15, [2000.0] * 97))
    found = await plant.measure("electric_energy", "use")
    assert (found.rows[0].value, found.rows[0].unit, found.rows[0].rule) == (pytest.approx(48), "kWh", "integral")
    assert found.notes == ["No meter counts this energy: it is computed from the electric power."]


async def test_a_flow_becomes_a_volume(plant: Plant):
    await plant.point("water_flow", "L/s")
    await plant.read(every(10, [1.0] * 145))
    found = await plant.measure("water_flow", "use")
    assert (found.rows[0].value, found.rows[0].unit) == (pytest.approx(86.4), "m³")


# -- amounts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stamp", "first"), [("end", 15), ("start", 0), (None, 15)])
async def test_amounts_of_intervals_add_up(plant: Plant, stamp: str | None, first: int):
    await plant.point("electric_energy", "kWh", series_kind="amount", **({"stamp": stamp} if stamp else {}))
    await plant.read(every(15, [1.0, 2.0, 0.5, 0.5] * 24, DAY + timedelta(minutes=first)))
    assert await plant.value("electric_energy", "use") == pytest.approx(96)
    hours = await plant.measure("electric_energy", "use", group_by="hour")
    assert [row.value for row in hours.rows] == [pytest.approx(4)] * 24
    assert hours.rows[0].rule == "amounts"


async def test_numbers_of_a_meter_that_rise_and_fall_are_taken_for_amounts_and_that_is_said(plant: Plant):
    await plant.point("electric_energy", "kWh")
    await plant.read(every(60, [0.0, *([3.0, 5.0, 2.0, 6.0] * 6)]))
    found = await plant.measure("electric_energy", "use")
    assert found.rows[0].value == pytest.approx(96)
    assert "taken for the amounts of their intervals" in found.notes[0]
    await plant.point("electric_energy", "kWh", series_kind="counter")
    await plant.read(every(60, [0.0, *([3.0, 5.0, 2.0, 6.0] * 6)]))
    assert (await plant.measure("electric_energy", "use")).rows[0].rule == "counter"


# -- states ------------------------------------------------------------------------------------------------------------

SWITCHED = [(8, 0), (9, 1), (11, 0), (12, 1), (12.5, 0)]


@pytest.mark.parametrize("summed_up", [True, False])
@pytest.mark.parametrize(
    ("off", "on"), [("OFF", "ON"), (0.0, 1.0), ("Stopped", "Running"), ("Aus", "Ein"), ("closed", "open")]
)
async def test_a_state_lasts_until_the_next_one(plant: Plant, off: Value, on: Value, summed_up: bool):
    await plant.point("run_status")
    await plant.read({DAY + h * HOUR: (off, on)[state] for h, state in SWITCHED}, summed_up=summed_up)
    assert await plant.value("run_status", "duration_above", threshold=0.5) == pytest.approx(2.5)
    assert await plant.value("run_status", "duration_in", state="on") == pytest.approx(2.5)
    assert await plant.value("run_status", "duration_in") == pytest.approx(2.5)
    assert await plant.value("run_status", "starts") == 2
    assert await plant.value("run_status", "stops") == 2
    assert await plant.value("run_status", "mean") == pytest.approx(2.5 / 16)
    assert (
        await plant.value("run_status", "duration_in", state="on", start=DAY + 10 * HOUR, end=DAY + 10.5 * HOUR) == 0.5
    )


async def test_what_is_not_known_of_a_state_is_said(plant: Plant):
    await plant.point("run_status", stale_after_s=3600.0)
    await plant.read({DAY + 8 * HOUR: "ON", DAY + 12 * HOUR: "OFF"})
    found = await plant.measure("run_status", "duration_in", state="on")
    assert found.rows[0].value == pytest.approx(1)
    assert found.rows[0].known_h == pytest.approx(2)
    assert found.notes == ["Of Main Meter 2 of 24 h are known; the rest has no readings."]


async def test_a_mode_is_counted_by_its_own_word(plant: Plant):
    await plant.point("operating_mode_status")
    await plant.read({DAY: "cooling", DAY + 6 * HOUR: "heating", DAY + 7 * HOUR: "Cooling", DAY + 12 * HOUR: "idle"})
    assert await plant.value("operating_mode_status", "duration_in", state="cooling") == pytest.approx(11)
    assert await plant.value("operating_mode_status", "starts", state="heating") == 1
    assert await plant.value("operating_mode_status", "duration_in", state="defrost") == 0


# -- means and extremes ------------------------------------------------------------------------------------------------


async def test_a_mean_is_weighted_by_time_and_an_extreme_has_its_moment(plant: Plant):
    await plant.point("zone_air_temperature", "°C")
    values = {DAY: 16.0, **{DAY + timedelta(minutes=50 + 2 * n): 17.0 for n in range(5)}}
    await plant.read(values | {DAY + HOUR: 15.0})
    hour = {"start": DAY, "end": DAY + HOUR}
    assert await plant.value("zone_air_temperature", "mean", **hour) == pytest.approx(16 + 1 / 6)
    (row,) = (await plant.measure("zone_air_temperature", "max", **hour)).rows
    assert (row.value, row.at) == (17.0, DAY + timedelta(minutes=50))
    (row,) = (await plant.measure("zone_air_temperature", "min")).rows
    assert (row.value, row.at) == (15.0, DAY + HOUR)


# -- properties --------------------------------------------------------------------------------------------------------

PROPERTY = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
minutes = st.integers(-600, 3 * 1440).map(lambda m: DAY + timedelta(minutes=m))
counted = st.dictionaries(minutes, st.floats(0, 2000, width=32), min_size=2, max_size=25)
edges = st.lists(st.integers(0, 2 * 1440), min_size=3, max_size=6, unique=True).map(sorted)
switched = st.dictionaries(minutes, st.sampled_from([0.0, 1.0, "on", "off"]), min_size=1, max_size=20)


def by_definition(readings: Mapping[datetime, float], start: datetime, end: datetime, kind: str) -> float:
    """Each step between two readings, spread evenly over the time between them."""
    times = sorted(readings)
    total = 0.0
    for since, until in pairwise(times):
        high, low = readings[since], readings[until]
        step = (low - high if low >= high else fall(high, low).amount) if kind == "counter" else low
        overlap = min(until, end) - max(since, start)
        total += step * max(overlap / (until - since), 0.0)
    first = times[0]
    return total + (readings[first] if kind == "amount" and start < first <= end else 0.0)


@PROPERTY
@given(readings=counted, cuts=edges, kind=st.sampled_from(["counter", "amount"]), summed_up=st.booleans())
async def test_neighbouring_windows_add_up_and_no_use_is_negative(
    readings: dict[datetime, float], cuts: list[int], kind: str, summed_up: bool, plant: Plant
):
    await plant.point("electric_energy", "kWh", series_kind=kind)
    await plant.read(readings, summed_up=summed_up)
    moments = [DAY + timedelta(minutes=cut) for cut in cuts]
    parts = [await plant.value("electric_energy", "use", start=a, end=b) for a, b in pairwise(moments)]
    whole = await plant.value("electric_energy", "use", start=moments[0], end=moments[-1])
    assert all(part is None or part >= 0 for part in parts)
    assert math.isclose(sum(part or 0.0 for part in parts), whole or 0.0, abs_tol=1e-6)
    assert whole == pytest.approx(by_definition(readings, moments[0], moments[-1], kind), abs=1e-6) or whole is None


@PROPERTY
@given(readings=switched, cuts=edges, summed_up=st.booleans())
async def test_on_and_off_and_unknown_are_the_window(
    readings: dict[datetime, Value], cuts: list[int], summed_up: bool, plant: Plant
):
    await plant.point("run_status")
    await plant.read(readings, summed_up=summed_up)
    start, end = (DAY + timedelta(minutes=cut) for cut in (cuts[0], cuts[-1]))
    on = await plant.measure("run_status", "duration_in", start, end, state="on")
    off = await plant.measure("run_status", "duration_in", start, end, state="off")
    known = on.rows[0].known_h if on.rows else 0.0
    assert sum(table.rows[0].value or 0.0 for table in (on, off) if table.rows) == pytest.approx(known)
    times = sorted(readings)
    held = 0.0
    for since, until in zip(times, [*times[1:], times[-1] + timedelta(days=1)], strict=True):
        held += max((min(until, end) - max(since, start)) / HOUR, 0.0)
    assert known == pytest.approx(held)
    parts = [
        await plant.value(
            "run_status", "duration_in", start=DAY + timedelta(minutes=a), end=DAY + timedelta(minutes=b), state="on"
        )
        for a, b in pairwise(cuts)
    ]
    assert sum(part or 0.0 for part in parts) == pytest.approx(on.rows[0].value if on.rows else 0.0)


@PROPERTY
@given(times=st.sets(minutes, min_size=2, max_size=40), kept=st.integers(1, 5))
async def test_more_or_fewer_samples_of_a_constant_change_no_mean(times: set[datetime], kept: int, plant: Plant):
    found: list[float | None] = []
    for some in (sorted(times), sorted(times)[::kept]):
        await plant.point("zone_air_temperature", "°C")
        await plant.read(dict.fromkeys(some, 21.5))
        mean = await plant.value("zone_air_temperature", "mean", start=some[0], end=some[0] + timedelta(days=4))
        found.append(mean)
    assert found == [pytest.approx(21.5)] * 2
