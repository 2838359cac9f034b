"""Places for what has none: a pure function from a plant's things to boxes and positions.

What the plant says stays where it is. Floors without a box are stacked, their rooms laid out as a grid; equipment goes
into its room, or into the room it serves; what has no place at all stands on an area of its own beside the building, in
columns along the direction of supply. The same plant always gives the same picture.
"""

import math
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from graph_schema.model import Kind
from interfaces.web.room.messages import Box

Spot = tuple[float, float, float]
Size = tuple[float, float, float]

CELL = 6.0
ROOM_HEIGHT = 3.0
STOREY = 4.5
GAP = 14.0
AISLE = 2.2
WALL = 0.4


@dataclass(frozen=True, slots=True)
class PlaceSpec:
    """``groups`` are the places a zone is made of; a zone that has some is not drawn itself."""

    id: str
    name: str
    kind: Kind
    parent: str | None = None
    level: int | None = None
    box: Box | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssetSpec:
    id: str
    name: str
    size: Size
    place: str | None = None
    whole: str | None = None
    position: Spot | None = None


@dataclass(slots=True)
class Layout:
    """``areas`` are boxes of our own, by id and name; ``homes`` the drawn place or area each asset stands in."""

    boxes: dict[str, Box] = field(default_factory=dict[str, Box])
    areas: dict[str, tuple[str, Box]] = field(default_factory=dict[str, tuple[str, Box]])
    feet: dict[str, Spot] = field(default_factory=dict[str, Spot])
    sizes: dict[str, Size] = field(default_factory=dict[str, Size])
    homes: dict[str, str] = field(default_factory=dict[str, str])


def lay_out(places: Sequence[PlaceSpec], assets: Sequence[AssetSpec], feeds: Sequence[tuple[str, str]]) -> Layout:
    """Boxes for the places and positions for the assets, in metres."""
    layout = Layout(boxes={place.id: place.box for place in places if place.box})
    by_id = {place.id: place for place in places}
    _lay_out_buildings(layout, by_id)
    homes = _homes(by_id, assets, feeds)
    _stand_where_told(layout, assets, homes)
    _stand_beside_whole(layout, assets)
    _fill_places(layout, by_id, assets, homes)
    _fill_areas(layout, by_id, assets, feeds)
    return layout


def natural(text: str) -> list[tuple[int, str]]:
    """A sort key in which "VAV-9" comes before "VAV-10"."""
    return [(int(part), "") if part.isdigit() else (-1, part.lower()) for part in re.split(r"(\d+)", text) if part]


def bounds(boxes: Iterable[Box]) -> Box | None:
    """The smallest box around all."""
    all_ = list(boxes)
    if not all_:
        return None
    x, y, z = min(b.x for b in all_), min(b.y for b in all_), min(b.z for b in all_)
    return Box(
        x=x,
        y=y,
        z=z,
        w=max(b.x + b.w for b in all_) - x,
        d=max(b.y + b.d for b in all_) - y,
        h=max(b.z + b.h for b in all_) - z,
    )


def ancestor(by_id: Mapping[str, PlaceSpec], place: str | None, kind: Kind) -> str | None:
    """The nearest place of a kind at or above a place; untidy plants may run in circles."""
    seen: set[str] = set()
    while place is not None and place in by_id and place not in seen:
        if by_id[place].kind == kind:
            return place
        seen.add(place)
        place = by_id[place].parent
    return None


# Buildings, floors and rooms


