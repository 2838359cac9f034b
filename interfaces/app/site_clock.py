"""Where the plant is, as far as its clock goes: people say "yesterday" in the plant's own time."""

from zoneinfo import ZoneInfo

from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore


class SiteClock:
    """``stated`` is the time zone that the settings name; without it, that of the plant's site counts, else UTC."""

    def __init__(self, graph: GraphStore, stated: str | None) -> None:
        self._graph = graph
        self._stated = stated

    async def zone(self) -> ZoneInfo:
        return ZoneInfo(await self.timezone())

    async def timezone(self) -> str:
        """An IANA name."""
        if self._stated:
            return self._stated
        rows = await self._graph.read(statements("interfaces.app", "site_clock.cypher")["timezone"])
        return rows[0]["timezone"] if rows else "UTC"
