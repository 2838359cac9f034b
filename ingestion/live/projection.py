"""The present in the graph: once a tick, the newest value of every point, its status, and that of what it belongs to.

Each point is judged (``graph_schema.condition``) with each of its readings, and every few seconds with the value it is held at. What is
news of that is recorded first, alarm and change in one transaction of PostgreSQL, and then written to the graph; after a crash in
between, the graph catches up from the record. The graph may be away: what is newest waits here (one reading per address, so memory is
bounded by the plant) and history goes on. After a start, and for every address that an import brings, the newest value is taken
from history.
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from msgspec import structs
from neo4j.exceptions import Neo4jError

from graph_schema.addresses import AddressBook, Addressed
from graph_schema.condition import Weight, is_stale
from graph_schema.errors import Unavailable
from graph_schema.limits import limits_of
from graph_schema.model import Status
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from graph_schema.store.names import called, renaming
from ingestion.alarms.acts import AlarmActs
from ingestion.alarms.alarms import AlarmChange, Alarms, cleared
from ingestion.changes import NewChange, record
from ingestion.decoding.clock_skew import TOLERATED_MS
from ingestion.decoding.messages import milliseconds
from ingestion.history.history import History
from ingestion.live.past import as_read, judged
from ingestion.live.point import (
    LivePoint,
    Shown,
    Verdict,
    alarm_change,
    status_change,
    undated,
    verdict,
    worsened,
    worst_moment,
)
from ingestion.live.undated import Undated
from ingestion.live.values import PointValue, Values
from ingestion.reading import ONLINE, Clock, Reading, wall_clock

log = logging.getLogger(__name__)

TICK_S = 0.5
"""So that what is read can be seen within a second."""

PLANT_CHANGED = "plant.changed"
"""The plant was imported, or devices that nobody described were added: what is known of it is to be read again."""
DEVICE_BORN = "device.born"

_CYPHER = statements("ingestion.live", "projection.cypher")
_SWEEP_MS = 5_000
_RECONCILE_MS = 30_000
_ROWS = 2_000
_LOOKED_BACK_MS = 31 * 86_400_000
"""How far back a point is judged that nobody judged before, and how many at once."""
_LOOKED_BACK_AT_ONCE = 100
_LOOKED_BACK_S = 30.0
"""How long the present waits for that."""
FAR_AHEAD_MS = 31 * 86_400_000
FIRST_PRESENT_MS = 946_684_800_000  # the year 2000, at which many clocks begin that nobody set
_WORST_FIRST = list(get_args(Status))


class Projection:
    """Offered readings by the pipeline; writes them to the graph in ``tick``. One per graph."""

    def __init__(self, graph: GraphStore, history: History, clock: Clock = wall_clock) -> None:
        self._graph = graph
        self._history = history
        self._clock = clock
        self.units: Mapping[str, str] = {}
        self.ticked: Callable[[int, float], None] = lambda points, seconds: None
        """Told of every tick of ``run``: how many points got a value, and how many seconds it took."""
        self.values = Values(history)
        """Who shows the present gets here what each tick brought."""
        self.alarms = Alarms(history)
        self._acts = AlarmActs(history)
        self._pending: dict[str, Reading] = {}
        self._book: dict[str, list[LivePoint]] = {}
        self._addresses = AddressBook()
        self._waiting: dict[str, LivePoint] = {}
        self._devices: set[str] = set()
        self._version: int | None = None
        self._known = False
        self.notified = False
        """Whether ``plant_changed`` is called with every change of the plant. Otherwise each tick asks the graph."""
        self._changed = True
        self._announced: set[str] = set()
        self._swept_at = 0
        self._reconciled_at = 0
        self._away: set[str] = set()
        self._marks = Undated(history, clock)
        self._undated: dict[str, int] = {}

    def offer(self, readings: Sequence[Reading]) -> None:
        """Keep the newest of each address for the next tick; of two of one moment the later offered counts.

        What a clock that runs ahead sends is of now: it neither hides what comes after it nor stops showing. What lies a month
        ahead, or before the year 2000, was stamped by a clock that nobody set, and is no present.
        """
        pending = self._pending
        now = milliseconds(self._clock())
        latest, far = now + TOLERATED_MS, now + FAR_AHEAD_MS
        if self._away:
            self._away.difference_update({reading.source.partition("/")[0] for reading in readings})
        for reading in readings:
            if reading.at > latest:
                if reading.at > far:
                    continue
                reading = Reading(reading.source, now, reading.value, reading.text)
            elif reading.at < FIRST_PRESENT_MS:
                continue
            held = pending.get(reading.source)
            if held is None or reading.at >= held.at or held.at > latest:
                pending[reading.source] = reading

    def undated(self, readings: Sequence[Reading]) -> None:
        """The moment of these is not known: they are stale until a newer one comes."""
        self._undated.update({reading.source: reading.at for reading in readings})

    def away(self, devices: Sequence[str]) -> None:
        """Mark what these devices report as stale with the next tick, until they report again."""
        self._away.update(devices)

    def plant_changed(self) -> None:
        """The next tick reads the plant again."""
        self._changed = True

    def alarms_changed(self) -> None:
        """Alarms were cleared by somebody else: the next tick looks at them."""
        self._reconciled_at = self._swept_at = 0

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
            pending = await self._at_their_sources(pending)
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
        if self.notified and not self._changed:
            return
        self._changed = False
        try:
            await self._read_plant()
        except BaseException:
            self._changed = True
            raise

    async def _read_plant(self) -> None:
        rows = await self._graph.read(_CYPHER["version"])
        version = rows[0]["version"] if rows else 0
        if self._known and version == self._version:
            return
        book = await self._read_book()
        if self._addresses.unsettled and await self._settle_sources(
            [row["source"] for row in await self._history.series()]
        ):
            book = await self._read_book()
        self._devices = {row["id"] for row in await self._graph.read(_CYPHER["devices"])}
        newcomers = [source for source, points in book.items() if _needs_value(points, self._book.get(source, []))]
        latest = self._clock() + timedelta(milliseconds=TOLERATED_MS)
        for part in _parts(newcomers):
            await self._offer_newest(part, latest)
        self._book, self._version, self._known = book, version, True
        self._reconciled_at = 0

    async def _offer_newest(self, sources: Sequence[str], latest: datetime) -> None:
        """What history has of them."""
        readings = [_reading(row) for row in await self._history.last_seen(sources, latest)]
        self.undated(await self._marks.among(readings))
        self.offer(readings)

    async def _read_book(self) -> dict[str, list[LivePoint]]:
        found: dict[str, list[LivePoint]] = defaultdict(list)
        points: dict[str, LivePoint] = {}
        described: list[Addressed] = []
        for row in await self._graph.read(_CYPHER["address_book"]):
            point = points[row["id"]] = _point(row)
            if point.source:
                found[point.source].append(point)
            if not point.unassigned:
                described.append(Addressed(point.id, point.source or None, row["addresses"]))
        self._addresses = AddressBook(described)
        self._waiting = {id_: points[id_] for id_ in self._addresses.unsettled}
        await self._replace_placeholders(found)
        await self._recall([point for some in found.values() for point in some])
        return dict(found)

    async def _replace_placeholders(self, found: dict[str, list[LivePoint]]) -> None:
        """Points that telemetry made up go where a point of the plant has their address, as its source or as another."""
        links: list[dict[str, str]] = []
        gone: list[dict[str, str]] = []
        for source, points in list(found.items()):
            placeholders = [point for point in points if point.unassigned]
            if not placeholders:
                continue
            owners = [point.id for point in points if not point.unassigned]
            if not owners and (owner := self._addresses.owner(source)) and owner.is_settled:
                owners = [owner.id]
            if owners:
                links += [{"device": _device_id(source), "point": owner} for owner in owners]
                gone += [{"placeholder": point.id} for point in placeholders]
                found[source] = [point for point in points if not point.unassigned]
                if not found[source]:
                    del found[source]
        if gone:
            batch = [(_CYPHER["link_points"], {"rows": links}), (_CYPHER["adopt"], {"rows": gone})]
            await self._graph.write_all([*batch, (_CYPHER["bump_version"], {})])

    async def _at_their_sources(self, pending: dict[str, Reading]) -> dict[str, Reading]:
        """What came under other addresses of points goes to the points; the first that comes to one is its source from then on."""
        unknown = [address for address in pending if address not in self._book] if self._addresses else []
        if not unknown:
            return pending
        for id_, address in (await self._settle_sources(unknown)).items():
            point = self._waiting.pop(id_)
            if others := self._book.get(point.source):
                others.remove(point)
            point.source = address
            self._book.setdefault(address, []).append(point)
            self._addresses.settle(id_, address)
        moved: dict[str, Reading] = {}
        for address, reading in pending.items():
            owner = self._addresses.owner(address) if address not in self._book else None
            source = owner.source if owner and owner.source else address
            held = moved.get(source)
            if held is None or reading.at >= held.at:
                moved[source] = reading if source == address else structs.replace(reading, source=source)
        return moved

    async def _settle_sources(self, addresses: Sequence[str]) -> Mapping[str, str]:
        """Write the sources of points that no reading had come to, by id."""
        first = self._addresses.first_addresses(addresses)
        if first:
            rows = [{"id": id_, "source": address} for id_, address in first.items()]
            settle = [(_CYPHER["settle"], {"rows": part}) for part in _parts(rows)]
            results = await self._graph.write_all([*settle, (_CYPHER["bump_version"], {})])
            await self._changed_to(results[-1][0]["version"])
        return first

    async def _changed_to(self, version: int) -> None:
        """Our own change needs no second reading of the book; somebody else's at the same time does."""
        if version == (self._version or 0) + 1:
            self._version = version
        await self._record([NewChange(PLANT_CHANGED, "telemetry", self._clock(), {"version": version})])

    async def _recall(self, points: Sequence[LivePoint]) -> None:
        """What was known of them: by this process, else by the record."""
        before = {point.id: point for known in self._book.values() for point in known}
        new = [point for point in points if point.id not in before]
        last = {alarm.point: alarm for alarm in reversed(await self.alarms.open())} if new else {}
        closed = [p.id for p in new if p.id not in last and p.held.status in ("warning", "alarm")]
        last |= await self.alarms.last(closed)
        for point in points:
            if point.id in before:
                point.goes_on_as(before[point.id])
            else:
                point.restore(last.get(point.id))

    async def _discover(self, sources: Sequence[str]) -> None:
        """Give addresses that nobody described a device and an unassigned point each."""
        if not sources:
            return
        devices = {source.partition("/")[0] for source in sources}
        device_rows = [_device(name) for name in sorted(devices)]
        point_rows = [_placeholder(source, self.units.get(source)) for source in sources]
        link_rows = [{"device": _device_id(source), "point": f"point:{source}"} for source in sources]
        news = (
            ("add_devices", device_rows),
            ("name_devices", device_rows),
            ("add_points", point_rows),
            ("describe_points", point_rows),
            ("link_points", link_rows),
        )
        await self._announce(devices)
        results = await self._graph.write_all(
            [
                *((_CYPHER[name], {"rows": part}) for name, rows in news for part in _parts(rows)),
                *(one for part in _parts(device_rows) for one in renaming(part)),
                (_CYPHER["bump_version"], {}),
            ]
        )
        self._devices.update(row["id"] for row in device_rows)
        self._book.update({source: [LivePoint(f"point:{source}", source, unassigned=True)] for source in sources})
        await self._changed_to(results[-1][0]["version"])

    async def _announce(self, devices: set[str]) -> None:
        """Once each, also where the graph has to be asked again."""
        born = sorted(name for name in devices if f"device:{name}" not in self._devices and name not in self._announced)
        await self._record([NewChange(DEVICE_BORN, f"device:{name}", self._clock()) for name in born])
        self._announced.update(born)

    async def _record(self, changes: Sequence[NewChange]) -> None:
        if changes:
            async with self._history.connection() as connection, connection.transaction():
                await record(connection, changes)

    async def _apply(self, pending: Mapping[str, Reading]) -> int:
        now = milliseconds(self._clock())
        for source in pending:
            for point in self._book[source]:
                point.forget_the_future(now, now + TOLERATED_MS)
        await self._look_back(pending, now)
        verdicts = [
            self._verdict(point, reading, now)
            for source, reading in pending.items()
            for point in self._book[source]
            if point.at is None or reading.at >= point.at
        ]
        if not verdicts:
            return 0
        await self._settle(verdicts)
        rows = [{"id": v.point.id, "value": v.value, "text": v.text, "at": v.at, "status": v.status} for v in verdicts]
        await self._write([("set_values", rows), ("devices_seen", self._seen(pending))], verdicts)
        return len(verdicts)

    async def _look_back(self, pending: Mapping[str, Reading], now: int) -> None:
        """What history says of points that are judged for the first time: the alarms that are over go to the record, one that is not is raised
        with its own moment."""
        first = [
            (point, reading)
            for source, reading in pending.items()
            for point in self._book[source]
            if point.limits.exist and point.is_unheard and self._verdict(point, reading, now).status != "stale"
        ]
        began, looked = time.perf_counter(), 0
        while looked < len(first) and time.perf_counter() - began < _LOOKED_BACK_S:
            part = first[looked : looked + _LOOKED_BACK_AT_ONCE]
            try:
                await self._judge_past(part, now)
            except Unavailable as error:
                log.warning("What %d points read before now is not judged: %s", len(part), error)
            looked += len(part)
        if looked < len(first):
            log.warning("What %d points read before now is not judged: it would take too long.", len(first) - looked)

    async def _judge_past(self, first: Sequence[tuple[LivePoint, Reading]], now: int) -> None:
        until = max(reading.at for _, reading in first)
        bounds = [(point.source, *point.limits.nearly) for point, _ in first]
        rows = await self._history.near(bounds, _moment(until - _LOOKED_BACK_MS), _moment(until))
        past: dict[int, list[tuple[int, float | None]]] = defaultdict(list)
        for row in rows:
            past[row["place"]].append((milliseconds(row["at"]), row["value"]))
        raised: list[AlarmChange] = []
        for place, read in past.items():
            point, reading = first[place - 1]
            found = judged(read, now, point.limits, point.stale_after_s)
            found = as_read(found, read, reading.at, reading.value, point.limits)
            await self.alarms.keep_past(point.id, point.source, point.owners, found.over)
            point.condition = found.condition
            if found.open is not None:
                raised.append(found.open.as_raised(point.id, point.source, point.owners))
                point.worst_at = found.open.worst_at
        await self.alarms.write(raised)
        await self._know(raised)

    def _verdict(self, point: LivePoint, reading: Reading, now: int) -> Verdict:
        if self._undated and self._undated.get(reading.source) == reading.at:
            return undated(point, reading.value, reading.text, reading.at, now)
        return verdict(point, reading.value, reading.text, reading.at, now)

    async def _settle(self, verdicts: Sequence[Verdict]) -> None:
        """Record what is news; from then on it is known here, whatever becomes of the graph."""
        statuses = [change for v in verdicts if v.shown is not v.point.shown and (change := status_change(v))]
        alarms = [change for v in verdicts if v.condition is not v.point.condition and (change := alarm_change(v))]
        await self.alarms.write(alarms, statuses)
        for v in verdicts:
            point = v.point
            if v.condition is not point.condition:
                point.worst_at = worst_moment(v)
            point.value, point.text = v.value, v.text
            point.condition, point.shown = v.condition, v.shown
        await self._know(alarms)

    async def _know(self, changes: Sequence[AlarmChange]) -> None:
        """The open records of the points whose alarms changed."""
        if not changes:
            return
        last = await self.alarms.last([change.point for change in changes])
        for points in self._book.values():
            for point in points:
                if alarm := last.get(point.id):
                    point.alarm = None if alarm.cleared_at else alarm
                    point.kept_worst = alarm.worst

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
        gone = [p for s in sources for p in self._book[s] if p.shown.status != "stale" and p.at is not None]
        now = milliseconds(self._clock())
        await self._hold([_gone(point, now) for point in gone])
        self._away -= away

    async def _sweep(self) -> None:
        """Judge what is held: points that fell silent, delays that ran out, and what the graph lacks of the record."""
        now = milliseconds(self._clock())
        if abs(now - self._swept_at) < _SWEEP_MS:
            return
        if abs(now - self._reconciled_at) >= _RECONCILE_MS:
            await self._reconcile(now)
        await self._acts.lapse(self._clock())
        await self._heal(now)
        points = [p for known in self._book.values() for p in known if p.at is not None and _due(p, now)]
        verdicts = [verdict(p, p.value, p.text, p.at, now, now) for p in points if p.at is not None]
        await self._hold([v for v in verdicts if v.shown != v.point.held or v.condition is not v.point.condition])
        self._swept_at = now

    async def _heal(self, now: int) -> None:
        """A clock of ours that was ahead and was put back: what it stamped gives way to the newest that is not of the future."""
        latest = now + TOLERATED_MS
        ahead = [s for s, points in self._book.items() if any(p.at is not None and p.at > latest for p in points)]
        for part in _parts(ahead):
            await self._offer_newest(part, self._clock() + timedelta(milliseconds=TOLERATED_MS))

    async def _hold(self, verdicts: Sequence[Verdict]) -> None:
        """Settle what is said of points that were not read, unless another process has heard of them since."""
        news = [v for v in verdicts if v.shown != v.point.held]
        if news:
            ids = [v.point.id for v in news]
            newer = {row["id"]: row["at"] for row in await self._graph.read(_CYPHER["moments"], ids=ids)}
            for v in verdicts:
                known = newer.get(v.point.id) or 0
                v.point.at = v.at if known > milliseconds(self._clock()) + TOLERATED_MS else max(v.at, known)
            verdicts = [v for v in verdicts if v.point.at == v.at]
        await self._settle(verdicts)
        rows = [{"id": v.point.id, "status": v.status, "at": v.at} for v in verdicts if v.shown != v.point.held]
        await self._write([("set_statuses", rows)], [v for v in verdicts if v.shown != v.point.held])

    async def _reconcile(self, now: int) -> None:
        """Bring what is known here in step with the open records, which others may have written, and those in step with the plant."""
        points = {point.id: point for known in self._book.values() for point in known}
        await self.alarms.worsen(worse := worsened(list(points.values())))
        for one in worse:
            points[one.point].kept_worst = one.worst
        opened = {alarm.point: alarm for alarm in await self.alarms.open()}
        orphans = [
            cleared(
                alarm,
                now,
                "The point has no limits any more." if alarm.point in points else "The point left the plant.",
            )
            for alarm in opened.values()
            if alarm.point not in points or not points[alarm.point].limits.exist
        ]
        await self.alarms.write(orphans)
        gone = {change.point for change in orphans}
        for point in points.values():
            alarm = opened.get(point.id) if point.id not in gone else None
            if alarm is None and point.alarm is not None:
                point.release(now)
            elif alarm and (point.alarm is None or alarm.id != point.alarm.id):
                point.adopt(alarm)
        self._changed = True  # a change by hand announces itself to nobody
        self._reconciled_at = now

    async def _write(self, updates: Iterable[tuple[str, list[dict[str, Any]]]], verdicts: Sequence[Verdict]) -> None:
        """In one transaction, and then tell who looks. What points are now held to be is known once it is written."""
        batch: list[tuple[str, Mapping[str, Any]]] = []
        latest = milliseconds(self._clock()) + TOLERATED_MS
        for name, rows in updates:
            batch.extend((_CYPHER[name], {"rows": part, "latest": latest}) for part in _parts(rows))
        differing = [v for v in verdicts if v.shown != v.point.held]
        batch.extend(
            (_CYPHER["set_conditions"], {"rows": part, "latest": latest})
            for part in _parts([_conditions(v) for v in differing])
        )
        owners = sorted({owner for v in differing if v.status != v.point.held.status for owner in v.point.owners})
        batch.extend(
            (_CYPHER["owner_statuses"], {"owners": part, "worst_first": _WORST_FIRST}) for part in _parts(owners)
        )
        if batch:
            await self._graph.write_all(batch)
        for v in verdicts:
            v.point.at, v.point.held = v.at, v.shown
        if self.values.wanted:
            self.values.publish([PointValue(v.point.id, v.value, v.text, v.at, v.status) for v in verdicts])


