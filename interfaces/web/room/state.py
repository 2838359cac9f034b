"""How the things of the plant are: their status and latest readings, kept up to date by the streams of changes and of values."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_schema.condition import WORST_FIRST, Level, worst_of
from graph_schema.model import Status
from ingestion.live.values import PointValue
from interfaces.web.room.messages import SceneReading, ThingState

READINGS = 6


def words(quantity: str) -> str:
    """``supply_air_co2`` as people read it: "Supply air CO₂"."""
    text = quantity.replace("_", " ").strip()
    return (text[:1].upper() + text[1:]).replace("co2", "CO₂").replace("Co2", "CO₂")


def amount(value: float | None, text: str | None, unit: str | None) -> str:
    """A value with its unit, with as many digits as people read at a glance."""
    if value is None:
        return (text or "").replace("_", " ")
    digits = 0 if abs(value) >= 100 or value == int(value) else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}" + (f"\u202f{unit}" if unit else "")


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """How many assets are in alarm, how many in warning at most, and of how many the alarm stands while the point that raised it is silent."""

    alarms: int
    warnings: int
    silent: int


class PlantState:
    """The latest rows of the points, by point; things are the owners of points, and rooms for the zones around them."""

    def __init__(self, shown_as: Mapping[str, Sequence[str]] | None = None) -> None:
        self._shown_as = shown_as or {}
        self._points: dict[str, Mapping[str, Any]] = {}
        self._of_thing: dict[str, set[str]] = defaultdict(set)
        self._owners: dict[str, set[str]] = defaultdict(set)
        self._standing: dict[str, Level] = {}
        self._counts: AlarmCounts | None = None
        self._newest: int | None = None

    def apply(self, rows: Iterable[Mapping[str, Any]]) -> tuple[list[ThingState], int]:
        """Take in rows of points. Returns the things that look different now, and how many points were read anew."""
        changed: set[str] = set()
        fresh = 0
        for row in rows:
            before = self._points.get(row["id"])
            if before == row:
                continue
            fresh += before is None or before["at"] != row["at"]
            self._put(row)
            self._owners[row["owner"]].add(row["id"])
            for thing in self._things(row):
                self._of_thing[thing].add(row["id"])
                changed.add(thing)
        return [self.of(thing) for thing in sorted(changed)], fresh

    def update(self, values: Iterable[PointValue]) -> tuple[set[str], int]:
        """Take in newer values of points that are known. Returns which things look different, and how many points were read anew."""
        changed: set[str] = set()
        fresh = 0
        for one in values:
            row = self._points.get(one.id)
            if row is None or (one.at or 0) < (row["at"] or 0):
                continue
            news = {"value": one.value, "text": one.text, "at": one.at, "status": one.status}
            if any(row[name] != value for name, value in news.items()):
                fresh += row["at"] != one.at
                self._put({**row, **news})
                changed.update(self._things(row))
        return changed, fresh

    def set_status(self, point: str, status: Status) -> set[str]:
        """A point's status changed. Returns which things look different."""
        row = self._points.get(point)
        if row is None or row["status"] == status:
            return set()
        self._put({**row, "status": status})
        return set(self._things(row))

    def _put(self, row: Mapping[str, Any]) -> None:
        before = self._points.get(row["id"])
        if before is None or before["status"] != row["status"]:
            self._counts = None
        self._points[row["id"]] = row
        if row["at"] is not None:
            self._newest = max(row["at"], self._newest or 0)

    def _things(self, row: Mapping[str, Any]) -> Sequence[str]:
        return self._shown_as.get(row["owner"]) or (row["owner"],)

    def of(self, thing: str) -> ThingState:
        rows = [self._points[point] for point in self._of_thing.get(thing, ())]
        known = [row for row in rows if row["at"] is not None]
        known.sort(key=lambda row: (WORST_FIRST.index(row["status"] or "unknown"), str(row["quantity"] or row["name"])))
        status = worst_of(row["status"] for row in rows)
        return ThingState(id=thing, status=status, readings=[_reading(row) for row in known[:READINGS]])

    def point_names(self, owners: Mapping[str, str]) -> dict[str, str]:
        """Points by id as "AHU-2 supply air temperature"."""
        return {
            id_: f"{owners.get(row['owner'], row['owner'])} {str(row['quantity'] or row['name']).replace('_', ' ')}"
            for id_, row in self._points.items()
        }

    def stand(self, alarms: Mapping[str, Level]) -> None:
        """The alarms that are recorded and not cleared, by point."""
        self._standing = dict(alarms)
        self._counts = None

    def set_alarm(self, point: str, level: Level | None) -> None:
        """A point's alarm was recorded, changed, or cleared."""
        self._standing.pop(point, None)
        if level is not None:
            self._standing[point] = level
        self._counts = None

    @property
    def counts(self) -> AlarmCounts:
        """Of the owners of points: what stands in the record, and what their status says."""
        if self._counts is None:
            worst = Counter(self._worst(points) for points in self._owners.values())
            self._counts = AlarmCounts(worst["alarm"], worst["warning"], worst["silent"])
        return self._counts

    def _worst(self, points: Iterable[str]) -> str | None:
        levels = {self._level(point) for point in points}
        return next((level for level in ("alarm", "warning", "silent") if level in levels), None)

    def _level(self, point: str) -> str | None:
        status, standing = self._points[point]["status"], self._standing.get(point)
        if standing is None:
            return status
        return "silent" if status == "stale" else standing

    @property
    def newest(self) -> int | None:
        """When the newest reading was taken, epoch milliseconds."""
        return self._newest


def _reading(row: Mapping[str, Any]) -> SceneReading:
    return SceneReading(
        label=words(row["quantity"] or row["name"]),
        text=amount(row["value"], row["text"], row["unit"]),
        status=row["status"] or "unknown",
        at=row["at"],
    )
