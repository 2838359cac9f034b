"""How the things of the plant are: their status and latest readings, kept from one look at the graph to the next."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph_schema.condition import WORST_FIRST, worst_of
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


class PlantState:
    """The latest rows of the points, by point; things are the owners of points, and rooms for the zones around them."""

    def __init__(self, shown_as: Mapping[str, Sequence[str]] | None = None) -> None:
        self._shown_as = shown_as or {}
        self._points: dict[str, Mapping[str, Any]] = {}
        self._of_thing: dict[str, set[str]] = defaultdict(set)
        self._owners: dict[str, set[str]] = defaultdict(set)

    def apply(self, rows: Iterable[Mapping[str, Any]]) -> tuple[list[ThingState], int]:
        """Take in rows of points. Returns the things that look different now, and how many points were read anew."""
        changed: set[str] = set()
        fresh = 0
        for row in rows:
            before = self._points.get(row["id"])
            if before == row:
                continue
            fresh += before is None or before["at"] != row["at"]
            self._points[row["id"]] = row
            self._owners[row["owner"]].add(row["id"])
            for thing in self._shown_as.get(row["owner"]) or (row["owner"],):
                self._of_thing[thing].add(row["id"])
                changed.add(thing)
        return [self.of(thing) for thing in sorted(changed)], fresh

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

    @property
    def alarms(self) -> int:
        """How many things have a point in alarm."""
        return sum(
            any(self._points[point]["status"] == "alarm" for point in points) for points in self._owners.values()
        )

    @property
    def newest(self) -> int | None:
        """When the newest reading was taken, epoch milliseconds."""
        return max((row["at"] for row in self._points.values() if row["at"] is not None), default=None)


def _reading(row: Mapping[str, Any]) -> SceneReading:
    return SceneReading(
        label=words(row["quantity"] or row["name"]),
        text=amount(row["value"], row["text"], row["unit"]),
        status=row["status"] or "unknown",
        at=row["at"],
    )