def _lay_out_buildings(layout: Layout, by_id: Mapping[str, PlaceSpec]) -> None:
    ordered = sorted(by_id.values(), key=lambda place: (natural(place.name), place.id))
    floors: dict[str | None, list[PlaceSpec]] = defaultdict(list)
    rooms: dict[str | None, list[PlaceSpec]] = defaultdict(list)
    for place in ordered:
        if place.kind == "Floor":
            floors[ancestor(by_id, place.id, "Building")].append(place)
        elif place.kind == "Space" and not place.groups:
            rooms[ancestor(by_id, place.id, "Floor") or ancestor(by_id, place.id, "Building")].append(place)
    for building, storeys in sorted(floors.items(), key=lambda item: natural(item[0] or "")):
        _stack(layout, sorted(storeys, key=lambda floor: (floor.level or 0, natural(floor.name))), rooms)
        _box_around(layout, building, storeys)
    for home in [place.id for place in ordered if place.kind == "Building"] + [None]:
        if any(room.id not in layout.boxes for room in rooms[home]):
            _rooms_without_floor(layout, home, rooms[home])


def _box_around(layout: Layout, building: str | None, floors: Sequence[PlaceSpec]) -> None:
    around = bounds(layout.boxes[floor.id] for floor in floors)
    if building is not None and around is not None:
        layout.boxes.setdefault(building, around)


def _stack(layout: Layout, floors: Sequence[PlaceSpec], rooms: Mapping[str | None, Sequence[PlaceSpec]]) -> None:
    """Floors of one building above each other on one footprint, the lowest at height 0."""
    loose = {floor.id: [room for room in rooms.get(floor.id, ()) if room.id not in layout.boxes] for floor in floors}
    columns, rows = _grid(max((len(each) for each in loose.values()), default=0), wide=1.6)
    left = _right_edge(layout)
    for index, floor in enumerate(floors):
        known = bounds(layout.boxes[room.id] for room in rooms.get(floor.id, ()) if room.id in layout.boxes)
        stacked = Box(x=left, y=0, z=index * STOREY, w=max(columns, 2) * CELL, d=max(rows, 2) * CELL, h=STOREY)
        box = layout.boxes.setdefault(floor.id, known or stacked)
        _cells(layout, box, loose[floor.id], columns, rows)


def _rooms_without_floor(layout: Layout, home: str | None, rooms: Sequence[PlaceSpec]) -> None:
    loose = [room for room in rooms if room.id not in layout.boxes]
    columns, rows = _grid(len(loose), wide=1.6)
    box = Box(x=_right_edge(layout), y=0, z=0, w=columns * CELL, d=rows * CELL, h=STOREY)
    layout.areas[f"area:rooms:{home or ''}"] = ("Rooms without a floor", box)
    _cells(layout, box, loose, columns, rows)


def _cells(layout: Layout, box: Box, rooms: Sequence[PlaceSpec], columns: int, rows: int) -> None:
    w, d = box.w / max(columns, 1), box.d / max(rows, 1)
    for index, room in enumerate(rooms):
        column, row = index % columns, index // columns
        layout.boxes[room.id] = Box(
            x=box.x + column * w + WALL / 2,
            y=box.y + row * d + WALL / 2,
            z=box.z,
            w=w - WALL,
            d=d - WALL,
            h=min(ROOM_HEIGHT, box.h * 0.8),
        )


def _grid(count: int, wide: float = 1.0) -> tuple[int, int]:
    columns = max(1, math.ceil(math.sqrt(count * wide)))
    return columns, math.ceil(count / columns)


def _right_edge(layout: Layout) -> float:
    around = bounds([*layout.boxes.values(), *(box for _, box in layout.areas.values())])
    return around.x + around.w + GAP if around else 0.0


# Equipment


def _homes(
    by_id: Mapping[str, PlaceSpec], assets: Sequence[AssetSpec], feeds: Sequence[tuple[str, str]]
) -> dict[str, str]:
    """The place each asset is in, or else the only one it serves, or else the place of the whole it is part of."""
    served: dict[str, set[str]] = defaultdict(set)
    for start, end in feeds:
        if end in by_id:
            served[start].add(_drawn(by_id, end))
    homes = {asset: next(iter(rooms)) for asset, rooms in served.items() if len(rooms) == 1}
    homes |= {asset.id: _drawn(by_id, asset.place) for asset in assets if asset.place in by_id}
    wholes = {asset.id: asset.whole for asset in assets}
    for asset in assets:
        if asset.id not in homes and (home := _home_of_whole(asset.id, wholes, homes)):
            homes[asset.id] = home
    return homes


