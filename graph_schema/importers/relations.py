"""Untidy statements about who feeds, contains or measures whom, turned into the graph's own forward relations."""

from collections.abc import Iterable, Mapping, Sequence

from graph_schema.importers.findings import Account
from graph_schema.model import PLACE_KINDS, Entity, Kind, Property, Relation, RelationKind

_Side = str  # "place", "asset", "point" or "device"


class Relations:
    """Collects relations between known entities, turns those round or into others that the kinds of their ends call for."""

    def __init__(self, entities: Mapping[str, Entity], account: Account) -> None:
        self._entities = entities
        self._account = account
        self._found: dict[tuple[RelationKind, str, str], dict[str, Property]] = {}
        self._located_points: list[tuple[str, str]] = []
        self._points_of_points: list[tuple[str, str]] = []

    def add(self, kind: RelationKind, start: str, end: str, **properties: Property) -> None:
        """Both ends must be known. A pair of ends that the relation cannot have becomes the relation it can have."""
        if start == end:
            self._account.skipped(self._name(start), f"It is said to stand in the relation {kind} to itself.")
            return
        sides = (_side(self._entities[start].kind), _side(self._entities[end].kind))
        match kind, *sides:
            case ("FEEDS", "asset" | "place", "asset" | "place") | ("HAS_POINT", "asset" | "place", "point"):
                self._keep(kind, start, end, properties)
            case ("HAS_PART", "place", "place") | ("HAS_PART", "asset", "asset") | ("REPORTS", "device", "point"):
                self._keep(kind, start, end, properties)
            case ("LOCATED_IN", "asset", "place"):
                self._keep(kind, start, end, properties)
            case _:
                self._add_otherwise(kind, start, end, sides)

    def _add_otherwise(self, kind: RelationKind, start: str, end: str, sides: tuple[_Side, _Side]) -> None:
        match kind, *sides:
            case "HAS_PART", "place", "asset":
                self._guess(
                    "LOCATED_IN", end, start, "It is said to be part of a place; it is taken to be located there."
                )
            case "HAS_PART", "asset" | "place", "point":
                self._guess("HAS_POINT", start, end, "It is said to be a part of something; it is taken for its point.")
            case "HAS_POINT", "place", "asset":
                self._guess("LOCATED_IN", end, start, "It is said to be a point but is equipment; it is located there.")
            case "HAS_POINT", "asset", "asset":
                self._guess("HAS_PART", start, end, "It is said to be a point but is equipment; it is a part of that.")
            case "HAS_POINT", "point", "point":
                self._points_of_points.append((start, end))
            case "LOCATED_IN", "place", "place":
                self._keep("HAS_PART", end, start, {})
            case "LOCATED_IN", "asset", "asset":
                self._guess(
                    "HAS_PART", end, start, "It is said to be located in equipment; it is taken for a part of it."
                )
            case "LOCATED_IN", "point", "place" | "asset":
                self._located_points.append((start, end))
            case _:
                ends = f"from {sides[0]} to {sides[1]}"
                self._account.skipped(
                    f"{self._name(start)} and {self._name(end)}", f"The graph has no relation {kind} {ends}."
                )

    def _guess(self, kind: RelationKind, start: str, end: str, reason: str) -> None:
        subject = start if kind == "LOCATED_IN" else end
        self._account.guessed(self._name(subject), reason)
        self._keep(kind, start, end, {})

    def _keep(self, kind: RelationKind, start: str, end: str, properties: Mapping[str, Property]) -> None:
        self._found.setdefault((kind, start, end), {}).update(properties)

    def _name(self, id_: str) -> str:
        return self._entities[id_].name

    def finish(self) -> tuple[Relation, ...]:
        """What was found, with the conclusions that are safe to draw."""
        self._give_owners()
        self._give_owners_of_points()
        self._place_in_the_only("Building", "Floor", "The model does not say whose floor it is; there is one building.")
        self._place_zones()
        self._place_in_the_only("Site", "Building", "The model does not say where it stands; there is one site.")
        self._cut_circles()
        return tuple(Relation(kind, start, end, properties) for (kind, start, end), properties in self._found.items())

    def _give_owners_of_points(self) -> None:
        """A point that another point has belongs to what has that one."""
        owners: dict[str, list[str]] = {}
        for owner, point in self._pairs("HAS_POINT"):
            owners.setdefault(point, []).append(owner)
        for point, further in self._points_of_points:
            for owner in owners.get(point, []):
                self._guess(
                    "HAS_POINT", owner, further, "It is said to be a point of a point; it goes to the owner of that."
                )

    def _pairs(self, kind: RelationKind) -> list[tuple[str, str]]:
        return [(start, end) for found, start, end in self._found if found == kind]

    def _give_owners(self) -> None:
        """A point that nothing has belongs to the place or equipment it is in."""
        owned = {point for _, point in self._pairs("HAS_POINT")}
        for point, where in self._located_points:
            if point not in owned:
                self._guess(
                    "HAS_POINT",
                    where,
                    point,
                    "The model says where it is but not whose it is; it is taken for a point of that.",
                )

    def _place_zones(self) -> None:
        """A space whose floor is not told is on the floor of its rooms.

        One with rooms on several floors is in their building and on none of them: else each of its rooms would be on all.
        """
        above: dict[str, set[str]] = {}
        for place, part in self._pairs("HAS_PART"):
            above.setdefault(part, set()).add(place)
        for zone, rooms in self._rooms_of_spaces().items():
            floors = [self._of_kind(above.get(room, ()), "Floor") for room in rooms]
            stated = self._of_kind(above.get(zone, ()), "Floor", "Building", "Site")
            if not all(floors) or (stated and len(self._of_kind(stated, "Floor")) < 2):
                continue
            together = set[str]().union(*floors)
            if len(together) == 1:
                self._place_zone(
                    zone, stated, together, "The model does not place it; it is on the floor of its rooms."
                )
            elif around := _shared([above.get(floor, set[str]()) for floor in together]):
                self._place_zone(
                    zone, stated, around, "Its rooms are on several floors; it is in what is around those."
                )

    def _place_zone(self, zone: str, stated: Iterable[str], places: Iterable[str], reason: str) -> None:
        self._account.guessed(self._name(zone), reason)
        for place in stated:
            del self._found["HAS_PART", place, zone]
        for place in sorted(places):
            self._keep("HAS_PART", place, zone, {})

    def _rooms_of_spaces(self) -> dict[str, list[str]]:
        rooms: dict[str, list[str]] = {}
        for place, part in self._pairs("HAS_PART"):
            if self._entities[place].kind == "Space":
                rooms.setdefault(place, []).append(part)
        return rooms

    def _of_kind(self, ids: Iterable[str], *kinds: Kind) -> set[str]:
        return {id_ for id_ in ids if self._entities[id_].kind in kinds}

    def _place_in_the_only(self, outer: Kind, inner: Kind, reason: str) -> None:
        places = self._of_kind(self._entities, outer)
        if len(places) != 1:
            return
        (place,) = places
        placed = {part for _, part in self._pairs("HAS_PART")}
        for part in sorted(self._of_kind(self._entities, inner) - placed):
            self._account.guessed(self._name(part), reason)
            self._keep("HAS_PART", place, part, {})

    def _cut_circles(self) -> None:
        """Nothing is a part of its own part: the relation that closes the circle goes."""
        parts: dict[str, list[str]] = {}
        for start, end in self._pairs("HAS_PART"):
            if _reaches(parts, end, start):
                del self._found["HAS_PART", start, end]
                reason = "Each is said to be a part of the other, directly or through others; this one is left out."
                self._account.skipped(f"{self._name(end)} in {self._name(start)}", reason)
            else:
                parts.setdefault(start, []).append(end)


def _shared(sets: Sequence[set[str]]) -> set[str]:
    return {item for item in sets[0] if all(item in other for other in sets)}


def _reaches(parts: Mapping[str, list[str]], start: str, goal: str) -> bool:
    seen: set[str] = set()
    rest = [start]
    while rest:
        current = rest.pop()
        if current == goal:
            return True
        if current not in seen:
            seen.add(current)
            rest.extend(parts.get(current, ()))
    return False


def _side(kind: Kind) -> _Side:
    return "place" if kind in PLACE_KINDS else kind.lower()
