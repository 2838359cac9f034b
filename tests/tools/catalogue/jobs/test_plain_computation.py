"""Over random windows of a recording of a real air handler, the tools give what a plain pandas computation over the readings gives."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.history.rollups import Rollups
from ingestion.reading import Reading
from tools.catalogue.jobs.compare import compare
from tools.catalogue.jobs.extremes import extremes
from tools.context import Caller, ToolContext
from tools.query.reader import Reader

MINUTES = 1_500
START = datetime(2007, 8, 28, tzinfo=UTC)
NOW = START + timedelta(minutes=MINUTES)
HOUR = timedelta(hours=1)
COLUMNS = {
    "supply": "AHU: Supply Air Temperature",
    "mixed": "AHU: Mixed Air Temperature",
    "return": "AHU: Return Air Temperature",
}
FEW = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = START + timedelta(seconds=draw(st.integers(-3600, 60 * MINUTES - 120)))
    return Window(start=start, end=start + timedelta(seconds=draw(st.integers(90, 60 * MINUTES))))


class Recording:
    """``readings`` by asset: a series over aware moments. One argument that is short to print."""

    def __init__(self, readings: dict[str, pd.Series], context: ToolContext) -> None:
        self.readings = readings
        self.context = context

    def __repr__(self) -> str:
        return "the recording"


@pytest.fixture
async def recording(graph: GraphStore, history: History, ontology: Ontology, shared_data: Path) -> Recording:
    """Of every minute; every seventh is left out, and of the mixed air three hours in the night."""
    table = pd.read_csv(shared_data / "lbnl_ahu" / "MZVAV-2-2.csv", nrows=MINUTES)
    table.index = pd.date_range(START, periods=len(table), freq="1min", tz="UTC")
    table = table[table.index.minute % 7 != 3]
    readings = {asset: table[column].astype(float) for asset, column in COLUMNS.items()}
    readings["mixed"] = readings["mixed"].drop(readings["mixed"].between_time("02:00", "05:00").index)
    rows = [
        Reading(f"{asset}/t", round(at.timestamp() * 1000), value=value)
        for asset, series in readings.items()
        for at, value in series.items()
    ]
    await history.write(rows)
    await Rollups(history, lambda: NOW).catch_up()
    points = [
        {"id": f"{asset}.t", "name": asset, "quantity": "air_temperature", "unit": "°F", "source": f"{asset}/t"}
        for asset in readings
    ]
    await graph.write(
        "UNWIND $rows AS row CREATE (a:Entity:Asset {id: row.name, name: row.name})-[:HAS_POINT]->(p:Entity:Point) SET p = row",
        rows=points,
    )
    reader = Reader(graph, history, ontology, lambda: NOW)
    return Recording(readings, ToolContext(graph, history, ontology, reader, lambda: NOW, Caller("test"), "UTC"))


def within(series: pd.Series, window: Window) -> pd.Series:
    return series[(series.index >= window.start) & (series.index < window.end)]


def mean(series: pd.Series, window: Window) -> float | None:
    """Each reading lasts until the next one, an hour at most."""
    following = series.index.to_series().shift(-1).fillna(pd.Timestamp(NOW))
    until = pd.concat([following, series.index.to_series() + HOUR], axis=1).min(axis=1)
    lasted = (until.clip(upper=window.end) - series.index.to_series().clip(lower=window.start)).clip(lower=timedelta(0))
    seconds = lasted.dt.total_seconds()
    return float((series * seconds).sum() / seconds.sum()) if seconds.sum() else None


@FEW
@given(window=windows())
async def test_extremes_are_those_of_the_readings(window: Window, recording: Recording) -> None:
    found = await extremes(recording.context, "air_temperature", list(COLUMNS), window=window)
    expected = {asset: within(series, window) for asset, series in recording.readings.items()}
    expected = {asset: series for asset, series in expected.items() if len(series)}
    told = {row.asset.id: (row.lowest, row.lowest_at, row.highest, row.highest_at, row.samples) for row in found.rows}
    assert told == {
        asset: (series.min(), series.idxmin(), series.max(), series.idxmax(), len(series))
        for asset, series in expected.items()
    }
    if expected:
        assert found.lowest
        assert found.highest
        assert found.lowest.lowest == min(series.min() for series in expected.values())
        assert found.highest.highest == max(series.max() for series in expected.values())


@FEW
@given(window=windows(), other=windows())
async def test_means_and_their_differences_are_those_of_the_readings(
    window: Window, other: Window, recording: Recording
) -> None:
    sides = [(asset, window) for asset in COLUMNS]
    found = (await compare(recording.context, "air_temperature", list(COLUMNS), window=window)).rows
    times = (await compare(recording.context, "air_temperature", "supply", windows=[window, other])).rows
    for rows, asked in ((found, sides), (times, [("supply", window), ("supply", other)])):
        expected = [mean(recording.readings[asset], span) for asset, span in asked]
        assert [row.value for row in rows] == [pytest.approx(one) if one is not None else None for one in expected]
        for row, value in zip(rows[1:], expected[1:], strict=True):
            known = value is not None and expected[0] is not None
            assert row.difference == (pytest.approx(value - expected[0], abs=1e-6) if known else None)
