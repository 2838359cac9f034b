"""The plant that the flowing telemetry belongs to, and how many of its points a second the graph takes."""

import time
from typing import Any

from evals.bench.ingest.flow import LOAD
from evals.bench.ingest.stage import Stage
from graph_schema.store.graph import GraphStore, open_graph
from ingestion.history.history import open_history
from ingestion.live.projection import Projection
from ingestion.reading import Reading

_ROUNDS = 12
_ROWS = 1000

_EMPTY = "MATCH (n) WHERE NOT n:Class AND NOT n:Meta DETACH DELETE n"
_OWNERS = "UNWIND $rows AS row CREATE (:Entity:Asset {id: row.owner, name: row.owner})"
_POINTS = """
UNWIND $rows AS row
MATCH (owner:Entity {id: row.owner})
CREATE (owner)-[:HAS_POINT]->(:Entity:Point {id: row.id, name: row.id, source: row.source, low: 10.0, high: 30.0})
"""
_CHANGED = "MERGE (m:Meta {id: 'plant'}) SET m.version = coalesce(m.version, 0) + 1"


async def build_plant(stage: Stage) -> int:
    """An asset a device, with a point for each of its metrics, all with limits; returns how many points."""
    rows = [
        {"owner": f"asset:bench-{d}", "id": f"point:bench-{d}/m{m}", "source": f"bench-{d}/m{m}"}
        for d in range(LOAD.devices)
        for m in range(LOAD.metrics)
    ]
    owners = [{"owner": owner} for owner in dict.fromkeys(row["owner"] for row in rows)]
    async with open_graph(**stage.graph) as graph:
        await graph.write(_EMPTY)
        await _in_parts(graph, _OWNERS, owners)
        await _in_parts(graph, _POINTS, rows)
        await graph.write(_CHANGED)
    return len(rows)


async def clear_plant(stage: Stage) -> None:
    async with open_graph(**stage.graph) as graph:
        await graph.write(_EMPTY)


async def graph_updates_per_s(stage: Stage) -> float:
    """Every point gets a new value in each tick, one in fifty another status; the first two ticks warm up."""
    async with open_graph(**stage.graph) as graph, open_history(stage.dsn) as history:
        projection = Projection(graph, history)
        began, updated = 0.0, 0
        for number in range(_ROUNDS + 2):
            if number == 2:
                began = time.perf_counter()
                updated = 0
            at = time.time_ns() // 1_000_000
            projection.offer(
                [
                    Reading(f"bench-{d}/m{m}", at, 40.0 if (d * 3 + m + number) % 50 == 0 else 20.0 + number)
                    for d in range(LOAD.devices)
                    for m in range(LOAD.metrics)
                ]
            )
            updated += await projection.tick()
        return updated / (time.perf_counter() - began)


async def _in_parts(graph: GraphStore, statement: str, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _ROWS):
        await graph.write(statement, rows=rows[start : start + _ROWS])
