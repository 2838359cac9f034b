"""The present in the graph: once a tick, the newest value of every point, its status, and that of what it belongs to.

The graph may be away: what is newest waits here (one reading per address, so memory is bounded by the plant) and history
goes on. After a start, and for every address that an import brings, the newest value is taken from history.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from neo4j.exceptions import Neo4jError

from graph_schema.errors import Unavailable
from graph_schema.model import Status
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from ingestion.decoding.clock_skew import TOLERATED_MS
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.reading import ONLINE, Clock, Reading, wall_clock

log = logging.getLogger(__name__)

STALE_AFTER_S = 900
"""For points that do not say otherwise (``stale_after_s``)."""

TICK_S = 0.5
"""So that what is read can be seen within a second."""

_CYPHER = statements("ingestion.live", "projection.cypher")
_SWEEP_MS = 5_000
_ROWS = 2_000
_MARGIN = 0.05


@dataclass(slots=True)
class _Point:
    id: str
    owners: list[str] = field(default_factory=list[str])
    low: float | None = None
    high: float | None = None
    stale_after_s: float | None = None
    at: int | None = None
    status: Status | None = None
    unassigned: bool | None = None


def limit_status(value: float | None, low: float | None, high: float | None) -> Status:
    """``normal`` within the limits, both included; ``warning`` up to 5% of their span beyond; ``alarm`` further out.

    With one limit the margin is 5% of its size. A text, or a point without limits, is ``normal``.
    """
    if value is None or (low is None and high is None):
        return "normal"
    margin = _MARGIN * (high - low if low is not None and high is not None else abs(low or high or 0.0))
    beyond = max(low - value if low is not None else 0.0, value - high if high is not None else 0.0)
    if beyond <= 0:
        return "normal"
    return "warning" if beyond <= margin else "alarm"


class Projection:
    """Offered readings by the pipeline; writes them to the graph in ``tick``. One per graph."""

    def __init__(self, graph: GraphStore, history: History, clock: Clock = wall_clock) -> None:
        self._graph = graph
        self._history = history
        self._clock = clock
        self.units: Mapping[str, str] = {}
        self.ticked: Callable[[int, float], None] = lambda points, seconds: None
        """Told of every tick of ``run``: how many points got a value, and how many seconds it took."""
        self._pending: dict[str, Reading] = {}
        self._book: dict[str, list[_Point]] = {}
        self._devices: set[str] = set()
        self._version: int | None = None
        self._known = False
        self._swept_at = 0
        self._away: set[str] = set()

    def offer(self, readings: Sequence[Reading]) -> None:
        """Keep the newest of each address for the next tick; of two of one moment the later offered counts.

        What a clock that runs ahead sends is of now: it neither hides what comes after it nor stops showing.
        """
        pending = self._pending
        now = milliseconds(self._clock())
        latest = now + TOLERATED_MS
        if self._away:
            self._away.difference_update({reading.source.partition("/")[0] for reading in readings})
        for reading in readings:
            if reading.at > latest:
                reading = Reading(reading.source, now, reading.value, reading.text)
            held = pending.get(reading.source)
            if held is None or reading.at >= held.at:
                pending[reading.source] = reading

    def away(self, devices: Sequence[str]) -> None:
        """Mark what these devices report as stale with the next tick, until they report again."""
        self._away.update(devices)

    async def run(self, every_s: float = TICK_S) -> None:
        """Tick until cancelled; a tick that takes long is followed by a shorter pause. An outage of the graph is logged
        once and waited for."""
        up = True
        while True:
            began = time.perf_counter()
            try:
                points = await self.tick()
                self.ticked(points, time.perf_counter() - began)
                if not up:
                    log.info("The graph answers again.")
                up = True
            except (Unavailable, Neo4jError) as error:
                if up:
                    log.warning("The graph's present is not being updated: %s", error)
                up = False
            except Exception:
                # Nothing is lost by trying again, and the rest of the product must not stop for it.
                log.exception("The graph's present could not be updated.")
                up = False
            await asyncio.sleep(max(began + every_s - time.perf_counter(), every_s / 4))

    async def tick(self) -> int:
        """Bring the graph up to date and return how many points got a value. Raises ``Unavailable``; nothing is lost."""
        await self._refresh()
        pending, self._pending = self._pending, {}
        try:
            await self._discover([source for source in pending if source not in self._book])
            updated = await self._apply(pending)
            await self._say_goodbye()
            await self._sweep()
        except BaseException:
            newer, self._pending = self._pending, pending
            self.offer(list(newer.values()))
            raise
        return updated

    async def _refresh(self) -> None:
        """Read the address book again when the plant has changed."""
        rows = await self._graph.read(_CYPHER["version"])
        version = rows[0]["version"] if rows else 0
        if self._known and version == self._version:
            return
        book = await self._read_book()
        self._devices = {row["id"] for row in await self._graph.read(_CYPHER["devices"])}
        newcomers = [source for source, points in book.items() if _needs_value(points, self._book.get(source, []))]
        latest = self._clock() + timedelta(milliseconds=TOLERATED_MS)
        for part in _parts(newcomers):
            self.offer([_reading(row) for row in await self._history.last_seen(part, latest)])
        self._book, self._version, self._known = book, version, True

    async def _read_book(self) -> dict[str, list[_Point]]:
        found: dict[str, list[_Point]] = defaultdict(list)
        for row in await self._graph.read(_CYPHER["address_book"]):
            found[row.pop("source")].append(_Point(**row))
        adopted = [(s, points) for s, points in found.items() if len({bool(p.unassigned) for p in points}) == 2]
        for source, points in adopted:
            found[source] = [point for point in points if not point.unassigned]
        if adopted:
            await self._adopt(adopted)
        return dict(found)

    async def _adopt(self, adopted: Sequence[tuple[str, Sequence[_Point]]]) -> None:
        links = [
            {"device": _device_id(source), "point": point.id}
            for source, points in adopted
            for point in points
            if not point.unassigned
        ]
        placeholders = [{"placeholder": p.id} for _, points in adopted for p in points if p.unassigned]
        await self._graph.write_all(
            [(_CYPHER["link_points"], {"rows": links}), (_CYPHER["adopt"], {"rows": placeholders})]
        )

    async def _discover(self, sources: Sequence[str]) -> None:
        """Give addresses that nobody described a device and an unassigned point each."""
        if not sources:
            return
        devices = {source.partition("/")[0] for source in sources}
        device_rows = [{"id": f"device:{name}", "name": f"Device {name}"} for name in sorted(devices)]
        point_rows = [_placeholder(source, self.units.get(source)) for source in sources]
        link_rows = [{"device": _device_id(source), "point": f"point:{source}"} for source in sources]
        news = (
            ("add_devices", device_rows),
            ("name_devices", device_rows),
            ("add_points", point_rows),
            ("describe_points", point_rows),
            ("link_points", link_rows),
        )
        results = await self._graph.write_all(
            [
                *((_CYPHER[name], {"rows": part}) for name, rows in news for part in _parts(rows)),
                (_CYPHER["bump_version"], {}),
            ]
        )
        # Our own change needs no second reading of the book; somebody else's at the same time does.
        version = results[-1][0]["version"]
        if version == (self._version or 0) + 1:
            self._version = version
        self._devices.update(row["id"] for row in device_rows)
        self._book.update({source: [_Point(f"point:{source}", unassigned=True)] for source in sources})

    async def _apply(self, pending: Mapping[str, Reading]) -> int:
        now = milliseconds(self._clock())
        news: list[tuple[_Point, Reading, Status]] = [
            (point, reading, _status(point, reading, now))
            for source, reading in pending.items()
            for point in self._book[source]
            if point.at is None or reading.at >= point.at
        ]
        if not news:
            return 0
        rows = [{"id": p.id, "value": r.value, "text": r.text, "at": r.at, "status": s} for p, r, s in news]
        changed = [point for point, _, status in news if status != point.status]
        await self._write([("set_values", rows), ("devices_seen", self._seen(pending))], changed)
        for point, reading, status in news:
            point.at, point.status = reading.at, status
        return len(news)

    def _seen(self, pending: Mapping[str, Reading]) -> list[dict[str, Any]]:
        seen: dict[str, int] = {}
        for source, reading in pending.items():
            device = _device_id(source)
            if device in self._devices:
                seen[device] = max(reading.at, seen.get(device, 0))
        return [{"id": device, "last_seen": at} for device, at in seen.items()]

    async def _say_goodbye(self) -> None:
        """Mark what the devices that went away had reported, except the word of their going."""
        if not self._away:
            return
        away, news = self._away.copy(), [f"{device}/{ONLINE}" for device in self._away]
        sources = [s for s in self._book if s.partition("/")[0] in away and s not in news]
        await self._mark_stale([p for source in sources for p in self._book[source] if p.status != "stale"])
        self._away -= away

    async def _sweep(self) -> None:
        """Mark the points that fell silent."""
        now = milliseconds(self._clock())
        if now - self._swept_at < _SWEEP_MS:
            return
        await self._mark_stale(
            [p for points in self._book.values() for p in points if p.status != "stale" and _is_stale(p, p.at, now)]
        )
        self._swept_at = now

    async def _mark_stale(self, points: Sequence[_Point]) -> None:
        if points:
            rows = [{"id": point.id, "status": "stale", "at": point.at} for point in points]
            await self._write([("set_statuses", rows)], points)
        for point in points:
            point.status = "stale"

    async def _write(self, updates: Iterable[tuple[str, list[dict[str, Any]]]], changed: Sequence[_Point]) -> None:
        batch: list[tuple[str, Mapping[str, Any]]] = []
        for name, rows in updates:
            batch.extend((_CYPHER[name], {"rows": part}) for part in _parts(rows))
        owners = sorted({owner for point in changed for owner in point.owners})
        batch.extend((_CYPHER["owner_statuses"], {"owners": part}) for part in _parts(owners))
        if batch:
            await self._graph.write_all(batch)


def _parts(rows: list[Any]) -> list[list[Any]]:
    return [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)]


def _needs_value(points: Sequence[_Point], before: Sequence[_Point]) -> bool:
    """New to the plant, without a value yet, or judged by other limits than before."""
    known = {(p.id, p.low, p.high, p.stale_after_s) for p in before}
    return any(p.at is None or (p.id, p.low, p.high, p.stale_after_s) not in known for p in points)


def _status(point: _Point, reading: Reading, now: int) -> Status:
    return "stale" if _is_stale(point, reading.at, now) else limit_status(reading.value, point.low, point.high)


def _is_stale(point: _Point, at: int | None, now: int) -> bool:
    return at is not None and now - at > (point.stale_after_s or STALE_AFTER_S) * 1000


def _device_id(source: str) -> str:
    return f"device:{source.partition('/')[0]}"


def _placeholder(source: str, unit: str | None) -> dict[str, Any]:
    device, _, key = source.partition("/")
    return {
        "id": f"point:{source}",
        "name": f"{device} {key.replace('_', ' ')}",
        "quantity": key,
        "source": source,
        "unit": unit,
    }


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(row["source"], milliseconds(row["at"]), row["value"], row["text"])
