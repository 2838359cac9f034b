"""Which points of a plant a detector sees under which name: an asset's own, its parts', its handler's, the weather's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import hypot

from forecasting.anomalies.expectations import SIBLINGS
from forecasting.plant_points import Layout, Measured, Placed
from graph_schema.ontology.ontology import Ontology

PARTS: Mapping[str, str] = {
    "Fan": "fan",
    "Filter": "filter",
    "Cooling_Coil": "cooling_coil",
    "Chilled_Water_Coil": "cooling_coil",
    "Heating_Coil": "heating_coil",
    "Hot_Water_Coil": "heating_coil",
}
"""The role of a part, by its class or the nearest class above it that is named here."""

WEATHER = (
    "outside_air_temperature",
    "outside_air_wet_bulb_temperature",
    "outside_air_humidity",
)
_HANDLER, _CHILLER, _TOWER = "AHU", "Chiller", "Cooling_Tower"
_REACH = 3  # hops from a tower to its chillers: through a header and a pump


class Roles:
    """Answers for each asset which points make its window: by name, one or several (their mean counts)."""

    def __init__(self, ontology: Ontology, layout: Layout, points: Iterable[Measured]) -> None:
        self._ontology, self._layout = ontology, layout
        self._owned: defaultdict[str, list[Measured]] = defaultdict(list)
        self._parts: defaultdict[str, list[str]] = defaultdict(list)
        self._wholes: defaultdict[str, list[str]] = defaultdict(list)
        self._feeds: defaultdict[str, list[str]] = defaultdict(list)
        self._fed_by: defaultdict[str, list[str]] = defaultdict(list)
        outside: defaultdict[str, list[Measured]] = defaultdict(list)
        for point in points:
            self._owned[point.owner].append(point)
            if (quantity := ontology.quantity(point.quantity)) in WEATHER:
                outside[quantity].append(point)
        for whole, part in layout.parts:
            self._parts[whole].append(part)
            self._wholes[part].append(whole)
        for start, end in layout.feeds:
            self._feeds[start].append(end)
            self._fed_by[end].append(start)
        self._weather = {
            name: [point for point in read if self._is(point.owner, "Weather_Station")] or read
            for name, read in outside.items()
        }

    def window(self, asset: str) -> dict[str, tuple[Measured, ...]]:
        """By name as the detectors use it: ``vibration``, ``fan.speed``, ``air_handler.supply_air_flow``."""
        found = self._of([asset])
        for whole in (asset, *(one for one in self._wholes.get(asset, []) if self._is(one, _HANDLER))):
            if whole != asset:
                found |= self._named("air_handler", [whole])
            by_role: defaultdict[str, list[str]] = defaultdict(list)
            for part in self._parts.get(whole, []):
                if part != asset and (role := self._role(part)):
                    by_role[role].append(part)
            for role, parts in by_role.items():
                found |= self._named(role, parts)
        if self._is(asset, _TOWER):
            found |= self._named("chiller", self._served(asset, _CHILLER))
        for name in WEATHER:
            if name not in found and (near := self._nearest(asset, name)):
                found[name] = (near,)
        return found

    def siblings(self, asset: str) -> tuple[str, ...]:
        """The others of its kind that the same asset feeds, in order; none where ``SIBLINGS`` does not know its class."""
        kind = self._kind(asset)
        if kind is None:
            return ()
        feeder = next(
            (one for one in sorted(self._fed_by.get(asset, [])) if self._is(one, SIBLINGS[kind].fed_by)), None
        )
        fed = self._feeds.get(feeder, []) if feeder else []
        return tuple(sorted({one for one in fed if one != asset and self._kind(one) == kind and one in self._owned}))

    def shared(self, asset: str) -> dict[str, tuple[Measured, ...]]:
        """Of its own points those that siblings are compared by."""
        kind, own = self._kind(asset), self._of([asset])
        return {name: own[name] for name in SIBLINGS[kind].needed if name in own} if kind else {}

    def _of(self, assets: Sequence[str]) -> dict[str, tuple[Measured, ...]]:
        found: defaultdict[str, list[Measured]] = defaultdict(list)
        for asset in assets:
            for point in self._owned.get(asset, []):
                found[self._ontology.quantity(point.quantity)].append(point)
        return {name: tuple(points) for name, points in found.items()}

    def _named(self, role: str, assets: Sequence[str]) -> dict[str, tuple[Measured, ...]]:
        return {f"{role}.{name}": points for name, points in self._of(assets).items()}

    def _role(self, part: str) -> str | None:
        nearest = nearest_class(self._ontology, self._class(part), PARTS)
        return PARTS[nearest] if nearest else None

    def _served(self, tower: str, class_: str) -> list[str]:
        """Assets of the class that it feeds, over a few hops; what lies behind one of them is no longer its own."""
        seen, rank, served = {tower}, [tower], list[str]()
        for _ in range(_REACH):
            rank = [end for start in rank for end in self._feeds.get(start, []) if end not in seen]
            seen.update(rank)
            served += [one for one in dict.fromkeys(rank) if self._is(one, class_)]
            rank = [one for one in rank if not self._is(one, class_)]
        return served

    def _nearest(self, asset: str, quantity: str) -> Measured | None:
        """Of a weather station if there is one, else of anything: the nearest to the asset, the first where nobody knows where it is."""
        here, assets = self._layout.assets.get(asset), self._layout.assets
        read = self._weather.get(quantity, [])
        return min(read, key=lambda one: (_apart(here, assets.get(one.owner)), one.id), default=None)

    def _kind(self, asset: str) -> str | None:
        return nearest_class(self._ontology, self._class(asset), SIBLINGS)

    def _class(self, asset: str) -> str | None:
        placed = self._layout.assets.get(asset)
        return placed.class_ if placed else None

    def _is(self, asset: str, class_: str) -> bool:
        own = self._class(asset)
        return own is not None and self._ontology.canonical(class_) in self._ontology.ancestors(own)


def nearest_class(ontology: Ontology, class_: str | None, known: Iterable[str]) -> str | None:
    """Of the known classes the class itself or the nearest above it: of those above it, the one that has most above itself."""
    above = ontology.ancestors(class_) if class_ else frozenset[str]()
    found = [name for name in known if ontology.canonical(name) in above]
    return max(found, key=lambda name: (len(ontology.ancestors(name)), name), default=None)


def _apart(one: Placed | None, other: Placed | None) -> float:
    if one is None or other is None or one.x is None or one.y is None or other.x is None or other.y is None:
        return float("inf")
    return hypot(one.x - other.x, one.y - other.y)