def _home_of_whole(asset: str, wholes: Mapping[str, str | None], homes: Mapping[str, str]) -> str | None:
    seen: set[str] = set()
    above = wholes.get(asset)
    while above is not None and above not in seen:
        if above in homes:
            return homes[above]
        seen.add(above)
        above = wholes.get(above)
    return None


def _drawn(by_id: Mapping[str, PlaceSpec], place: str | None) -> str:
    """A zone is not drawn: its first room stands for it."""
    assert place is not None
    known = sorted((by_id[part] for part in by_id[place].groups if part in by_id), key=lambda part: natural(part.name))
    return known[0].id if known else place


def _stand_where_told(layout: Layout, assets: Sequence[AssetSpec], homes: Mapping[str, str]) -> None:
    for asset in assets:
        layout.sizes[asset.id] = asset.size
        if asset.position:
            layout.feet[asset.id] = asset.position
            if asset.id in homes:
                layout.homes[asset.id] = homes[asset.id]


def _stand_beside_whole(layout: Layout, assets: Sequence[AssetSpec]) -> None:
    """Parts of something that has a position stand in a row before it."""
    parts: dict[str, list[AssetSpec]] = defaultdict(list)
    standing = {asset.id for asset in assets if asset.id in layout.feet}
    for asset in _in_order(assets):
        if asset.id not in standing and asset.whole in standing:
            parts[asset.whole].append(asset)
    for whole, row in parts.items():
        x, y, z = layout.feet[whole]
        before = y - layout.sizes[whole][1] / 2 - 0.8
        room = max(layout.sizes[whole][0], 2.0) / len(row)
        pitch = min(max(asset.size[0] for asset in row) + 0.3, room)
        for index, asset in enumerate(row):
            scale = min(1.0, pitch * 0.9 / asset.size[0], 1.0 / asset.size[1])
            layout.sizes[asset.id] = (asset.size[0] * scale, asset.size[1] * scale, asset.size[2] * scale)
            layout.feet[asset.id] = (x + (index - (len(row) - 1) / 2) * pitch, before, z)
            if whole in layout.homes:
                layout.homes[asset.id] = layout.homes[whole]


def _fill_places(
    layout: Layout, by_id: Mapping[str, PlaceSpec], assets: Sequence[AssetSpec], homes: Mapping[str, str]
) -> None:
    """Equipment of a room in a grid inside it, of a floor with rooms along its front edge."""
    inside: dict[str, list[AssetSpec]] = defaultdict(list)
    for asset in _in_order(assets):
        home = homes.get(asset.id)
        if asset.id not in layout.feet and home in layout.boxes and by_id[home].kind in ("Floor", "Space"):
            inside[home].append(asset)
    furnished = {place.parent for place in by_id.values() if place.id in layout.boxes}
    for home, group in inside.items():
        box = layout.boxes[home]
        if home in furnished:
            box = box.model_copy(update={"d": min(box.d, 1.5)})
            _stand_in_grid(layout, home, box, group, (len(group), 1))
        else:
            _stand_in_grid(layout, home, box, group, _grid(len(group), wide=box.w / box.d))


