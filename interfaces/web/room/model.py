"""The scene of a plant, built from the graph in a few statements."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from interfaces.web.room.layout import AssetSpec, Layout, PlaceSpec, Size, ancestor, lay_out
from interfaces.web.room.messages import Box, Drawing, SceneAsset, SceneConnection, SceneModel, ScenePlace
from interfaces.web.room.shapes import Classes, shape_of
from interfaces.web.room.state import PlantState

CRITICAL = 5


@dataclass(frozen=True, slots=True)
class PlantRows:
    """What the statements of ``room.cypher`` returned."""

    site: Sequence[Row]
    places: Sequence[Row]
    assets: Sequence[Row]
    parts: Sequence[Row]
    located: Sequence[Row]
    feeds: Sequence[Row]
    points: Sequence[Row]
    version: int


async def read_plant(graph: GraphStore) -> PlantRows:
    texts = statements("interfaces.web.room", "room.cypher")
    names = ("site", "places", "assets", "parts", "located", "feeds", "points")
    rows = {name: await graph.read(texts[name]) for name in names}
    return PlantRows(**rows, version=await read_version(graph))


async def read_version(graph: GraphStore) -> int:
    found = await graph.read(statements("interfaces.web.room", "room.cypher")["version"])
    return int(found[0]["version"] or 0) if found else 0


async def read_points(graph: GraphStore) -> list[Row]:
    return await graph.read(statements("interfaces.web.room", "room.cypher")["points"])


def shown_as(rows: PlantRows) -> dict[str, list[str]]:
    """For each zone the rooms it is made of: they show its readings, because a zone is not drawn."""
    spaces = {row["id"] for row in rows.places if row["kind"] == "Space"}
    boxed = {row["id"] for row in rows.places if row["x"] is not None}
    groups: dict[str, list[str]] = defaultdict(list)
    for row in rows.parts:
        if row["whole"] in spaces - boxed and row["part"] in spaces:
            groups[row["whole"]].append(row["part"])
    return groups


def build_scene(rows: PlantRows, state: PlantState, classes: Classes, now: int) -> SceneModel:
    """Pure: the picture of a plant at a moment (epoch milliseconds)."""
    zones = shown_as(rows)
    places = _place_specs(rows, zones)
    shapes = {row["id"]: shape_of(classes, row["class"]) for row in rows.assets}
    feeds = [(row["start"], row["end"]) for row in rows.feeds]
    equipment = _asset_specs(rows, shapes)
    layout = lay_out(places, equipment, feeds)
    by_id = {place.id: place for place in places}
    wholes = {spec.id: spec.whole for spec in equipment}
    assets = [_asset(row, shapes[row["id"]][0], wholes[row["id"]], layout, by_id, state) for row in rows.assets]
    return SceneModel(
        name=rows.site[0]["name"] if rows.site else "Plant",
        version=rows.version,
        at=now,
        places=[_place(place, layout.boxes[place.id], state) for place in places if place.id in layout.boxes]
        + [_area(id_, name, box) for id_, (name, box) in layout.areas.items()],
        assets=assets,
        connections=_connections(rows, zones, {asset.id for asset in assets} | set(layout.boxes)),
    )


def _place_specs(rows: PlantRows, zones: Mapping[str, Sequence[str]]) -> list[PlaceSpec]:
    kinds = {row["id"]: row["kind"] for row in rows.places}
    parents: dict[str, str] = {}
    for row in rows.parts:
        whole, part = row["whole"], row["part"]
        # A floor says more about where a room is than its building does.
        unsettled = kinds.get(parents.get(part, "")) != "Floor"
        if whole in kinds and part in kinds and whole not in zones and unsettled:
            parents[part] = whole
    return [
        PlaceSpec(
            id=row["id"],
            name=row["name"],
            kind=row["kind"],
            parent=parents.get(row["id"]),
            level=row["level"],
            box=_box(row),
            groups=tuple(zones.get(row["id"], ())),
        )
        for row in rows.places
    ]


def _box(row: Row) -> Box | None:
    if row["x"] is None or row["y"] is None or not row["w"] or not row["d"]:
        return None
    return Box(x=row["x"], y=row["y"], z=row["z"] or 0.0, w=row["w"], d=row["d"], h=row["h"] or 0.2)


def _asset_specs(rows: PlantRows, shapes: Mapping[str, tuple[Drawing, Size]]) -> list[AssetSpec]:
    assets = {row["id"] for row in rows.assets}
    place = {row["asset"]: row["place"] for row in rows.located}
    whole = {row["part"]: row["whole"] for row in rows.parts if row["whole"] in assets and row["part"] in assets}
    return [
        AssetSpec(
            id=row["id"],
            name=row["name"],
            size=_size(row, shapes[row["id"]][1]),
            place=place.get(row["id"]),
            whole=whole.get(row["id"]),
            position=None if row["x"] is None or row["y"] is None else (row["x"], row["y"], row["z"] or 0.0),
        )
        for row in rows.assets
    ]


def _size(row: Row, usual: Size) -> Size:
    return (row["w"] or usual[0], row["d"] or usual[1], row["h"] or usual[2])


def _place(place: PlaceSpec, box: Box, state: PlantState) -> ScenePlace:
    now = state.of(place.id)
    assert place.kind in ("Building", "Floor", "Space")
    return ScenePlace(
        id=place.id,
        name=place.name,
        kind=place.kind,
        parent=place.parent,
        level=place.level,
        box=box,
        status=now.status,
        readings=now.readings,
    )


def _area(id_: str, name: str, box: Box) -> ScenePlace:
    return ScenePlace(id=id_, name=name, kind="Area", parent=None, level=None, box=box, status="unknown", readings=[])


def _asset(
    row: Row, shape: Drawing, whole: str | None, layout: Layout, by_id: Mapping[str, PlaceSpec], state: PlantState
) -> SceneAsset:
    now = state.of(row["id"])
    home = layout.homes.get(row["id"])
    floor = ancestor(by_id, home, "Floor") or (home if home in layout.areas or home in layout.boxes else None)
    return SceneAsset(
        id=row["id"],
        name=row["name"],
        class_=row["class"],
        shape=shape,
        whole=whole,
        place=by_id[home].name if home is not None and home in by_id else None,
        floor=floor,
        position=layout.feet[row["id"]],
        size=layout.sizes[row["id"]],
        status=now.status,
        critical=(row["criticality"] or 0) >= CRITICAL,
        readings=now.readings,
    )


def _connections(rows: PlantRows, zones: Mapping[str, Sequence[str]], drawn: set[str]) -> list[SceneConnection]:
    """What ends in a zone ends in its rooms."""

    def things(id_: str) -> Sequence[Any]:
        return zones.get(id_) or (id_,)

    return [
        SceneConnection(start=start, end=end, medium=row["medium"])
        for row in rows.feeds
        for start in things(row["start"])
        for end in things(row["end"])
        if start in drawn and end in drawn
    ]