def _parts(rows: list[Any]) -> list[list[Any]]:
    return [rows[start : start + _ROWS] for start in range(0, len(rows), _ROWS)]


def _point(row: Mapping[str, Any]) -> LivePoint:
    held = Shown(
        row["status"], row["status_since"], row["status_before"], row["status_worst"], row["status_before_worst"],
        Weight(*row["status_counted"]) if row["status_counted"] else None,
    )  # fmt: skip
    limits = limits_of(row)
    return LivePoint(
        row["id"], row["source"], row["owners"], limits, row["stale_after_s"], bool(row["unassigned"]),
        row["value"], row["text"], row["at"], held,
    )  # fmt: skip


def _needs_value(points: Sequence[LivePoint], before: Sequence[LivePoint]) -> bool:
    """New to the plant, without a value yet, or judged by other rules than before."""
    known = {(p.id, p.rules) for p in before}
    return any(p.at is None or (p.id, p.rules) not in known for p in points)


def _due(point: LivePoint, now: int) -> bool:
    if point.shown.status != "stale" and is_stale(point.at, now, point.stale_after_s):
        return True
    return point.unsettled and not (point.shown.status == "stale" and point.shown == point.held)


def _gone(point: LivePoint, now: int) -> Verdict:
    """Its device said goodbye."""
    shown = replace(point.shown.left_at(now, point.limits), status="stale")
    return Verdict(point, point.value, point.text, point.at or 0, now, point.condition, shown)


def _conditions(v: Verdict) -> dict[str, Any]:
    shown = v.shown
    return {
        "id": v.point.id, "at": v.at, "since": shown.since, "before": shown.before, "worst": shown.worst,
        "before_worst": shown.before_worst, "counted": list(astuple(shown.counted)) if shown.counted else None,
    }  # fmt: skip


def _device_id(source: str) -> str:
    return f"device:{source.partition('/')[0]}"


def _device(name: str) -> dict[str, Any]:
    told = f"Device {name}"
    return {"id": f"device:{name}", "name": told, "called": called(told), "alias": name, "aliases": [called(name)]}


def _placeholder(source: str, unit: str | None) -> dict[str, Any]:
    device, _, key = source.partition("/")
    name = f"{device} {key.replace('_', ' ')}"
    return {
        "id": f"point:{source}",
        "name": name,
        "called": called(name),
        "quantity": key,
        "source": source,
        "unit": unit,
    }


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def _reading(row: Mapping[str, Any]) -> Reading:
    return Reading(row["source"], milliseconds(row["at"]), row["value"], row["text"])
