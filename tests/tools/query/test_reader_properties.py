"""Random measures of random readings: SQL gives what a plain evaluation in memory gives, whatever of them is summed up."""

import statistics
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema.ontology.ontology import Ontology
from graph_schema.question import AssetQuery, Measure, Window
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.history.rollups import Rollups
from ingestion.reading import Reading
from tools.query.reader import Reader

ZONE = "America/Los_Angeles"
# Daylight saving time begins in the night of 8 March 2026 in Los Angeles.
START = datetime(2026, 3, 7, 6, tzinfo=UTC)
NOW = START + timedelta(hours=60)
HOUR = timedelta(hours=1)
AGGREGATES = (
    "mean", "min", "max", "range", "stddev", "sum", "count", "first", "last", "change", "duration_above", "duration_below", "use",
)  # fmt: skip

Readings = dict[datetime, float | str]


class Stores:
    """One argument that is short to print: hypothesis shows the arguments of what fails."""

    def __init__(self, graph: GraphStore, history: History, ontology: Ontology) -> None:
        self.graph = graph
        self.history = history
        self.reader = Reader(graph, history, ontology, lambda: NOW)


@pytest.fixture
def stores(graph: GraphStore, history: History, ontology: Ontology) -> Stores:
    return Stores(graph, history, ontology)


def cell(aggregate: str, readings: Readings, start: datetime, end: datetime, threshold: float) -> float | str | None:
    """The aggregate over ``start <= t < end`` and not after now, from the definition."""
    seen = {at: value for at, value in sorted(readings.items()) if start <= at < end and at <= NOW}
    numbers = [value for value in seen.values() if isinstance(value, float)]
    match aggregate:
        case "count":
            return len(seen) or None
        case "first" | "last":
            return list(seen.values())[0 if aggregate == "first" else -1] if seen else None
        case "change":
            return numbers[-1] - numbers[0] if numbers else None
        case "stddev":
            return statistics.stdev(numbers) if len(numbers) > 1 else None
        case "min" | "max" | "sum" | "range":
            if not numbers:
                return None
            return {"min": min, "max": max, "sum": sum, "range": lambda v: max(v) - min(v)}[aggregate](numbers)
        case "mean":
            weighted = held(aggregate, readings, start, end, threshold)
            return weighted if weighted is not None or not numbers else statistics.fmean(numbers)
        case _:
            return held(aggregate, readings, start, end, threshold)


def held(aggregate: str, readings: Readings, start: datetime, end: datetime, threshold: float) -> float | None:
    """Hours, or value hours: each reading holds until the next one, at most an hour, and not beyond now."""
    times = sorted(at for at in readings if at <= NOW)
    pieces: list[tuple[float, float]] = []
    for at, following in zip(times, [*times, datetime.max.replace(tzinfo=UTC)][1:], strict=True):
        until = min(following, at + HOUR, end, NOW)
        value = readings[at]
        if isinstance(value, float) and until > max(at, start):
            pieces.append((value, (until - max(at, start)) / HOUR))
    if not pieces:
        return None
    match aggregate:
        case "mean":
            return sum(value * hours for value, hours in pieces) / sum(hours for _, hours in pieces)
        case "use":
            return sum(value * hours for value, hours in pieces)
        case "duration_above":
            return sum(hours for value, hours in pieces if value > threshold)
        case _:
            return sum(hours for value, hours in pieces if value < threshold)


def buckets(window: Window, unit: str | None) -> list[tuple[datetime | None, datetime, datetime]]:
    """The label, the start and the end of each bucket, found by looking at every minute of the window."""
    if unit is None:
        return [(None, window.start, window.end)]
    labels: dict[datetime, None] = {}
    at = window.start - timedelta(days=1)
    while at < window.end:
        local = at.astimezone(ZoneInfo(ZONE))
        if local.minute == 0 and (unit == "hour" or local.hour == 0):
            labels[at] = None
        at += timedelta(minutes=1)
    begun = [one for one in labels if one < window.end]
    found = zip(begun, [*begun[1:], window.end], strict=True)
    return [(b, max(b, window.start), e) for b, e in found if e > window.start]


minutes = st.integers(-70, 62 * 60)
values = st.one_of(
    st.sampled_from([0.0, 1.0, 10.0, 20.5]), st.floats(-50, 50, width=32), st.sampled_from(["on", "off"])
)
series = st.dictionaries(minutes.map(lambda m: START + timedelta(minutes=m)), values, max_size=12)


