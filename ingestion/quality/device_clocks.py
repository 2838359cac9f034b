"""Clocks of devices that are wrong, by what this process has received, written to the graph."""

import asyncio
import logging

from neo4j.exceptions import Neo4jError

from graph_schema.errors import PlantroomError
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.decoding.clock_skew import Skews
from ingestion.quality.records import read_clocks

log = logging.getLogger(__name__)

_CYPHER = statements("ingestion.quality", "quality.cypher")


class DeviceClocks:
    """Each process that ingests knows the clocks of those devices whose messages reach it."""

    def __init__(self, graph: GraphStore, skews: Skews) -> None:
        self._graph = graph
        self._skews = skews

    async def keep(self, every_s: float = 60.0) -> None:
        """Until cancelled. While the graph is away, what it knew of them stands."""
        while True:
            await asyncio.sleep(every_s)
            try:
                await self.write()
            except (PlantroomError, Neo4jError) as error:
                log.warning("The clocks of devices could not be written: %s", error)

    async def write(self) -> None:
        """Those that are wrong, and those that are right again."""
        before = await read_clocks(self._graph)
        wrong = {device: ahead / 1000 for device, ahead in self._skews.wrong().items()}
        known = self._skews.all()
        right = {device: None for device in before if device in known and device not in wrong}
        rows = [{"id": f"device:{device}", "ahead_s": ahead} for device, ahead in {**right, **wrong}.items()]
        if rows:
            await self._graph.write(_CYPHER["set_clocks"], rows=rows)
