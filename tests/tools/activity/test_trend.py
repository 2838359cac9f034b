"""Where values went over a window."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema.ontology.ontology import Ontology
from graph_schema.question import Window
from ingestion.history.history import History
from ingestion.reading import Reading
from tools.activity.trend import trend_of, trends
from tools.query.points import Point

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("first", "last", "noise", "trend"),
    [
        (20, 22, 0.5, "rising"),
        (22, 20, 0.5, "falling"),
        (20, 22, 3, "steady"),
        (20, 20.05, 0, "steady"),
        (0, 0, 0, "steady"),
    ],
)
def test_a_difference_counts_against_the_noise(first: float, last: float, noise: float, trend: str):
    assert trend_of(first, last, noise) == trend


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_the_other_way_round_is_the_other_trend(first: float, last: float, noise: float):
    mirrored = {"rising": "falling", "falling": "rising", "steady": "steady"}
    assert trend_of(last, first, noise) == mirrored[trend_of(first, last, noise)]


async def test_trends_of_points(history: History, ontology: Ontology):
    climbing = {f"a/{name}": slope for name, slope in {"up": 0.1, "down": -0.1, "still": 0.0}.items()}
    rows = [
        Reading(source, round((NOW - timedelta(minutes=10 * n)).timestamp() * 1000), value=20 + n % 3 * 0.2 - slope * n)
        for source, slope in climbing.items()
        for n in range(1, 144)
    ]
    await history.write([*rows, Reading("a/new", round((NOW - timedelta(minutes=5)).timestamp() * 1000), value=3.0)])
    points = [Point("a", source, source, "temperature", "°C", source) for source in (*climbing, "a/new", "a/none")]
    points.append(Point("a", "a/run", "run", "run_status", None, "a/run"))
    found, _ = await trends(history, ontology, points, Window(start=NOW - timedelta(days=1), end=NOW), NOW)
    assert found == {"a/up": "rising", "a/down": "falling", "a/still": "steady"}