@st.composite
def measures(draw: st.DrawFn) -> Measure:
    start = START + timedelta(minutes=draw(st.integers(0, 3000)))
    window = Window(start=start, end=start + timedelta(minutes=draw(st.integers(1, 3000))))
    if draw(st.integers(0, 4)) == 0:
        return Measure(quantity="electric_power", aggregate="at", at=start)
    return Measure(
        quantity="electric_power",
        aggregate=draw(st.sampled_from(AGGREGATES)),
        window=window,
        threshold=draw(st.sampled_from([0.0, 10.0, 15.0])),
        group_by=draw(st.sampled_from([None, None, "hour", "day"])),
    )


def stored(all_readings: dict[str, Readings]) -> list[Reading]:
    return [
        Reading(f"{asset}/p", round(at.timestamp() * 1000), **({"value": v} if isinstance(v, float) else {"text": v}))
        for asset, readings in all_readings.items()
        for at, v in readings.items()
    ]


def expected(measure: Measure, all_readings: dict[str, Readings]) -> dict[tuple[str, datetime | None], float | str]:
    found: dict[tuple[str, datetime | None], float | str] = {}
    for asset, readings in all_readings.items():
        if measure.aggregate == "at":
            assert measure.at
            before = [at for at in readings if at <= min(measure.at, NOW)]
            if before and measure.at <= NOW:
                found[asset, None] = readings[max(before)]
            continue
        assert measure.window
        for label, start, end in buckets(measure.window, measure.group_by):
            value = cell(measure.aggregate, readings, start, end, measure.threshold or 0.0)
            if value is not None:
                found[asset, label] = value
    return found


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    drawn=st.lists(series, min_size=1, max_size=3),
    earlier=st.lists(series, max_size=3),
    asked=st.lists(measures(), min_size=8, max_size=8),
    summed_up=st.sampled_from(["never", "before the last readings", "after the last readings"]),
)
async def test_a_measure_gives_what_a_plain_evaluation_gives(
    drawn: list[Readings], earlier: list[Readings], asked: list[Measure], summed_up: str, stores: Stores
) -> None:
    """What comes later corrects what came earlier, or is late."""
    before = {f"m{i}": one for i, one in enumerate(earlier)}
    after = {f"m{i}": one for i, one in enumerate(drawn)}
    all_readings = {asset: before.get(asset, {}) | after.get(asset, {}) for asset in {**before, **after}}
    rollups = Rollups(stores.history, lambda: NOW + timedelta(days=9))
    await stores.history.fetch("truncate reading, reading_1m, reading_15m, reading_1h, reading_1d, changed_hour")
    await stores.history.write(stored(before))
    if summed_up != "never":
        await rollups.catch_up()
    await stores.history.write(stored(after))
    if summed_up == "after the last readings":
        await rollups.catch_up()
    await stores.graph.write("MATCH (n:Entity) DETACH DELETE n")
    rows = [
        {"id": f"{m}.p", "name": m, "quantity": "electric_power", "unit": "kW", "source": f"{m}/p"}
        for m in all_readings
    ]
    await stores.graph.write(
        "UNWIND $rows AS row CREATE (a:Entity:Asset {id: row.name, name: row.name})-[:HAS_POINT]->(p:Entity:Point) SET p = row",
        rows=rows,
    )
    selection = await stores.reader.select(AssetQuery(ids=list(all_readings)))
    for measure in asked:
        result = await stores.reader.measure(selection, measure, ZONE)
        found = {(row.entity.id, row.bucket): row.text or row.value for row in result.rows if row.entity}
        wanted = expected(measure, all_readings)
        told = measure.model_dump_json(exclude_defaults=True)
        assert found.keys() == wanted.keys(), told
        assert all(found[key] == pytest.approx(wanted[key], abs=1e-5) for key in wanted), told
        silent = {asset for asset in all_readings if not any(key[0] == asset for key in wanted)}
        assert {ref.id for ref in result.no_data} == silent, told
        by_asset: dict[str, int] = defaultdict(int)
        for row in result.rows:
            assert row.entity
            by_asset[row.entity.id] += 1
        assert result.total == sum(by_asset.values())
