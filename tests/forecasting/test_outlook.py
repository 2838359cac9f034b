"""Outlooks in a real graph: written, replaced, forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from forecasting.outlook import Outlook, drop_outlooks, put_outlooks, read_outlooks
from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
PLANT = Plant("test", (Entity("p", "Asset", "Pump 1", "Pump"), Entity("q", "Asset", "Pump 2", "Pump")), ())
PUMP = Outlook(
    "p", "flagged", 0.8, 30, NOW + timedelta(days=9), NOW + timedelta(days=7), NOW + timedelta(days=12),
    "Worn bearing", "Change the bearing.", ("vibration rises by 0.3 mm/s a day",), ("p-v",), "condition v1", NOW,
)  # fmt: skip


async def test_an_outlook_comes_back_as_it_was_and_is_replaced(graph: GraphStore, ontology: Ontology):
    await load_plant(graph, ontology, PLANT)
    calm = Outlook("q", "cannot tell", None, 30, None, None, None, None, None, (), (), "condition v1", NOW)
    await put_outlooks(graph, [PUMP, calm])
    assert await read_outlooks(graph) == [PUMP, calm]
    sound = replace(calm, asset="p", state="sound", probability=0.01, made_at=NOW + timedelta(days=1))
    await put_outlooks(graph, [sound])
    assert await read_outlooks(graph) == [sound, calm]
    await drop_outlooks(graph, NOW + timedelta(hours=1))
    assert await read_outlooks(graph) == [sound]


async def test_an_outlook_of_a_asset_that_is_gone_is_not_kept(graph: GraphStore, ontology: Ontology):
    await load_plant(graph, ontology, PLANT)
    await put_outlooks(graph, [replace(PUMP, asset="gone")])
    assert await read_outlooks(graph) == []
