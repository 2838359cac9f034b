"""The limits of points in the graph: what holds, where it comes from, and what people set by hand.

A change goes up with the plant's version, so that whoever keeps the plant in memory, ingestion too, reads it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_schema.errors import InvalidInput, NotFound
from graph_schema.limits import (
    FIELDS,
    Origin,
    Setting,
    Settings,
    by_hand,
    contradiction,
    effective,
    origin,
    stated,
    usual,
    written,
)
from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row

_CYPHER = statements("graph_schema.store", "point_limits.cypher")
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class PointSettings:
    """One point, and what each layer has to say of its limits."""

    id: str
    name: str
    unit: str | None
    by_hand: Settings
    stated: Settings
    usual: Settings

    @property
    def holds(self) -> dict[str, float | bool]:
        return effective(self.by_hand, self.stated, self.usual)

    @property
    def has_limits(self) -> bool:
        return not self.holds.keys().isdisjoint(("low", "high"))

    def origins(self) -> dict[str, Origin]:
        return {name: origin(name, self.by_hand, self.stated, self.usual) for name in FIELDS}


async def points_inside(graph: GraphStore, ids: Sequence[str]) -> list[str]:
    """The ids of the points of these things and of their parts; a point is its own."""
    return [row["id"] for row in await graph.read(_CYPHER["inside"], ids=list(ids))]


async def entities_of_class(graph: GraphStore, ontology: Ontology, class_: str) -> list[str]:
    """The ids of what is of a class or of one below it."""
    classes = sorted({class_, *ontology.descendants(class_)})
    return [row["id"] for row in await graph.read(_CYPHER["of_classes"], classes=classes)]


async def all_points(graph: GraphStore) -> list[str]:
    return [row["id"] for row in await graph.read(_CYPHER["all_points"])]


async def read_settings(graph: GraphStore, ontology: Ontology, points: Sequence[str]) -> list[PointSettings]:
    """In the order of their names."""
    found: list[PointSettings] = []
    for start in range(0, len(points), _BATCH):
        rows = await graph.read(_CYPHER["points"], ids=list(points[start : start + _BATCH]))
        found += [_settings(row, ontology) for row in rows]
    return sorted(found, key=lambda one: (one.name, one.id))


async def set_by_hand(graph: GraphStore, ontology: Ontology, point: str, changes: Settings) -> PointSettings:
    """Add to what people set at a point. None takes a limit away that the plant file states. Raises ``InvalidInput`` for nonsense."""
    before = await _one(graph, ontology, point)
    return await _put(graph, before, {**before.by_hand, **changes})


async def reset_by_hand(graph: GraphStore, ontology: Ontology, point: str) -> PointSettings:
    """Forget what people set at a point: the plant file and the defaults hold again."""
    return await _put(graph, await _one(graph, ontology, point), {})


async def _put(graph: GraphStore, before: PointSettings, by_hand: Mapping[str, Setting]) -> PointSettings:
    after = PointSettings(before.id, before.name, before.unit, by_hand, before.stated, before.usual)
    if by_hand and (wrong := contradiction(after.holds)):
        raise InvalidInput(f"Nothing is set at {after.name}: {wrong}.")
    if by_hand.keys() - {"low", "high", "stale_after_s"} and not after.has_limits:
        raise InvalidInput(
            f"Nothing is set at {after.name}: it has no limit that this would apply to. Give --low or --high."
        )
    properties = written(after.by_hand, after.stated, after.usual)
    bump = statements("graph_schema.store", "loader.cypher")["bump_version"]
    await graph.write_all([(_CYPHER["set"], {"id": after.id, "properties": properties}), (bump, {})])
    return after


async def _one(graph: GraphStore, ontology: Ontology, point: str) -> PointSettings:
    found = await read_settings(graph, ontology, [point])
    if not found:
        raise NotFound(f"{point} is no point. `plantroom limits` lists those that have limits.")
    return found[0]


def _settings(row: Row, ontology: Ontology) -> PointSettings:
    point: Mapping[str, Any] = row["point"]
    classes = sorted(one for one in row["owner_classes"] if one)
    said = [usual(ontology, one, point.get("quantity")) for one in classes]
    library = next(filter(None, said), dict[str, Setting]())
    return PointSettings(
        point["id"], point.get("name") or point["id"], point.get("unit"), by_hand(point), stated(point), library
    )
