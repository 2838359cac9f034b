"""Judges every point again and again, beside ingestion, a page of points at a time, and keeps the verdicts in the graph."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta, tzinfo
from typing import Any

from neo4j.exceptions import Neo4jError

from graph_schema.errors import PlantroomError
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.decoding.clock_skew import Skews
from ingestion.history.history import History
from ingestion.quality.assessment import assess
from ingestion.quality.records import read_clocks, read_records, read_sensors
from ingestion.quality.series import Sensor, Verdict
from ingestion.reading import Clock, wall_clock

log = logging.getLogger(__name__)

EVERY_S = 300.0
WINDOW = timedelta(days=1)
_PAGE = 300
_SHARE = 0.02
"""At most this share of the time is spent on it: with very many points a round comes less often."""
_CYPHER = statements("ingestion.quality", "quality.cypher")
_SETTLING_S = 60.0

Kept = tuple[float | None, tuple[str, ...]]


class Watch:
    """``zone`` gives the plant's own time, in which sentences name moments."""

    def __init__(
        self,
        graph: GraphStore,
        history: History,
        skews: Skews,
        zone: Callable[[], Awaitable[tzinfo]],
        clock: Clock = wall_clock,
    ) -> None:
        self._graph = graph
        self._history = history
        self._skews = skews
        self._zone = zone
        self._clock = clock
        self._kept: dict[str, Kept] = {}
        self.counts: Mapping[str, int] = {}
        """How many points have an issue, by its kind, as of the last round."""

    async def run(self) -> None:
        """Until cancelled. What fails is told in the log and tried again with the next round."""
        await asyncio.sleep(_SETTLING_S)
        while True:
            began = time.perf_counter()
            try:
                await self.round()
            except (PlantroomError, Neo4jError) as error:
                log.warning("The data's quality could not be judged: %s", error)
            except Exception:  # readings and people must not suffer from a fault in here
                log.exception("The data's quality could not be judged.")
            await asyncio.sleep(max(EVERY_S, (time.perf_counter() - began) / _SHARE))

    async def round(self) -> int:
        """Judge every point once; returns how many have an issue."""
        await self._keep_clocks()
        sensors = sorted(await read_sensors(self._graph), key=lambda sensor: (sensor.like, sensor.id))
        clocks = await read_clocks(self._graph)
        zone = await self._zone()
        counts, amiss = Counter[str](), 0
        for page in (sensors[start : start + _PAGE] for start in range(0, len(sensors), _PAGE)):
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
        at = round(self._clock().timestamp() * 1000)
        await self._graph.write(_CYPHER["judged"], at=at, points=len(sensors))
        self.counts = counts
        self._forget(sensors)
        return amiss

    async def _keep(self, verdicts: Sequence[Verdict]) -> None:
        """Only what has changed is written."""
        changed = [verdict for verdict in verdicts if self._kept.get(verdict.sensor.id) != _kept(verdict)]
        if changed:
            await self._graph.write(_CYPHER["judge"], rows=[_row(verdict) for verdict in changed])
        self._kept.update({verdict.sensor.id: _kept(verdict) for verdict in changed})

    async def _keep_clocks(self) -> None:
        before = await read_clocks(self._graph)
        wrong = {device: ahead / 1000 for device, ahead in self._skews.wrong().items()}
        known = self._skews.all()
        right = {device: None for device in before if device in known and device not in wrong}
        rows = [{"id": f"device:{device}", "ahead_s": ahead} for device, ahead in {**right, **wrong}.items()]
        if rows:
            await self._graph.write(_CYPHER["set_clocks"], rows=rows)

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