def _stand_in_grid(layout: Layout, home: str, box: Box, group: Sequence[AssetSpec], grid: tuple[int, int]) -> None:
    """One asset a cell, made smaller where the cell is small."""
    columns, rows = grid
    w, d = box.w / columns, box.d / rows
    for index, asset in enumerate(group):
        scale = min(1.0, w * 0.8 / asset.size[0], d * 0.8 / asset.size[1], box.h * 0.9 / asset.size[2])
        layout.sizes[asset.id] = (asset.size[0] * scale, asset.size[1] * scale, asset.size[2] * scale)
        layout.feet[asset.id] = (box.x + (index % columns + 0.5) * w, box.y + (index // columns + 0.5) * d, box.z)
        layout.homes[asset.id] = home


def _in_order(assets: Iterable[AssetSpec]) -> list[AssetSpec]:
    """By name, parts right after their whole."""
    all_ = list(assets)
    names = {asset.id: asset.name for asset in all_}

    def key(asset: AssetSpec) -> tuple[object, ...]:
        whole = names.get(asset.whole or "")
        return (natural(whole or asset.name), whole is not None, natural(asset.name), asset.id)

    return sorted(all_, key=key)


def _fill_areas(
    layout: Layout,
    by_id: Mapping[str, PlaceSpec],
    assets: Sequence[AssetSpec],
    feeds: Sequence[tuple[str, str]],
) -> None:
    """What is left stands left of everything, on an area of its own, in columns along the direction of supply."""
    waiting = {asset.id for asset in assets if asset.id not in layout.feet}
    left = [asset for asset in _in_order(assets) if asset.id in waiting and asset.whole not in waiting]
    left = left or [asset for asset in _in_order(assets) if asset.id in waiting]
    if not left:
        return
    around = bounds([*layout.boxes.values(), *(box for _, box in layout.areas.values())])
    columns = _columns(left, feeds)
    right = around.x - GAP if around else 0.0
    y = around.y if around else 0.0
    width = sum(_width(column) for column in columns)
    depth = max(_depth(column) for column in columns)
    box = Box(x=right - width - AISLE, y=y, z=0, w=width + AISLE, d=depth + AISLE, h=STOREY)
    name = "Plant equipment" if by_id else "Equipment"
    layout.areas["area:equipment"] = (name, box)
    x = box.x + AISLE
    for column in columns:
        _stand_in_column(layout, column, x, box)
        x += _width(column)
    while any(asset.id not in layout.feet and asset.whole in layout.feet for asset in assets):
        _stand_beside_whole(layout, assets)


def _stand_in_column(layout: Layout, column: Sequence[AssetSpec], x: float, area: Box) -> None:
    y = area.y + (area.d - _depth(column) + AISLE) / 2
    middle = x + (_width(column) - AISLE) / 2
    for asset in column:
        layout.feet[asset.id] = (middle, y + asset.size[1] / 2, area.z)
        layout.homes[asset.id] = "area:equipment"
        y += asset.size[1] + AISLE


def _width(column: Sequence[AssetSpec]) -> float:
    return max(asset.size[0] for asset in column) + AISLE


def _depth(column: Sequence[AssetSpec]) -> float:
    return sum(asset.size[1] + AISLE for asset in column)


def _columns(assets: Sequence[AssetSpec], feeds: Sequence[tuple[str, str]]) -> list[list[AssetSpec]]:
    """Suppliers left of what they supply; a long column is broken so that the area stays about as deep as wide."""
    rank = _hops_from_source([asset.id for asset in assets], feeds)
    wanted: dict[int, list[AssetSpec]] = defaultdict(list)
    for asset in assets:
        wanted[rank[asset.id]].append(asset)
    longest = max(6, math.ceil(math.sqrt(len(assets) * 1.4)))
    return [
        column[start : start + longest]
        for _, column in sorted(wanted.items())
        for start in range(0, len(column), longest)
    ]


def _hops_from_source(ids: Sequence[str], feeds: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Fewest hops from something that nothing among these supplies; a loop starts at its first member."""
    known = set(ids)
    after: dict[str, list[str]] = defaultdict(list)
    fed: set[str] = set()
    for start, end in sorted(feeds):
        if start in known and end in known:
            after[start].append(end)
            fed.add(end)
    rank: dict[str, int] = {}
    for source in [one for one in ids if one not in fed] + list(ids):
        if source not in rank:
            rank[source] = 0
            _spread(source, after, rank)
    return rank


def _spread(source: str, after: Mapping[str, Sequence[str]], rank: dict[str, int]) -> None:
    queue = deque([source])
    while queue:
        current = queue.popleft()
        for following in after.get(current, ()):
            if following not in rank:
                rank[following] = rank[current] + 1
                queue.append(following)
