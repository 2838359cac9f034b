"""What is kept of a plant is read once, and again when the plant has changed."""

import asyncio

from graph_schema.model import Entity, Plant
from graph_schema.ontology.ontology import Ontology
from graph_schema.store.graph import GraphStore
from graph_schema.store.loader import load_plant
from tools.topology.kept import Kept

PLANT = Plant("Test House", (Entity("h", "Building", "Test House", "Building"),), ())


async def test_several_that_ask_at_once_read_once_for_each_version(graph: GraphStore, ontology: Ontology) -> None:
    await load_plant(graph, ontology, PLANT)
    kept, readings = Kept[int](), list[int]()

    async def read() -> int:
        await asyncio.sleep(0)
        readings.append(len(readings) + 1)
        return len(readings)

    assert await asyncio.gather(*(kept.current(graph, read) for _ in range(5))) == [1] * 5
    await load_plant(graph, ontology, PLANT)
    assert await kept.current(graph, read) == 2
    assert readings == [1, 2]


async def test_a_key_of_its_own(graph: GraphStore) -> None:
    keys = iter([("a",), ("a",), ("b",)])

    async def key(graph: GraphStore) -> tuple[object, ...]:
        del graph
        return next(keys)

    async def read() -> object:
        return object()

    kept = Kept[object](key)
    first, again, other = [await kept.current(graph, read) for _ in range(3)]
    assert first is again
    assert other is not first
