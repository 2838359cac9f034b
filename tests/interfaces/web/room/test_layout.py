from hypothesis import given, settings
from hypothesis import strategies as st

from interfaces.web.room.layout import AssetSpec, PlaceSpec, lay_out, natural
from interfaces.web.room.messages import Box

SIZE = (1.0, 1.0, 1.0)


def rooms(count: int, floor: str = "f1") -> list[PlaceSpec]:
    return [PlaceSpec(f"{floor}-r{i}", f"Room {i}", "Space", floor) for i in range(1, count + 1)]


def tower(floors: int, each: int) -> list[PlaceSpec]:
    building = PlaceSpec("b", "Building", "Building")
    levels = [PlaceSpec(f"f{i}", f"Floor {i}", "Floor", "b", level=i) for i in range(1, floors + 1)]
    return [building, *levels, *(room for level in levels for room in rooms(each, level.id))]


def asset(id_: str, **more: object) -> AssetSpec:
    return AssetSpec(id_, id_.upper(), SIZE, **more)  # type: ignore[arg-type]


def overlap(a: Box, b: Box) -> bool:
    return all(
        low < other_high - 1e-9 and other_low < high - 1e-9
        for low, high, other_low, other_high in (
            (a.x, a.x + a.w, b.x, b.x + b.w),
            (a.y, a.y + a.d, b.y, b.y + b.d),
            (a.z, a.z + a.h, b.z, b.z + b.h),
        )
    )


def inside(spot: tuple[float, float, float], box: Box) -> bool:
    x, y, z = spot
    return box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.d and box.z <= z <= box.z + box.h


def test_names_sort_by_their_numbers():
    assert sorted(["VAV-10", "VAV-9", "AHU-1"], key=natural) == ["AHU-1", "VAV-9", "VAV-10"]


def test_what_the_plant_says_stays_where_it_is():
    box = Box(x=1, y=2, z=3, w=4, d=5, h=6)
    layout = lay_out([PlaceSpec("r", "Room", "Space", box=box)], [asset("a", position=(7.0, 8.0, 9.0))], [])
    assert layout.boxes["r"] == box
    assert layout.feet["a"] == (7.0, 8.0, 9.0)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 6), st.integers(1, 30))
def test_floors_lie_above_each_other_and_rooms_beside_each_other(floors: int, each: int):
    places = tower(floors, each)
    boxes = lay_out(places, [], []).boxes
    levels = [boxes[f"f{i}"] for i in range(1, floors + 1)]
    assert [level.z for level in levels] == sorted({level.z for level in levels})
    drawn = [boxes[place.id] for place in places if place.kind == "Space"]
    assert not any(overlap(a, b) for i, a in enumerate(drawn) for b in drawn[i + 1 :])
    assert all(
        inside((box.x, box.y, box.z), boxes[place.parent or ""])
        for place, box in ((p, boxes[p.id]) for p in places if p.kind == "Space")
    )


def test_a_zone_of_rooms_is_not_drawn_and_its_equipment_stands_in_its_first_room():
    places = [*tower(1, 2), PlaceSpec("z", "Zone", "Space", "f1", groups=("f1-r1", "f1-r2"))]
    layout = lay_out(places, [asset("vav")], [("vav", "z")])
    assert "z" not in layout.boxes
    assert layout.homes["vav"] == "f1-r1"
    assert inside(layout.feet["vav"], layout.boxes["f1-r1"])


def test_equipment_stands_in_the_only_room_it_serves():
    layout = lay_out(tower(2, 3), [asset("vav"), asset("ahu")], [("ahu", "vav"), ("vav", "f2-r3")])
    assert layout.homes == {"vav": "f2-r3", "ahu": "area:equipment"}


def test_what_serves_several_rooms_stands_in_none_of_them():
    layout = lay_out(tower(1, 2), [asset("ahu")], [("ahu", "f1-r1"), ("ahu", "f1-r2")])
    assert layout.homes["ahu"] == "area:equipment"


def test_without_places_suppliers_stand_left_of_what_they_supply():
    chain = [("chiller", "pump"), ("pump", "ahu"), ("ahu", "vav-1"), ("ahu", "vav-2")]
    feet = lay_out([], [asset(id_) for id_ in ("vav-1", "vav-2", "ahu", "pump", "chiller")], chain).feet
    assert feet["chiller"][0] < feet["pump"][0] < feet["ahu"][0] < feet["vav-1"][0] == feet["vav-2"][0]


def test_a_loop_of_supply_ends():
    loop = [("a", "b"), ("b", "c"), ("c", "a")]
    assert set(lay_out([], [asset("a"), asset("b"), asset("c")], loop).feet) == {"a", "b", "c"}


def test_places_in_a_circle_end():
    places = [PlaceSpec("x", "X", "Space", "y"), PlaceSpec("y", "Y", "Space", "x")]
    assert set(lay_out(places, [asset("a", place="x")], []).boxes) == {"x", "y"}


def test_parts_of_parts_stand_somewhere():
    assets = [asset("ahu"), asset("fan", whole="ahu"), asset("motor", whole="fan"), asset("lonely", whole="gone")]
    assert set(lay_out([], assets, []).feet) == {"ahu", "fan", "motor", "lonely"}


def test_parts_that_contain_each_other_stand_somewhere():
    assert set(lay_out([], [asset("a", whole="b"), asset("b", whole="a")], []).feet) == {"a", "b"}


def test_equipment_shrinks_to_fit_its_room():
    crowd = [AssetSpec(f"a{i}", f"A {i}", (4.0, 4.0, 4.0), place="f1-r1") for i in range(9)]
    layout = lay_out(tower(1, 1), crowd, [])
    room = layout.boxes["f1-r1"]
    for one in crowd:
        w, _, h = layout.sizes[one.id]
        assert inside(layout.feet[one.id], room)
        assert w < room.w / 3
        assert h < room.h


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=40), st.randoms())
def test_the_same_plant_gives_the_same_picture_in_whatever_order_it_is_read(pairs: list[tuple[int, int]], random):  # type: ignore[no-untyped-def]
    places = tower(2, 2)
    assets = [asset(f"a{i}", whole=f"a{i + 1}" if i % 4 == 0 else None) for i in range(13)]
    feeds = [(f"a{i}", f"a{j}") for i, j in pairs]
    shuffled = [random.sample(values, len(values)) for values in (places, assets, feeds)]
    assert lay_out(places, assets, feeds) == lay_out(*shuffled)


def test_ten_thousand_things_are_laid_out():
    places = tower(20, 50)
    assets = [asset(f"a{i}") for i in range(10_000)]
    feeds = [(f"a{i // 8}", f"a{i}") for i in range(1, 10_000)]
    layout = lay_out(places, assets, feeds)
    assert len(set(layout.feet.values())) == 10_000
