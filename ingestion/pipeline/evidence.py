"""Proposals for readings that are nobody's, with all the evidence that graph and history have."""

from datetime import datetime, timedelta

from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.store.point_sources import neighbours, unfed_points, unknown_series
from ingestion.history.history import History
from ingestion.pipeline.behaviour import Hours, likenesses
from ingestion.pipeline.matches import Match, matches

_SQL = statements("ingestion.pipeline", "evidence.sql")
_DAYS = 14
_MOST_SERIES, _MOST_NEIGHBOURS = 200, 400


async def proposed_matches(graph: GraphStore, history: History, now: datetime) -> list[Match]:
    """The likeliest first. Raises ``Unavailable``."""
    series, points = await unknown_series(graph), await unfed_points(graph)
    near = await neighbours(graph)
    addresses = list(dict.fromkeys(one.source for one in near))[:_MOST_NEIGHBOURS]
    measured = [one for one in series if one.text is None][:_MOST_SERIES]
    hours: dict[str, Hours] = {}
    if measured and addresses:
        sources = [*(one.source for one in measured), *addresses]
        since = now - timedelta(days=_DAYS)
        found: dict[str, dict[int, float]] = {}
        for row in await history.fetch(_SQL["hours"], {"sources": sources, "since": since}):
            found.setdefault(row["source"], {})[row["hour"]] = row["mean"]
        hours.update(found)
    known = set(addresses)
    return matches(series, points, likenesses(measured, points, [one for one in near if one.source in known], hours))
