"""Judges every point, a page of points at a time, and keeps the verdicts in the graph."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import Any

from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.history.history import History
from ingestion.quality.assessment import assess
from ingestion.quality.records import read_clocks, read_records, read_sensors
from ingestion.quality.series import Sensor, Verdict
from ingestion.reading import Clock, wall_clock

EVERY_S = 300.0
WINDOW = timedelta(days=1)
_PAGE = 300
SHARE = 0.02
"""At most this share of the time is spent on it: with very many points a round comes less often."""
_CYPHER = statements("ingestion.quality", "quality.cypher")

Kept = tuple[float | None, tuple[str, ...]]


class Watch:
    """``zone`` gives the plant's own time, in which sentences name moments."""

    def __init__(
        self,
        graph: GraphStore,
        history: History,
        zone: Callable[[], Awaitable[tzinfo]],
        clock: Clock = wall_clock,
    ) -> None:
        self._graph = graph
        self._history = history
        self._zone = zone
        self._clock = clock
        self._kept: dict[str, Kept] = {}
        self._judged_at: int | None = None
        self.counts: Mapping[str, int] = {}
        """How many points have an issue, by its kind, as of the last round."""

    async def round(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Judge every point once; returns how many have an issue. ``progress`` is told how many of how many points are judged."""
        await self._forget_if_another_judged()
        sensors = sorted(await read_sensors(self._graph), key=lambda sensor: (sensor.like, sensor.id))
        clocks = await read_clocks(self._graph)
        zone = await self._zone()
        counts, amiss = Counter[str](), 0
        for start in range(0, len(sensors), _PAGE):
            page = sensors[start : start + _PAGE]
            now = self._clock()
            records = await read_records(self._history, page, now, WINDOW, clocks)
            verdicts = (
                await asyncio.to_thread(assess, records, now.timestamp(), WINDOW.total_seconds(), zone)
            ).verdicts
            await self._keep(verdicts)
            counts.update(
                kind for verdict in verdicts for kind in dict.fromkeys(issue.kind for issue in verdict.issues)
            )
            amiss += sum(bool(verdict.issues) for verdict in verdicts)
            if progress:
                progress(start + len(page), len(sensors))
        at = round(self._clock().timestamp() * 1000)
        await self._graph.write(_CYPHER["judged"], at=at, points=len(sensors))
        self.counts, self._judged_at = counts, at
        self._forget(sensors)
        return amiss

    async def _keep(self, verdicts: Sequence[Verdict]) -> None:
        """Only what has changed is written."""
        changed = [verdict for verdict in verdicts if self._kept.get(verdict.sensor.id) != _kept(verdict)]
        if changed:
            await self._graph.write(_CYPHER["judge"], rows=[_row(verdict) for verdict in changed])
        self._kept.update({verdict.sensor.id: _kept(verdict) for verdict in changed})

    async def _forget_if_another_judged(self) -> None:
        """Another process may have written other verdicts since."""
        rows = await self._graph.read(_CYPHER["last_judged"])
        if not rows or rows[0]["at"] != self._judged_at:
            self._kept = {}

    def _forget(self, sensors: Sequence[Sensor]) -> None:
        known = {sensor.id for sensor in sensors}
        self._kept = {id_: kept for id_, kept in self._kept.items() if id_ in known}


def _kept(verdict: Verdict) -> Kept:
    return verdict.score, tuple(issue.sentence for issue in verdict.issues)


def _row(verdict: Verdict) -> dict[str, Any]:
    issues = verdict.issues
    return {
        "id": verdict.sensor.id,
        "quality": verdict.score,
        "issues": [issue.sentence for issue in issues] or None,
        "kinds": [issue.kind for issue in issues] or None,
        "since": round(min(issue.since for issue in issues) * 1000) if issues else None,
    }
