"""A room's sensor sits where somebody mounted it: on the VAV box that feeds the room, on its zone, on a device that stands in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from graph_schema.compiler.quantities import Quantities
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore
from tools.query.points import Point, meant
from tools.results.assets import EntityRef

_OF_A_ROOM = ("zone_", "room_", "co2", "occupancy", "occupied", "unoccupied", "illuminance", "luminance")
"""How quantities begin that tell of the room, whoever has the sensor: a box's supply air temperature tells nothing of it."""
NEAREST = (
    "stands in it", "is part of it", "has it as a part", "feeds it", "feeds the zone that it is part of", "feeds a zone in it",
)  # fmt: skip
"""The rules by which something tells of a room, the nearest first."""
_ASKED_OF_ROOMS = {
    "temperature": "zone_air_temperature",
    "air_temperature": "zone_air_temperature",
    "humidity": "zone_air_humidity",
}
"""“temperature” of a room is that of its air."""
_NOTED = 5


@dataclass(frozen=True, slots=True)
class Served:
    """By place its points, all by the nearest rule that has any; ``notes`` say which."""

    points: Mapping[str, list[Point]]
    statement: str
    notes: list[str]


async def serving(graph: GraphStore, ontology: Ontology, places: Sequence[EntityRef], quantity: str) -> Served | None:
    """Of places without such a point of their own. None where the quantity tells nothing of a room, or no sensor serves them."""
    if not places:
        return None
    quantities = Quantities.of(ontology, _ASKED_OF_ROOMS.get(quantity, quantity))
    wanted = [one for one in quantities.all if one.startswith(_OF_A_ROOM)]
    if not wanted:
        return None
    text = statements("tools.query", "reader.cypher")["serving"]
    rows = await graph.read(text, ids=[one.id for one in places], quantities=wanted)
    found = _nearest(rows[0]["rows"] if rows else [])
    names = {one.id: one.name for one in places}
    points = meant((Point(*row[3:]) for row in found), quantities)
    if not points:
        return None
    return Served(points, text, _notes([(names[row[3]], row[2] or row[1], row[0]) for row in found]))


def _nearest(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Of each place those by the first rule that has any."""
    by_place: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (NEAREST.index(row[0]), str(row[2]), row[4])):
        if not by_place[row[3]] or by_place[row[3]][0][0] == row[0]:
            by_place[row[3]].append(row)
    return [row for some in by_place.values() for row in some]


def _notes(served: Sequence[tuple[str, str, str]]) -> list[str]:
    told = sorted(set(served))
    said = [
        f"{place} has no such sensor of its own; it is read by that of {', '.join(owner for _, owner, _ in some)}, which {rule}."
        for (place, rule), group in groupby(told, key=lambda one: (one[0], one[2]))
        if (some := list(group))
    ]
    more = [f"{len(said) - _NOTED} more places are read by sensors that serve them."] if len(said) > _NOTED else []
    return [*said[:_NOTED], *more]
