"""Telemetry that flows at a given rate into history and the graph, with the limits of every point checked: does a backlog
grow, how long until a reading can be seen, and what happens at more than that rate.
"""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from neo4j import GraphDatabase

from evals.bench.ingest.ingester import CLIENT_ID
from evals.bench.ingest.processes import Listened, python
from evals.bench.ingest.stage import Stage
from evals.bench.ingest.wire import Load, open_session

LOAD = Load(devices=1000, metrics=3)
PROBES = [f"bench-{device}/m0" for device in range(0, LOAD.devices, LOAD.devices // 5)]
_LOOK_S = 1.0
_DRAINING_S = 1200.0

_NEWEST = """
select s.source, r.at from series s
cross join lateral (select at from reading where series = s.id order by at desc limit 1) r
where s.source = any(%s)
"""


@dataclass(slots=True)
class Flowed:
    """``backlog`` is in points, once a second while it flowed; ``drained_s`` is how long the rest took after that."""

    points_per_s: float
    published: int
    stored: int
    backlog: list[int]
    drained_s: float
    peak_rss: int
    cpu_s: float
    seconds: float
    history_ms: list[float] = field(default_factory=list[float])
    graph_ms: list[float] = field(default_factory=list[float])

    @property
    def lost(self) -> int:
        return self.published - self.stored

    @property
    def grows(self) -> bool:
        """Whether the last fifth of the time had a larger backlog than the second fifth, by more than a second's points."""
        fifth = max(1, len(self.backlog) // 5)
        early, late = self.backlog[fifth : 2 * fifth], self.backlog[-fifth:]
        return sum(late) / len(late) - sum(early) / max(1, len(early)) > self.points_per_s

    def summary(self) -> dict[str, Any]:
        told = {"offered_points_per_s": self.points_per_s, "published_points": self.published, "lost": self.lost}
        return told | {
            "points_per_s": round(self.published / self.seconds),
            "backlog_median": sorted(self.backlog)[len(self.backlog) // 2],
            "backlog_largest": max(self.backlog),
            "backlog_last": self.backlog[-1],
            "drained_s": round(self.drained_s, 1),
            "peak_rss_mb": self.peak_rss // 1_000_000,
            "cpu_share": round(self.cpu_s / (self.seconds + self.drained_s), 2),
        }


class Flow:
    def __init__(self, stage: Stage, folder: Path, tell: Callable[[str], None]) -> None:
        self._stage = stage
        self._log = folder / "processes.log"
        self._tell = tell

    def run(self, points_per_s: float, seconds: float, watched: bool = False) -> Flowed:
        with psycopg.connect(self._stage.dsn, autocommit=True) as connection:
            connection.execute("truncate reading, changed_hour")
        open_session(self._stage.broker, CLIENT_ID)
        rate = points_per_s / LOAD.metrics
        sending = {**self._stage.job, "load": asdict(LOAD), "messages": int(rate * seconds), "rate": rate}
        with python("ingester", {**self._stage.job, "graph": self._stage.graph}, self._log) as ingesting:
            _until(lambda: "rows" in ingesting.latest, 60)
            with self._watching(watched) as seen, python("publisher", sending, self._log) as publishing:
                return self._follow(ingesting, publishing, points_per_s, seen)

    def _follow(
        self, ingesting: Listened, publishing: Listened, points_per_s: float, seen: tuple[list[float], list[float]]
    ) -> Flowed:
        began, cpu, peak, backlog, told = time.monotonic(), ingesting.cpu_s, 0, list[int](), 0.0
        while not publishing.ended:
            time.sleep(_LOOK_S)
            sent = publishing.latest.get("sent", 0) * LOAD.metrics
            backlog.append(max(0, sent - ingesting.latest["rows"]))
            peak = max(peak, ingesting.rss)
            if time.monotonic() - told > 15:
                told = time.monotonic()
                self._tell(
                    f"{told - began:4.0f} s: {sent:,} points published, {backlog[-1]:,} under way, {peak / 1e6:.0f} MB"
                )
        ended = time.monotonic()
        published = publishing.latest["sent"] * LOAD.metrics
        while (stored := ingesting.latest["rows"]) < published and time.monotonic() - ended < _DRAINING_S:
            time.sleep(0.2)
            peak = max(peak, ingesting.rss)
            if time.monotonic() - told > 15:
                told = time.monotonic()
                self._tell(f"{told - began:4.0f} s: {published - stored:,} points to go, {peak / 1e6:.0f} MB")
        drained = time.monotonic() - ended
        with psycopg.connect(self._stage.dsn) as connection:
            row = connection.execute("select count(*) from reading").fetchone()
        stored = row[0] if row else 0
        spent = ingesting.cpu_s - cpu
        return Flowed(points_per_s, published, stored, backlog, drained, peak, spent, ended - began, *seen)

    @contextmanager
    def _watching(self, watched: bool) -> Generator[tuple[list[float], list[float]]]:
        seen = list[float](), list[float]()
        over = threading.Event()
        looks = (self._look_at_history, self._look_at_graph) if watched else ()
        threads = [threading.Thread(target=look, args=(ms, over)) for look, ms in zip(looks, seen, strict=False)]
        for thread in threads:
            thread.start()
        try:
            yield seen
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _look_at_history(self, ms: list[float], over: threading.Event) -> None:
        seen = _Ages(ms)
        with psycopg.connect(self._stage.dsn, autocommit=True) as connection:
            while not over.wait(0.01):
                found = connection.execute(_NEWEST, [PROBES]).fetchall()
                seen.note({source: round(at.timestamp() * 1000) for source, at in found})

    def _look_at_graph(self, ms: list[float], over: threading.Event) -> None:
        seen = _Ages(ms)
        graph = self._stage.graph
        database = graph.get("database", "neo4j")
        with (
            GraphDatabase.driver(graph["uri"], auth=(graph["user"], graph["password"])) as driver,
            driver.session(database=database) as session,
        ):
            ids = [f"point:{source}" for source in PROBES]
            while not over.wait(0.02):
                found = session.run("UNWIND $ids AS id MATCH (p:Entity {id: id}) RETURN id, p.at AS at", ids=ids)
                seen.note({record["id"]: record["at"] for record in found if record["at"]})


class _Ages:
    """How old each newest reading was when it was first seen. What was there at the beginning does not count."""

    def __init__(self, ms: list[float]) -> None:
        self._ms = ms
        self._known: dict[str, int] = {}
        self._began_ms = time.time_ns() // 1_000_000

    def note(self, newest: dict[str, int]) -> None:
        now = time.time_ns() / 1e6
        for source, at in newest.items():
            if at > self._known.get(source, self._began_ms):
                self._known[source] = at
                self._ms.append(now - at)


def _until(condition: Callable[[], bool], patience_s: float) -> None:
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError("the ingester does not start")
        time.sleep(0.05)


def p99(ms: list[float]) -> float:
    """The smallest of these that at most one in a hundred exceeds."""
    return round(float(np.percentile(ms, 99, method="higher")))
