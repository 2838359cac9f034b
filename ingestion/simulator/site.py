"""The plant as the physics sees it: equipment by class, what feeds what, sizes of rooms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import atan2, degrees

from graph_schema.model import Entity, Plant, RelationKind

AIR_HANDLERS = frozenset({"AHU", "Air_Handler_Unit", "Air_Handling_Unit", "RTU", "Rooftop_Unit"})
TERMINALS = frozenset({"VAV", "RVAV", "Variable_Air_Volume_Box", "Variable_Air_Volume_Box_With_Reheat"})
FANS = frozenset({"Supply_Fan", "Fan"})
FILTERS = frozenset({"Filter", "Pre_Filter", "Final_Filter", "Mixed_Air_Filter"})
COOLING_COILS = frozenset({"Chilled_Water_Coil", "Cooling_Coil"})
HEATING_COILS = frozenset({"Hot_Water_Coil", "Heating_Coil"})
CHILLERS = frozenset({"Chiller", "Centrifugal_Chiller", "Water_Cooled_Chiller"})
TOWERS = frozenset({"Cooling_Tower"})
BOILERS = frozenset({"Boiler", "Natural_Gas_Boiler", "Condensing_Natural_Gas_Boiler"})
CHILLED_WATER_PUMPS = frozenset({"Chilled_Water_Pump"})
CONDENSER_WATER_PUMPS = frozenset({"Condenser_Water_Pump"})
HOT_WATER_PUMPS = frozenset({"Hot_Water_Pump"})
BOOSTER_PUMPS = frozenset({"Booster_Pump"})
SEWAGE_PUMPS = frozenset({"Sewage_Pump"})
PUMPS = CHILLED_WATER_PUMPS | CONDENSER_WATER_PUMPS | HOT_WATER_PUMPS | BOOSTER_PUMPS | SEWAGE_PUMPS


@dataclass(frozen=True, slots=True)
class Point:
    """One measured or commanded quantity of one asset. ``device`` and ``key`` make its telemetry address."""

    asset: str
    quantity: str
    source: str
    unit: str | None

    @property
    def device(self) -> str:
        return self.source.rpartition("/")[0]

    @property
    def key(self) -> str:
        return self.source.rpartition("/")[2]


@dataclass(frozen=True)
class Site:
    """Questions that the physics asks of a plant. Order is the plant's own."""

    plant: Plant

    @cached_property
    def entities(self) -> Mapping[str, Entity]:
        return {entity.id: entity for entity in self.plant.entities}

    @cached_property
    def points(self) -> list[Point]:
        """Every point that has a telemetry address and a quantity."""
        return [
            Point(relation.start, quantity, source, unit if isinstance(unit, str) else None)
            for relation in self.plant.relations
            if relation.kind == "HAS_POINT"
            for properties in [self.entities[relation.end].properties]
            for quantity, source, unit in [
                (properties.get("quantity"), properties.get("source"), properties.get("unit"))
            ]
            if isinstance(quantity, str) and isinstance(source, str)
        ]

    @cached_property
    def latitude(self) -> float:
        return self._site_number("latitude", 45.0)

    @cached_property
    def longitude(self) -> float:
        return self._site_number("longitude", 0.0)

    @cached_property
    def timezone(self) -> str:
        zones = [e.properties.get("timezone") for e in self.plant.entities if e.kind == "Site"]
        return next((zone for zone in zones if isinstance(zone, str)), "UTC")

    def of_class(self, classes: Collection[str]) -> list[str]:
        return [e.id for e in self.plant.entities if e.kind == "Asset" and e.class_ in classes]

    def following(self, kind: RelationKind, start: str) -> list[str]:
        return self._ends.get((kind, start), [])

    def part(self, whole: str, classes: Collection[str]) -> str | None:
        parts = [p for p in self.following("HAS_PART", whole) if self.entities[p].class_ in classes]
        return parts[0] if parts else None

    def place_of(self, asset: str) -> str | None:
        places = self.following("LOCATED_IN", asset)
        return places[0] if places else None

    def rooms_fed(self, asset: str) -> list[Entity]:
        """The rooms of the zones that it feeds, or the rooms that it feeds directly."""
        fed = self.following("FEEDS", asset)
        ids = [room for zone in fed for room in (self.following("HAS_PART", zone) or [zone])]
        return [self.entities[i] for i in ids if self.entities[i].kind == "Space"]

    def number(self, entity: str, name: str) -> float | None:
        value = self.entities[entity].properties.get(name)
        return float(value) if isinstance(value, int | float) else None

    def area(self, rooms: list[Entity]) -> float:
        """Square metres; a room without a size counts as 100."""
        sizes = [(self.number(room.id, "w"), self.number(room.id, "d")) for room in rooms]
        return sum(w * d if w and d else 100.0 for w, d in sizes) or 100.0

    def facade(self, room: Entity) -> float:
        """The direction its windows face, degrees from north, clockwise: away from the middle of its building's floor."""
        floor = next((r.start for r in self.plant.relations if r.kind == "HAS_PART" and r.end == room.id), None)
        if floor is None:
            return 180.0
        (x, y), (mid_x, mid_y) = self._middle(room.id), self._middle(floor)
        return degrees(atan2(x - mid_x, y - mid_y)) % 360

    def _middle(self, place: str) -> tuple[float, float]:
        x, y, w, d = (self.number(place, name) or 0.0 for name in ("x", "y", "w", "d"))
        return x + w / 2, y + d / 2

    @cached_property
    def _ends(self) -> Mapping[tuple[str, str], list[str]]:
        ends: dict[tuple[str, str], list[str]] = {}
        for relation in self.plant.relations:
            ends.setdefault((relation.kind, relation.start), []).append(relation.end)
        return ends

    def _site_number(self, name: str, default: float) -> float:
        values = [self.number(e.id, name) for e in self.plant.entities if e.kind == "Site"]
        return next((value for value in values if value is not None), default)
